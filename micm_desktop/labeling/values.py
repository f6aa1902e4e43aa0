"""Plain values that :class:`~micm_desktop.labeling.Labeling` hands out. All are immutable snapshots."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from micm_desktop.explain.examples import Example
from micm_desktop.export.rules import RuledVerdict
from micm_desktop.fewshot.decision import Outcome, Policy
from micm_desktop.project.records import ClassRecord

Map = npt.NDArray[np.float32]


class Reason(Enum):
    """Why there are no predictions yet."""

    NO_IMAGES = "no_images"
    NO_FEATURES = "no_features"
    NO_TAGS = "no_tags"
    ONE_CLASS = "one_class"


@dataclass(frozen=True)
class HeldOut:
    """What is said of tagged images without their own tag: content hashes ``keys`` (S), the ``labels`` (S,) that they
    have, ``probabilities`` (S, C) under equal class shares, and whether they would be ``unknown`` (S,).
    """

    keys: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Predictions:
    """Verdicts for all N images, over the C classes that have a tag.

    ``class_index`` (N,) into ``classes``, -1 where the image has no features; ``confidence`` (N,), that class's
    probability, and ``probabilities`` (N, C) in [0, 1]; ``unknown`` (N,). ``outcome`` (N,) of
    :class:`~micm_desktop.fewshot.decision.Outcome`, -1 without features, and ``risk`` (N,) in [0, 1]: what ``policy``
    makes of it. ``held_out``: the tagged images without their tag; ``held_out_row`` (N,): the place of each image among
    them, -1 where it is not. ``oddity`` (N,) in [0, 1]: how unlike anything tagged an image is, 0 without features;
    above a line found from the tags it is ``unknown``.
    """

    classes: tuple[ClassRecord, ...]
    class_index: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.bool_]
    outcome: npt.NDArray[np.int8]
    risk: npt.NDArray[np.float32]
    policy: Policy
    held_out: HeldOut
    held_out_row: npt.NDArray[np.int64]
    oddity: npt.NDArray[np.float32]

    @property
    def asked(self) -> npt.NDArray[np.bool_]:
        """(N,) whether a person is asked about each image."""
        return np.asarray(self.outcome == Outcome.ASK)


@dataclass(frozen=True)
class Explanation:
    """Why an image got its class. All maps are in [0, 1].

    ``heatmap`` (h, w) is the evidence for ``class_name``, the same map as in the model file; ``attention`` (h, w) that
    of the class token, ``heads`` (H, h, w) the same by each head, ``rollout`` (h, w) by the way of all decoder blocks.
    ``class_name`` and ``runner_up`` are empty while there are no predictions; the heatmap then shows what is salient
    or, where the encoder has not learned that, the attention.

    ``examples`` are the nearest tagged images of the class and then of the runner-up, or, where the image is
    ``unknown``, of any class: an unknown image has no class that the heatmap could explain.

    ``ruled`` is the verdict after the rules, as the model file gives it, and ``risk`` in [0, 1] how likely a defect is;
    None and 0 while there are no predictions.
    """

    sha256: str
    heatmap: Map
    attention: Map
    class_name: str
    runner_up: str
    heads: Map
    rollout: Map
    unknown: bool = False
    examples: tuple[Example, ...] = ()
    ruled: RuledVerdict | None = None
    risk: float = 0.0
