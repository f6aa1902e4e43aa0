"""From probabilities to one verdict: what a miss and a false alarm cost decides where the line between them lies.

NumPy only: a line PC decides with this file, too.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.head import Array
from micm_desktop.fewshot.shares import estimate_shares, some_of, with_shares

MISS_COST, FALSE_ALARM_COST, ASK_COST = 50.0, 1.0, 0.5
"""A missed defect costs as much as 50 false alarms, and a second look by a person half a false alarm."""

GOOD_NAMES = ("good", "ok", "良品", "良", "正常")
"""What classes of good parts are called, in lower case."""


class Outcome(IntEnum):
    """What becomes of a part. ``CLASS`` where no class is good or all are: then there is only the class to tell."""

    GOOD = 0
    DEFECT = 1
    ASK = 2
    UNKNOWN = 3
    CLASS = 4


@dataclass(frozen=True)
class Policy:
    """How to decide among C classes.

    ``good`` (C): which classes are good parts. ``costs`` (C), above 0: of a part of that class on the wrong side of the
    line, so a missed defect, or a false alarm for a good class. ``shares`` (C), which sum to 1: how often each class
    occurs. ``ask_cost``: of asking a person. ``threshold`` in (0, 1): the risk from which a part is a defect; None
    takes the one that costs least.
    """

    good: tuple[bool, ...]
    costs: tuple[float, ...]
    shares: tuple[float, ...]
    ask_cost: float = ASK_COST
    threshold: float | None = None

    @property
    def two_sided(self) -> bool:
        """Whether there are good classes and others."""
        return any(self.good) and not all(self.good)

    @property
    def even_costs(self) -> bool:
        """Whether all misses cost the same, and all false alarms."""
        return len(set(zip(self.good, self.costs, strict=True))) == len(set(self.good))

    @property
    def defect_share(self) -> float:
        """How frequent defects are, all together."""
        return sum(share for share, is_good in zip(self.shares, self.good, strict=True) if not is_good)

    def mean_costs(self) -> tuple[float, float]:
        """Mean cost of a false alarm, and of a miss."""
        good, costs = np.array(self.good), np.array(self.costs)
        return float(costs[good].mean()), float(costs[~good].mean())

    def least_cost_threshold(self) -> float:
        """The risk at which a miss and a false alarm are expected to cost the same."""
        false_alarm, miss = self.mean_costs()
        return false_alarm / (false_alarm + miss)

    def band(self) -> tuple[float, float]:
        """Risks (low, high) between which a person is asked; equal where that never pays.

        Exact where all misses cost the same, and all false alarms; else of a part whose classes cost what their side
        does on average.
        """
        false_alarm, miss = self.line_costs()
        threshold = false_alarm / (false_alarm + miss)
        low, high = self.ask_cost / miss, 1 - self.ask_cost / false_alarm
        return (low, high) if low < high else (threshold, threshold)

    def line_costs(self) -> tuple[float, float]:
        """Mean cost of a false alarm, and of a miss: a threshold that was moved stands for another one of a miss."""
        false_alarm, miss = self.mean_costs()
        return false_alarm, miss if self.threshold is None else false_alarm * (1 - self.threshold) / self.threshold


def policy_to_json(policy: Policy) -> dict[str, Any]:
    return asdict(policy)


def number_from_json(value: object) -> float:
    """A number that JSON holds as one. Raises TypeError for what Python would make one of: text, true, false."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return float(value)


def policy_from_json(value: Mapping[str, Any], classes: int) -> Policy:
    """Read what :func:`policy_to_json` gave. Raises an exception of Python's, such as KeyError, TypeError or
    ValueError, where it is something else."""
    good = tuple(bool(one) for one in value["good"])
    costs, shares = (tuple(number_from_json(one) for one in value[name]) for name in ("costs", "shares"))
    ask_cost = number_from_json(value["ask_cost"])
    threshold = None if value.get("threshold") is None else number_from_json(value["threshold"])
    numbers = np.array([*costs, *shares, ask_cost, 0.5 if threshold is None else threshold])
    if not all(isinstance(one, bool) for one in value["good"]) or abs(sum(shares) - 1) > 1e-3:
        raise ValueError(f"not a policy: {value!r}")
    if {len(good), len(costs), len(shares)} != {classes} or not (np.isfinite(numbers) & (numbers > 0)).all():
        raise ValueError(f"not a policy for {classes} classes: {value!r}")
    if threshold is not None and threshold >= 1:
        raise ValueError(f"not a threshold: {threshold}")
    return Policy(good, costs, shares, ask_cost, threshold)


def default_policy(good: tuple[bool, ...], defect_share: float | None = None) -> Policy:
    """Default costs; shares as of :func:`class_shares`."""
    costs = tuple(FALSE_ALARM_COST if one else MISS_COST for one in good)
    return Policy(good, costs, class_shares(good, defect_share))


def class_shares(good: tuple[bool, ...], defect_share: float | None) -> tuple[float, ...]:
    """Shares (C,) with defects, all together, as frequent as ``defect_share`` in (0, 1), and the classes of one side
    as frequent as each other. All are where it is None, or where there is one side only.
    """
    defects = len(good) - sum(good)
    if defect_share is None or defects in (0, len(good)):
        return (1 / len(good),) * len(good)
    return tuple((1 - defect_share) / (len(good) - defects) if one else defect_share / defects for one in good)


def estimate_defect_share(probabilities: Array, good: tuple[bool, ...]) -> float | None:
    """How frequent defects are among images with these probabilities (N, C), N ≥ 1, under equal shares; None where
    there is one side only.

    Of each side alone, since the shares of single classes are too uncertain with few tags to decide by.
    """
    is_good = np.array(good)
    if is_good.all() or not is_good.any():
        return None
    probabilities = some_of(probabilities)
    sides = np.stack([probabilities[:, is_good].mean(axis=1), probabilities[:, ~is_good].mean(axis=1)], axis=1)
    return float(estimate_shares(with_shares(sides, np.ones(2, np.float32)))[1])


@dataclass(frozen=True)
class Decisions:
    """``class_index`` (N,), ``outcome`` (N,) of :class:`Outcome`, ``risk`` (N,) in [0, 1]: how likely a defect is,
    defects that cost more counting for more; 0 where there is no line between good and defect.
    """

    class_index: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int8]
    risk: Array


def risks(probabilities: Array, policy: Policy) -> Array:
    """(N, C) probabilities under the policy's shares -> risk (N,) in [0, 1].

    Where all misses cost the same, and all false alarms, this is the probability of a defect.
    """
    if not policy.two_sided:
        return np.zeros(len(probabilities), np.float32)
    good, defect = _sides(probabilities, policy)
    out: Array = (defect / np.maximum(good + defect, 1e-12)).astype(np.float32)
    return out


def _sides(probabilities: Array, policy: Policy) -> tuple[Array, Array]:
    """How likely the good side is, and defects, (N,) each, dearer classes counting for more."""
    weighted, good = probabilities * risk_weights(policy), np.array(policy.good)
    return weighted[:, good].sum(axis=1), weighted[:, ~good].sum(axis=1)


def risk_weights(policy: Policy) -> Array:
    """What each class weighs in the risk, (C,): its cost beside the mean of its side; 1 without two sides."""
    if not policy.two_sided:
        return np.ones(len(policy.good), np.float32)
    false_alarm, miss = policy.mean_costs()
    out: Array = (np.array(policy.costs) / np.where(policy.good, false_alarm, miss)).astype(np.float32)
    return out


def decide(probabilities: Array, unknown: npt.NDArray[np.bool_], policy: Policy) -> Decisions:
    """One verdict per image: the least expected cost under the policy's shares.

    probabilities (N, C) under equal shares, as heads give them; unknown (N,). The class is the most probable one on the
    side that was chosen, and where a person is asked the most probable one under equal shares.
    """
    shared = with_shares(probabilities, np.array(policy.shares, np.float32))
    risk = risks(shared, policy)
    if not policy.two_sided:
        best = shared.argmax(axis=1)
        outcome = np.where(1 - shared.max(axis=1) > policy.ask_cost, Outcome.ASK, Outcome.CLASS)
    else:
        false_alarm, miss = policy.line_costs()
        good_side, defect_side = _sides(shared, policy)
        as_good, as_defect = miss * defect_side, false_alarm * good_side
        good = np.array(policy.good)
        line = np.where(as_good < as_defect, Outcome.GOOD, Outcome.DEFECT)
        # The other way round for what is not a number: that is asked about, too.
        outcome = np.where(np.minimum(as_good, as_defect) <= policy.ask_cost, line, Outcome.ASK)
        out_of_reach = ((outcome == Outcome.GOOD)[:, None] & ~good) | ((outcome == Outcome.DEFECT)[:, None] & good)
        # What a person is to look at is named after what it resembles most, however rare that is.
        resembles = np.where((outcome == Outcome.ASK)[:, None], probabilities, shared)
        best = np.where(out_of_reach, -1, resembles).argmax(axis=1)
    outcome = np.where(unknown, Outcome.UNKNOWN, outcome)
    return Decisions(best.astype(np.int64), outcome.astype(np.int8), risk)
