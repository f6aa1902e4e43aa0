"""Least squares on embeddings with a penalty on the weights: better than class means from the first tag on, and its
leave-one-out scores cost next to nothing.

Source: ridge regression as a classifier on frozen features (Bertinetto et al. 2019, arXiv:1805.08136). Each class
weighs the same, however many tags it has.
"""

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ot

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

    rows: Double
    targets: Double
    importance: Double


def _tagged(support: Array, labels: Labels, classes: int, views: Array | None) -> _Tagged:
    rows = support[:, None].astype(np.float64)
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
    rows, importance = tagged.rows.reshape(-1, size), np.repeat(tagged.importance, each)
    targets = np.repeat(tagged.targets, each, axis=0)
    own = np.arange(images)
    if len(rows) <= size:
        inverse = np.linalg.inv(rows @ rows.T + np.diag(PENALTY / importance))
        dual = inverse @ targets
        weight = rows.T @ dual
        blocks = inverse.reshape(images, each, images, each)[own, :, own]
        left_out = np.linalg.solve(blocks, dual.reshape(images, each, classes))
    else:
        weighted = rows * importance[:, None]
        inverse = np.linalg.inv(rows.T @ weighted + PENALTY * np.eye(size))
        weight = inverse @ (weighted.T @ targets)
        residuals = (targets - rows @ weight).reshape(images, each, classes)
        grouped = weighted.reshape(images, each, size)
        leverage = (rows @ inverse).reshape(images, each, size) @ grouped.transpose(0, 2, 1)
        left_out = np.linalg.solve(np.eye(each) - leverage, residuals)
    scores = tagged.targets - left_out[:, 0]
    held_out = np.bincount(labels, minlength=classes)[labels] > 1
    head = LinearHead(weight.T.astype(np.float32), np.zeros(classes, np.float32), prototypes)
    return Fitted(head, scores[held_out].astype(np.float32), labels[held_out])


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
    rows = np.concatenate([tagged.rows.reshape(-1, size), unlabeled])
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
    """Shares (Q, C) of each image in the classes: the softmax of scores (Q, C), but with equal sums of all classes."""
    images, classes = scores.shape
    mass = np.full(images, 1 / images), np.full(classes, 1 / classes)
    with warnings.catch_warnings():
        # Near enough is enough; POT warns of the iteration limit each time.
        warnings.simplefilter("ignore")
        plan = ot.sinkhorn(*mass, -scores, 1 / SHARPNESS, numItermax=TRANSPORTS, stopThr=1e-4)
    out: Double = plan / plan.sum(axis=1, keepdims=True)
    return out
