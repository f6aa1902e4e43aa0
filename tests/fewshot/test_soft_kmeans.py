"""Prototypes refined by unlabeled images."""

import numpy as np
import pytest
from embeddings import around_directions

from micm_desktop.fewshot.head import Array, Labels, class_means
from micm_desktop.fewshot.prototype import fit_prototypes
from micm_desktop.fewshot.soft_kmeans import SHARPNESS, STEPS, SUPPORT_WEIGHT, fit_soft_kmeans


def slow(support: Array, labels: Labels, classes: int, unlabeled: Array) -> np.ndarray:
    means = class_means(support, labels, classes).astype(np.float64)
    for _ in range(STEPS):
        sums = np.zeros_like(means)
        for row, label in zip(support, labels, strict=True):
            sums[label] += SUPPORT_WEIGHT * row
        for row in unlabeled:
            weights = np.exp(SHARPNESS * (means @ row - (means @ row).max()))
            sums += (weights / weights.sum())[:, None] * row
        means = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return means


def test_against_its_formula() -> None:
    support, labels = around_directions(3, 2, 0.4)
    unlabeled, _ = around_directions(3, 15, 0.4, seed=1)
    found = fit_soft_kmeans(support, labels, 3, unlabeled)
    np.testing.assert_allclose(found.weight, slow(support, labels, 3, unlabeled), atol=1e-4)
    np.testing.assert_allclose(found.prototypes, class_means(support, labels, 3))


def accuracy(head_of: str, counts: list[int]) -> float:
    """Of one tag per class, over many draws; ``counts``: how many unlabeled images each class has."""
    right = []
    for seed in range(25):
        support, labels = around_directions(3, 1, 0.45, seed=seed)
        drawn, truth = around_directions(3, max(counts), 0.45, seed=500 + seed)
        chosen = np.concatenate([np.flatnonzero(truth == label)[:count] for label, count in enumerate(counts)])
        queries, truth = drawn[chosen], truth[chosen]
        if head_of == "soft k-means":
            head = fit_soft_kmeans(support, labels, 3, queries)
        else:
            head = fit_prototypes(support, labels, 3)
        right.append((head.logits(queries).argmax(axis=1) == truth).mean())
    return float(np.mean(right))


@pytest.mark.parametrize("counts", [[30, 30, 30], [60, 20, 20], [30, 30, 0]])
def test_unlabeled_images_help_a_single_tag_whether_or_not_classes_are_equally_frequent(counts: list[int]) -> None:
    assert accuracy("soft k-means", counts) > accuracy("prototypes", counts) + 0.03
