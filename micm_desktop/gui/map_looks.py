"""How images look on the map: colours, shapes from tags, predictions and oddity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from micm_desktop.project.records import UNSURE, ClassRecord

if TYPE_CHECKING:
    from micm_desktop.gui.models.outcomes import Judged

ColorBy = Literal["tag", "prediction", "oddity"]
Rgb = NDArray[np.uint32]

GLYPHS = "●■▲◆▼★○□△◇▽☆"
"""What stands for each class, in the legend and on the map."""
CROSS, PLUS, DOT = len(GLYPHS), len(GLYPHS) + 1, -1
CROSS_GLYPH, PLUS_GLYPH, DOT_GLYPH = "×", "+", "•"
"""Unknown, unsure, and nothing to tell."""
ODDITY_LIGHT = ("#e0c54a", "#a59c74", "#7c7b78", "#4c5a80", "#00204d")
ODDITY_DARK = ("#31446b", "#666970", "#958f78", "#cbba69", "#ffea46")
"""Cividis, which colour-blind people read as others do, from ordinary to odd: the odd ones stand out of the ground."""


@dataclass(frozen=True)
class Looks:
    """Of N images ``colors`` (N,) as 0xffrrggbb, ``shapes`` (N,) int8 into ``GLYPHS``, or one of the others, and
    whether they are ``tagged`` (N,).
    """

    colors: Rgb
    shapes: NDArray[np.int8]
    tagged: NDArray[np.bool_]


def looks(
    by: ColorBy,
    classes: Sequence[ClassRecord],
    tags: NDArray[np.int64],
    judged: "Judged | None",
    *,
    neutral: str,
    odd: Sequence[str],
) -> Looks:
    """``tags`` (N,): class ids, 0 for none, or UNSURE. ``neutral``: the colour of what has none; ``odd``: of oddity."""
    count = len(tags)
    of_tag = _places(tags, classes)
    shapes = np.where(tags == UNSURE, PLUS, _glyphs(of_tag))
    palette = np.array([rgb(record.color or neutral) for record in classes] + [rgb(neutral)], np.uint32)
    colors = palette[of_tag]
    if by == "prediction":
        of_prediction = np.full(count, -1, np.int64) if judged is None else _places(judged.class_ids, classes)
        colors = palette[of_prediction]
        told = _glyphs(of_prediction)
        if judged is not None:
            told = np.where(judged.has("unknown"), CROSS, told)
        shapes = np.where(of_tag >= 0, shapes, told)
    elif by == "oddity":
        colors = _by_oddity(judged, count, neutral, odd)
    return Looks(colors, shapes.astype(np.int8), of_tag >= 0)


def _glyphs(places: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(places >= 0, places % len(GLYPHS), DOT)


def _places(class_ids: NDArray[np.int64], classes: Sequence[ClassRecord]) -> NDArray[np.int64]:
    """(N,) place of each class id in ``classes``, -1 for none."""
    found = np.full(len(class_ids), -1, np.int64)
    for place, record in enumerate(classes):
        found[class_ids == record.id] = place
    return found


def _by_oddity(judged: "Judged | None", count: int, neutral: str, odd: Sequence[str]) -> Rgb:
    if judged is None:
        return np.full(count, rgb(neutral), np.uint32)
    predictions = judged.predictions
    known = predictions.class_index >= 0
    # By rank: oddities crowd together, and the map is to tell them apart.
    place = np.zeros(count, np.int64)
    order = np.argsort(predictions.oddity[known], kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    place[known] = 255 * rank // max(len(order) - 1, 1)
    return np.where(known, ramp(odd)[place], np.uint32(rgb(neutral))).astype(np.uint32)


def ramp(stops: Sequence[str]) -> Rgb:
    """256 colours between the stops."""
    at = np.linspace(0, len(stops) - 1, 256)
    channels = np.array([[rgb(stop) >> shift & 255 for shift in (16, 8, 0)] for stop in stops], np.float64)
    mixed = np.stack([np.interp(at, np.arange(len(stops)), channel) for channel in channels.T]).round()
    red, green, blue = mixed.astype(np.uint32)
    return np.asarray(np.uint32(0xFF000000) | red << 16 | green << 8 | blue, np.uint32)


def rgb(name: str) -> int:
    """``#rrggbb`` as 0xffrrggbb."""
    return 0xFF000000 | int(name.removeprefix("#"), 16)
