"""OpTA: prototypes transported onto unlabeled features by entropic optimal transport (MICM, arXiv:2408.13385)."""

import warnings

import numpy as np

from micm_desktop.fewshot.head import Array, Labels, LinearHead, class_means, normalise_rows

REGULARISATION = 0.05
ITERATIONS = 1000
TOLERANCE = 1e-4


def fit_opta(support: Array, labels: Labels, classes: int, unlabeled: Array, shares: Array | None = None) -> LinearHead:
    """Head of cosines to transported prototypes; those of the unknown score stay the tagged images' means.

    support (S, D), unlabeled (Q, D): unit vectors. ``shares`` (C,), summing to 1, says how often each class occurs
    among the unlabeled images; without it equally often, as in the reference. 5 passes where a class has one image,
    else 2.
    """
    # Here, not above: POT imports torch where it is installed, and most who tag need neither.
    import ot

    means = prototypes = class_means(support, labels, classes)
    if not len(unlabeled):
        return LinearHead(means, np.zeros(classes, np.float32), means)
    passes = 5 if np.bincount(labels, minlength=classes).min() == 1 else 2
    of_classes = np.ones(classes) if shares is None else shares.astype(np.float64)
    mass = of_classes / of_classes.sum(), np.full(len(unlabeled), 1 / len(unlabeled))
    for _ in range(passes):
        # Squared distance of unit vectors, without the (C, Q, D) array of their differences.
        cost = np.maximum(2 - 2 * (prototypes @ unlabeled.T).astype(np.float64), 0)
        with warnings.catch_warnings():
            # Reaching the iteration limit is part of the method; POT warns of it each time.
            warnings.simplefilter("ignore")
            plan = ot.sinkhorn(
                *mass, cost / max(cost.max(), 1e-12), REGULARISATION, numItermax=ITERATIONS, stopThr=TOLERANCE
            )
        plan = plan / plan.sum(axis=1, keepdims=True)
        prototypes = normalise_rows((plan @ unlabeled).astype(np.float32))
    return LinearHead(prototypes, np.zeros(classes, np.float32), means)
