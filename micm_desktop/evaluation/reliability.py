"""Do probabilities mean what they say: how often the most probable class is right, by how probable it is."""

from dataclasses import dataclass

import numpy as np

from micm_desktop.fewshot.calibration import BINS, calibration_error
from micm_desktop.fewshot.expected import Rate, clopper_pearson
from micm_desktop.fewshot.head import Array, Labels


@dataclass(frozen=True)
class ReliabilityBin:
    """Images whose most probable class has a probability from ``low`` to ``high``: its mean, and how many are right."""

    low: float
    high: float
    confidence: float
    right: Rate


@dataclass(frozen=True)
class Reliability:
    """``bins`` that hold an image, rising; ``calibration_error`` in [0, 1] (Guo et al. 2017, arXiv:1706.04599), which
    few images alone push up; ``confidence``, the mean, beside how many are ``right``.
    """

    bins: tuple[ReliabilityBin, ...]
    calibration_error: float
    confidence: float
    right: Rate


def reliability(probabilities: Array, labels: Labels) -> Reliability | None:
    """probabilities (N, C) in [0, 1], labels (N,), also of classes that were not learned; None without images."""
    if not len(labels):
        return None
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    bins = tuple(
        ReliabilityBin(
            int(index) / BINS,
            (int(index) + 1) / BINS,
            float(confidence[place == index].mean(dtype=np.float64)),
            clopper_pearson(int(right[place == index].sum()), int((place == index).sum())),
        )
        for index in np.unique(place)
    )
    return Reliability(
        bins,
        calibration_error(confidence, right),
        float(confidence.mean(dtype=np.float64)),
        clopper_pearson(int(right.sum()), len(right)),
    )
