"""Work off the GUI thread: long jobs that report events, and short requests of which only the newest counts."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, QThread, QThreadPool, Signal, Slot

from micm_desktop.gui import engine
from micm_desktop.gui.freed_memory import keeping_freed_memory
from micm_desktop.gui.priority import yield_to_the_window
from micm_desktop.progress import Cancelled, JobControl, Progress, UserError

log = logging.getLogger(__name__)

PROGRESS_INTERVAL = 0.04
"""Seconds between two progress events that reach the window; the ones between them are dropped."""

Work = Callable[[JobControl], Iterator[object]]


@dataclass(frozen=True)
class Failure:
    """Why a job failed. ``expected``: ``text`` is for the user; otherwise it is technical and in the log."""

    text: str
    expected: bool


@dataclass(frozen=True)
class Outcome:
    """How a job ended."""

    status: Literal["done", "cancelled", "failed"]
    failure: Failure | None = None


def failure_of(error: Exception) -> Failure:
    """Turn an exception into a value; what no user could expect goes to the log with its traceback."""
    # Here, not above: OpenCV takes time to load and the window is shown first.
    from micm_desktop.images.decode import UnreadableImage

    if isinstance(error, UserError):
        return Failure(str(error), expected=True)
    if isinstance(error, UnreadableImage):
        return Failure(error.reason, expected=True)
    if isinstance(error, OSError) and error.filename is not None:
        log.warning("The system refused a file", exc_info=error)
        place = f"{error.filename}: {error.strerror}. Check the place and its free space, then try again."
        return Failure(place, expected=True)
    log.error("Unexpected error in a background job", exc_info=error)
    return Failure(f"{type(error).__name__}: {error}", expected=False)


class _Thread(QThread):
    produced = Signal(object)
    outcome = Signal(object)

    def __init__(self, work: Work, control: JobControl, needs_engine: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._control = control
        self._needs_engine = needs_engine
        self.yields = False

    def run(self) -> None:
        try:
            if self.yields:
                yield_to_the_window()
            if self._needs_engine:
                engine.load()
            self._control.safe_point()
            with keeping_freed_memory() if self._needs_engine else nullcontext():
                self._forward(self._work(self._control))
            self.outcome.emit(Outcome("done"))
        except Cancelled:
            self.outcome.emit(Outcome("cancelled"))
        except Exception as error:
            self.outcome.emit(Outcome("failed", failure_of(error)))

    def _forward(self, events: Iterator[object]) -> None:
        held: object = None
        last = 0.0
        for event in events:
            if isinstance(event, Progress):
                now = time.monotonic()
                if now - last < PROGRESS_INTERVAL:
                    held = event
                    continue
                last = now
            held = None
            self.produced.emit(event)
        if held is not None:
            self.produced.emit(held)


class Job(QObject):
    """One run of a core generator in a thread of its own. All signals arrive on the thread that made the job."""

    reported = Signal(object)
    """Each value that the generator yields; of :class:`Progress` only as many as can be seen."""
    ended = Signal(object)
    """The :class:`Outcome`, once, after the last event."""

    def __init__(self, work: Work, *, needs_engine: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.control = JobControl()
        self.running = False
        self._thread = _Thread(work, self.control, needs_engine, self)
        self._thread.produced.connect(self._on_event)
        self._thread.outcome.connect(self._on_outcome)
        self._outcome: Outcome | None = None
        self._thread.finished.connect(self._on_finished)

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        self.running = True
        self._thread.yields = priority == QThread.Priority.LowPriority
        self._thread.start(priority)

    def cancel(self) -> None:
        self.control.cancel()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        self.reported.emit(event)

    @Slot(object)
    def _on_outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome

    @Slot()
    def _on_finished(self) -> None:
        self.running = False
        self.ended.emit(self._outcome or Outcome("failed", Failure("the thread ended without a result", False)))


class Jobs(QObject):
    """The jobs that run now, so that closing the window can stop them all."""

    idle = Signal()
    """The last running job has ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    def start(
        self,
        work: Work,
        *,
        on_event: Callable[[object], None] | None = None,
        on_end: Callable[[Outcome], None] | None = None,
        needs_engine: bool = False,
        priority: QThread.Priority = QThread.Priority.InheritPriority,
    ) -> Job:
        """Run ``work`` in a thread. ``needs_engine`` loads torch first, without freezing the window."""
        job = Job(work, needs_engine=needs_engine, parent=self)
        if on_event is not None:
            job.reported.connect(on_event)
        if on_end is not None:
            job.ended.connect(on_end)
        job.ended.connect(self._on_ended)
        self._jobs.append(job)
        job.start(priority)
        return job

    def cancel_all(self) -> None:
        for job in self._jobs:
            job.cancel()

    @property
    def running(self) -> bool:
        return any(job.running for job in self._jobs)

    @Slot()
    def _on_ended(self) -> None:
        ended = [job for job in self._jobs if not job.running]
        self._jobs = [job for job in self._jobs if job.running]
        for job in ended:
            job.deleteLater()
        if not self._jobs:
            self.idle.emit()


class Latest(QObject):
    """Short requests in one worker thread, of which only the newest counts: overtaken ones are skipped or dropped."""

    ready = Signal(object, object)
    """The request's key and its result."""
    failed = Signal(object, object)
    """The request's key and a :class:`Failure`."""
    _answer = Signal(int, object, object, bool)

    def __init__(self, parent: QObject | None = None, *, needs_engine: bool = False) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._needs_engine = needs_engine
        self._serial = 0
        self._answered = 0
        self._answer.connect(self._on_answer)

    @property
    def busy(self) -> bool:
        """Whether the newest request is still unanswered."""
        return self._answered != self._serial

    def request(self, key: object, work: Callable[[], object]) -> None:
        """Ask for ``work()``; whatever was asked before loses its answer."""
        self._serial += 1
        serial = self._serial
        self._pool.start(lambda: self._run(serial, key, work))

    def forget(self) -> None:
        """Drop whatever was asked for."""
        self._serial += 1
        self._answered = self._serial

    def stop(self) -> None:
        """Drop everything and wait for the worker to be idle."""
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    def _run(self, serial: int, key: object, work: Callable[[], object]) -> None:
        if serial != self._serial:
            return
        try:
            if self._needs_engine:
                engine.load()
            result, good = work(), True
        except Exception as error:
            result, good = failure_of(error), False
        self._answer.emit(serial, key, result, good)

    @Slot(int, object, object, bool)
    def _on_answer(self, serial: int, key: object, result: object, good: bool) -> None:
        if serial != self._serial:
            return
        self._answered = serial
        (self.ready if good else self.failed).emit(key, result)
