"""Images that are like nothing that was tagged: where the score for that turns into a verdict."""

import math

import numpy as np
from scipy import special

from micm_desktop.fewshot.head import Array, half_distance

FALSE_REJECTION = 0.05
"""Share of images of tagged classes that may be called unknown."""
MIN_HELD_OUT = 4
"""Held-out tags below which nothing is called unknown: their spread says little yet."""


def fit_unknown_threshold(cosines: Array, seen: Array, false_rejection: float = FALSE_REJECTION) -> float:
    """Unknown score above which an image is like nothing tagged, in [0, 1].

    cosines (S', C): of tagged images to prototypes made without them; seen (S,): the unknown scores of all tagged
    images. The threshold is the one-sided prediction limit of a normal sample of S' values, or if that is larger the
    order statistic that with tags enough keeps ``false_rejection`` (in (0, 1)) whatever the distribution; no tagged
    image lies above it. 1.0, so that nothing is unknown, with fewer than ``MIN_HELD_OUT`` held out.
    """
    count = len(cosines)
    if count < MIN_HELD_OUT:
        return 1.0
    held_out = np.sort(half_distance(cosines).astype(np.float64))
    quantile = float(special.stdtrit(count - 1, 1 - false_rejection))
    limit = held_out.mean() + quantile * held_out.std(ddof=1) * math.sqrt(1 + 1 / count)
    rank = min(count, math.ceil((count + 1) * (1 - false_rejection)))
    return float(min(1.0, max(limit, held_out[rank - 1], seen.max())))
