"""Ctrl+C, and a service manager's request to end, stop a job between two images instead of within one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from micm_desktop.progress import JobControl


@contextmanager
def stopped_by_signals(control: JobControl) -> Iterator[None]:
    """Cancel ``control`` on the first SIGINT or SIGTERM; the second does what it did before. For the main thread."""
    earlier = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        control.cancel()
        signal.signal(number, earlier[signal.Signals(number)])

    for number in earlier:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
