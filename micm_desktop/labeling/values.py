"""Plain values that :class:`~micm_desktop.labeling.Labeling` hands out. All are immutable snapshots."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from micm_desktop.explain.examples import Example
from micm_desktop.project.records import ClassRecord

Map = npt.NDArray[np.float32]


class Reason(Enum):
    """Why there are no predictions yet."""

    NO_IMAGES = "no_images"
    NO_FEATURES = "no_features"
    NO_TAGS = "no_tags"
    ONE_CLASS = "one_class"


@dataclass(frozen=True)
class Predictions:
    """Verdicts for all N images, over the C classes that have a tag.

    ``class_index`` (N,) into ``classes``, -1 where the image has no features; ``confidence`` (N,) and ``probabilities``
    (N, C) in [0, 1]; ``unknown`` (N,); ``changed`` counts the images whose class differs from the previous call.
    """

    classes: tuple[ClassRecord, ...]
    class_index: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float32]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.bool_]
    changed: int


@dataclass(frozen=True)
class Explanation:
    """Why an image got its class. All maps are in [0, 1].

    ``heatmap`` (h, w) is the evidence for ``class_name``, the same map as in the model file; ``attention`` (h, w) that
    of the class token, ``heads`` (H, h, w) the same by each head, ``rollout`` (h, w) by the way of all decoder blocks.
    ``class_name`` and ``runner_up`` are empty while there are no predictions; the heatmap then shows what is salient
    or, where the encoder has not learned that, the attention.

    ``examples`` are the nearest tagged images of the class and then of the runner-up, or, where the image is
    ``unknown``, of any class: an unknown image has no class that the heatmap could explain.
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
