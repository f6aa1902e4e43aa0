"""Rules beside the network: few, named, and said when one changes a verdict. NumPy and OpenCV only, for the line PC."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.decision import Outcome, number_from_json

RuleName = Literal["too_dark", "too_blurred", "least_probability", "outside_area", "smallest_area"]
MEASURED_EDGE = 256
"""Brightness and sharpness are measured at this size, so that they mean the same for every camera."""
HOT = 0.5
"""Heat that counts as evidence, of the hottest place's."""


@dataclass(frozen=True)
class Rules:
    """What an engineer laid down. The defaults change nothing.

    ``area``: (left, top, right, bottom) in shares of the image; a defect whose evidence lies outside is not counted.
    ``smallest_area``: share of the image that the evidence for a defect must cover. ``least_probability``: by class
    name; below it a person is asked. ``darkest``: mean brightness in [0, 1], and ``least_sharpness`` as
    :func:`sharpness`; below either a person is asked, whatever the network says.
    """

    area: tuple[float, float, float, float] | None = None
    smallest_area: float = 0.0
    least_probability: Mapping[str, float] | None = None
    darkest: float = 0.0
    least_sharpness: float = 0.0

    def __bool__(self) -> bool:
        return self != Rules()


@dataclass(frozen=True)
class RuledVerdict:
    """The verdict after the rules; ``rule`` names the one that changed it, empty where none did."""

    outcome: Outcome
    class_index: int
    rule: RuleName | Literal[""]


def brightness(image: npt.NDArray[np.uint8]) -> float:
    """Mean of an image (H, W, 3), in [0, 1]."""
    return float(_small_grey(image).mean() / 255)


def sharpness(image: npt.NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of an image (H, W, 3), grey in [0, 255], at most 256 px wide (Pech-Pacheco 2000)."""
    return float(cv2.Laplacian(_small_grey(image), cv2.CV_64F).var())


def _small_grey(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = MEASURED_EDGE / max(grey.shape)
    if scale < 1:
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.uint8)


def apply_rules(
    rules: Rules,
    outcome: Outcome,
    class_index: int,
    probabilities: npt.NDArray[np.float32],
    heat: npt.NDArray[np.float32],
    image: npt.NDArray[np.uint8],
    classes: tuple[str, ...],
    good: tuple[bool, ...],
) -> RuledVerdict:
    """Change a verdict as the rules say; the first rule that applies is the one.

    probabilities (C,), heat (h, w) in [0, 1], image (H, W, 3) uint8. A defect that does not count becomes the most
    probable good class.
    """
    if rules.darkest and brightness(image) < rules.darkest:
        return RuledVerdict(Outcome.ASK, class_index, "too_dark")
    if rules.least_sharpness and sharpness(image) < rules.least_sharpness:
        return RuledVerdict(Outcome.ASK, class_index, "too_blurred")
    if outcome == Outcome.DEFECT:
        best_good = int(np.where(good, probabilities, -1).argmax())
        # Without a hot place nothing tells where the defect lies, or how large it is: then it counts.
        hot = heat >= HOT
        if rules.area is not None and hot.any() and not _reaches(hot, rules.area):
            return RuledVerdict(Outcome.GOOD, best_good, "outside_area")
        if hot.any() and float(hot.mean()) < rules.smallest_area:
            return RuledVerdict(Outcome.GOOD, best_good, "smallest_area")
    least = (rules.least_probability or {}).get(classes[class_index], 0.0)
    if outcome not in (Outcome.UNKNOWN, Outcome.ASK) and probabilities[class_index] < least:
        return RuledVerdict(Outcome.ASK, class_index, "least_probability")
    return RuledVerdict(outcome, class_index, "")


def _reaches(hot: npt.NDArray[np.bool_], area: tuple[float, float, float, float]) -> bool:
    """Whether a hot place's middle lies inside the area or, as small areas may lie between all middles, in the place
    that holds the area's own."""
    rows, columns = np.nonzero(hot)
    x, y = (columns + 0.5) / hot.shape[1], (rows + 0.5) / hot.shape[0]
    left, top, right, bottom = area
    across = (x >= left) & (x <= right) | (columns == int((left + right) / 2 * hot.shape[1]))
    down = (y >= top) & (y <= bottom) | (rows == int((top + bottom) / 2 * hot.shape[0]))
    return bool((across & down).any())


def rules_to_json(rules: Rules) -> dict[str, Any]:
    return asdict(rules)


def rules_from_json(value: Mapping[str, Any]) -> Rules:
    """Read what :func:`rules_to_json` gave. Raises ValueError or TypeError where it is something else."""
    area = value.get("area")
    corners = None if area is None else tuple(number_from_json(edge) for edge in area)
    if corners is not None and not (
        len(corners) == 4 and 0 <= corners[0] < corners[2] <= 1 and 0 <= corners[1] < corners[3] <= 1
    ):
        raise ValueError(f"not an area: {area!r}")
    least = value.get("least_probability") or {}
    numbers = [number_from_json(value.get(name, 0.0)) for name in ("smallest_area", "darkest", "least_sharpness")]
    probabilities = {str(name): number_from_json(p) for name, p in least.items()}
    smallest, darkest, least_sharpness = numbers
    in_range = all(0 <= share <= 1 for share in (smallest, darkest, *probabilities.values()))
    if not in_range or not (np.isfinite(least_sharpness) and least_sharpness >= 0):
        raise ValueError(f"not a rule: {value!r}")
    four = None if corners is None else (corners[0], corners[1], corners[2], corners[3])
    return Rules(four, smallest, probabilities or None, darkest, least_sharpness)
