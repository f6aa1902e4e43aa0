"""The open project as the pages see it: its images, tags and predictions, and signals when they change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from micm_desktop.gui import engine
from micm_desktop.gui.jobs import Failure, Jobs, Latest, Outcome, failure_of
from micm_desktop.gui.places import folder_of, is_project, project_for_images
from micm_desktop.gui.undo import TagCommand
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.folders import projects_folder
from micm_desktop.project.records import ClassRecord, FolderRecord, ImageRecord, TagChange

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling, Predictions
    from micm_desktop.labeling.deciding import DecisionSettings


@dataclass(frozen=True)
class _Opened:
    labeling: "Labeling"
    folders: tuple[FolderRecord, ...]


class Session(QObject):
    """At most one open project. Everything here runs on the GUI thread; slow work goes through :attr:`jobs`."""

    opened = Signal()
    closing = Signal()
    """The project is about to be closed: the last moment for what was entered and is not on disk yet."""
    closed = Signal()
    open_failed = Signal(object)
    """A :class:`Failure`."""
    open_ended = Signal()
    """Opening has ended, whatever came of it."""
    folders_added = Signal()
    """Image folders were added to the open project; they are not scanned yet."""
    images_changed = Signal()
    classes_changed = Signal()
    tags_changed = Signal(object)
    """A :class:`TagChange` that is on disk."""
    tag_failed = Signal(object)
    """A :class:`Failure`; nothing was changed."""
    predictions_changed = Signal()
    """:attr:`predictions` is new, or None."""
    predict_failed = Signal(object)
    """A :class:`Failure`."""
    decision_failed = Signal(object)
    """A :class:`Failure`; the settings stay what they were."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = Jobs(self)
        self.undo = QUndoStack(self)
        self.device = "auto"
        """What computes in runs that begin from now on."""
        self.labeling: Labeling | None = None
        self.predictions: Predictions | None = None
        self.images: tuple[ImageRecord, ...] = ()
        self.classes: tuple[ClassRecord, ...] = ()
        self.folders: tuple[FolderRecord, ...] = ()
        self._tag_classes: NDArray[np.int64] = np.zeros(0, np.int64)
        self._to_open: _Opened | None = None
        self._predict = Latest(self)
        self._predict.ready.connect(self._on_predictions)
        self._predict.failed.connect(self._on_predict_failed)

    # --- the project

    @property
    def folder(self) -> Path | None:
        return self.labeling.project.folder if self.labeling is not None else None

    def open_project(self, folder: Path) -> None:
        """Open the project in ``folder``; answers with ``opened`` or ``open_failed``."""
        self._open(lambda: (folder, []))

    def open_images(self, paths: Sequence[Path]) -> None:
        """Open the project of an image folder, making it where there is none; a project folder is opened as such.

        Further folders are added to the first one's project. Answers with ``opened`` or ``open_failed``.
        """

        def choose() -> tuple[Path, list[Path]]:
            folders = list(dict.fromkeys(folder_of(path) for path in paths))
            if is_project(folders[0]):
                return folders[0], folders[1:]
            return project_for_images(folders[0], projects_folder()), folders

        self._open(choose)

    def _open(self, choose: Callable[[], tuple[Path, list[Path]]]) -> None:
        self.close()

        def work(control: JobControl) -> Iterator[object]:
            engine.load_project()
            from micm_desktop.labeling import Labeling

            folder, image_folders = choose()
            labeling = Labeling.open(folder)
            try:
                for path in image_folders:
                    labeling.project.add_folder(path)
                control.safe_point()
            except BaseException:
                labeling.close()
                raise
            yield _Opened(labeling, tuple(labeling.project.folders()))

        self._to_open = None
        self.jobs.start(work, on_event=self._on_opened, on_end=self._on_open_ended)

    def add_folders(self, paths: Sequence[Path]) -> None:
        """Add image folders to the open project; answers with ``folders_added``."""
        labeling = self.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            for path in paths:
                labeling.project.add_folder(folder_of(path))
            yield tuple(labeling.project.folders())

        self.jobs.start(work, on_event=self._on_folders, on_end=self._on_folders_added)

    def relocate_folder(self, folder_id: int, path: Path) -> None:
        """Say where a folder of images has moved; answers with ``folders_added``."""
        labeling = self.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            labeling.project.relocate_folder(folder_id, path)
            yield tuple(labeling.project.folders())

        self.jobs.start(work, on_event=self._on_folders, on_end=self._on_folders_added)

    def close(self) -> None:
        """Close the project. Jobs must have ended before; see :meth:`Jobs.cancel_all`."""
        if self.labeling is not None:
            self.closing.emit()
        self._predict.stop()
        if self.labeling is None:
            return
        self.labeling.close()
        self.labeling = None
        self.predictions = None
        self.images = ()
        self.classes = ()
        self.undo.clear()
        self._read_tags()
        self.closed.emit()

    @Slot(object)
    def _on_opened(self, opened: object) -> None:
        if isinstance(opened, _Opened):
            self._to_open = opened

    @Slot(object)
    def _on_open_ended(self, outcome: Outcome) -> None:
        self.open_ended.emit()
        if outcome.status == "failed":
            self.open_failed.emit(outcome.failure)
        if self._to_open is None:
            return
        self.labeling, self.folders = self._to_open.labeling, self._to_open.folders
        self._to_open = None
        self.images = self.labeling.images
        self.classes = tuple(self.labeling.project.classes())
        self._read_tags()
        self.opened.emit()
        self.images_changed.emit()
        self.classes_changed.emit()
        self.update_predictions()

    @Slot(object)
    def _on_folders(self, folders: object) -> None:
        if isinstance(folders, tuple):
            self.folders = folders

    @Slot(object)
    def _on_folders_added(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.open_failed.emit(outcome.failure)
        self.folders_added.emit()

    def refresh_images(self) -> None:
        """Read the images again after a scan."""
        if self.labeling is None:
            return
        self.labeling.refresh()
        self.images = self.labeling.images
        self.predictions = None
        self._read_tags()
        self.images_changed.emit()
        self.update_predictions()

    # --- tags and classes

    def tag_classes(self) -> NDArray[np.int64]:
        """(N,) class id of each image's tag, 0 for none."""
        return self._tag_classes

    def _read_tags(self) -> None:
        self._tag_classes = self.labeling.tag_classes() if self.labeling is not None else np.zeros(0, np.int64)

    def tag(self, rows: Sequence[int], class_id: int | None) -> TagChange | None:
        """Tag images, or take their tag away with None. On disk when this returns; None where nothing is open."""
        if self.labeling is None or not rows:
            return None
        try:
            change = self.labeling.tag(rows, class_id)
        except UserError as error:
            self.tag_failed.emit(failure_of(error))
            return None
        if change.before != change.after:
            count = len(change.after)
            name = next((known.name for known in self.classes if known.id == class_id), "")
            if class_id is None:
                text = self.tr("remove the tag of %n image(s)", "", count)
            else:
                text = self.tr('tag %n image(s) as "{name}"', "", count).format(name=name)
            self.undo.push(TagCommand(self, change, text))
        self._tags_changed(change)
        return change

    def restore_tags(self, tags: Mapping[str, int | None]) -> None:
        """Set tags back for undo and redo."""
        if self.labeling is None:
            return
        try:
            change = self.labeling.restore_tags(tags)
        except UserError as error:
            self.tag_failed.emit(failure_of(error))
            return
        self._tags_changed(change)

    def add_class(self, name: str, *, key: str, color: str, is_good: bool) -> ClassRecord:
        """Add a class. Raises UserError where the name or key is empty or taken."""
        assert self.labeling is not None
        record = self.labeling.project.add_class(name, key=key, color=color, is_good=is_good)
        self._classes_changed()
        return record

    def change_class(self, class_id: int, *, name: str, key: str, color: str, is_good: bool) -> None:
        """Change a class. Raises UserError where the name or key is empty or taken."""
        assert self.labeling is not None
        from micm_desktop.labeling.deciding import follow_class

        before = next(record for record in self.classes if record.id == class_id)
        self.labeling.project.change_class(class_id, name=name, key=key, color=color, is_good=is_good)
        decision = follow_class(self.labeling.decision, before, is_good)
        if decision != self.labeling.decision:
            self.labeling.set_decision(decision)
        self._classes_changed()

    def remove_class(self, class_id: int) -> None:
        """Remove a class and its tags. The steps before it can no longer be undone."""
        assert self.labeling is not None
        self.labeling.project.remove_class(class_id)
        self.undo.clear()
        self._read_tags()
        self._classes_changed()

    def _classes_changed(self) -> None:
        assert self.labeling is not None
        self.classes = tuple(self.labeling.project.classes())
        self.classes_changed.emit()
        self.update_predictions()

    def _tags_changed(self, change: TagChange) -> None:
        self._read_tags()
        self.tags_changed.emit(change)
        self.update_predictions()

    def set_decision(self, settings: "DecisionSettings") -> None:
        """Decide by other costs, another threshold or rules; on disk when this returns."""
        if self.labeling is None:
            return
        try:
            self.labeling.set_decision(settings)
        except UserError as error:
            self.decision_failed.emit(failure_of(error))
            return
        self.update_predictions()

    # --- predictions

    def update_predictions(self) -> None:
        """Score all images anew in a worker; answers with ``predictions_changed``."""
        labeling = self.labeling
        if labeling is not None:
            self._predict.request(len(self.images), labeling.predict)

    @property
    def predicting(self) -> bool:
        return self._predict.busy

    @Slot(object, object)
    def _on_predictions(self, images: object, predictions: object) -> None:
        if images != len(self.images):
            return
        from micm_desktop.labeling import Predictions

        self.predictions = predictions if isinstance(predictions, Predictions) else None
        self.predictions_changed.emit()

    @Slot(object, object)
    def _on_predict_failed(self, _images: object, failure: Failure) -> None:
        self.predictions = None
        self.predictions_changed.emit()
        self.predict_failed.emit(failure)

    def stop(self) -> None:
        """Drop requests that are under way; for closing the window."""
        self._predict.stop()
