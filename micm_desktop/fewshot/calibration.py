"""Do probabilities mean what they say? The temperature that makes them, and the error that is left."""

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.head import Array, Labels, softmax

DEFAULT_SCALE = 10.0
"""On the generated surfaces the best one lies at 8 to 13 for cosines and for ridge regression, at 1 to 15 tags."""
SCALES = np.geomspace(1, 64, 25, dtype=np.float32)
PRIOR_STRENGTH = 1.0
"""The prior on the scale weighs as much as this many tags. On generated surfaces and boards 0.5 and 1 leave the least
error at 5 tags, 2 and 4 more (docs/decisions/0010-decision.md)."""
BINS = 15


def fit_scale(scores: Array, labels: Labels) -> float:
    """Factor on scores (one over the temperature) with the least mean log loss on held-out scores.

    scores (S, C), labels (S,), from leave-one-out; with few of them the result stays near ``DEFAULT_SCALE``.
    """
    if not len(labels):
        return DEFAULT_SCALE
    losses = []
    for scale in SCALES:
        chosen = softmax(scores * scale)[np.arange(len(labels)), labels]
        prior = PRIOR_STRENGTH * np.log(scale / DEFAULT_SCALE) ** 2
        losses.append(float(-np.log(np.maximum(chosen, 1e-12)).sum() + prior))
    return float(SCALES[int(np.argmin(losses))])


def scale_as_sure_as(scores: Array, confidence: float) -> float:
    """Factor on scores (N, C), N ≥ 1, with which the mean of the largest probabilities comes nearest to ``confidence``.

    For scores that no held-out tag can judge.
    """
    surplus = [abs(float(softmax(scores * scale).max(axis=1).mean()) - confidence) for scale in SCALES]
    return float(SCALES[int(np.argmin(surplus))])


def calibration_error(confidence: Array, correct: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error in [0, 1] (Guo et al. 2017, arXiv:1706.04599), 15 bins of equal width.

    confidence (N,) in [0, 1] of the chosen classes, correct (N,): whether they were right; N ≥ 1.
    """
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    surplus = np.zeros(BINS)
    np.add.at(surplus, bins, confidence.astype(np.float64) - correct)
    return float(np.abs(surplus).sum() / len(confidence))
