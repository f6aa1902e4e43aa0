"""Least squares on embeddings with a penalty on the weights: better than class means from the first tag on, and its
leave-one-out scores cost next to nothing.

Source: ridge regression as a classifier on frozen features (Bertinetto et al. 2019, arXiv:1805.08136). Each class
weighs the same, however many tags it has.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.compact import ROWS_AT_ONCE
from micm_desktop.fewshot.head import Array, Fitted, Labels, LinearHead, class_means, softmax

PENALTY = 0.1
"""On the generated surfaces and boards 0.03 to 0.3 differ by less than a point."""
UNLABELED_WEIGHT = 0.1
"""What all unlabeled images weigh together in self-training, as a share of what the tagged ones do."""
SHARPNESS, STEPS = 10.0, 10
"""Of self-training: factor on scores before the softmax that shares an unlabeled image out, and rounds."""
EVEN = 0.25
"""Mean distance of the classes' shares from an equal one, relative to that, up to which unlabeled images are taken to
be as many of each class."""
TRANSPORTS = 50

Double = npt.NDArray[np.float64]


class _Tagged(NamedTuple):
    """``rows`` (S, 1 + V, D): each tagged image and its views; ``targets`` (S, C); ``importance`` (S,) of each row."""

    rows: Array
    targets: Double
    importance: Double


def _tagged(support: Array, labels: Labels, classes: int, views: Array | None) -> _Tagged:
    rows = support[:, None]
    if views is not None:
        rows = np.concatenate([rows, views], axis=1)
    counts = np.bincount(labels, minlength=classes)[labels]
    return _Tagged(rows, np.eye(classes)[labels] - 1 / classes, len(labels) / (classes * counts))


def fit_ridge(support: Array, labels: Labels, classes: int, views: Array | None = None) -> Fitted:
    """Logits approach 1 - 1/C for an image's class and -1/C for the others.

    support (S, D) unit vectors, labels (S,) in [0, C), each class present; views (S, V, D): embeddings of augmented
    views of the same images. Leave-one-out has a closed form for linear smoothers: an image is left out with its views,
    and is scored as it is; the weight of its class stays what it was with it. Raises ValueError where a class has no
    image.
    """
    prototypes = class_means(support, labels, classes)
    tagged = _tagged(support, labels, classes, views)
    images, each, size = tagged.rows.shape
    if images * each <= size:
        rows, own = tagged.rows.reshape(-1, size).astype(np.float64), np.arange(images)
        importance = np.repeat(tagged.importance, each)
        inverse = np.linalg.inv(rows @ rows.T + np.diag(PENALTY / importance))
        dual = inverse @ np.repeat(tagged.targets, each, axis=0)
        weight = rows.T @ dual
        blocks = inverse.reshape(images, each, images, each)[own, :, own]
        left_out = np.linalg.solve(blocks, dual.reshape(images, each, classes))
    else:
        weight, left_out = _fit_many(tagged)
    scores = tagged.targets - left_out[:, 0]
    held_out = np.bincount(labels, minlength=classes)[labels] > 1
    head = LinearHead(weight.T.astype(np.float32), np.zeros(classes, np.float32), prototypes)
    return Fitted(head, scores[held_out].astype(np.float32), labels[held_out])


def _fit_many(tagged: _Tagged) -> tuple[Double, Double]:
    """Weight (D, C), and what leave-one-out misses the targets by (S, 1 + V, C), of more rows than dimensions. A part
    at a time: of 100,000 tags, float64 alone would take a gigabyte, and twice.
    """
    images, each, size = tagged.rows.shape
    parts = [slice(start, start + ROWS_AT_ONCE // each) for start in range(0, images, ROWS_AT_ONCE // each)]
    gram, right = PENALTY * np.eye(size), np.zeros((size, tagged.targets.shape[1]))
    for part in parts:
        root = np.sqrt(tagged.importance[part])[:, None, None]
        rows = (tagged.rows[part] * root).reshape(-1, size)
        gram += rows.T @ rows
        right += rows.T @ np.repeat(root[:, 0] * tagged.targets[part], each, axis=0)
    inverse = np.linalg.inv(gram)
    weight, left_out = inverse @ right, np.empty((images, each, tagged.targets.shape[1]))
    for part in parts:
        rows = tagged.rows[part].astype(np.float64)
        leverage = rows @ inverse @ rows.transpose(0, 2, 1) * tagged.importance[part, None, None]
        residuals = tagged.targets[part, None] - rows @ weight
        left_out[part] = np.linalg.solve(np.eye(each) - leverage, residuals)
    return weight, left_out


def fit_self_trained(
    support: Array, labels: Labels, classes: int, unlabeled: Array, views: Array | None = None
) -> LinearHead:
    """Ridge regression that learns from unlabeled images, too, with its own probabilities as their targets
    (pseudo-labels, Lee 2013, kept soft), a few rounds. Where it finds about as many of each class, a few more in which
    they are exactly as many, by optimal transport as in MICM (arXiv:2408.13385).

    As :func:`fit_ridge`; unlabeled (Q, D) unit vectors, Q ≥ 1, which together weigh ``UNLABELED_WEIGHT``. Time and
    memory grow with the square of Q.
    """
    first = fit_ridge(support, labels, classes, views).head
    tagged = _tagged(support, labels, classes, views)
    images, each, size = tagged.rows.shape
    rows = np.concatenate([tagged.rows.reshape(-1, size), unlabeled]).astype(np.float64)
    share = UNLABELED_WEIGHT * images * each / len(unlabeled)
    importance = np.concatenate([np.repeat(tagged.importance, each), np.full(len(unlabeled), share)])
    known = np.repeat(tagged.targets, each, axis=0)
    inverse = np.linalg.inv(rows @ rows.T + np.diag(PENALTY / importance))
    smoother = (unlabeled @ rows.T) @ inverse
    start = first.logits(unlabeled).astype(np.float64)

    def trained(shared_out: Callable[[Double], Double]) -> tuple[Double, Double]:
        scores, targets = start, known
        for _ in range(STEPS):
            targets = np.concatenate([known, shared_out(scores) - 1 / classes])
            scores = smoother @ targets
        return scores, targets

    scores, targets = trained(_by_itself)
    counts = np.bincount(scores.argmax(axis=1), minlength=classes) / len(unlabeled)
    if np.abs(classes * counts - 1).mean() <= EVEN:
        scores, targets = trained(_evenly)
    weight = (rows.T @ (inverse @ targets)).T.astype(np.float32)
    return LinearHead(weight, np.zeros(classes, np.float32), first.prototypes)


def _by_itself(scores: Double) -> Double:
    """The softmax of scores (Q, C)."""
    return softmax(SHARPNESS * scores.astype(np.float32)).astype(np.float64)


def _evenly(scores: Double) -> Double:
    """Shares (Q, C) of each image in the classes: the softmax of scores (Q, C), but with equal sums of all classes, by
    Sinkhorn's iterations. POT has them, and imports torch, for which a tag is not to wait."""
    shares = _by_itself(scores)
    for _ in range(TRANSPORTS):
        shares *= len(shares) / (shares.shape[1] * shares.sum(axis=0))
        shares /= shares.sum(axis=1, keepdims=True)
    return shares
