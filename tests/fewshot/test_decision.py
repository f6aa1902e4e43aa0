"""One verdict from probabilities: the least expected cost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from micm_desktop.fewshot.decision import (
    ASK_COST,
    MISS_COST,
    Outcome,
    Policy,
    class_shares,
    decide,
    default_policy,
    policy_from_json,
    policy_to_json,
    risks,
)
from micm_desktop.fewshot.head import Array
from micm_desktop.fewshot.shares import with_shares

FREE = st.floats(0.05, 100)


def probabilities(seed: int, count: int = 30, classes: int = 4) -> Array:
    drawn = np.random.default_rng(seed).dirichlet(np.full(classes, 0.4), count)
    return drawn.astype(np.float32)


def verdicts(rows: Array, policy: Policy) -> list[Outcome]:
    return [Outcome(one) for one in decide(rows, np.zeros(len(rows), bool), policy).outcome]


@given(st.integers(0, 2**31), st.lists(FREE, min_size=4, max_size=4), st.floats(0.01, 60))
def test_every_verdict_costs_least(seed: int, costs: list[float], ask_cost: float) -> None:
    """Against the plain rule: weigh up good, defect and asking by their expected costs."""
    good = (True, False, False, True)
    shares = tuple(np.random.default_rng(seed + 1).dirichlet(np.ones(4)).tolist())
    policy = Policy(good, tuple(costs), shares, ask_cost)
    rows = probabilities(seed)
    for row, outcome in zip(with_shares(rows, np.array(shares)).tolist(), verdicts(rows, policy), strict=True):
        expected = {
            Outcome.GOOD: sum(p * c for p, c, is_good in zip(row, costs, good, strict=True) if not is_good),
            Outcome.DEFECT: sum(p * c for p, c, is_good in zip(row, costs, good, strict=True) if is_good),
        }
        expected[Outcome.ASK] = ask_cost
        assert expected[outcome] <= min(expected.values()) * (1 + 1e-3) + 1e-4


@given(st.integers(0, 2**31), FREE, FREE, st.floats(0.01, 60))
def test_a_person_is_asked_exactly_where_that_costs_least(
    seed: int, miss: float, false_alarm: float, ask_cost: float
) -> None:
    policy = Policy((True, False), (false_alarm, miss), (0.5, 0.5), ask_cost)
    for p in np.linspace(0.001, 0.999, 61).tolist():
        costs = {Outcome.GOOD: p * miss, Outcome.DEFECT: (1 - p) * false_alarm, Outcome.ASK: ask_cost}
        first, second, _ = sorted(costs.values())
        assume(second - first > 1e-3 * second)
        (found,) = verdicts(np.array([[1 - p, p]], np.float32), policy)
        assert costs[found] == first


def test_a_sure_but_cheap_defect_is_not_asked_about() -> None:
    """As good it would cost 9.6, as a defect 0.04: the dearer defect, which it is not, has no say."""
    policy = Policy((True, False, False), (1, 10, 1000), (1 / 3,) * 3)
    assert verdicts(np.array([[0.04, 0.96, 0.0]], np.float32), policy) == [Outcome.DEFECT]


def test_what_is_not_a_number_is_asked_about() -> None:
    rows = np.full((1, 3), np.nan, np.float32)
    assert verdicts(rows, default_policy((True, False, False))) == [Outcome.ASK]


def test_a_dear_miss_lowers_the_threshold() -> None:
    assert default_policy((True, False)).least_cost_threshold() == pytest.approx(1 / 51)
    dear = Policy((True, False), (1.0, 1000.0), (0.5, 0.5))
    assert dear.least_cost_threshold() == pytest.approx(1 / 1001)


def test_risk_is_the_probability_of_a_defect_where_all_cost_the_same() -> None:
    rows = probabilities(3)
    policy = default_policy((True, False, False, True))
    np.testing.assert_allclose(risks(rows, policy), rows[:, 1] + rows[:, 2], atol=1e-6)


def test_a_dearer_defect_weighs_more() -> None:
    rows = np.array([[0.9, 0.1, 0.0], [0.9, 0.0, 0.1]], np.float32)
    cheap, dear = risks(rows, Policy((True, False, False), (1, 10, 90), (1 / 3,) * 3))
    assert dear == pytest.approx(1.8 * 0.1 / (0.9 + 1.8 * 0.1))
    assert cheap == pytest.approx(0.2 * 0.1 / (0.9 + 0.2 * 0.1))


def test_the_threshold_can_be_moved_and_the_band_goes_with_it() -> None:
    computed = default_policy((True, False))
    same = replace(computed, threshold=computed.least_cost_threshold())
    np.testing.assert_allclose(same.band(), computed.band(), rtol=1e-6)
    assert computed.band() == pytest.approx((ASK_COST / MISS_COST, 0.5))
    strict = replace(computed, threshold=0.001)
    assert strict.band()[0] < computed.band()[0]
    never = replace(computed, ask_cost=1000.0, threshold=0.3)
    assert never.band() == (0.3, 0.3)
    assert verdicts(np.array([[0.71, 0.29], [0.69, 0.31]], np.float32), never) == [Outcome.GOOD, Outcome.DEFECT]


@given(st.integers(0, 2**31), st.floats(0.001, 0.99), st.floats(0.001, 0.99))
def test_a_lower_threshold_never_lets_more_pass_as_good(seed: int, one: float, other: float) -> None:
    rows, policy = probabilities(seed), default_policy((True, False, False, False))
    low, high = (verdicts(rows, replace(policy, threshold=t)) for t in sorted((one, other)))
    assert {i for i, v in enumerate(low) if v == Outcome.GOOD} <= {i for i, v in enumerate(high) if v == Outcome.GOOD}


def test_the_class_lies_on_the_side_that_was_chosen() -> None:
    """Good is the most probable class of all, but a defect is likely enough to be called one."""
    policy = Policy((True, False, False), (1, 50, 50), (1 / 3,) * 3, ask_cost=1000)
    found = decide(np.array([[0.9, 0.02, 0.08]], np.float32), np.zeros(1, bool), policy)
    assert (found.class_index[0], found.outcome[0]) == (2, Outcome.DEFECT)


def test_rare_defects_need_more_evidence() -> None:
    rows = np.array([[0.4, 0.6]], np.float32)
    often = Policy((True, False), (1, 1), (0.5, 0.5), ask_cost=10)
    seldom = replace(often, shares=(0.98, 0.02))
    assert verdicts(rows, often) == [Outcome.DEFECT] and verdicts(rows, seldom) == [Outcome.GOOD]


@pytest.mark.parametrize("good", [(False, False, False), (True, True, True)])
def test_without_two_sides_there_is_the_class_or_a_question(good: tuple[bool, ...]) -> None:
    policy = default_policy(good)
    found = decide(np.array([[0.2, 0.7, 0.1], [0.4, 0.35, 0.25]], np.float32), np.zeros(2, bool), policy)
    assert found.outcome.tolist() == [Outcome.CLASS, Outcome.ASK]
    assert found.class_index.tolist() == [1, 0]
    assert not found.risk.any()


@pytest.mark.parametrize(
    "changes",
    [
        {"good": ["false", True]},
        {"shares": [0.5, 0.1]},
        {"threshold": 1},
        {"ask_cost": 0},
        {"costs": [1, float("inf")]},
    ],
)
def test_what_is_no_policy_is_refused(changes: dict[str, object]) -> None:
    value = policy_to_json(default_policy((False, True)))
    assert policy_from_json(value, 2) == default_policy((False, True))
    with pytest.raises(ValueError):
        policy_from_json(value | changes, 2)


def test_unknown_wins() -> None:
    policy = default_policy((True, False))
    found = decide(np.array([[0.99, 0.01], [0.0, 1.0]], np.float32), np.array([True, False]), policy)
    assert found.outcome.tolist() == [Outcome.UNKNOWN, Outcome.DEFECT]


def test_no_images_are_no_verdicts() -> None:
    found = decide(np.empty((0, 2), np.float32), np.empty(0, bool), default_policy((True, False)))
    assert found.class_index.shape == found.outcome.shape == found.risk.shape == (0,)


def test_a_question_is_named_after_what_the_image_resembles_however_rare_that_is() -> None:
    """Good is more probable only because defects are rare."""
    policy = replace(default_policy((True, False, False)), shares=class_shares((True, False, False), 0.005))
    found = decide(np.array([[0.02, 0.95, 0.03]], np.float32), np.zeros(1, bool), policy)
    assert (found.outcome[0], found.class_index[0]) == (Outcome.ASK, 1)
