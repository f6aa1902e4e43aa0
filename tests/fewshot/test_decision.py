"""The temperature of probabilities and the threshold for "like nothing tagged"."""

import math

import numpy as np
import pytest
from embeddings import around_directions
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.fewshot.decision import DEFAULT_SCALE, PRIOR_STRENGTH, SCALES, fit_scale, fit_unknown_threshold
from micm_desktop.fewshot.head import unknown_score
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines


def scores(count: int, wrong: float, margin: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Cosines to three classes: the winner leads by ``margin`` and is wrong for the given share of images."""
    labels = np.arange(count) % 3
    winner = np.where(np.arange(count) < wrong * count, (labels + 1) % 3, labels)
    cosines = np.full((count, 3), 0.4, np.float32)
    cosines[np.arange(count), winner] += margin
    return cosines, labels


def test_scale_is_the_best_of_the_grid() -> None:
    cosines, labels = scores(12, 0.25)
    losses = {}
    for scale in SCALES.tolist():
        loss = PRIOR_STRENGTH * math.log(scale / DEFAULT_SCALE) ** 2
        for row, label in zip(cosines.tolist(), labels.tolist(), strict=True):
            powers = [math.exp(value * scale) for value in row]
            loss -= math.log(powers[label] / sum(powers))
        losses[scale] = loss
    assert fit_scale(cosines, labels) == pytest.approx(min(losses, key=lambda scale: losses[scale]))


def test_scores_that_are_often_wrong_get_a_smaller_scale() -> None:
    scales = [fit_scale(*scores(300, wrong)) for wrong in (0.0, 0.1, 0.3, 0.6)]
    assert scales == sorted(scales, reverse=True)
    assert scales[0] > 1.5 * DEFAULT_SCALE
    assert scales[-1] < DEFAULT_SCALE / 2


def test_confidence_then_matches_accuracy() -> None:
    cosines, labels = scores(300, 0.2)
    scaled = np.exp(cosines * fit_scale(cosines, labels))
    confidence = (scaled / scaled.sum(axis=1, keepdims=True)).max(axis=1).mean()
    assert confidence == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("wrong", [0.0, 1.0])
def test_few_tags_stay_near_the_default(wrong: float) -> None:
    few = fit_scale(*scores(2, wrong))
    assert DEFAULT_SCALE / 2 < few < DEFAULT_SCALE * 2
    assert abs(math.log(fit_scale(*scores(300, wrong)) / DEFAULT_SCALE)) > abs(math.log(few / DEFAULT_SCALE))


def test_no_tags_give_the_default() -> None:
    assert fit_scale(np.empty((0, 3), np.float32), np.empty(0, np.int64)) == DEFAULT_SCALE


def threshold(each: int, noise: float, seed: int = 0) -> float:
    support, labels = around_directions(3, each, noise, seed=seed)
    prototypes = fit_prototypes(support, labels, 3).prototypes
    return fit_unknown_threshold(support, labels, prototypes, leave_one_out_cosines(support, labels, 3)[0])


def test_threshold_against_its_formula() -> None:
    support, labels = around_directions(3, 5, 0.3)
    prototypes = fit_prototypes(support, labels, 3).prototypes
    cosines, _ = leave_one_out_cosines(support, labels, 3)
    distances = [(1 - max(row)) / 2 for row in cosines.tolist()]
    mean = sum(distances) / 15
    deviation = math.sqrt(sum((d - mean) ** 2 for d in distances) / 15)
    seen = max(unknown_score(support, prototypes).tolist())
    found = fit_unknown_threshold(support, labels, prototypes, cosines)
    assert found == pytest.approx(max(mean + 2 * deviation, seen), abs=1e-5)


def test_with_too_few_tags_nothing_is_unknown() -> None:
    assert threshold(1, 0.2) == 1.0


def test_tighter_classes_have_a_lower_threshold() -> None:
    assert threshold(6, 0.05) < threshold(6, 0.2) < threshold(6, 0.5)


@given(st.integers(2, 6), st.floats(0, 3), st.integers(0, 2**31))
def test_no_tagged_image_is_ever_unknown(each: int, noise: float, seed: int) -> None:
    support, labels = around_directions(3, each, noise, seed=seed)
    prototypes = fit_prototypes(support, labels, 3).prototypes
    limit = fit_unknown_threshold(support, labels, prototypes, leave_one_out_cosines(support, labels, 3)[0])
    assert 0 <= limit <= 1
    assert not (unknown_score(support, prototypes) > limit).any()


def test_an_odd_image_that_was_tagged_is_not_unknown_either() -> None:
    support, labels = around_directions(3, 10, 0.02)
    support[0] = np.eye(12, dtype=np.float32)[7]
    prototypes = fit_prototypes(support, labels, 3).prototypes
    limit = fit_unknown_threshold(support, labels, prototypes, leave_one_out_cosines(support, labels, 3)[0])
    assert unknown_score(support[:1], prototypes)[0] <= limit


def test_another_kind_of_image_is_unknown() -> None:
    support, labels = around_directions(3, 8, 0.1)
    prototypes = fit_prototypes(support, labels, 3).prototypes
    limit = fit_unknown_threshold(support, labels, prototypes, leave_one_out_cosines(support, labels, 3)[0])
    others, kinds = around_directions(4, 20, 0.1, seed=1)
    unknown = unknown_score(others, prototypes) > limit
    assert unknown[kinds == 3].all()
    assert unknown[kinds < 3].mean() < 0.2
