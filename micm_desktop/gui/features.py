"""Computes the image features that predictions need, in the background."""

import time
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl, Progress


class Features(QObject):
    """Runs at most one computation; a new request while one runs is done after it."""

    started = Signal()
    progress = Signal(object)
    ended = Signal(object)
    """An :class:`Outcome`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._again = False
        self._began = 0.0
        session.closed.connect(self._on_closed)

    @property
    def running(self) -> bool:
        return self._job is not None

    @Slot()
    def start(self) -> None:
        """Compute what is missing for the encoder in use; predictions follow by themselves."""
        labeling = self._session.labeling
        if labeling is None:
            return
        if self._job is not None:
            self._again = True
            return

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.compute_features(control)

        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end, needs_engine=True)
        self.started.emit()

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._again = False
            self._job.cancel()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if not isinstance(event, Progress):
            return
        if event.seconds_left is None and event.done:
            pace = (time.monotonic() - self._began) / event.done
            event = replace(event, seconds_left=pace * (event.total - event.done))
        elif not event.done:
            self._began = time.monotonic()
        self.progress.emit(event)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        self.ended.emit(outcome)
        self._session.update_predictions()
        if self._again:
            self._again = False
            self.start()

    @Slot()
    def _on_closed(self) -> None:
        self._again = False
