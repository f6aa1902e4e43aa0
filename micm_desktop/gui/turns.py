"""How Python's workers and its garbage collector share time with the window.

Both hold the interpreter's lock: while one has it, nothing is painted.
"""

import gc
import sys

SWITCH_INTERVAL = 0.001
"""Seconds after which a worker that computes in Python lets the window have its turn; painting asks for it often."""
COLLECT_AFTER = (2_000, 10, 1_000)
"""Python's own settings walk over all objects whenever a quarter more of them live: 20 times while 100,000 images are
read, for up to a quarter of a second each. With these, young ones are looked at as often, old ones hardly ever."""


def share_time() -> None:
    """For the whole process, before the window is shown."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(*COLLECT_AFTER)


def keep() -> None:
    """What lives now will live long: the collector need not walk over it again. Takes no time."""
    gc.freeze()
