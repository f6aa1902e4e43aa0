"""From a model's outputs for an image to its verdict. NumPy and OpenCV only, for the line PC."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from micm_desktop.export.rules import Rules, apply_rules
from micm_desktop.fewshot.decision import Outcome, Policy, decide


class Outputs(NamedTuple):
    """What the graph gives for one image: ``probabilities`` (C,), ``embedding`` (D,), ``heatmap`` (h, w) in [0, 1],
    ``unknown_score`` in [0, 1]."""

    probabilities: npt.NDArray[np.float32]
    embedding: npt.NDArray[np.float32]
    heatmap: npt.NDArray[np.float32]
    unknown_score: float


@dataclass(frozen=True)
class Verdict:
    """The model's answer for one image.

    ``outcome``: good, defect, ask (a person), unknown, or class where there is no line between good and defect.
    ``rule`` names the rule that changed it, or is empty. ``class_name`` is the class that was decided on by what
    mistakes cost, ``confidence`` its probability, ``risk`` in [0, 1] how likely a defect is. ``probabilities`` (C,) sum
    to 1; ``heatmap`` (h, w) in [0, 1] is the evidence for the class before the rules; ``unknown`` says that the image
    is like nothing that was tagged.
    """

    outcome: Outcome
    class_name: str
    confidence: float
    risk: float
    rule: str
    unknown: bool
    unknown_score: float
    probabilities: npt.NDArray[np.float32]
    heatmap: npt.NDArray[np.float32]

    def words(self) -> tuple[str, str, str]:
        """What must be the same on every PC: outcome, class and rule."""
        return self.outcome.name.lower(), self.class_name, self.rule


STOPPED = (Outcome.DEFECT, Outcome.UNKNOWN)
"""What is kept from passing. Where a person is asked is not among them: there the costs of both answers are near each
other, and nothing has been found yet."""


def is_missed(reference: Verdict, verdict: Verdict) -> bool:
    """Whether ``verdict`` lets pass as good what ``reference`` stops, for a defect or for being like nothing tagged.

    ``results.csv`` tells both apart, by ``class`` and ``unknown``; on the line both would be missed.
    """
    return reference.outcome in STOPPED and verdict.outcome == Outcome.GOOD


def verdict_on(
    outputs: Outputs,
    image: npt.NDArray[np.uint8],
    classes: tuple[str, ...],
    unknown_threshold: float,
    policy: Policy,
    rules: Rules,
) -> Verdict:
    """Decide by costs, then by rules, on an image (H, W, 3) uint8 RGB of which the graph gave ``outputs``."""
    probabilities, _, heatmap, score = outputs
    is_unknown = score > unknown_threshold
    decided = decide(probabilities[None], np.array([is_unknown]), policy)
    ruled = apply_rules(
        rules,
        Outcome(decided.outcome[0]),
        int(decided.class_index[0]),
        probabilities,
        heatmap,
        image,
        classes,
        policy.good,
    )
    return Verdict(
        ruled.outcome,
        classes[ruled.class_index],
        float(probabilities[ruled.class_index]),
        float(decided.risk[0]),
        ruled.rule,
        is_unknown,
        score,
        probabilities,
        heatmap,
    )
