"""Prefetching: what is made for which step, what overlaps, and that nothing is left running."""

import threading

import pytest

from micm_desktop.micm.prefetch import Prefetch


def test_each_step_gets_its_own_and_is_made_once() -> None:
    made: list[int] = []

    def make(step: int) -> int:
        made.append(step)
        return step * step

    with Prefetch(make) as steps:
        assert [steps.take(step) for step in (5, 6, 7, 8)] == [25, 36, 49, 64]
    assert made[:4] == [5, 6, 7, 8] and made[4:] in ([], [9])


def test_a_jump_is_made_anew() -> None:
    with Prefetch(lambda step: step * 10) as steps:
        assert [steps.take(step) for step in (3, 4, 1, 2, 7, 7)] == [30, 40, 10, 20, 70, 70]


def test_the_next_is_made_while_this_one_is_used() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def make(step: int) -> int:
        if step == 1:
            begun.set()
            assert may_end.wait(10)
        return step

    with Prefetch(make) as steps:
        assert steps.take(0) == 0
        assert begun.wait(10), "the second is being made although nobody has asked for it yet"
        may_end.set()
        assert steps.take(1) == 1


def test_what_making_raises_comes_where_its_turn_is() -> None:
    def make(step: int) -> int:
        if step == 2:
            raise OSError("the disk is gone")
        return step

    with Prefetch(make) as steps:
        assert [steps.take(0), steps.take(1)] == [0, 1]
        with pytest.raises(OSError, match="the disk is gone"):
            steps.take(2)


def test_leaving_ends_the_thread() -> None:
    before = threading.active_count()
    with Prefetch(lambda step: step) as steps:
        steps.take(0)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
