"""Keeps the open project's list of images in step with the disk."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl, Progress

FIRST_REFRESH = 0.4
"""Seconds after which the first images of a running scan are shown."""
REFRESH_SHARE = 0.02
"""Share of a scan's time that showing its intermediate states may take on the GUI thread."""


class Scanner(QObject):
    """Runs the project's scan, and shows what it found so far while it runs."""

    started = Signal()
    progress = Signal(object)
    ended = Signal(object)
    """An :class:`Outcome`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._again = False
        self._next_refresh = 0.0
        self._changed = True
        session.opened.connect(self.start)
        session.folders_added.connect(self.start)
        session.closed.connect(self._on_closed)

    @property
    def running(self) -> bool:
        return self._job is not None

    @Slot()
    def start(self) -> None:
        """Scan all folders; a scan that runs already is followed by another one."""
        labeling = self._session.labeling
        if labeling is None:
            return
        if self._job is not None:
            self._again = True
            return
        known = self._session.images

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.scan(control)
            yield tuple(labeling.project.images()) != known

        self._changed = True
        self._next_refresh = time.monotonic() + FIRST_REFRESH
        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end)
        self.started.emit()

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._again = False
            self._job.cancel()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, bool):
            self._changed = event
        if not isinstance(event, Progress):
            return
        self.progress.emit(event)
        now = time.monotonic()
        if event.text and now >= self._next_refresh:
            self._session.refresh_images()
            spent = time.monotonic() - now
            self._next_refresh = time.monotonic() + max(FIRST_REFRESH, spent / REFRESH_SHARE)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        if self._changed:
            self._session.refresh_images()
        self.ended.emit(outcome)
        if self._again:
            self._again = False
            self.start()

    @Slot()
    def _on_closed(self) -> None:
        self._again = False
