"""Schedules begin and end where they should and never leave their range."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.micm.schedules import cosine, linear, warmup_cosine

shares = st.floats(0, 1)
values = st.floats(-10, 10)


@given(values, values)
def test_cosine_runs_from_start_to_end(start: float, end: float) -> None:
    assert cosine(start, end, 0) == pytest.approx(start)
    assert cosine(start, end, 0.5) == pytest.approx((start + end) / 2)
    assert cosine(start, end, 1) == pytest.approx(end)
    assert cosine(start, end, 1.7) == pytest.approx(end)
    assert cosine(start, end, -1) == pytest.approx(start)


@given(values, values, shares, shares)
def test_cosine_never_turns_back(start: float, end: float, first: float, second: float) -> None:
    early, late = cosine(start, end, min(first, second)), cosine(start, end, max(first, second))
    assert (late - early) * (end - start) >= -1e-9


def test_cosine_at_a_third() -> None:
    assert cosine(3, 1, 1 / 3) == pytest.approx(1 + 2 * (1 + math.cos(math.pi / 3)) / 2)


def test_warmup_rises_linearly_and_falls_as_a_cosine() -> None:
    assert warmup_cosine(2.0, 0.5, 0.1, 0.0) == 0
    assert warmup_cosine(2.0, 0.5, 0.1, 0.05) == pytest.approx(1.0)
    assert warmup_cosine(2.0, 0.5, 0.1, 0.1) == pytest.approx(2.0)
    assert warmup_cosine(2.0, 0.5, 0.1, 0.55) == pytest.approx(1.25)
    assert warmup_cosine(2.0, 0.5, 0.1, 1.0) == pytest.approx(0.5)


@given(st.floats(0, 0.9), shares)
def test_warmup_never_exceeds_its_peak(warmup: float, progress: float) -> None:
    assert 0 <= warmup_cosine(2.0, 0.5, warmup, progress) <= 2.0 + 1e-9


def test_without_warmup_the_peak_comes_first() -> None:
    assert warmup_cosine(2.0, 0.5, 0.0, 0.0) == pytest.approx(2.0)


def test_linear_reaches_its_end_after_its_share() -> None:
    assert linear(1, 3, 0.5, 0.0) == pytest.approx(1)
    assert linear(1, 3, 0.5, 0.25) == pytest.approx(2)
    assert linear(1, 3, 0.5, 0.5) == pytest.approx(3)
    assert linear(1, 3, 0.5, 0.9) == pytest.approx(3)
    assert linear(1, 3, 0.0, 0.0) == pytest.approx(3)
