"""Loads and computes the image features that predictions need, in the background."""

import time
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from micm_desktop.gui import engine
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl, Progress

SETTLING = 300
"""Milliseconds after opening before features are read and what judges them is loaded: the first screen comes first."""


class Features(QObject):
    """Loads the cached features of a project that was opened. Runs at most one computation; a new request while one
    runs is done after it."""

    loaded = Signal()
    """The cached features are there, as far as there are any."""
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
        self._loading: Job | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLING)
        self._settled.timeout.connect(self._load)
        session.opened.connect(self._settled.start)
        session.closed.connect(self._on_closed)

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def loading(self) -> bool:
        """Whether the cached features of the opened project are still being read."""
        return self._loading is not None or self._settled.isActive()

    @Slot()
    def _load(self) -> None:
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            engine.load_classifiers()
            labeling.load_features()
            yield None

        self._loading = self._session.jobs.start(work, on_end=self._on_loaded)

    @Slot(object)
    def _on_loaded(self, _outcome: Outcome) -> None:
        self._loading = None
        self._session.update_predictions()
        self.loaded.emit()

    @Slot()
    def start(self) -> None:
        """Compute what is missing for the encoder in use; predictions follow by themselves."""
        labeling = self._session.labeling
        if labeling is None:
            return
        if self._job is not None:
            self._again = True
            return

        device = self._session.device

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.compute_features(control, engine.existing(device))

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
        self._settled.stop()
