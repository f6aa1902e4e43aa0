"""Expected misses and false alarms, with the uncertainty that few tags leave."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.fewshot.decision import Policy, default_policy
from micm_desktop.fewshot.expected import clopper_pearson, expected_outcomes

CLEAR = Policy((True, False), (1, 1), (0.9, 0.1), ask_cost=10)


def tail(count: int, total: int, share: float) -> float:
    """P(at most ``count`` of ``total``)."""
    return sum(math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count + 1))


@given(st.integers(1, 60).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_interval_against_its_definition(pair: tuple[int, int]) -> None:
    count, total = pair
    rate = clopper_pearson(count, total)
    assert 0 <= rate.low <= rate.share <= rate.high <= 1
    if count < total:
        assert tail(count, total, rate.high) == pytest.approx(0.025, abs=1e-6)
    if count:
        assert 1 - tail(count - 1, total, rate.low) == pytest.approx(0.025, abs=1e-6)


def test_nothing_counted_says_nothing() -> None:
    rate = clopper_pearson(0, 0)
    assert (rate.share, rate.low, rate.high) == (0.0, 0.0, 1.0)


def test_counts_and_parts_per_thousand() -> None:
    labels = np.array([0] * 10 + [1] * 5)
    likely = np.array([0.1] * 8 + [0.9] * 2 + [0.99] * 4 + [0.1])
    found = expected_outcomes(np.stack([1 - likely, likely], axis=1).astype(np.float32), labels, labels < 0, CLEAR)
    assert found is not None
    # At a tenth of defects a probability of 0.9 under equal shares is one of a half.
    assert (found.missed.count, found.missed.total) == (1, 5)
    assert found.false_alarms.total == 10
    assert found.defect_share == pytest.approx(0.1)
    expected, low, high = found.misses_per_thousand()
    assert expected == pytest.approx(1000 * 0.1 * 0.2)
    assert low < expected < high
    alarms, _, _ = found.false_alarms_per_thousand()
    assert alarms == pytest.approx(1000 * 0.9 * found.false_alarms.share)


def test_the_interval_of_five_tags_is_wide_and_that_of_many_is_not() -> None:
    few, many = clopper_pearson(0, 5), clopper_pearson(0, 500)
    assert few.high > 0.5 and many.high < 0.01


def test_questions_to_a_person_are_counted_for_both_sides() -> None:
    labels = np.array([0, 0, 1, 1])
    likely = np.array([0.2, 0.0, 0.2, 1.0])
    policy = default_policy((True, False))
    found = expected_outcomes(np.stack([1 - likely, likely], axis=1).astype(np.float32), labels, labels < 0, policy)
    assert found is not None
    assert (found.asked_good.count, found.asked_defects.count) == (1, 1)
    assert found.asked_per_thousand() == pytest.approx(500)


@pytest.mark.parametrize("labels", [[0, 0], [1, 1], []])
def test_one_side_alone_has_no_figures(labels: list[int]) -> None:
    rows = np.full((len(labels), 2), 0.5, np.float32)
    assert (
        expected_outcomes(rows, np.array(labels, np.int64), np.zeros(len(labels), bool), default_policy((True, False)))
        is None
    )
    assert (
        expected_outcomes(rows, np.array(labels, np.int64), np.zeros(len(labels), bool), default_policy((False, False)))
        is None
    )


def test_unknown_tags_are_questions_too() -> None:
    labels, likely = np.array([0, 0, 1, 1]), np.array([0.0, 0.0, 1.0, 1.0])
    rows = np.stack([1 - likely, likely], axis=1).astype(np.float32)
    found = expected_outcomes(rows, labels, np.array([True, False, False, True]), default_policy((True, False)))
    assert found is not None
    assert (found.asked_good.count, found.asked_defects.count, found.missed.count) == (1, 1, 0)
