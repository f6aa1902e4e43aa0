"""The threshold for "like nothing tagged"."""

import math

import numpy as np
import pytest
from embeddings import around_directions
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from micm_desktop.fewshot.head import unknown_score
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines
from micm_desktop.fewshot.unknown import MIN_HELD_OUT, fit_unknown_threshold


def threshold(each: int, noise: float, seed: int = 0, false_rejection: float = 0.05) -> float:
    support, labels = around_directions(3, each, noise, seed=seed)
    seen = unknown_score(support, fit_prototypes(support, labels, 3).prototypes)
    return fit_unknown_threshold(leave_one_out_cosines(support, labels, 3)[0], seen, false_rejection)


def cosines_of(scores: np.ndarray) -> np.ndarray:
    """Cosines (S, 2) whose unknown scores are ``scores``."""
    return np.stack([1 - 2 * scores, np.full(len(scores), -1.0)], axis=1).astype(np.float32)


def test_few_tags_take_the_prediction_limit_of_a_normal_sample() -> None:
    scores = np.array([0.1, 0.12, 0.15, 0.14, 0.11, 0.13])
    mean = sum(scores) / 6
    deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / 5)
    expected = mean + stats.t(5).ppf(0.9) * deviation * math.sqrt(7 / 6)
    assert fit_unknown_threshold(cosines_of(scores), scores[:1], 0.1) == pytest.approx(expected, abs=1e-6)


def test_many_tags_with_a_long_tail_take_the_order_statistic() -> None:
    scores = np.concatenate([np.linspace(0.1, 0.11, 90), np.full(10, 0.4)])
    assert fit_unknown_threshold(cosines_of(scores), scores[:1], 0.05) == pytest.approx(0.4, abs=1e-6)


def test_with_too_few_tags_nothing_is_unknown() -> None:
    assert threshold(1, 0.2) == 1.0
    few = cosines_of(np.full(MIN_HELD_OUT, 0.1))
    assert fit_unknown_threshold(few[1:], np.array([0.1], np.float32)) == 1.0
    assert fit_unknown_threshold(few, np.array([0.1], np.float32)) < 1.0


def test_tighter_classes_have_a_lower_threshold() -> None:
    assert threshold(6, 0.05) < threshold(6, 0.2) < threshold(6, 0.5)


def test_fewer_false_rejections_need_a_higher_threshold() -> None:
    limits = [threshold(8, 0.4, false_rejection=rate) for rate in (0.2, 0.1, 0.05, 0.01)]
    assert limits == sorted(limits) and limits[0] < limits[-1]


@pytest.mark.parametrize("wanted", [0.05, 0.2])
def test_about_as_many_are_called_unknown_as_wanted(wanted: float) -> None:
    rates = []
    for seed in range(40):
        support, labels = around_directions(3, 10, 0.3, seed=seed)
        queries, _ = around_directions(3, 60, 0.3, seed=1000 + seed)
        prototypes = fit_prototypes(support, labels, 3).prototypes
        limit = fit_unknown_threshold(leave_one_out_cosines(support, labels, 3)[0], np.zeros(1, np.float32), wanted)
        rates.append((unknown_score(queries, prototypes) > limit).mean())
    assert wanted / 2 < np.mean(rates) < wanted * 1.5


@given(st.integers(2, 6), st.floats(0, 3), st.integers(0, 2**31))
def test_no_tagged_image_is_ever_unknown(each: int, noise: float, seed: int) -> None:
    support, labels = around_directions(3, each, noise, seed=seed)
    seen = unknown_score(support, fit_prototypes(support, labels, 3).prototypes)
    limit = fit_unknown_threshold(leave_one_out_cosines(support, labels, 3)[0], seen)
    assert 0 <= limit <= 1
    assert not (seen > limit + 1e-7).any()


def test_another_kind_of_image_is_unknown() -> None:
    support, labels = around_directions(3, 8, 0.1)
    prototypes = fit_prototypes(support, labels, 3).prototypes
    seen = unknown_score(support, prototypes)
    limit = fit_unknown_threshold(leave_one_out_cosines(support, labels, 3)[0], seen)
    others, kinds = around_directions(4, 20, 0.1, seed=1)
    unknown = unknown_score(others, prototypes) > limit
    assert unknown[kinds == 3].all()
    assert unknown[kinds < 3].mean() < 0.2
