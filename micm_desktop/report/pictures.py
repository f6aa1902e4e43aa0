"""Small pictures for a report: as shown, and with the evidence drawn over them."""

import base64
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.explain.overlay import overlay

EDGE: Final = 240
"""Pixels of the longer edge: sharp in print at 3 cm."""
QUALITY: Final = 82

Pixels = npt.NDArray[np.uint8]


def small(pixels: Pixels, edge: int = EDGE) -> Pixels:
    """An image (H, W, 3) whose longer edge has at most ``edge`` pixels."""
    height, width = pixels.shape[:2]
    scale = min(1.0, edge / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def heated(pixels: Pixels, heat: npt.NDArray[np.float32], edge: int = EDGE) -> Pixels:
    """The same with ``heat`` (h, w) in [0, 1] drawn over it."""
    return overlay(small(pixels, edge), heat)


def address(pixels: Pixels) -> str:
    """RGB pixels (H, W, 3) as a data address of a JPEG."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()
