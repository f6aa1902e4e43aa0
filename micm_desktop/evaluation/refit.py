"""What a method says of tagged images without their own tag, by fitting it again without them.

Leave-one-out in closed form exists for ridge regression and prototypes alone; every other method is fitted again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from micm_desktop.evaluation.judged import Mask
from micm_desktop.fewshot.classify import fit_support
from micm_desktop.fewshot.compact import Rows
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.unknown import FALSE_REJECTION
from micm_desktop.progress import JobControl, Progress

CLOSED_FORM = ("auto", "ridge", "prototype")
"""Methods whose own leave-one-out :func:`~micm_desktop.fewshot.classify.fit_support` gives."""
ONE_AT_A_TIME = 60
"""Tags up to which each image is left out alone; of more, a tenth at a time."""
FOLDS = 10


@dataclass(frozen=True)
class Refitted:
    """Of the images ``rows`` (S',), whose class has another: ``probabilities`` (S', C) and whether ``unknown`` (S',),
    both by a fit that has not seen them."""

    rows: Labels
    probabilities: Array
    unknown: Mask


def fold_of(labels: Labels, count: int) -> Labels:
    """Folds (S,) in [0, count) of images with labels (S,): each class is dealt out in turn, so that none is without an
    image in any rest, where it has two; which image goes where is drawn, the same each time.
    """
    folds = np.empty(len(labels), np.int64)
    dealt = 0
    for members in (np.flatnonzero(labels == kind) for kind in np.unique(labels)):
        folds[np.random.default_rng(len(members)).permutation(members)] = (dealt + np.arange(len(members))) % count
        dealt += len(members)
    return folds


def refit_held_out(
    method: str,
    support: Array,
    labels: Labels,
    classes: int,
    unlabeled: Rows,
    control: JobControl,
    false_rejection: float = FALSE_REJECTION,
    views: Array | None = None,
) -> Iterator[Progress | Refitted]:
    """Judge support (S, D) with labels (S,) in [0, classes), each class present, by fits without it; the last value is
    the result. unlabeled (Q, D), which some methods use, holds them without their tags; views (S, V, D) of the support.

    Raises UserError as :func:`~micm_desktop.fewshot.classify.fit_support`, and Cancelled.
    """
    counts = np.bincount(labels, minlength=classes)
    rows = np.flatnonzero(counts[labels] > 1)
    count = len(labels) if len(labels) <= ONE_AT_A_TIME else FOLDS
    folds = fold_of(labels, count)
    probabilities = np.zeros((len(labels), classes), np.float32)
    unknown = np.zeros(len(labels), np.bool_)
    for fold in range(count):
        control.safe_point()
        # An image that is its class's only one always stays: without it there would be no such class.
        out = (folds == fold) & (counts[labels] > 1)
        if out.any():
            seen = None if views is None else views[~out]
            fit = fit_support(method, support[~out], labels[~out], classes, unlabeled, false_rejection, views=seen)
            probabilities[out], score = fit.head.judge(support[out])
            unknown[out] = score > fit.head.unknown_threshold
        yield Progress(fold + 1, count)
    yield Refitted(rows, probabilities[rows], unknown[rows])
