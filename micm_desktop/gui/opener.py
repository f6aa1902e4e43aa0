"""Opens projects, image folders and the sample set, one after the other and never under a running job."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.preferences import Preferences, RecentProject
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl
from micm_desktop.project.folders import projects_folder

SAMPLE_PER_CLASS = 40


class Opener(QObject):
    """Asks for folders and hands them to the session. ``may_stop`` asks before a running job would be stopped."""

    busy_changed = Signal(bool)
    """Whether something is being opened or made."""
    sample_started = Signal()
    sample_ended = Signal(object)
    """An :class:`Outcome`."""

    def __init__(
        self, session: Session, preferences: Preferences, window: QWidget, may_stop: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._session = session
        self._preferences = preferences
        self._window = window
        self._may_stop = may_stop
        self._waiting: Callable[[], None] | None = None
        session.opened.connect(self._on_opened)
        session.open_ended.connect(lambda: self.busy_changed.emit(False))
        session.jobs.idle.connect(self._on_idle)
        session.tag_failed.connect(self._on_tag_failed)

    # --- asking

    @Slot()
    def ask_for_images(self) -> None:
        """Choose a folder of images to open, or to add where a project is open."""
        folder = self._ask(self.tr("Folder of images"))
        if folder is not None:
            self.open_images([folder])

    @Slot()
    def ask_to_add(self) -> None:
        folder = self._ask(self.tr("Folder of images"))
        if folder is not None:
            self.add_images([folder])

    @Slot()
    def ask_for_project(self) -> None:
        folder = self._ask(self.tr("Project folder"), projects_folder())
        if folder is not None:
            self.open_project(folder)

    def ask_where(self, folder_id: int, path: Path) -> None:
        """Choose where a folder that is gone is now."""
        folder = self._ask(self.tr("Where is {path} now?").format(path=path))
        if folder is not None:
            self._session.relocate_folder(folder_id, folder)

    def _ask(self, title: str, start: Path | None = None) -> Path | None:
        place = start or Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation) or Path.home()
        )
        chosen = QFileDialog.getExistingDirectory(self._window, title, str(place))
        return Path(chosen) if chosen else None

    # --- opening

    def open_images(self, paths: Sequence[Path]) -> None:
        """Open the project that belongs to a folder of images."""
        self._when_idle(lambda: self._session.open_images(paths))

    def add_images(self, paths: Sequence[Path]) -> None:
        """Add folders to the open project; without one, open theirs."""
        if self._session.labeling is None:
            self.open_images(paths)
        else:
            self._session.add_folders(paths)

    def open_project(self, folder: Path, take_over: bool = False) -> None:
        self._when_idle(lambda: self._session.open_project(folder, take_over=take_over))

    def open_restored(self, folder: Path, backup: Path) -> None:
        self._when_idle(lambda: self._session.open_restored(folder, backup))

    def open_sample(self) -> None:
        """Make the sample set where it is not there yet, and open it."""
        folder = projects_folder().parent / "sample-images"

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.images.samples import write_sample_set

            if not (folder / "boxes.csv").is_file():
                write_sample_set(folder, per_class=SAMPLE_PER_CLASS)
            control.safe_point()
            yield folder

        def start() -> None:
            self._session.jobs.start(work, on_end=lambda outcome: self._on_sample(outcome, folder))
            self.sample_started.emit()

        self._when_idle(start)

    @Slot()
    def cancel(self) -> None:
        """Give up what is being made or opened."""
        self._waiting = None
        self._session.jobs.cancel_all()
        self._session.give_up_opening()

    def _on_sample(self, outcome: Outcome, folder: Path) -> None:
        self.sample_ended.emit(outcome)
        if outcome.status == "done":
            self.open_images([folder])
        else:
            self.busy_changed.emit(False)

    def _when_idle(self, action: Callable[[], None]) -> None:
        if self._session.jobs.running:
            if not self._may_stop():
                return
            self._waiting = action
            self._session.jobs.cancel_all()
            self.busy_changed.emit(True)
        else:
            self.busy_changed.emit(True)
            action()

    @Slot()
    def _on_idle(self) -> None:
        if self._waiting is not None:
            action, self._waiting = self._waiting, None
            action()

    @Slot()
    def _on_tag_failed(self) -> None:
        """Tags that could not be saved are not left behind unsaid: the project stays open."""
        if self._waiting is not None:
            self._waiting = None
            self.busy_changed.emit(False)

    @Slot()
    def _on_opened(self) -> None:
        folder = self._session.folder
        if folder is not None:
            folders = self._session.folders
            self._preferences.remember(RecentProject(folder, folders[0].path if folders else folder))
