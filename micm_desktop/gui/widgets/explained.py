"""An explanation as pictures: made in a worker, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from micm_desktop.gui.heat_colors import ColorMap, colored
from micm_desktop.gui.models.thumbnails import to_qimage
from micm_desktop.gui.widgets.heat_tools import HeatMode
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from micm_desktop.explain.examples import Example
    from micm_desktop.labeling import Explanation, Labeling

EDGE = 480
"""Longest edge of the pictures that are shown side by side, pixels: drawing larger ones would hold up the window."""


@dataclass(frozen=True)
class Explained:
    """``overlay``, the heatmap in colours, or a small ``picture`` and the ``examples`` with theirs; never both."""

    explanation: "Explanation"
    overlay: QImage | None
    picture: QImage
    examples: "tuple[tuple[Example, QImage], ...]"


def explained(
    labeling: "Labeling",
    image: ImageRecord,
    picture: QImage,
    mode: HeatMode,
    head: int,
    known: "Explanation | None",
    colors: ColorMap,
) -> Explained:
    """Explain ``image``, of which ``picture`` is the decoded file, or draw what is ``known`` of it already. ``head``
    counts from 0.

    An unknown image gets its examples whatever the mode: no heatmap explains a class that it may not have. Raises
    UserError, UnreadableImage.
    """
    explanation = labeling.explain(image) if known is None else known
    if explanation.unknown or mode is HeatMode.EXAMPLES:
        wanted = {example.sha256 for example in explanation.examples}
        paths = {one.sha256: one.path for one in labeling.images if one.sha256 in wanted}
        return Explained(explanation, None, _small(picture), _pictures(explanation, paths))
    heat = _heat(explanation, mode, head)
    return Explained(explanation, to_qimage(colored(heat, image.width, image.height, colors)), QImage(), ())


def _heat(explanation: "Explanation", mode: HeatMode, head: int) -> "NDArray[np.float32]":
    heads = explanation.heads
    maps = {
        HeatMode.ATTENTION: explanation.attention,
        HeatMode.ROLLOUT: explanation.rollout,
        HeatMode.HEAD: np.asarray(heads[min(head, len(heads) - 1)]),
    }
    return maps.get(mode, explanation.heatmap)


def _pictures(explanation: "Explanation", paths: Mapping[str, Path]) -> "tuple[tuple[Example, QImage], ...]":
    from micm_desktop.images.decode import UnreadableImage, decode_image

    found = []
    for example in explanation.examples:
        try:
            picture = to_qimage(decode_image(paths[example.sha256]))
        except (UnreadableImage, KeyError):
            continue  # The file has gone since it was tagged.
        found.append((example, _small(picture)))
    return tuple(found)


def _small(picture: QImage) -> QImage:
    if max(picture.width(), picture.height()) <= EDGE:
        return picture
    return picture.scaled(EDGE, EDGE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
