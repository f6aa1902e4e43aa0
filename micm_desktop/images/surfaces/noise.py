"""Random fields that surfaces are made of: grain, clouds, cells, and the streaks of a tool."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""A float32 array of shape (size, size)."""


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A value between ``low`` and ``high`` (both positive), as likely to double as to halve."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def white(rng: np.random.Generator, height: int, width: int) -> Field:
    """Independent standard normal values, float32 of shape (height, width)."""
    return rng.standard_normal((height, width), dtype=np.float32)


def _static(rng: np.random.Generator, height: int, width: int) -> Field:
    """Independent uniform values, float32: several times faster than :func:`white`, and as good once blurred."""
    return np.frombuffer(rng.bytes(height * width), np.uint8).reshape(height, width).astype(np.float32)


def standardised(field: NDArray[Any]) -> Field:
    """The field shifted and scaled to mean 0 and standard deviation 1 (a constant field becomes 0)."""
    mean, deviation = cv2.meanStdDev(field)
    return np.asarray((field - np.float32(mean[0, 0])) / np.float32(max(deviation[0, 0], 1e-6)), np.float32)


def clouds(rng: np.random.Generator, size: int, cell: float, octaves: int = 3, gain: float = 0.55) -> Field:
    """Smooth noise with features of about ``cell`` pixels, and ``octaves - 1`` finer layers; mean 0, deviation 1."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        step = max(cell / 2**octave, 1.0)
        cells = int(np.ceil(size / step)) + 3
        grid = white(rng, cells, cells)
        # Cubic resizing maps grid cells to equal blocks; the extra cells hide its clamped border.
        stretched = round(cells * step)
        layer = cv2.resize(grid, (stretched, stretched), interpolation=cv2.INTER_CUBIC)
        start = (stretched - size) // 2
        total += np.float32(gain**octave) * layer[start : start + size, start : start + size]
    return standardised(total)


def grain(rng: np.random.Generator, size: int, sigma: float) -> Field:
    """Noise without direction whose features are about ``sigma`` pixels wide; mean 0, deviation 1."""
    return standardised(cv2.GaussianBlur(_static(rng, size, size), (0, 0), max(sigma, 0.3)))


def streaks(rng: np.random.Generator, size: int, *, angle: float, length: float, width: float, bend: float) -> Field:
    """Lines as a tool leaves them, about ``length`` long and ``width`` wide (pixels); mean 0, deviation 1.

    ``angle`` is their direction in radians; ``bend`` is the image edge divided by the radius of their arcs
    (0 for straight lines, negative for arcs that open to the other side).
    """
    edge = int(np.ceil(size * 1.5)) + 2
    canvas: NDArray[Any] = _static(rng, edge, edge)
    # Twice a box gives ends that fade, as a grain of grit leaves the metal gradually.
    reach = max(int(length / 2), 1)
    canvas = cv2.blur(cv2.blur(canvas, (reach, 1)), (reach, 1))
    if width > 0.5:
        canvas = cv2.GaussianBlur(canvas, (1, 0), sigmaX=0.01, sigmaY=width / 2)
    along, across = rotated_grid(size, angle)
    if abs(bend) > 1e-3:
        radius = np.float32(size / bend)
        turned = across + radius
        along, across = (
            np.arctan2(along, np.abs(turned)) * np.abs(radius),
            np.sign(radius) * np.hypot(along, turned) - radius,
        )
    middle = np.float32(edge / 2)
    sampled = cv2.remap(canvas, along + middle, across + middle, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return standardised(sampled)


def rotated_grid(size: int, angle: float, center: tuple[float, float] | None = None) -> tuple[Field, Field]:
    """Pixel coordinates along ``angle`` (radians) and across it, each (size, size), 0 at ``center`` (x, y)."""
    x0, y0 = center if center is not None else ((size - 1) / 2, (size - 1) / 2)
    x = np.arange(size, dtype=np.float32)[None, :] - np.float32(x0)
    y = np.arange(size, dtype=np.float32)[:, None] - np.float32(y0)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cosine + y * sine, y * cosine - x * sine


def cells(rng: np.random.Generator, size: int, pitch: float) -> tuple[Field, NDArray[np.int32]]:
    """Grains about ``pitch`` pixels apart: distance in pixels to the nearest seed, and that seed's number (from 0)."""
    count = max(int((size / pitch) ** 2), 2)
    x, y = rng.integers(0, size, (2, count))
    empty = np.full((size, size), 255, np.uint8)
    empty[y, x] = 0
    distance, labels = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    return np.asarray(distance, np.float32), np.asarray(labels, np.int32) - 1


def smoothstep(field: Field, low: float, high: float) -> Field:
    """0 below ``low``, 1 above ``high``, a smooth S between."""
    t = np.clip((field - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
