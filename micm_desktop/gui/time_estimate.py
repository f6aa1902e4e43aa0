"""Measures in the background what a pretraining run would be like, before it is started."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from micm_desktop.gui import engine
from micm_desktop.gui.jobs import Failure, Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl

if TYPE_CHECKING:
    from micm_desktop.micm.config import Preset
    from micm_desktop.micm.estimate import Estimate

SETTLING = 500
"""Milliseconds that a choice must stand before it is measured."""

State = Literal["none", "waiting", "measuring", "known", "failed"]


class Choice(NamedTuple):
    """What the user has set."""

    preset: "Preset"
    minutes: float


class TimeEstimate(QObject):
    """The estimate for the choice that is wanted now; each is measured once for the images that there are.

    It waits while the program does other work in the background, which would slow its steps.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: Choice | None = None
        self._known: dict[Choice, Estimate | Failure] = {}
        self._job: Job | None = None
        self._measured: Choice | None = None
        self._generation = 0
        self._ended = threading.Event()
        self._ended.set()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLING)
        self._settled.timeout.connect(self._measure)
        session.jobs.idle.connect(self._measure)
        session.images_changed.connect(self._forget)
        session.closed.connect(self._forget)

    @property
    def state(self) -> State:
        if self._wanted is None:
            return "none"
        known = self._known.get(self._wanted)
        if known is not None:
            return "failed" if isinstance(known, Failure) else "known"
        return "measuring" if self._job is not None or self._settled.isActive() else "waiting"

    @property
    def estimate(self) -> "Estimate | None":
        """For the choice that is wanted, where it is known."""
        found = self._known.get(self._wanted) if self._wanted is not None else None
        return None if isinstance(found, Failure) else found

    @property
    def failure(self) -> Failure | None:
        found = self._known.get(self._wanted) if self._wanted is not None else None
        return found if isinstance(found, Failure) else None

    def want(self, choice: Choice | None) -> None:
        """Measure for ``choice``, soon; None gives up what is being measured."""
        if choice == self._wanted:
            return
        self._wanted = choice
        self._settled.stop()
        if self._job is not None and self._measured != choice:
            self._job.cancel()
        if choice is not None and choice not in self._known:
            self._settled.start()
        self.changed.emit()

    def wait_until_ended(self, control: JobControl) -> None:
        """Called in a worker thread: return when nothing is measured any more, or raise Cancelled."""
        while not self._ended.wait(0.05):
            control.safe_point()

    @Slot()
    def _measure(self) -> None:
        labeling, choice = self._session.labeling, self._wanted
        if labeling is None or choice is None or choice in self._known or self._settled.isActive():
            return
        if self._session.jobs.running:
            self.changed.emit()
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.micm.config import PretrainConfig

            device = engine.existing(self._session.device)
            config = PretrainConfig(preset=choice.preset, minutes=choice.minutes, device=device)
            yield labeling.estimate_pretraining(config, control)

        self._ended.clear()
        self._measured, generation = choice, self._generation
        self._job = self._session.jobs.start(
            work,
            on_event=lambda found: self._keep(generation, choice, found),
            on_end=lambda outcome: self._on_end(generation, choice, outcome),
            needs_engine=True,
            priority=QThread.Priority.LowPriority,
        )
        self.changed.emit()

    def _keep(self, generation: int, choice: Choice, found: object) -> None:
        from micm_desktop.micm.estimate import Estimate

        if generation == self._generation and isinstance(found, Estimate):
            self._known[choice] = found
            self.changed.emit()

    def _on_end(self, generation: int, choice: Choice, outcome: Outcome) -> None:
        self._job = None
        self._ended.set()
        if generation == self._generation and outcome.failure is not None:
            self._known[choice] = outcome.failure
        # What is wanted by now is measured when the jobs say that they are idle.
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        """Other images make another run."""
        self._generation += 1
        self._known.clear()
        if self._job is not None:
            self._job.cancel()
        if self._wanted is not None:
            self._settled.start()
        self.changed.emit()
