"""Two ways of judging the same images: which is right more often, and may that be chance."""

from dataclasses import dataclass
from typing import Literal

from scipy.stats import binomtest

from micm_desktop.evaluation.judged import Mask
from micm_desktop.fewshot.expected import CONFIDENCE, Rate, clopper_pearson


@dataclass(frozen=True)
class Paired:
    """Images that ``both`` judge right, one alone, or ``neither``. ``p_value`` of the exact test of McNemar (1947): how
    often chance alone would divide those that one alone gets right as unevenly. ``difference``: the share that the
    second gets right less that of the first, with 95 % confidence from ``low`` to ``high``, given how many they differ
    on (where they differ on none: as many as that could be by chance).
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float
    first: Rate
    second: Rate
    difference: float
    low: float
    high: float

    @property
    def better(self) -> Literal["first", "second"] | None:
        """Which is right more often; None where that cannot be told."""
        if self.p_value > 1 - CONFIDENCE:
            return None
        return "second" if self.only_second > self.only_first else "first"


def paired_test(first: Mask, second: Mask) -> Paired | None:
    """Whether each of the same N images is judged right, (N,) and (N,); None without images."""
    total = len(first)
    if not total:
        return None
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    differ = only_first + only_second
    p_value, high = 1.0, clopper_pearson(0, total).high
    low = -high
    if differ:
        test = binomtest(only_second, differ)
        interval = test.proportion_ci(CONFIDENCE, "exact")
        p_value = float(test.pvalue)
        low, high = ((2 * float(end) - 1) * differ / total for end in (interval.low, interval.high))
    return Paired(
        int((first & second).sum()),
        only_first,
        only_second,
        int((~first & ~second).sum()),
        p_value,
        clopper_pearson(int(first.sum()), total),
        clopper_pearson(int(second.sum()), total),
        (only_second - only_first) / total,
        low,
        high,
    )
