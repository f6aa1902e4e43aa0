"""Nearest prototype by cosine (Snell et al. 2017, arXiv:1703.05175), with leave-one-out scores of the support."""

import numpy as np

from micm_desktop.fewshot.compact import ROWS_AT_ONCE
from micm_desktop.fewshot.head import Array, Labels, LinearHead, class_means, class_sums, normalise_rows


def fit_prototypes(support: Array, labels: Labels, classes: int) -> LinearHead:
    """Head whose logits are cosines. support (S, D) unit vectors, labels (S,) in [0, C), each class present."""
    prototypes = class_means(support, labels, classes)
    return LinearHead(prototypes, np.zeros(classes, np.float32), prototypes)


def leave_one_out_cosines(support: Array, labels: Labels, classes: int) -> tuple[Array, Labels]:
    """Cosines of each support image to prototypes made without it.

    Returns (S', C) and its labels (S',), for the S' images whose class has another image.
    """
    prototypes = class_means(support, labels, classes)
    cosines = support @ prototypes.T
    counts = np.bincount(labels, minlength=classes)
    sums = class_sums(support, labels, classes)
    keep = np.flatnonzero(counts[labels] > 1)
    for start in range(0, len(keep), ROWS_AT_ONCE):
        some = keep[start : start + ROWS_AT_ONCE]
        rows, kinds = support[some], labels[some]
        cosines[some, kinds] = (normalise_rows(sums[kinds] - rows) * rows).sum(axis=1)
    return cosines[keep], labels[keep]
