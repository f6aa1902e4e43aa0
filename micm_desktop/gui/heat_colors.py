"""Colours a heatmap so that colour-blind people can read it, and the picture below stays visible."""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

OVERLAY_EDGE = 320
"""Longest edge of the coloured overlay, pixels; the view stretches it over the picture."""


class ColorMap(Enum):
    """The colours to choose from. In all but turbo brightness alone tells more from less, whatever the eyes."""

    INFERNO = "inferno"
    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    TURBO = "turbo"


def ramp(colors: ColorMap, levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The RGB colours (h, w, 3) of levels (h, w)."""
    # Here, not above: OpenCV takes time to load and the window is shown first.
    import cv2

    number = {
        ColorMap.INFERNO: cv2.COLORMAP_INFERNO,
        ColorMap.VIRIDIS: cv2.COLORMAP_VIRIDIS,
        ColorMap.CIVIDIS: cv2.COLORMAP_CIVIDIS,
        ColorMap.TURBO: cv2.COLORMAP_TURBO,
    }[colors]
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(levels, number), cv2.COLOR_BGR2RGB), np.uint8)


def colored(
    heatmap: NDArray[np.float32], width: int, height: int, colors: ColorMap = ColorMap.INFERNO
) -> NDArray[np.uint8]:
    """The overlay (h, w, 4) uint8 RGBA for a picture of ``width`` by ``height`` pixels.

    ``heatmap`` (m, n) float32 in [0, 1]; weak evidence is transparent.
    """
    import cv2

    scale = OVERLAY_EDGE / max(width, height, 1)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    smooth = np.clip(cv2.resize(np.asarray(heatmap, np.float32), size, interpolation=cv2.INTER_CUBIC), 0, 1)
    levels = np.asarray(smooth * 255, np.uint8)
    overlay = np.empty((size[1], size[0], 4), np.uint8)
    overlay[..., :3] = ramp(colors, levels)
    overlay[..., 3] = np.asarray(255 * np.sqrt(smooth), np.uint8)
    return overlay
