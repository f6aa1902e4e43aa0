"""What every long job shares: progress events, and a switch to pause or cancel it from another thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class UserError(Exception):
    """A problem that the user can mend; its text says what is wrong, where, and what to do."""


class ProcessingError(UserError):
    """The input was right, but the work failed on the way."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError raised inside names ``path`` where the system named no file, as when a disk is full."""
    try:
        yield
    except OSError as problem:
        if problem.filename is None:
            problem.filename = str(path)
        raise


class Cancelled(Exception):
    """Raised inside a job, at a safe point, after :meth:`JobControl.cancel`."""


@dataclass(frozen=True)
class Progress:
    """One step of a long job. ``total`` is 0 while it is unknown; ``seconds_left`` is None until it can be told."""

    done: int
    total: int
    text: str = ""
    seconds_left: float | None = None


class JobControl:
    """Pause and cancel flags that a job reads between steps. Safe to set from any thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()

    def cancel(self) -> None:
        """Ask the job to stop at its next safe point; also ends a pause."""
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        """Ask the job to wait at its next safe point."""
        self._running.clear()

    def resume(self) -> None:
        """Let a paused job go on."""
        self._running.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def wait_if_paused(self) -> None:
        """Block while paused; return at once otherwise."""
        self._running.wait()

    def safe_point(self) -> None:
        """Block while paused, then raise :class:`Cancelled` if the job was cancelled."""
        self._running.wait()
        if self._cancelled.is_set():
            raise Cancelled
