"""From scores to decisions: temperature and the threshold for "like nothing tagged"."""

import numpy as np

from micm_desktop.fewshot.head import Array, Labels, softmax, unknown_score

DEFAULT_SCALE = 10.0
"""On the generated surfaces the best one lies at 8 to 13 for cosines and for ridge regression, at 1 to 15 tags."""
SCALES = np.geomspace(1, 64, 25, dtype=np.float32)
PRIOR_STRENGTH = 4.0
"""The prior on the scale weighs as much as this many tags."""


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


def fit_unknown_threshold(support: Array, labels: Labels, prototypes: Array, cosines: Array) -> float:
    """Unknown score above which an image is like nothing tagged: mean + 2 standard deviations of held-out scores.

    support (S, D) and labels (S,) are the tagged images, cosines (S', C) the leave-one-out cosines of those with a
    second tag in their class. 1.0 (nothing is unknown) with fewer than 4 of them.
    """
    if len(cosines) < 4:
        return 1.0
    held_out = np.clip((1 - cosines.max(axis=1)) / 2, 0, 1)
    seen = unknown_score(support, prototypes)
    return float(min(1.0, max(held_out.mean() + 2 * held_out.std(), seen.max())))
