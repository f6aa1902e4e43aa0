"""Notices calls and stretches of the event loop in which the window's thread computes for too long."""

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

import micm_desktop.gui

GUI = str(Path(micm_desktop.gui.__file__).parent)
LOOP = str(Path("pytestqt", "qtbot.py"))
STARTING = ("make_window", "application")
"""What runs before there is a loop, so that nobody waits for it to turn."""
INPUTS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
SAMPLE = 0.01
"""Seconds between two looks at the stack."""


@dataclass(frozen=True)
class Stall:
    """``seconds`` of processor time of the window's thread, and where it was at the last look."""

    seconds: float
    where: str


class _Inputs(QObject):
    """Counts what comes from keys and the mouse: two presses in a row are two calls, though they look alike."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUTS:
            self.count += 1
        return False


class StallFinder:
    """Looks at the stack of the thread that makes it every ``SAMPLE`` seconds, until it is stopped.

    Counted is the processor time of that thread alone, and not the time by the clock: on a machine that is busy with
    other things, the window's thread waits for its turn, also behind the workers of its own process, and a test that
    went by the clock would fail for that. What is overlooked: waiting for a lock, the disk or a worker. For that,
    ``test_never_frozen`` goes by the clock, with a margin for the busy machine. Where the system does not tell the
    processor time of another thread (Windows, macOS), nothing is found.

    One stall is one call from a test or from the event loop into the window's code, however many of its functions it
    goes through; or Qt's own work between two beats of a timer, while the test waits in pytest-qt. What a test itself
    computes does not count, nor does making the window.
    """

    def __init__(self, limit: float) -> None:
        self.stalls: list[Stall] = []
        self._limit = limit
        self._beats = 0
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._inputs = _Inputs()
        QCoreApplication.instance().installEventFilter(self._inputs)
        self._thread = threading.get_ident()
        tells = hasattr(time, "pthread_getcpuclockid")
        self._clock = time.pthread_getcpuclockid(self._thread) if tells else None
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="stall finder", daemon=True)
        self._watcher.start()

    def stop(self) -> list[Stall]:
        """What was found; call it in the thread that made the finder."""
        self._timer.stop()
        QCoreApplication.instance().removeEventFilter(self._inputs)
        self._ended.set()
        self._watcher.join()
        return self.stalls

    def _beat(self) -> None:
        self._beats += 1

    def _watch(self) -> None:
        if self._clock is None:
            return
        owner, where = None, ""
        began = before = time.clock_gettime(self._clock)
        while not self._ended.wait(SAMPLE):
            now = time.clock_gettime(self._clock)
            current, place = self._owner(sys._current_frames().get(self._thread))
            if current is None or current != owner:
                self._note(before - began, where)
                owner, began = current, now
            where = place
            before = now
        self._note(before - began, where)

    def _note(self, seconds: float, where: str) -> None:
        if seconds > self._limit:
            self.stalls.append(Stall(seconds, where))

    def _owner(self, frame: FrameType | None) -> tuple[tuple[object, ...] | None, str]:
        """The outermost call into the window's code, or the loop that pytest-qt runs; None for anything else. And the
        calls that lead there. No frame is kept: what it holds would be destroyed in the wrong thread.
        """
        found: tuple[object, ...] | None = None
        calls = []
        while frame is not None:
            code = frame.f_code
            if code.co_filename.startswith(GUI):
                found = None if code.co_name in STARTING else (id(frame), code.co_name, self._beats, self._inputs.count)
            elif found is None and code.co_filename.endswith(LOOP):
                found = (LOOP, self._beats)
            calls.append(f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name}")
            frame = frame.f_back
        return found, " < ".join(calls[:8])
