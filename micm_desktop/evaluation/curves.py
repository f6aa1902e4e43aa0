"""What another line between good and defect would bring: precision against recall, and what 1,000 parts would cost."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve

from micm_desktop.evaluation.judged import Judged, Mask
from micm_desktop.fewshot.decision import Outcome, Policy, decide
from micm_desktop.fewshot.expected import PARTS
from micm_desktop.fewshot.head import Array

STEPS = 101
FARTHEST = 7.0
"""The cost curve's thresholds are evenly spread over this many logits to either side of one half: 0.1 to 99.9 %."""


@dataclass(frozen=True)
class PrecisionRecall:
    """Of all parts with a risk of ``threshold`` (T,) or more, rising: the share ``precision`` (T,) that are defects,
    and the share ``recall`` (T,) of all defects. Precision is that on a line where defects are as frequent as
    ``defect_share``, and so is ``average_precision`` in [0, 1].
    """

    threshold: Array
    precision: Array
    recall: Array
    average_precision: float
    defect_share: float


def precision_recall(risk: Array, defect: Mask, defect_share: float) -> PrecisionRecall | None:
    """risk (N,) of images of which some are a ``defect`` (N,), which on the line are as frequent as ``defect_share`` in
    (0, 1). None where there are images of one side only. It asks nobody, and knows no unknown images.
    """
    if defect.all() or not defect.any():
        return None
    weight = np.where(defect, defect_share / defect.sum(), (1 - defect_share) / (~defect).sum())
    precision, recall, threshold = precision_recall_curve(defect, risk, sample_weight=weight)
    average = float(average_precision_score(defect, risk, sample_weight=weight))
    # The last point, at no threshold, is a convention of drawing.
    return PrecisionRecall(
        np.asarray(threshold, np.float32),
        np.asarray(precision[:-1], np.float32),
        np.asarray(recall[:-1], np.float32),
        average,
        defect_share,
    )


@dataclass(frozen=True)
class CostCurve:
    """With the line at a risk of ``threshold`` (T,), rising: the expected ``cost`` (T,) of 1,000 parts, in false
    alarms; the share of defects that pass as good, ``missed`` (T,); of good parts called a defect, ``false_alarms``
    (T,); and of all parts that a person is asked about, ``asked`` (T,), unknown ones included.

    ``chosen``: index of the line in use; ``cheapest``: of the one that costs least on these very images, which is
    better by chance than on others. ``ask_all`` and ``pass_all``: the cost of 1,000 parts were a person asked about
    each, or none inspected.
    """

    threshold: Array
    cost: Array
    missed: Array
    false_alarms: Array
    asked: Array
    chosen: int
    cheapest: int
    ask_all: float
    pass_all: float


def cost_curve(judged: Judged, good: Mask, cost: Array, policy: Policy) -> CostCurve | None:
    """By the policy's own costs and defect share. ``good`` (N,): which images are good parts; ``cost`` (N,): of each on
    the wrong side of the line. A moved line moves the band in which a person is asked, as on the line PC.

    None where the policy has no line, or there are images of one side only.
    """
    if not policy.two_sided or good.all() or not good.any():
        return None
    in_use = policy.least_cost_threshold() if policy.threshold is None else policy.threshold
    spread = 1 / (1 + np.exp(-np.linspace(-FARTHEST, FARTHEST, STEPS)))
    thresholds = np.unique(np.append(spread, in_use))
    share = policy.defect_share
    weight = np.where(good, (1 - share) / good.sum(), share / (~good).sum())
    rows = []
    for threshold in thresholds.tolist():
        outcome = decide(judged.probabilities, judged.unknown, replace(policy, threshold=threshold)).outcome
        missed, alarms = ~good & (outcome == Outcome.GOOD), good & (outcome == Outcome.DEFECT)
        asked = (outcome == Outcome.ASK) | (outcome == Outcome.UNKNOWN)
        paid = np.where(asked, policy.ask_cost, np.where(missed | alarms, cost, 0.0))
        rows.append((PARTS * (weight * paid).sum(), missed[~good].mean(), alarms[good].mean(), (weight * asked).sum()))
    expected, missed_share, alarm_share, asked_share = np.array(rows, np.float32).T
    return CostCurve(
        thresholds.astype(np.float32),
        expected,
        missed_share,
        alarm_share,
        asked_share,
        int(np.flatnonzero(thresholds == in_use)[0]),
        int(expected.argmin()),
        PARTS * policy.ask_cost,
        float(PARTS * (weight * cost)[~good].sum()),
    )
