"""Notices when the window does not answer, and writes to the log what it was doing.

A timer beats in the event loop; a thread of its own sees when a beat is late, and takes the GUI thread's stack while it
still hangs. On a busy machine a beat may be late although the window did nothing: the log therefore also says how long
the GUI thread itself was computing, where the system tells.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, QTimer

log = logging.getLogger(__name__)

LIMIT = 0.1
"""Seconds for which the event loop may stand still."""
BEAT_MS = 25
LOG_INTERVAL = 10.0
"""Least seconds between two stacks in the log."""


@dataclass(frozen=True)
class Stall:
    """``seconds`` between two beats, of which the GUI thread computed for ``busy`` (NaN where the system does not
    tell). ``stack``: where it was when the limit was reached; empty where it went on before anybody looked.
    """

    seconds: float
    busy: float
    stack: str


class Watchdog(QObject):
    """Watches the thread that makes it. ``report`` is called in that thread with every :class:`Stall`."""

    def __init__(
        self, report: Callable[[Stall], None] | None = None, parent: QObject | None = None, *, beat_ms: int = BEAT_MS
    ) -> None:
        super().__init__(parent)
        self.longest = 0.0
        """Seconds of the longest time between two beats so far."""
        self.longest_busy = 0.0
        """The most that the thread computed between two beats so far, in seconds."""
        self._report = report or _Logger().write
        self._thread_id = threading.get_ident()
        self._last = time.monotonic()
        self._busy = busy_seconds()
        self._stack = ""
        self._stop = threading.Event()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(beat_ms)
        self._watcher = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """End the thread; the object can be dropped then."""
        self._timer.stop()
        self._stop.set()
        self._watcher.join()

    def _beat(self) -> None:
        now, busy = time.monotonic(), busy_seconds()
        late, computed, stack = now - self._last, busy - self._busy, self._stack
        self._last, self._busy, self._stack = now, busy, ""
        self.longest = max(self.longest, late)
        self.longest_busy = max(self.longest_busy, computed)
        if late > LIMIT:
            self._report(Stall(late, computed, stack))

    def _watch(self) -> None:
        seen = 0.0
        while not self._stop.wait(LIMIT / 4):
            last = self._last
            if last != seen and time.monotonic() - last > LIMIT:
                self._stack, seen = _calls(sys._current_frames().get(self._thread_id)), last


def _calls(frame: FrameType | None) -> str:
    """A line for each call, the innermost first. No frame is kept, and no source is read: what a frame holds would be
    destroyed in the wrong thread, were the window to return from it meanwhile.
    """
    lines = []
    while frame is not None:
        lines.append(f"  {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}")
        frame = frame.f_back
    return "\n".join(lines)


class _Logger:
    def __init__(self) -> None:
        self._next = 0.0

    def write(self, stall: Stall) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LOG_INTERVAL
        log.warning(
            "The window did not answer for %.2f s (its thread was computing for %.2f s)\n%s",
            stall.seconds,
            stall.busy,
            stall.stack,
        )


def busy_seconds() -> float:
    """Processor time of the calling thread, NaN where the system does not tell."""
    try:
        return time.thread_time()
    except (AttributeError, OSError):
        return float("nan")
