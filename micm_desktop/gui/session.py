"""The open project as the pages see it: its images, tags and predictions, and signals when they change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui import engine, messages
from micm_desktop.gui.closing import Closer
from micm_desktop.gui.jobs import Failure, Latest, Outcome, failure_of
from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.regions import Regions
from micm_desktop.gui.snapshot import EMPTY, Snapshot, take_snapshot
from micm_desktop.gui.tagging import Tagging
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.folders import folder_of, is_project, project_for_images, projects_folder
from micm_desktop.project.records import ClassRecord, FolderRecord, Step

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling, Predictions, Reason
    from micm_desktop.labeling.deciding import DecisionSettings
    from micm_desktop.project.store import Project


@dataclass(frozen=True)
class _Opened:
    labeling: "Labeling"
    folders: tuple[FolderRecord, ...]
    snapshot: Snapshot
    classes: tuple[ClassRecord, ...]
    steps: list[Step]


def _opened(project: "Project", image_folders: Sequence[Path], control: JobControl) -> _Opened:
    """Read a project, with ``image_folders`` added where it may be changed; closes it where that fails."""
    from micm_desktop.labeling import Labeling

    try:
        labeling = Labeling(project)
        for path in image_folders if project.holder is None else ():
            project.add_folder(path)
        control.safe_point()
        folders, classes = tuple(project.folders()), tuple(project.classes())
        return _Opened(labeling, folders, take_snapshot(labeling), classes, project.steps())
    except BaseException:
        project.close()
        raise


class Session(Tagging):
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
    predictions_changed = Signal()
    """:attr:`predictions` is new, or None."""
    predict_failed = Signal(object)
    """A :class:`Failure`."""
    decision_failed = Signal(object)
    """A :class:`Failure`; the settings stay what they were."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = "auto"
        """What computes in runs that begin from now on."""
        self.predictions: Predictions | None = None
        self.revision = 0
        """Grows with what is known of the images and their classes; not with views of images whose tag is known."""
        self.reason: Reason | None = None
        """What was missing for predictions when they were asked for last."""
        self.folders: tuple[FolderRecord, ...] = ()
        self.damaged: Path | None = None
        """The project that was to be opened last, where it is damaged."""
        self._to_open: _Opened | None = None
        self._support = self.tag_classes()
        self._support_of: tuple[object, ...] | None = None
        self._predict = Latest(self)
        self._predict.ready.connect(self._on_predictions)
        self._predict.failed.connect(self._on_predict_failed)
        self.regions = Regions(self)
        self.closer = Closer(self)

    # --- the project

    @property
    def folder(self) -> Path | None:
        return self.labeling.project.folder if self.labeling is not None else None

    def open_project(self, folder: Path, *, take_over: bool = False) -> None:
        """Open the project in ``folder``; answers with ``opened`` or ``open_failed``. ``take_over``: from somebody on
        another computer who gives no sign of life."""
        self._open(lambda: (folder, []), take_over)

    def open_restored(self, folder: Path, backup: Path) -> None:
        """Restore the project in ``folder`` from a backup, then as :meth:`open_project`."""

        def restored() -> tuple[Path, list[Path]]:
            from micm_desktop.project.opening import restore

            restore(folder, backup)
            return folder, []

        self._open(restored)

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

    def _open(self, choose: Callable[[], tuple[Path, list[Path]]], take_over: bool = False) -> None:
        def work(control: JobControl) -> Iterator[object]:
            engine.load_project()
            messages.patterns()
            from micm_desktop.project.database import DamagedProject
            from micm_desktop.project.store import Project

            folder, image_folders = choose()
            try:
                yield _opened(Project.open_exclusively(folder, take_over=take_over), image_folders, control)
            except DamagedProject:
                yield folder
                raise

        self._to_open = self.damaged = None
        # What is open may be the same project.
        self.close(lambda: self.jobs.start(work, on_event=self._on_opened, on_end=self._on_open_ended))

    def give_up_opening(self) -> None:
        """Open nothing once the project before is closed; what is being opened is a job."""
        if self.closer.running:
            self.closer.close(None, self.open_ended.emit)

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

    @property
    def slow_to_close(self) -> bool:
        """Whether closing has to wait for a network drive, or for a project that is being closed."""
        return self.closer.running or (self.labeling is not None and self.labeling.project.working_copy is not None)

    def close(self, then: Callable[[], object] | None = None) -> None:
        """Close the project. Jobs must have ended before; see :meth:`Jobs.cancel_all`. With ``then``, which is done
        afterwards, a worker closes it; without, it is closed when this returns."""
        if self.labeling is not None:
            self.closing.emit()
        self._predict.stop()
        labeling = self.labeling
        if then is not None:
            self.closer.close(labeling, then)
        elif labeling is not None:
            labeling.close()
        if labeling is None:
            return
        self.labeling = None
        self.predictions = None
        self.images = ()
        self.classes = ()
        self.undo.clear()
        self.tags.show(EMPTY)
        self.closed.emit()

    @Slot(object)
    def _on_opened(self, opened: object) -> None:
        if isinstance(opened, Path):
            self.damaged = opened
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
        snapshot, classes, steps = self._to_open.snapshot, self._to_open.classes, self._to_open.steps
        self._to_open = None
        self.images = snapshot.images
        self.tags.show(snapshot)
        self.classes = classes
        self.undo.fill(steps)
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

    @property
    def columns(self) -> Columns:
        """:attr:`images` as arrays."""
        return self.tags.columns

    def support_classes(self) -> NDArray[np.int64]:
        """Class id of the tag of each image (N,) that may be learned from; 0 for none, and for the test set. Not to be
        changed: the same array while no tag changes."""
        made_of = (self.tag_classes(), self.columns, self.locked)
        if self._support_of is None or any(a is not b for a, b in zip(made_of, self._support_of, strict=True)):
            found = self.tag_classes().copy()
            found[self.columns.rows_of(self.locked)] = 0
            self._support, self._support_of = found, made_of
        return self._support

    def show_images(self, snapshot: Snapshot) -> None:
        """Show what a worker read after a scan."""
        if self.labeling is None:
            return
        if snapshot.read is not None:
            # Together with the window's own list: a row must mean the same image on both sides.
            self.labeling.use_images(snapshot.read)
        self.images = snapshot.images
        self.predictions = None
        self.tags.show(snapshot)
        self.images_changed.emit()
        self.update_predictions()

    def show_taken_up(self, snapshot: Snapshot) -> None:
        """Show labels that a worker wrote and read: other tags, and maybe other classes."""
        self.follow_journal()
        self._read_classes()
        self.show_images(snapshot)

    # --- decisions

    def change_decision(self, change: "Callable[[DecisionSettings], DecisionSettings]") -> None:
        """Decide by other costs, another threshold or rules: ``change`` makes them of those in use. On disk when this
        returns, or after the tags that are being saved: taking many back may change costs, too.
        """
        if self.labeling is None or self.bulk.put_off(lambda: self.change_decision(change)):
            return
        try:
            self.labeling.set_decision(change(self.labeling.decision))
        except UserError as error:
            self.decision_failed.emit(failure_of(error))
            return
        self.update_predictions()

    # --- predictions

    def update_predictions(self, *, again: bool = False) -> None:
        """Score all images anew in a worker; answers with ``predictions_changed``. ``again``: nothing is new but views
        of tagged images, so that :attr:`revision` stays.
        """
        labeling = self.labeling
        self.revision += not again
        if labeling is not None:
            self._predict.request(self.images, lambda: labeling.predict() or labeling.why_no_predictions())

    @property
    def predicting(self) -> bool:
        return self._predict.busy

    @Slot(object, object)
    def _on_predictions(self, images: object, predictions: object) -> None:
        if images is not self.images:
            return
        from micm_desktop.labeling import Predictions, Reason

        self.predictions = predictions if isinstance(predictions, Predictions) else None
        self.reason = predictions if isinstance(predictions, Reason) else None
        self.predictions_changed.emit()

    @Slot(object, object)
    def _on_predict_failed(self, _images: object, failure: Failure) -> None:
        self.predictions = None
        self.predictions_changed.emit()
        self.predict_failed.emit(failure)

    def stop(self) -> None:
        """Drop requests that are under way; for closing the window."""
        self._predict.stop()
