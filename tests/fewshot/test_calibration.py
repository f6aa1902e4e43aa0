"""The temperature of probabilities, and whether they then mean what they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from micm_desktop.fewshot.calibration import (
    BINS,
    DEFAULT_SCALE,
    PRIOR_STRENGTH,
    SCALES,
    calibration_error,
    fit_scale,
)


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


def slow_calibration_error(confidence: list[float], correct: list[bool]) -> float:
    total = 0.0
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = [
            (c, right)
            for c, right in zip(confidence, correct, strict=True)
            if low <= c < high or (number == BINS - 1 and c == 1)
        ]
        if inside:
            gap = sum(c for c, _ in inside) / len(inside) - sum(right for _, right in inside) / len(inside)
            total += len(inside) / len(confidence) * abs(gap)
    return total


@given(arrays(np.float64, 40, elements=st.integers(0, 64).map(lambda n: n / 64)), st.integers(0, 2**31))
def test_calibration_error_against_its_formula(confidence: np.ndarray, seed: int) -> None:
    correct = np.random.default_rng(seed).random(40) < 0.6
    found = calibration_error(confidence, correct)
    assert found == pytest.approx(slow_calibration_error(confidence.tolist(), correct.tolist()), abs=1e-9)
    assert 0 <= found <= 1


def test_right_as_often_as_confident_is_no_error() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.2, 1, 200_000)
    assert calibration_error(confidence, rng.random(200_000) < confidence) < 0.01
    assert calibration_error(confidence, rng.random(200_000) < confidence**3) > 0.1
