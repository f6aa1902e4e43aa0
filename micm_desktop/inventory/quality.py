"""Which images are worse than the rest of their set, and whether the set was taken under two kinds of light."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from micm_desktop.inventory.measures import ImageMeasures

FAR: Final = 3.5
"""Robust standard deviations from the median beyond which an image is an outlier (Iglewicz and Hoaglin 1993)."""
CLIPPED: Final = 0.2
"""Share of pixels at one end of the scale from which an image has lost detail there, if the set usually has not."""
LEAST_SHARE: Final = 0.1
"""Share of the images that the smaller of two lightings has."""
LEAST_SEPARATION: Final = 2.0
"""Ashman's D of two lightings: from 2 on, two normal distributions have two peaks (Ashman, Bird and Zepf 1994)."""
MOST_BETWEEN: Final = 0.28
"""Of the images between two lightings, the share that may lie in the middle third; evenly spread it is a third."""
LEAST_DIFFERENCE: Final = 0.08
"""Of the brightness scale that lies between two lightings; less is of no matter."""
FEWEST: Final = 20
"""Images from which a distribution can be spoken of."""

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Lighting:
    """Two groups by the brightness of their highlights: the means in [0, 1], and the images (rows) of the brighter."""

    darker: float
    brighter: float
    bright_rows: Rows


@dataclass(frozen=True)
class Quality:
    """Rows of the images that stand out, by reason. ``lighting`` is None where the brightness has one peak, ``tint``
    where the colour has."""

    blurred: Rows
    noisy: Rows
    dark: Rows
    bright: Rows
    clipped: Rows
    lighting: Lighting | None
    tint: Lighting | None = None


def judge_quality(measures: Sequence[ImageMeasures], alike: Rows | None = None) -> Quality:
    """Compare each image with the others of its set; nothing stands out among fewer than ``FEWEST``.

    ``alike`` are images of one kind, by whose highlights lightings are told apart: several kinds have several in the
    same light, and the mean brightness tells of what is in the picture too. All images where it is None, or too few.
    """
    none = np.empty(0, np.int64)
    if len(measures) < FEWEST:
        return Quality(none, none, none, none, none, None)
    brightness = np.array([one.brightness for one in measures])
    some = alike is not None and len(alike) >= FEWEST
    highlights = np.array([one.highlights for one in measures])
    warmth = np.array([one.warmth for one in measures])
    lighting = two_lightings(highlights, highlights[alike] if some else highlights)
    # Each lighting has its own usual brightness.
    parts = [np.arange(len(measures))]
    if lighting is not None:
        bright = np.isin(parts[0], lighting.bright_rows)
        parts = [np.flatnonzero(bright), np.flatnonzero(~bright)]
    dark, bright_ones = (np.array([getattr(one, name) for one in measures]) for name in ("dark", "bright"))
    deviation, clipped = np.zeros(len(measures)), np.zeros(len(measures), np.bool_)
    for rows in parts:
        deviation[rows] = robust_z(brightness[rows])
        for ends in (dark, bright_ones):
            clipped[rows] |= ends[rows] > np.median(ends[rows]) + CLIPPED
    return Quality(
        np.flatnonzero(np.minimum(*(robust_z(np.array(values)) for values in _sharpness(measures))) < -FAR),
        np.flatnonzero(robust_z(np.log(np.array([one.noise for one in measures]) + 0.1)) > FAR),
        np.flatnonzero(deviation < -FAR),
        np.flatnonzero(deviation > FAR),
        np.flatnonzero(clipped),
        lighting,
        two_lightings(warmth, warmth[alike] if some else warmth),
    )


def robust_z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each value (N,) from the median, in standard deviations estimated from the median deviation; 0 where
    more than half of the values are equal."""
    distance = values - np.median(values)
    spread = 1.4826 * float(np.median(np.abs(distance)))
    return distance / spread if spread > 0 else np.zeros_like(distance)


def _sharpness(measures: Sequence[ImageMeasures]) -> tuple[list[float], list[float]]:
    return [one.sharpness for one in measures], [one.coarse_sharpness for one in measures]


def two_lightings(highlights: NDArray[np.float64], alike: NDArray[np.float64]) -> Lighting | None:
    """Two groups of highlights (N,) in [0, 1], told apart on that of images of one kind, ``alike`` (n,).

    There are two where a mixture of two normal distributions explains it better than one (Bayesian information
    criterion), both are frequent, they are apart, and few images lie between.
    """
    from sklearn.mixture import GaussianMixture

    if len(alike) < FEWEST or alike.std() < LEAST_DIFFERENCE / 4:
        return None
    values = alike[:, None]
    one, two = (GaussianMixture(count, random_state=0, n_init=3).fit(values) for count in (1, 2))
    if two.bic(values) >= one.bic(values):
        return None
    means, variances = two.means_[:, 0], two.covariances_[:, 0, 0]
    rows = two.predict(highlights[:, None]) == int(means.argmax())
    difference = float(abs(means[1] - means[0]))
    separation = np.sqrt(2) * difference / np.sqrt(variances.sum())
    if separation < LEAST_SEPARATION or difference < LEAST_DIFFERENCE:
        return None
    between = (alike - means.min()) / difference
    between = between[(between > 0) & (between < 1)]
    if len(between) and ((between > 1 / 3) & (between < 2 / 3)).mean() > MOST_BETWEEN:
        return None
    if not two.weights_.min() >= LEAST_SHARE:
        return None
    return Lighting(float(means.min()), float(means.max()), np.flatnonzero(rows))
