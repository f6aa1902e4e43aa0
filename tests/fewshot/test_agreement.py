"""Measures of how embeddings tell images apart, against slow loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.fewshot.agreement import NEIGHBOURS, agreement, gain, held_out_confidence
from micm_desktop.fewshot.calibration import DEFAULT_SCALE
from micm_desktop.fewshot.ridge import fit_ridge


def test_confidence_is_that_of_a_head_without_the_image() -> None:
    rng = np.random.default_rng(0)
    labels = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 0])
    rows = (np.eye(6)[labels] + rng.normal(0, 0.6, (10, 6))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    _, scores, held_out, _ = fit_ridge(rows, labels, 3)
    assert held_out.tolist() == labels.tolist()
    for found, logits, label in zip(held_out_confidence(rows, labels, 3), scores.tolist(), labels, strict=True):
        powers = [math.exp(DEFAULT_SCALE * value) for value in logits]
        assert found == pytest.approx(powers[label] / sum(powers), abs=1e-4)


def test_better_embeddings_give_more_confidence() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 6)
    means = []
    for noise in (0.2, 0.6, 3.0):
        rows = (np.eye(3)[labels] + rng.normal(0, noise, (18, 3))).astype(np.float32)
        means.append(held_out_confidence(rows / np.linalg.norm(rows, axis=1, keepdims=True), labels, 3).mean())
    assert means[0] > means[1] > means[2] > 0


@pytest.mark.parametrize(("count", "near"), [(12, 1), (80, 2), (210, NEIGHBOURS)])
def test_agreement_against_a_slow_loop(count: int, near: int) -> None:
    rng = np.random.default_rng(0)
    first, second = (rng.normal(size=(count, 4)).astype(np.float32) for _ in range(2))
    second += first / 2
    shares = []
    for image in range(count):
        others = sorted((i for i in range(count) if i != image), key=lambda i: -float(first[i] @ first[image]))
        pairs = [
            float(second[close] @ second[image]) > float(second[far] @ second[image])
            for close in others[:near]
            for far in others[near:]
        ]
        shares.append(sum(pairs) / len(pairs))
    assert agreement(first, second) == pytest.approx(np.mean(shares), abs=1e-4)


def test_embeddings_agree_with_themselves_and_not_with_noise() -> None:
    rng = np.random.default_rng(0)
    first, second = (rng.normal(size=(200, 8)).astype(np.float32) for _ in range(2))
    assert agreement(first, first) == 1
    assert agreement(first, second) == pytest.approx(0.5, abs=0.05)


@given(st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=20), st.floats(0.125, 1, width=32))
def test_a_gain_turns_round_with_its_sides_and_grows_with_the_difference(values: list[float], step: float) -> None:
    first, second = np.array(values, np.float32), np.zeros(len(values), np.float32)
    assert gain(first, second) == pytest.approx(-gain(second, first))
    assert gain(first + np.float32(step), second) > gain(first, second)


def test_a_gain_is_in_standard_errors() -> None:
    first = np.array([0.1, 0.3, 0.2, 0.6], np.float32)
    expected = first.mean() / (first.std(ddof=1) / 2)
    assert gain(first, np.zeros(4, np.float32)) == pytest.approx(expected, rel=1e-5)
    assert gain(first, first) == 0
