"""OpTA against a plain Sinkhorn iteration, and what transport is for."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions, unit
from numpy.typing import NDArray

from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.opta import REGULARISATION, fit_opta
from micm_desktop.fewshot.prototype import fit_prototypes


def plain_sinkhorn(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """The entropic transport plan between uniform marginals, by alternating row and column scaling."""
    kernel = np.exp(-cost / REGULARISATION)
    rows, columns = kernel.shape
    left, right = np.ones(rows), np.ones(columns)
    for _ in range(1500):
        for i in range(rows):
            left[i] = 1 / rows / (kernel[i] * right).sum()
        for j in range(columns):
            right[j] = 1 / columns / (kernel[:, j] * left).sum()
    return left[:, None] * kernel * right[None]


def plain_opta(support: Array, labels: Labels, classes: int, unlabeled: Array, passes: int) -> NDArray[np.float64]:
    prototypes = np.array([unit(support[labels == c].mean(axis=0)[None])[0] for c in range(classes)], np.float64)
    for _ in range(passes):
        cost = np.array([[((p - q) ** 2).sum() for q in unlabeled.astype(np.float64)] for p in prototypes])
        plan = plain_sinkhorn(cost / cost.max())
        moved = [sum(plan[c, q] * unlabeled[q] for q in range(len(unlabeled))) / plan[c].sum() for c in range(classes)]
        prototypes = np.array([m / np.linalg.norm(m) for m in moved])
    return prototypes


@pytest.mark.parametrize(("tags", "passes"), [((1, 1, 1), 5), ((3, 1, 3), 5), ((3, 2, 3), 2)])
def test_prototypes_against_the_plain_iteration(tags: tuple[int, ...], passes: int) -> None:
    """5 passes where any class has a single image, else 2."""
    support, labels = around_directions(3, 3, 0.5, size=6)
    keep = np.concatenate([np.flatnonzero(labels == label)[:count] for label, count in enumerate(tags)])
    unlabeled, _ = around_directions(3, 4, 0.5, size=6, seed=1)
    found = fit_opta(support[keep], labels[keep], 3, unlabeled).weight
    expected, other = (plain_opta(support[keep], labels[keep], 3, unlabeled, n) for n in (passes, 7 - passes))
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert np.abs(expected - other).max() > 1e-2


def test_unlabeled_images_improve_one_shot_classification() -> None:
    gains = []
    for seed in range(20):
        support, labels = around_directions(4, 1, 0.35, seed=seed)
        unlabeled, truth = around_directions(4, 15, 0.35, seed=seed + 100)
        plain = fit_prototypes(support, labels, 4).logits(unlabeled).argmax(axis=1)
        moved = fit_opta(support, labels, 4, unlabeled).logits(unlabeled).argmax(axis=1)
        gains.append((moved == truth).mean() - (plain == truth).mean())
    assert np.mean(gains) > 0.05


def test_without_unlabeled_images_it_is_the_prototype_classifier() -> None:
    support, labels = around_directions(3, 2, 0.2)
    expected = fit_prototypes(support, labels, 3)
    found = fit_opta(support, labels, 3, support[:0])
    assert np.array_equal(found.weight, expected.weight)
    assert np.array_equal(found.prototypes, expected.prototypes)


def test_prototypes_stay_unit_vectors_on_identical_images() -> None:
    support, labels = around_directions(2, 1, 0.2)
    same = np.repeat(random_directions(1), 9, axis=0)
    head = fit_opta(support, labels, 2, same)
    np.testing.assert_allclose(np.linalg.norm(head.prototypes, axis=1), 1, atol=1e-4)
