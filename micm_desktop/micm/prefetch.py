"""What a training step needs is made while the step before it computes."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Prefetch(Generic[T]):
    """Gives ``make(step)`` for the step asked for, and makes the next one in a thread meanwhile.

    ``make`` must depend on its number alone, never on what training has done since: then a run is the same with and
    without the thread, and the same when it is resumed. What it raises comes where its result is asked for. Use it in a
    ``with`` statement, which ends the thread.
    """

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = make
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="prefetch")
        self._upcoming: tuple[int, Future[T]] | None = None

    def __enter__(self) -> "Prefetch[T]":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def take(self, step: int) -> T:
        """What ``step`` needs; one after the other costs no wait, any other step is made at once."""
        if self._upcoming is None or self._upcoming[0] != step:
            self._upcoming = (step, self._pool.submit(self._make, step))
        made = self._upcoming[1].result()
        self._upcoming = (step + 1, self._pool.submit(self._make, step + 1))
        return made
