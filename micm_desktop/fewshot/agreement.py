"""How well embeddings of the same images tell them apart: by their tags, or by whether two embeddings agree."""

import numpy as np

from micm_desktop.fewshot.calibration import DEFAULT_SCALE
from micm_desktop.fewshot.head import Array, Labels, softmax
from micm_desktop.fewshot.ridge import fit_ridge

NEIGHBOURS = 5
IMAGES_PER_NEIGHBOUR = 40
"""Of fewer images fewer are near."""


def held_out_confidence(embeddings: Array, labels: Labels, classes: int) -> Array:
    """Probability that each tagged image gets its own class, judged by the other tags: (N, E), (N,) -> (N,) in [0, 1].

    By ridge regression, as predictions are made, at the default temperature. Every class has two images or more. Finer
    than counting errors: a dozen tags show a difference.
    """
    _, scores, held_out, _ = fit_ridge(embeddings, labels, classes)
    found: Array = softmax(scores * np.float32(DEFAULT_SCALE))[np.arange(len(held_out)), held_out]
    return found


def gain(first: Array, second: Array) -> float:
    """Mean of the paired difference of two (N,), in standard errors of it; 0 where all differences are 0."""
    difference = first.astype(np.float64) - second
    spread = difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean() / max(spread, 1e-9))


def agreement(first: Array, second: Array) -> float:
    """How often an image's nearest by the first embeddings are closer to it by the second than other images are.

    (N, E) and (N, E') of the same N > 2 images -> [0, 1], over all such pairs. Embeddings that have nothing to do with
    each other have 0.5.
    """
    count = max(1, min(NEIGHBOURS, len(first) // IMAGES_PER_NEIGHBOUR))
    nearest, known = first @ first.T, second @ second.T
    np.fill_diagonal(nearest, -np.inf)
    shares = []
    for image in range(len(first)):
        by_first = np.argsort(-nearest[image])
        close, rest = by_first[:count], by_first[count:-1]
        shares.append(np.searchsorted(np.sort(known[image, rest]), known[image, close]).mean() / len(rest))
    return float(np.mean(shares))
