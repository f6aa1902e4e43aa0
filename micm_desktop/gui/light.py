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


def adjusted(picture: QImage, brightness: int, contrast: int) -> QImage:
    """``picture`` in other shades. For a worker thread: a large picture takes longer than a frame."""
    # Here, not above: OpenCV takes time to load and the window is shown first.
    import cv2

    image = picture.convertToFormat(QImage.Format.Format_RGB32)
    width, height, line = image.width(), image.height(), image.bytesPerLine()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height, line)
    made = cv2.LUT(pixels, curve(brightness, contrast))
    return QImage(made.data, width, height, line, QImage.Format.Format_RGB32).copy()
