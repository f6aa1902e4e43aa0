"""What a decision will cost on the line, by what it says of each tagged image without its tag."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from micm_desktop.fewshot.decision import Outcome, Policy, decide
from micm_desktop.fewshot.head import Array, Labels

CONFIDENCE = 0.95
PARTS = 1000


@dataclass(frozen=True)
class Rate:
    """``count`` of ``total`` held-out tags, and with 95 % confidence where the true share lies: ``low`` to ``high``."""

    count: int
    total: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True)
class Expected:
    """Of defects, those that pass as good; of good parts, those that are called a defect; those that a person is asked
    about, of either; and how frequent defects are, in [0, 1].
    """

    missed: Rate
    false_alarms: Rate
    asked_defects: Rate
    asked_good: Rate
    defect_share: float

    def misses_per_thousand(self) -> tuple[float, float, float]:
        """Expected missed defects among 1,000 parts: (expected, low, high)."""
        return _per_thousand(self.missed, self.defect_share)

    def false_alarms_per_thousand(self) -> tuple[float, float, float]:
        """Expected false alarms among 1,000 parts: (expected, low, high)."""
        return _per_thousand(self.false_alarms, 1 - self.defect_share)

    def asked_per_thousand(self) -> float:
        """Expected questions to a person among 1,000 parts."""
        defects, good = self.asked_defects, self.asked_good
        return PARTS * (defects.share * self.defect_share + good.share * (1 - self.defect_share))


def expected_outcomes(
    probabilities: Array, labels: Labels, unknown: npt.NDArray[np.bool_], policy: Policy
) -> Expected | None:
    """Decide on held-out probabilities (S', C), under equal shares, of tags labels (S',), of which some are unknown
    (S',): a person is asked about those, too.

    None where no class is good, or all are, or no tag of one of the sides is held out.
    """
    if not policy.two_sided:
        return None
    outcome = decide(probabilities, unknown, policy).outcome
    return expected_of(outcome, np.array(policy.good)[labels], policy.defect_share)


def expected_of(outcome: npt.NDArray[np.int8], good: npt.NDArray[np.bool_], defect_share: float) -> Expected | None:
    """What outcomes (S',) of :class:`Outcome` amount to, of images that are ``good`` (S',) or defects; unknown ones are
    asked about. None where there are images of one side only.
    """
    if good.all() or not good.any():
        return None
    outcome = np.where(outcome == Outcome.UNKNOWN, Outcome.ASK, outcome)

    def rate(side: npt.NDArray[np.bool_], what: Outcome) -> Rate:
        return clopper_pearson(int((outcome[side] == what).sum()), int(side.sum()))

    return Expected(
        rate(~good, Outcome.GOOD),
        rate(good, Outcome.DEFECT),
        rate(~good, Outcome.ASK),
        rate(good, Outcome.ASK),
        defect_share,
    )


def clopper_pearson(count: int, total: int) -> Rate:
    """Exact interval of a share (Clopper and Pearson 1934); 0 to 1 where nothing was counted."""
    if not total:
        return Rate(0, 0, 0.0, 1.0)
    # Its closed form: scipy's binomtest searches for it, for longer than a slider that is being moved may wait.
    tail, missing = (1 - CONFIDENCE) / 2, total - count
    low = float(special.betaincinv(count, missing + 1, tail)) if count else 0.0
    high = float(special.betaincinv(count + 1, missing, 1 - tail)) if missing else 1.0
    return Rate(count, total, low, high)


def _per_thousand(rate: Rate, share: float) -> tuple[float, float, float]:
    return PARTS * share * rate.share, PARTS * share * rate.low, PARTS * share * rate.high
