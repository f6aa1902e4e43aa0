"""Lets long work yield to the window."""

import logging
import os
import sys
import threading

log = logging.getLogger(__name__)

NICE = 5
"""On a scale from 0, as the window, to 19. A thread at 5 gets a third of what one at 0 gets beside it; see decision 18
for why not less."""


def yield_to_the_window() -> None:
    """Lower the priority of the calling thread and, on Linux, of all threads that it starts, those of torch too.

    Qt's own priorities do nothing on Linux, where all ordinary threads are of one class and differ in niceness alone.
    On Windows they act, but on this one thread.
    """
    if sys.platform == "linux":
        try:
            thread = threading.get_native_id()
            # Never up: the whole program may have been started with less.
            os.setpriority(os.PRIO_PROCESS, thread, max(NICE, os.getpriority(os.PRIO_PROCESS, thread)))
        except OSError:
            log.warning("The thread's priority could not be lowered", exc_info=True)
