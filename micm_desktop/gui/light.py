"""Brightness and contrast for the screen alone: what the network sees stays what it is."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

LIMIT = 100
"""Largest brightness and contrast, and with a minus the smallest; 0 leaves the picture as it is."""


def curve(brightness: int, contrast: int) -> NDArray[np.uint8]:
    """(256,) the shade shown for each shade of the picture, never falling. Black stays black and white stays white at
    any ``brightness``, so that dark places open up without the bright ones being lost."""
    shades = np.linspace(0, 1, 256) ** (2 ** (-brightness / 40))
    spread = (shades - 0.5) * 2 ** (contrast / 33) + 0.5
    return np.asarray(np.rint(255 * np.clip(spread, 0, 1)), np.uint8)


def for_screen(picture: NDArray[np.uint8]) -> QImage:
    """A picture (h, w, 3) uint8 RGB in the screen's own format, so that the window need not convert it.

    Written in place: copies would hold up the window for as long as they take, even in a worker thread.
    """
    # Here, not above: OpenCV takes time to load and the window is shown first.
    import cv2

    image, pixels = _blank(picture.shape[1], picture.shape[0])
    cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA, dst=pixels)
    return image


def adjusted(picture: QImage, brightness: int, contrast: int) -> QImage:
    """``picture``, of :func:`for_screen`, in other shades. For a worker thread."""
    import cv2

    shades = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
    image, pixels = _blank(picture.width(), picture.height())
    cv2.LUT(shades, curve(brightness, contrast), dst=pixels)
    return image


def _blank(width: int, height: int) -> tuple[QImage, NDArray[np.uint8]]:
    """An image and its bytes (height, width, 4)."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise MemoryError
    return image, np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
