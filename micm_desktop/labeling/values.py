"""Plain values that :class:`~micm_desktop.labeling.Labeling` hands out. All are immutable snapshots."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.decision import Outcome, Policy
from micm_desktop.project.records import ClassRecord


class Reason(Enum):
    """Why there are no predictions yet."""

    NO_IMAGES = "no_images"
    NO_FEATURES = "no_features"
    NO_TAGS = "no_tags"
    ONE_CLASS = "one_class"


@dataclass(frozen=True)
class HeldOut:
    """What is said of tagged images without their own tag: content hashes ``keys`` (S), the ``labels`` (S,) that they
    have, and ``probabilities`` (S, C) under equal class shares.
    """

    keys: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Predictions:
    """Verdicts for all N images, over the C classes that have a tag.

    ``class_index`` (N,) into ``classes``, -1 where the image has no features; ``confidence`` (N,), that class's
    probability, and ``probabilities`` (N, C) in [0, 1]; ``unknown`` (N,); ``changed`` counts the images whose class
    differs from the previous call. ``outcome`` (N,) of :class:`~micm_desktop.fewshot.decision.Outcome`, -1 without
    features, and ``risk`` (N,) in [0, 1]: what ``policy`` makes of it. ``held_out``: the tagged images without their
    tag.
    """

    classes: tuple[ClassRecord, ...]
    class_index: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.bool_]
    changed: int
    outcome: npt.NDArray[np.int8]
    risk: npt.NDArray[np.float32]
    policy: Policy
    held_out: HeldOut

    @property
    def asked(self) -> npt.NDArray[np.bool_]:
        """(N,) whether a person is asked about each image."""
        return np.asarray(self.outcome == Outcome.ASK)


@dataclass(frozen=True)
class Explanation:
    """Why an image got its class. ``heatmap`` and ``attention`` (h, w) in [0, 1].

    ``class_name`` and ``runner_up`` are empty while there are no predictions; the heatmap then
    shows what is salient or, where the encoder has not learned that, the attention.
    """

    sha256: str
    heatmap: npt.NDArray[np.float32]
    attention: npt.NDArray[np.float32]
    class_name: str
    runner_up: str
