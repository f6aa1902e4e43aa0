"""Verdicts beside the truth, one row per image: what every figure is made of, and the gallery behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.decision import Outcome, Policy, decide
from micm_desktop.fewshot.head import Array, Labels

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """N images, judged without their own tag. Of K classes the first C were learned.

    ``keys``: content hashes. ``labels`` (N,) in [0, K): the classes that people gave. ``probabilities`` (N, C) under
    equal class shares; ``predicted`` (N,) in [0, C): the class of the verdict; ``outcome`` (N,) of
    :class:`~micm_desktop.fewshot.decision.Outcome`; ``risk`` (N,) in [0, 1]; ``unknown`` (N,).
    """

    keys: tuple[str, ...]
    labels: Labels
    probabilities: Array
    predicted: Labels
    outcome: npt.NDArray[np.int8]
    risk: Array
    unknown: Mask

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def trained(self) -> int:
        """C."""
        return int(self.probabilities.shape[1])

    @property
    def confidence(self) -> Array:
        """Probability (N,) of the verdict's class, in [0, 1]."""
        out: Array = self.probabilities[np.arange(len(self)), self.predicted]
        return out

    @property
    def most_probable(self) -> Labels:
        """The most probable class (N,) under equal shares, whatever mistakes cost."""
        out: Labels = self.probabilities.argmax(axis=1)
        return out

    @property
    def column(self) -> Labels:
        """Where each image (N,) stands in the confusion matrix: its class, C where a person is asked, C + 1 unknown."""
        asked = np.where(self.outcome == Outcome.ASK, self.trained, self.predicted)
        out: Labels = np.where(self.outcome == Outcome.UNKNOWN, self.trained + 1, asked).astype(np.int64)
        return out

    @property
    def right(self) -> Mask:
        """Whether each image (N,) gets its class without a person being asked; never where that was not learned."""
        out: Mask = (self.column == self.labels) & (self.labels < self.trained)
        return out

    def cell(self, truth: int, column: int) -> Labels:
        """Rows behind a cell of the confusion matrix."""
        return np.flatnonzero((self.labels == truth) & (self.column == column))

    def misses(self, good: Sequence[bool]) -> Labels:
        """Rows of defects that pass as good; ``good`` says which of the K classes are good parts."""
        return np.flatnonzero(~np.array(good, np.bool_)[self.labels] & (self.outcome == Outcome.GOOD))

    def false_alarms(self, good: Sequence[bool]) -> Labels:
        """Rows of good parts that are called a defect."""
        return np.flatnonzero(np.array(good, np.bool_)[self.labels] & (self.outcome == Outcome.DEFECT))


def judge(keys: Sequence[str], labels: Labels, probabilities: Array, unknown: Mask, policy: Policy) -> Judged:
    """Decide on probabilities (N, C) under equal shares, of images of which some are ``unknown`` (N,)."""
    decided = decide(probabilities, unknown, policy)
    return Judged(tuple(keys), labels, probabilities, decided.class_index, decided.outcome, decided.risk, unknown)
