"""Ridge regression against a solver that knows nothing of its closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from micm_desktop.fewshot.compact import ROWS_AT_ONCE
from micm_desktop.fewshot.head import normalise_rows
from micm_desktop.fewshot.ridge import (
    PENALTY,
    SHARPNESS,
    STEPS,
    UNLABELED_WEIGHT,
    fit_ridge,
    fit_self_trained,
)


def support(labels: NDArray[np.int64], size: int, seed: int, noise: float = 1.0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(labels.max() + 1, size))
    return normalise_rows((centres[labels] + noise * rng.normal(size=(len(labels), size))).astype(np.float32))


def slow_logits(
    rows: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64], query: NDArray[np.float32]
) -> NDArray[np.float64]:
    """One class after the other, by an iterative solver of the weighted problem."""
    classes, out = labels.max() + 1, []
    for kind in range(classes):
        target = (labels == kind) - 1 / classes
        model = Ridge(alpha=PENALTY, fit_intercept=False, solver="lsqr", tol=1e-10)
        out.append(model.fit(rows, target, sample_weight=weights).predict(query))
    return np.stack(out, axis=1)


def seen_from(rows: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """(S, D) -> (S, count, D) near the rows."""
    noise = np.random.default_rng(seed).normal(size=(len(rows), count, rows.shape[1])).astype(np.float32)
    out: NDArray[np.float32] = rows[:, None] + 0.3 * noise
    return out


def balancing(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    counts = np.bincount(labels)
    return np.asarray(len(labels) / (len(counts) * counts[labels]))


@pytest.mark.parametrize("size", [9, 4], ids=["more dimensions", "more images"])
@pytest.mark.parametrize(
    "labels", [[0, 1], [0, 0, 1, 2, 2, 2, 2], [1, 0, 1, 1, 0, 0]], ids=["one each", "uneven", "two"]
)
def test_logits_are_those_of_weighted_ridge_regression(labels: list[int], size: int) -> None:
    kinds = np.array(labels)
    rows = support(kinds, size, seed=3)
    query = support(np.array([0, 1, 0, 1]), size, seed=5)
    found = fit_ridge(rows, kinds, kinds.max() + 1).head.logits(query)
    np.testing.assert_allclose(found, slow_logits(rows, kinds, balancing(kinds), query), atol=1e-4)


def test_many_tags_are_fitted_a_part_at_a_time() -> None:
    labels = np.arange(2 * ROWS_AT_ONCE + 5) % 3 // 2
    rows = support(labels, 5, seed=2)
    weights = balancing(labels)
    head, scores, *_ = fit_ridge(rows, labels, 2)
    np.testing.assert_allclose(head.logits(rows[:4]), slow_logits(rows, labels, weights, rows[:4]), atol=1e-4)
    for image in (0, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 4):
        rest = np.arange(len(labels)) != image
        expected = slow_logits(rows[rest], labels[rest], weights[rest], rows[image : image + 1])
        np.testing.assert_allclose(scores[image], expected[0], atol=1e-4)


@pytest.mark.parametrize("size", [12, 6], ids=["more dimensions", "more images"])
def test_leave_one_out_is_fitting_without_the_image(size: int) -> None:
    labels = np.array([0, 0, 1, 1, 1, 2, 2, 3])
    rows = support(labels, size, seed=1)
    _, scores, held_out, _ = fit_ridge(rows, labels, 4)
    assert held_out.tolist() == [0, 0, 1, 1, 1, 2, 2], "nothing is known of a class without its only image"
    weights = balancing(labels)
    for image in range(7):
        rest = np.arange(len(labels)) != image
        expected = slow_logits(rows[rest], labels[rest], weights[rest], rows[image : image + 1])
        np.testing.assert_allclose(scores[image], expected[0], atol=1e-4)


@pytest.mark.parametrize("size", [40, 6], ids=["more dimensions", "more images"])
def test_an_image_is_left_out_with_its_views(size: int) -> None:
    labels = np.array([0, 0, 1, 1, 1, 2, 2, 3])
    rows = support(labels, size, seed=1)
    views = seen_from(rows, 2, seed=2)
    head, scores, _, _ = fit_ridge(rows, labels, 4, views)
    weights = np.repeat(balancing(labels), 3)
    every, kinds = np.concatenate([rows[:, None], views], axis=1).reshape(-1, size), np.repeat(labels, 3)
    np.testing.assert_allclose(head.logits(rows), slow_logits(every, kinds, weights, rows), atol=1e-4)
    for image in range(7):
        rest = np.repeat(np.arange(len(labels)) != image, 3)
        expected = slow_logits(every[rest], kinds[rest], weights[rest], rows[image : image + 1])
        np.testing.assert_allclose(scores[image], expected[0], atol=1e-4)


def test_views_that_show_nothing_new_weigh_as_tags_do() -> None:
    labels = np.array([0, 0, 1, 2])
    rows = support(labels, 12, seed=1)
    same = np.repeat(rows[:, None], 3, axis=1)
    repeated = fit_ridge(np.repeat(rows, 4, axis=0), np.repeat(labels, 4), 3).head
    np.testing.assert_allclose(fit_ridge(rows, labels, 3, same).head.weight, repeated.weight, atol=1e-5)


def slow_rounds(
    rows: NDArray[np.float32], unlabeled: NDArray[np.float32], seen: NDArray[np.float32], even: bool
) -> NDArray[np.float64]:
    """Scores (Q, C) of self-training on one tag of each class, every round fitted anew by an iterative solver."""
    classes, each = len(rows), 1 + seen.shape[1]
    every = np.concatenate([np.concatenate([rows[:, None], seen], axis=1).reshape(-1, rows.shape[1]), unlabeled])
    weight = UNLABELED_WEIGHT * classes * each / len(unlabeled)
    weights = np.concatenate([np.ones(classes * each), np.full(len(unlabeled), weight)])
    known = np.eye(classes)[np.repeat(np.arange(classes), each)] - 1 / classes
    scores = fit_ridge(rows, np.arange(classes), classes, seen).head.logits(unlabeled).astype(np.float64)
    for _ in range(STEPS):
        shares = np.exp(SHARPNESS * scores)
        for _ in range(200 if even else 1):
            if even:
                shares = shares / shares.sum(axis=0) * len(unlabeled) / classes
            shares = shares / shares.sum(axis=1, keepdims=True)
        model = Ridge(alpha=PENALTY, fit_intercept=False, solver="lsqr", tol=1e-10)
        model.fit(every, np.concatenate([known, shares - 1 / classes]), sample_weight=weights)
        scores = model.predict(unlabeled)
    return np.asarray(scores)


@pytest.mark.parametrize("views", [0, 2])
@pytest.mark.parametrize("counts", [[4, 4, 4], [9, 2, 1]], ids=["even", "uneven"])
def test_self_training_is_rounds_of_ridge_regression_on_its_own_probabilities(views: int, counts: list[int]) -> None:
    labels = np.array([0, 1, 2])
    rows, unlabeled = support(labels, 20, 3), support(np.repeat(labels, counts), 20, 3, noise=0.4)
    seen = seen_from(rows, views, seed=2)
    expected = slow_rounds(rows, unlabeled, seen, even=counts == [4, 4, 4])
    found = fit_self_trained(rows, labels, 3, unlabeled, seen)
    np.testing.assert_allclose(found.logits(unlabeled), expected, atol=2e-3)


@given(st.integers(2, 5), st.integers(1, 6), st.integers(0, 2**31))
def test_logits_of_an_image_sum_to_nothing_and_one_tag_is_judged_as_it_was_tagged(
    classes: int, shots: int, seed: int
) -> None:
    labels = np.repeat(np.arange(classes), shots)
    rows = support(labels, 16, seed, noise=0.1)
    logits = fit_ridge(rows, labels, classes).head.logits(rows)
    np.testing.assert_allclose(logits.sum(axis=1), 0, atol=1e-3)
    assert (logits.argmax(axis=1) == labels).mean() > 0.9


def test_many_tags_of_one_class_do_not_drown_the_other() -> None:
    labels = np.repeat([0, 1], [200, 4])
    rows = support(labels, 32, seed=0, noise=1.5)
    query = np.repeat([0, 1], 200)
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(2, 32))
    fresh = normalise_rows((centres[query] + 1.5 * np.random.default_rng(9).normal(size=(400, 32))).astype(np.float32))
    right = fit_ridge(rows, labels, 2).head.logits(fresh).argmax(axis=1) == query
    assert right[:200].mean() > 0.8 and right[200:].mean() > 0.8


def test_each_class_needs_an_image() -> None:
    with pytest.raises(ValueError, match="every class needs"):
        fit_ridge(np.eye(3, dtype=np.float32), np.array([0, 0, 2]), 3)
