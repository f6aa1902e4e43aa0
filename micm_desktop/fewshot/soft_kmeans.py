"""Prototypes refined by unlabeled images that each belong to every class a little.

Source: soft k-means of Ren et al. 2018 (arXiv:1803.00676). Unlike OpTA it does not assume that the classes are equally
frequent.
"""

import numpy as np

from micm_desktop.fewshot.head import Array, Labels, LinearHead, class_means, normalise_rows, softmax

SHARPNESS = 40.0
"""Factor on cosines before the softmax that shares an image out. On generated surfaces 20 and 40 do equally well."""
SUPPORT_WEIGHT = 3.0
"""A tagged image counts as much as this many that surely belong to its class."""
STEPS = 15


def fit_soft_kmeans(support: Array, labels: Labels, classes: int, unlabeled: Array) -> LinearHead:
    """Head of cosines to the refined prototypes.

    support (S, D), unlabeled (Q, D): unit vectors; labels (S,) in [0, C), each class present.
    """
    means = class_means(support, labels, classes)
    tagged = SUPPORT_WEIGHT * np.eye(classes, dtype=np.float32)[labels].T @ support
    prototypes = means
    for _ in range(STEPS):
        belongs = softmax(SHARPNESS * (unlabeled @ prototypes.T))
        prototypes = normalise_rows((tagged + belongs.T @ unlabeled).astype(np.float32))
    return LinearHead(prototypes, np.zeros(classes, np.float32), means)
