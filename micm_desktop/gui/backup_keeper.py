"""Backs the open project up by itself: after opening, and while it is worked on."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.gui.session import Session

SETTLING = 4000
"""Milliseconds after opening: what is on screen comes first."""
INTERVAL = 60_000
"""Milliseconds between two looks whether a backup is due."""


class BackupKeeper(QObject):
    """All of it in a worker, beside which tagging goes on."""

    failed = Signal(object)
    """A :class:`Failure`; said once for each project that is opened."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._said = False
        self._latest = Latest(self)
        self._latest.failed.connect(self._on_failed)
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(lambda: self.look(opening=True))
        self._again = QTimer(self, interval=INTERVAL)
        self._again.timeout.connect(self.look)
        session.opened.connect(self._on_opened)
        session.closing.connect(self._on_closing)

    @Slot()
    def _on_opened(self) -> None:
        labeling = self._session.labeling
        self._said = False
        if labeling is not None and labeling.project.holder is None:
            self._settled.start()
            self._again.start()

    @Slot()
    def look(self, *, opening: bool = False) -> None:
        """Make a backup where it is due."""
        labeling = self._session.labeling
        if labeling is not None and not self._latest.busy:
            project = labeling.project
            self._latest.request(project.folder, lambda: project.back_up_if_due(opening=opening))

    @Slot(object, object)
    def _on_failed(self, folder: object, failure: Failure) -> None:
        if folder == self._session.folder and not self._said:
            self._said = True
            self.failed.emit(failure)

    @Slot()
    def _on_closing(self) -> None:
        """A backup that is being made goes on by itself: it needs the files alone."""
        self._settled.stop()
        self._again.stop()
        self._latest.forget()

    def stop(self) -> None:
        """Wait for a backup that is being made; for closing the window, or before files are replaced."""
        self._on_closing()
        self._latest.stop()
