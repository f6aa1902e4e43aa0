"""What a training step needs is made while the step before it computes."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TypeVar

T = TypeVar("T")


def prefetched(make: Callable[[int], T], first: int) -> Generator[T]:
    """``make(first)``, ``make(first + 1)`` and so on without end, each made in a thread before it is asked for.

    ``make`` must depend on its number alone, never on what training has done since: then a run is the same with and
    without the thread, and the same when it is resumed. What it raises comes where its result was asked for. Close the
    iterator to end the thread.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        upcoming = pool.submit(make, first)
        for step in count(first + 1):
            made = upcoming.result()
            upcoming = pool.submit(make, step)
            yield made
