"""How much the tags have taught so far, and of which class more would help most.

Tags are taken away at random, and what is lost is measured on images that were not learned from. What more tags would
bring is read off as if the error went on falling by the same factor each time the tags of a class double, a power law
(Hestness et al. 2017, arXiv:1712.00409); curves flatten sooner or later, so gains are rather too large.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from micm_desktop.evaluation.judged import Mask
from micm_desktop.fewshot.classify import FITS
from micm_desktop.fewshot.compact import Rows
from micm_desktop.fewshot.expected import CONFIDENCE, clopper_pearson
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.shares import some_of
from micm_desktop.progress import JobControl, Progress

Shares = npt.NDArray[np.float64]

REPEATS = 20
SHARES = (0.25, 0.5, 1.0)
"""Of the tags of each class that are learned from, at the points of the curve."""
MORE_TAGS = 10
LEAST_TAGS = 4
"""Tags of a class below which half of them says nothing of what more would bring."""
HELD_OUT = 3
"""Without a test set one image in so many is judged, and the others learned from, again and again."""


@dataclass(frozen=True)
class CurvePoint:
    """With ``tags`` learned from, of all classes together, the most probable class is right in ``accuracy`` of the
    images, each class counting the same; with 95 % confidence that lies between ``low`` and ``high``.
    """

    tags: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class ClassGain:
    """What ``more`` tags of a class that has ``tags`` would bring: accuracy as of :class:`CurvePoint`, in [-1, 1]. With
    95 % confidence for all classes at once it lies between ``low`` and ``high``. None where there are too few tags to
    tell.
    """

    class_index: int
    tags: int
    more: int
    gain: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class LearningCurve:
    """``points``, rising by tags. ``best``: the class of which more tags help for certain, and most; None where that
    cannot be told. ``rivals``: classes whose tags may well help as much. ``images``: how many were judged.
    """

    points: tuple[CurvePoint, ...]
    gains: tuple[ClassGain, ...]
    best: int | None
    rivals: tuple[int, ...]
    images: int


class _Rights:
    """How often each of N images was judged right, over many draws."""

    def __init__(self, images: int) -> None:
        self._right, self._times = np.zeros(images), np.zeros(images)

    def add(self, rows: Labels, right: Mask) -> None:
        self._right[rows] += right
        self._times[rows] += 1

    def judged(self) -> Labels:
        """Images that were judged at all."""
        return np.flatnonzero(self._times)

    def shares(self, rows: Labels) -> Shares:
        return self._right[rows] / self._times[rows]


def learning_curve(
    method: str,
    support: Array,
    labels: Labels,
    classes: int,
    unlabeled: Rows,
    control: JobControl,
    test: tuple[Array, Labels] | None = None,
    views: Array | None = None,
) -> Iterator[Progress | LearningCurve]:
    """Fit parts of support (S, D) with labels (S,) in [0, classes), each class present, and judge images that were not
    among them: those of ``test``, embeddings (T, D) and labels (T,) in [0, classes), or a third of the tags in turn.

    The last value is the curve; none comes where fewer than two classes have ``LEAST_TAGS``, or nothing is to be
    judged. unlabeled (Q, D) and views (S, V, D) of the support, which some methods use. Raises Cancelled.
    """
    counts = np.bincount(labels, minlength=classes)
    tells = np.flatnonzero(counts >= LEAST_TAGS)
    if len(tells) < 2 or (test is not None and not len(test[1])):
        return
    embeddings, truth = (support, labels) if test is None else test
    some, rng = some_of(unlabeled), np.random.default_rng(0)
    # Of the tags of each class the share that is learned from: first the curve's points, then half of one class alone.
    variants = [np.full(classes, share) for share in SHARES]
    variants += [np.where(np.arange(classes) == kind, 0.5, 1.0) for kind in tells]
    rights = [_Rights(len(truth)) for _ in variants]
    learned = np.zeros(len(variants))
    for repeat in range(REPEATS):
        orders = [rng.permutation(np.flatnonzero(labels == kind)) for kind in range(classes)]
        rows = np.arange(len(truth))
        if test is None:
            cuts = [len(order) // HELD_OUT if len(order) >= LEAST_TAGS else 0 for order in orders]
            rows = np.concatenate([order[:cut] for order, cut in zip(orders, cuts, strict=True)])
            orders = [order[cut:] for order, cut in zip(orders, cuts, strict=True)]
        for place, shares in enumerate(variants):
            control.safe_point()
            parts = [order[: max(1, round(share * len(order)))] for order, share in zip(orders, shares, strict=True)]
            chosen = np.concatenate(parts)
            seen = None if views is None else views[chosen]
            head = FITS[method](support[chosen], labels[chosen], classes, some, seen).head
            rights[place].add(rows, head.logits(embeddings[rows]).argmax(axis=1) == truth[rows])
            learned[place] += len(chosen) / REPEATS
            yield Progress(repeat * len(variants) + place + 1, REPEATS * len(variants))
    judged = rights[0].judged()
    _, kind, size = np.unique(truth[judged], return_inverse=True, return_counts=True)
    weight = 1 / (len(size) * size[kind])
    right = [one.shares(judged) for one in rights]
    points = tuple(_point(tags, of, weight, kind) for tags, of in zip(learned, right[: len(SHARES)], strict=False))
    full, halves = right[len(SHARES) - 1], right[len(SHARES) :]
    lost = {int(tell): full - half for tell, half in zip(tells, halves, strict=True)}
    yield LearningCurve(points, *_gains(lost, weight, kind, counts, 1 - points[-1].accuracy), len(judged))


def _point(tags: float, right: Shares, weight: Shares, kind: Labels) -> CurvePoint:
    """``right`` (N,) of images with a ``weight`` (N,) each, of ``kind`` (N,), as :func:`_gains`.

    The interval is that of as many images as would tell as much, each judged once and with the same weight (Korn and
    Graubard 1998): few images of one class make a mean over classes as uncertain as few of all.
    """
    accuracy, count = float(weight @ right), np.bincount(kind)
    # Half an image either way, so that six of six are no certainty.
    each = (np.bincount(kind, right) + 0.5) / (count + 1)
    variance = float((each * (1 - each) / count).sum()) / len(count) ** 2
    known = min(1 / float(weight @ weight), float(each.mean() * (1 - each.mean())) / variance)
    images = max(1, math.floor(known + 1e-6))
    rate = clopper_pearson(round(accuracy * images), images)
    return CurvePoint(round(tags), accuracy, min(rate.low, accuracy), max(rate.high, accuracy))


def _gains(
    lost: Mapping[int, Shares], weight: Shares, kind: Labels, counts: Labels, error: float
) -> tuple[tuple[ClassGain, ...], int | None, tuple[int, ...]]:
    """Gains, the best class and its rivals, from what half of a class's tags less has ``lost`` (N,) of each image.

    ``weight`` (N,) of each image in the accuracy, of which ``error`` lacks to 1; ``kind`` (N,) its class.
    """
    deviations = float(norm.ppf(1 - (1 - CONFIDENCE) / (2 * len(lost))))
    more = {tell: min(MORE_TAGS, int(counts[tell])) for tell in lost}
    # Where no error is left, as if half an image were wrong: nobody knows that none ever will be.
    left = error + 0.5 / len(weight)
    brought = {
        tell: _power_law(left, float(weight @ of), math.log2(1 + more[tell] / counts[tell])) * of
        for tell, of in lost.items()
    }
    gain = {tell: float(weight @ of) for tell, of in brought.items()}
    gains = []
    for index, count in enumerate(counts.tolist()):
        if index not in gain:
            gains.append(ClassGain(index, count, min(MORE_TAGS, count)))
            continue
        around = deviations * _error(brought[index], weight, kind)
        middle = gain[index]
        gains.append(ClassGain(index, count, more[index], middle, middle - around, min(middle + around, 1.0)))
    certain = [one.class_index for one in gains if one.low is not None and one.low > 0]
    if not certain:
        return tuple(gains), None, ()
    best = max(certain, key=gain.__getitem__)
    rivals = tuple(
        other
        for other in gain
        if other != best
        and gain[best] - gain[other] < deviations * _error(brought[best] - brought[other], weight, kind)
    )
    return tuple(gains), best, rivals


def _power_law(left: float, lost: float, doublings: float) -> float:
    """What ``doublings`` of the tags bring, as a multiple of what halving them ``lost``, with an error of ``left``."""
    if lost <= 0:
        return doublings
    factor: float = left * (1 - (left / (left + lost)) ** doublings) / lost
    return factor


def _error(values: Shares, weight: Shares, kind: Labels) -> float:
    """Standard error of the weighted mean of values (N,) of images, which are drawn from each ``kind`` (N,).

    Half an image is added that changes fully, so that no change among few images is no certainty (after Agresti and
    Min 2005).
    """
    count = np.bincount(kind)
    spread = values - (np.bincount(kind, values) / count)[kind]
    drawn = (weight**2 * spread**2 * (count / np.maximum(count - 1, 1))[kind]).sum()
    return float(np.sqrt(drawn + 0.5 * weight.max() ** 2))
