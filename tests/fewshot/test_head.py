"""The linear head, prototypes and leave-one-out scores, each against a slow loop."""

import math

import numpy as np
import pytest
from embeddings import around_directions, random_directions
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.fewshot.head import LinearHead, class_means, normalise_rows, softmax, unknown_score
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines

LABELS = np.array([0, 2, 1, 2, 0, 2, 1])


def slow_unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


def slow_prototype(rows: list[list[float]]) -> list[float]:
    return slow_unit([sum(column) / len(rows) for column in zip(*rows, strict=True)])


def slow_dot(first: list[float], second: list[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_prototypes_are_unit_means_of_each_class() -> None:
    support = random_directions(7)
    head = fit_prototypes(support, LABELS, 3)
    for label in range(3):
        members = [support[row].tolist() for row in range(7) if LABELS[row] == label]
        assert head.prototypes[label].tolist() == pytest.approx(slow_prototype(members), abs=1e-5)


def test_logits_are_cosines_to_the_prototypes() -> None:
    support, queries = random_directions(7), random_directions(4, seed=1)
    head = fit_prototypes(support, LABELS, 3)
    for row in range(4):
        for label in range(3):
            expected = slow_dot(queries[row].tolist(), head.prototypes[label].tolist())
            assert head.logits(queries)[row, label] == pytest.approx(expected, abs=1e-5)


@given(st.integers(0, 2**31))
def test_leave_one_out_against_fitting_again_without_the_image(seed: int) -> None:
    support = random_directions(7, seed=seed)
    cosines, labels = leave_one_out_cosines(support, LABELS, 3)
    assert labels.tolist() == LABELS.tolist()
    for row in range(7):
        for label in range(3):
            members = [support[other].tolist() for other in range(7) if LABELS[other] == label and other != row]
            expected = slow_dot(support[row].tolist(), slow_prototype(members))
            assert cosines[row, label] == pytest.approx(expected, abs=1e-4)


def test_leave_one_out_passes_over_an_image_that_is_alone_in_its_class() -> None:
    labels = np.array([0, 1, 0, 2])
    cosines, kept = leave_one_out_cosines(random_directions(4), labels, 3)
    assert kept.tolist() == [0, 0]
    assert cosines.shape == (2, 3)
    nothing, no_labels = leave_one_out_cosines(random_directions(2), np.array([0, 1]), 2)
    assert nothing.shape == (0, 2)
    assert no_labels.shape == (0,)


@pytest.mark.parametrize("labels", [[0, 0, 2], [0, 1, 3], [0, 0, 0]])
def test_a_class_without_support_is_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="every class"):
        class_means(random_directions(3), np.array(labels), 3)


@given(st.floats(0.1, 60), st.integers(0, 2**31))
def test_scaling_keeps_decisions(scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    head = LinearHead(
        rng.normal(size=(3, 12)).astype(np.float32),
        rng.normal(size=3).astype(np.float32),
        random_directions(3, seed=seed),
        0.4,
    )
    queries = random_directions(20, seed=seed + 1)
    scaled = head.scaled(scale)
    np.testing.assert_allclose(scaled.logits(queries), head.logits(queries) * scale, rtol=1e-3, atol=1e-4)
    assert np.array_equal(scaled.logits(queries).argmax(axis=1), head.logits(queries).argmax(axis=1))
    assert np.array_equal(scaled.unknown_score(queries), head.unknown_score(queries))
    assert scaled.unknown_threshold == head.unknown_threshold


@given(st.lists(st.lists(st.floats(-200, 200, width=32), min_size=3, max_size=3), min_size=1, max_size=5))
def test_softmax_against_its_formula(rows: list[list[float]]) -> None:
    found = softmax(np.array(rows, np.float32))
    for row, values in zip(found, rows, strict=True):
        powers = [math.exp(value - max(values)) for value in values]
        assert row.tolist() == pytest.approx([power / sum(powers) for power in powers], rel=1e-3, abs=1e-6)


def test_probabilities_are_the_softmax_of_the_logits() -> None:
    support, labels = around_directions(3, 4, 0.2)
    head = fit_prototypes(support, labels, 3).scaled(10)
    probabilities = head.probabilities(support)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(probabilities, softmax(head.logits(support)))


def test_unknown_score_is_half_the_distance_to_the_nearest_prototype() -> None:
    prototypes = np.eye(3, dtype=np.float32)[:2]
    queries = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0], [-1, 0, 0], [0.6, 0.8, 0]], np.float32)
    assert unknown_score(queries, prototypes).tolist() == pytest.approx([0, 0.5, 0.5, 0.5, 0.1])
    assert unknown_score(-prototypes[:1], prototypes[:1]).tolist() == [1]


def test_a_zero_row_stays_zero() -> None:
    rows = normalise_rows(np.array([[0, 0], [3, 4]], np.float32))
    assert rows.tolist() == [[0, 0], pytest.approx([0.6, 0.8])]


def test_judging_at_once_is_both_one_by_one() -> None:
    support, queries = random_directions(7), random_directions(9, seed=1)
    plain = fit_prototypes(support, LABELS, 3)
    head = LinearHead(plain.weight * 4, np.array([0.5, -1, 2], np.float32), plain.prototypes)
    probabilities, unknown = head.judge(queries)
    np.testing.assert_allclose(probabilities, head.probabilities(queries), atol=1e-6)
    np.testing.assert_allclose(unknown, head.unknown_score(queries), atol=1e-6)
