"""What becomes of each image: the verdict of the lists, after the rules as far as they are known without a heatmap.

The rules about the area, the size of the evidence, brightness and sharpness need the pixels and a heatmap: of all
images but those that were looked at, they are not known, and the lists show the verdict before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from micm_desktop.fewshot.decision import Decisions
    from micm_desktop.labeling import Predictions

Verdict = Literal["good", "defect", "ask", "unknown", "class"]
"""In the order of :class:`~micm_desktop.fewshot.decision.Outcome`; ``class`` where there is only the class to tell."""
VERDICTS: tuple[Verdict, ...] = ("good", "defect", "ask", "unknown", "class")


@dataclass(frozen=True)
class Judged:
    """Predictions and, after the rules, ``outcome`` (N,), index into ``VERDICTS``, -1 without a prediction;
    ``class_index`` (N,) into the predictions' classes; ``class_ids`` (N,), 0 where unknown or not predicted.
    """

    predictions: "Predictions"
    outcome: NDArray[np.int8]
    class_index: NDArray[np.int64]
    class_ids: NDArray[np.int64]

    def has(self, verdict: Verdict) -> NDArray[np.bool_]:
        """(N,) whether each image has this verdict."""
        return np.asarray(self.outcome == VERDICTS.index(verdict))

    def count(self) -> dict[Verdict, int]:
        """How many images have each verdict that occurs."""
        counts = np.bincount(self.outcome + 1, minlength=len(VERDICTS) + 1)[1:]
        return {verdict: int(count) for verdict, count in zip(VERDICTS, counts, strict=True) if count}


def judge(
    predictions: "Predictions", least: Mapping[str, float] | None, ruled: Mapping[int, tuple[int, int]]
) -> Judged:
    """``least``: least probability by class name, below which a person is asked. ``ruled``: outcome and class index
    after all rules of the rows where a heatmap was made.
    """
    outcome, index = predictions.outcome.copy(), predictions.class_index.copy()
    if least:
        lowest = np.array([least.get(record.name, 0.0) for record in predictions.classes], np.float32)
        decided = (outcome >= 0) & (outcome != VERDICTS.index("ask")) & (outcome != VERDICTS.index("unknown"))
        outcome[decided & (predictions.confidence < lowest[np.maximum(index, 0)])] = VERDICTS.index("ask")
    for row, (result, best) in ruled.items():
        outcome[row], index[row] = result, best
    ids = np.array([record.id for record in predictions.classes], np.int64)
    known = (index >= 0) & (outcome != VERDICTS.index("unknown"))
    return Judged(predictions, outcome, index, np.where(known, ids[np.maximum(index, 0)], 0))


def judge_held_out(predictions: "Predictions", decided: "Decisions") -> Judged:
    """As :func:`judge`, but each tagged image as it is judged without its own tag: ``decided`` (S,), in the order of
    ``predictions.held_out``.
    """
    rows = np.flatnonzero(predictions.held_out_row >= 0)
    places = predictions.held_out_row[rows]
    probabilities = predictions.probabilities.copy()
    probabilities[rows] = predictions.held_out.probabilities[places]
    verdicts = zip(decided.outcome[places].tolist(), decided.class_index[places].tolist(), strict=True)
    ruled = dict(zip(rows.tolist(), verdicts, strict=True))
    return judge(replace(predictions, probabilities=probabilities), None, ruled)
