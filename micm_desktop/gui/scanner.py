"""Keeps the open project's list of images in step with the disk."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.gui.snapshot import Snapshot, take_snapshot
from micm_desktop.progress import Cancelled, JobControl, Progress

FIRST_REFRESH = 0.4
"""Seconds after which the first images of a running scan are shown."""
REFRESH_SHARE = 0.1
"""Share of a scan's time that reading its intermediate states may take."""


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
        session = self._session

        def work(control: JobControl) -> Iterator[object]:
            shown = time.monotonic() + FIRST_REFRESH
            try:
                # What somebody else has open is read from the project, not from the disk.
                for progress in labeling.scan(control) if labeling.project.holder is None else ():
                    yield progress
                    if progress.text and time.monotonic() >= shown:
                        began = time.monotonic()
                        yield from changes()
                        spent = time.monotonic() - began
                        shown = time.monotonic() + max(FIRST_REFRESH, spent / REFRESH_SHARE)
            except Cancelled:
                yield from changes()
                raise
            yield from changes()

        def changes() -> Iterator[Snapshot]:
            version = session.tags.version
            read = labeling.read_images()
            if read is not None:
                yield take_snapshot(labeling, version, read)

        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end)
        self.started.emit()

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._again = False
            self._job.cancel()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Snapshot):
            self._session.show_images(event)
        elif isinstance(event, Progress):
            self.progress.emit(event)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        self.ended.emit(outcome)
        if self._again:
            self._again = False
            self.start()

    @Slot()
    def _on_closed(self) -> None:
        self._again = False
