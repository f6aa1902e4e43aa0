"""Notices images that come, go or change while a project is open.

By listing the folders now and then, since systems tell of changes on a network drive late or never. A listing reads no
image, and takes a second of a low-priority thread at 100,000.
"""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl

PAUSE = 30.0
"""Seconds from one look to the next while somebody works here; whoever comes back sees what is new at once."""
LEAST_PAUSE = 5.0
SHARE = 0.02
"""Of the time, that looking may take: the pause grows with what there is to list."""


class FolderWatch(QObject):
    """Starts a scan where a look at the folders finds that one is due."""

    def __init__(self, session: Session, scanner: Scanner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._scanner = session, scanner
        self._job: Job | None = None
        self._began = self._ended = time.monotonic()
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._on_time)
        scanner.ended.connect(self._wait)
        session.closed.connect(self._next.stop)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._on_state)

    @Slot()
    def look(self) -> None:
        """Look now, unless a look or a scan is under way or the project is somebody else's."""
        labeling = self._session.labeling
        if labeling is None or labeling.project.holder is not None or self._job is not None or self._scanner.running:
            return
        self._next.stop()

        def work(control: JobControl) -> Iterator[object]:
            yield labeling.project.has_news(control)

        self._began = time.monotonic()
        jobs = self._session.jobs
        self._job = jobs.start(
            work, on_event=self._on_found, on_end=self._on_end, priority=QThread.Priority.LowPriority
        )

    @Slot(object)
    def _on_found(self, news: object) -> None:
        if news is True:
            self._scanner.start()

    @Slot(object)
    def _on_end(self, _outcome: Outcome) -> None:
        self._job = None
        self._ended = time.monotonic()
        self._wait()

    @Slot()
    def _wait(self) -> None:
        took = self._ended - self._began
        self._next.start(round(1000 * max(PAUSE, took / SHARE)))

    @Slot()
    def _on_time(self) -> None:
        # Whoever is elsewhere is told on coming back.
        if QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive:
            self.look()

    @Slot(Qt.ApplicationState)
    def _on_state(self, state: Qt.ApplicationState) -> None:
        took = self._ended - self._began
        if state == Qt.ApplicationState.ApplicationActive and time.monotonic() - self._ended > max(LEAST_PAUSE, took):
            self.look()
