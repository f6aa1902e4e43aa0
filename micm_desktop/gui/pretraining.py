"""Runs pretraining in the background and remembers how far it is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QThread, Signal, Slot

from micm_desktop.gui import engine
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.gui.time_estimate import TimeEstimate
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from micm_desktop.micm.config import PretrainConfig
    from micm_desktop.micm.events import Checkpoint, Done, Started, Step, Stopped, Told

Phase = Literal["idle", "loading", "reading", "training", "paused", "stopping", "judging"]

PREVIEWS = 3
"""Images that are shown as the network rebuilds them."""


class Pretraining(QObject):
    """At most one run. All signals arrive on the GUI thread."""

    starting = Signal()
    """A run begins; what is known of the one before is forgotten."""
    phase_changed = Signal()
    reading = Signal(object)
    """:class:`Progress` of reading the images, before training begins, or of judging the run, after it."""
    began = Signal(object)
    """A :class:`Started` event."""
    stepped = Signal(object)
    """A :class:`Step` event."""
    epoch_ended = Signal(object)
    """An :class:`EpochEnd` event."""
    previewed = Signal(object)
    """A :class:`Preview` event."""
    balanced = Signal(object)
    """A :class:`Balance` event."""
    told = Signal()
    """:attr:`notices` has a new one."""
    ended = Signal(object)
    """An :class:`Outcome`; :attr:`result` tells more where training had begun."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.phase: Phase = "idle"
        self.last_step: Step | None = None
        self.checkpoint: Checkpoint | None = None
        self.started: Started | None = None
        self.notices: list[Told] = []
        """What the run has met and dealt with, in words: collapse, too little memory, a full disk."""
        self.stopped: Stopped | None = None
        """Why the run ended before its time, where it did."""
        self.result: Done | None = None
        self.estimate = TimeEstimate(session, self)

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def fraction_done(self) -> float:
        """Share of the run in [0, 1] that is done."""
        step = self.last_step
        return step.step / step.total_steps if step is not None and step.total_steps else 0.0

    def start(self, config: "PretrainConfig", *, resume: bool = False) -> None:
        """Begin a run, or go on with the stopped one."""
        labeling, estimate = self._session.labeling, self.estimate
        if labeling is None or self._job is not None:
            return

        def work(control: JobControl) -> Iterator[object]:
            # Both would draw from the same random numbers, and no run would be like another.
            estimate.wait_until_ended(control)
            there = replace(config, device=engine.existing(config.device))
            yield from labeling.pretrain(there, control, resume=resume, previews=PREVIEWS)

        estimate.want(None)
        self.last_step = self.checkpoint = self.started = self.stopped = self.result = None
        self.notices = []
        self.starting.emit()
        # Below the window's own priority, so that tagging stays smooth meanwhile.
        self._job = self._session.jobs.start(
            work,
            on_event=self._on_event,
            on_end=self._on_end,
            needs_engine=True,
            priority=QThread.Priority.LowPriority,
        )
        self._set_phase("loading")

    @Slot()
    def toggle_pause(self) -> None:
        if self._job is None:
            return
        if self._job.control.paused:
            self._job.control.resume()
            self._set_phase("training")
        else:
            self._job.control.pause()
            self._set_phase("paused")

    @Slot()
    def stop(self) -> None:
        """Stop at the next step; what was learned so far is kept."""
        if self._job is not None:
            self._job.cancel()
            self._set_phase("stopping")

    def _set_phase(self, phase: Phase) -> None:
        self.phase = phase
        self.phase_changed.emit()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        # Here, not above: the core's modules take time to load and the window is shown first.
        from micm_desktop.micm.events import Balance, Checkpoint, Done, EpochEnd, Preview, Started, Step, Stopped, Told

        match event:
            case Progress():
                if self.phase == "loading":
                    self._set_phase("reading")
                elif self.last_step is not None and self.phase == "training":
                    self._set_phase("judging")
                self.reading.emit(event)
            case Started():
                self.started = event
                if self.phase in ("loading", "reading"):
                    self._set_phase("training")
                self.began.emit(event)
            case Step():
                self.last_step = event
                self.stepped.emit(event)
            case EpochEnd():
                self.epoch_ended.emit(event)
            case Checkpoint():
                self.checkpoint = event
            case Preview():
                self.previewed.emit(event)
            case Balance():
                self.balanced.emit(event)
            case Stopped():
                self.stopped = event
            case Told():
                self.notices.append(event)
                self.told.emit()
            case Done():
                self.result = event

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        self._set_phase("idle")
        self.ended.emit(outcome)
