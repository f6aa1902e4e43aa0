"""Prefetching: the order and content of what is made, what overlaps, and that nothing is left running."""

import threading
from itertools import islice

import pytest

from micm_desktop.micm.prefetch import prefetched


def test_each_number_is_made_once_and_in_order() -> None:
    made: list[int] = []

    def make(step: int) -> int:
        made.append(step)
        return step * step

    steps = prefetched(make, 5)
    assert list(islice(steps, 4)) == [25, 36, 49, 64]
    steps.close()
    assert made == [5, 6, 7, 8, 9]


def test_the_next_is_made_while_this_one_is_used() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def make(step: int) -> int:
        if step == 1:
            begun.set()
            assert may_end.wait(10)
        return step

    steps = prefetched(make, 0)
    assert next(steps) == 0
    assert begun.wait(10), "the second is being made although nobody has asked for it yet"
    may_end.set()
    assert next(steps) == 1
    steps.close()


def test_what_making_raises_comes_where_its_turn_is() -> None:
    def make(step: int) -> int:
        if step == 2:
            raise OSError("the disk is gone")
        return step

    steps = prefetched(make, 0)
    assert [next(steps), next(steps)] == [0, 1]
    with pytest.raises(OSError, match="the disk is gone"):
        next(steps)


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    steps = prefetched(lambda step: step, 0)
    next(steps)
    assert threading.active_count() == before + 1
    steps.close()
    assert threading.active_count() == before
