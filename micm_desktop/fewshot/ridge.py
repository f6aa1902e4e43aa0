"""Least squares on embeddings with a penalty on the weights: better than class means from the first tag on, and its
leave-one-out scores cost next to nothing.

Source: ridge regression as a classifier on frozen features (Bertinetto et al. 2019, arXiv:1805.08136). Each class
weighs the same, however many tags it has.
"""

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.compact import ROWS_AT_ONCE
from micm_desktop.fewshot.head import Array, Fitted, Labels, LinearHead, class_means

Double = npt.NDArray[np.float64]

PENALTY = 0.1
"""On the generated surfaces and boards 0.03 to 0.3 differ by less than a point."""


def fit_ridge(support: Array, labels: Labels, classes: int) -> Fitted:
    """Logits approach 1 - 1/C for an image's class and -1/C for the others.

    support (S, D) unit vectors, labels (S,) in [0, C), each class present. Leave-one-out has a closed form for linear
    smoothers; the weight of the image's class stays what it was with it. Raises ValueError where a class has no image.
    """
    prototypes = class_means(support, labels, classes)
    targets = np.eye(classes)[labels] - 1 / classes
    counts = np.bincount(labels, minlength=classes)[labels]
    importance = len(labels) / (classes * counts)
    if len(support) <= support.shape[1]:
        rows = support.astype(np.float64)
        inverse = np.linalg.inv(rows @ rows.T + np.diag(PENALTY / importance))
        dual = inverse @ targets
        weight = rows.T @ dual
        scores = targets - dual / np.diag(inverse)[:, None]
    else:
        weight, scores = _fit_many(support, importance[:, None], targets)
    head = LinearHead(weight.T.astype(np.float32), np.zeros(classes, np.float32), prototypes)
    return Fitted(head, scores[counts > 1].astype(np.float32), labels[counts > 1])


def _fit_many(support: Array, importance: Double, targets: Double) -> tuple[Double, Double]:
    """Weight (D, C) and leave-one-out scores (S, C) of more images than dimensions; ``importance`` (S, 1), targets
    (S, C). A part at a time: of 100,000 tags, float64 alone would take a gigabyte, and twice.
    """
    starts, root = range(0, len(support), ROWS_AT_ONCE), np.sqrt(importance)
    parts = [slice(start, start + ROWS_AT_ONCE) for start in starts]
    gram, right = PENALTY * np.eye(support.shape[1]), np.zeros((support.shape[1], targets.shape[1]))
    for part in parts:
        rows = support[part] * root[part]
        gram += rows.T @ rows
        right += rows.T @ (root[part] * targets[part])
    inverse = np.linalg.inv(gram)
    weight, scores = inverse @ right, np.empty_like(targets)
    for part in parts:
        rows = support[part].astype(np.float64)
        leverage = ((rows @ inverse) * rows).sum(axis=1, keepdims=True) * importance[part]
        scores[part] = (rows @ weight - leverage * targets[part]) / (1 - leverage)
    return weight, scores
