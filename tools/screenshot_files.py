"""Pictures of the window as small PNG files."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage, QPixmap

LARGEST_FILE = 120_000


def write_small(picture: QPixmap, file: Path) -> None:
    """Write a PNG of at most 256 colours, as many as ``LARGEST_FILE`` allows. The window's own colours stay exact."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    colors, which, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    often = np.argsort(-counts)[:48]
    bright = np.flatnonzero((np.ptp(colors.astype(int), axis=1) >= 30) & (counts >= 90))[:64]
    exact = np.unique(np.concatenate([often, bright]))
    other = np.setdiff1d(np.arange(len(colors)), exact)
    for step in range(4, 50, 2):
        rounded = colors.copy()
        if len(other):
            rounded[other] = _fewer(colors[other], counts[other], step)
        palette, index = np.unique(rounded, axis=0, return_inverse=True)
        if len(palette) > 256:
            continue
        small = Image.fromarray(index.ravel()[which.ravel()].reshape(pixels.shape[:2]).astype(np.uint8), "P")
        small.putpalette(palette.tobytes())
        small.save(file, optimize=True)
        if file.stat().st_size <= LARGEST_FILE:
            return


def _fewer(colors: NDArray[np.uint8], counts: NDArray[np.int64], step: int) -> NDArray[np.uint8]:
    """(n, 3) uint8 ``colors`` brought to few: greys in steps, the others by k-means over how often they are seen."""
    grey = np.ptp(colors.astype(int), axis=1) < 22
    found = colors.copy()
    found[grey] = (np.round(colors[grey].mean(axis=1, keepdims=True) / step) * step).clip(0, 255)
    if not grey.all():
        seen = np.repeat(colors[~grey], np.minimum(counts[~grey], 50), axis=0)[None]
        wanted = max(40, 90 - 2 * step)
        palette = Image.fromarray(seen).quantize(wanted, method=Image.Quantize.MAXCOVERAGE, kmeans=3)
        each = Image.fromarray(colors[~grey][None]).quantize(palette=palette, dither=Image.Dither.NONE)
        found[~grey] = np.asarray(each.convert("RGB"))[0]
    return found
