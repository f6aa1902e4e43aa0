"""Random fields that surfaces are made of: clouds, streaks, cells, and strokes drawn with soft edges."""

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
    return standardised(cv2.GaussianBlur(white(rng, size, size), (0, 0), max(sigma, 0.3)))


def streaks(rng: np.random.Generator, size: int, *, angle: float, length: float, width: float, bend: float) -> Field:
    """Lines as a tool leaves them, about ``length`` long and ``width`` wide (pixels); mean 0, deviation 1.

    ``angle`` is their direction in radians; ``bend`` is the image edge divided by the radius of their arcs
    (0 for straight lines, negative for arcs that open to the other side).
    """
    edge = int(np.ceil(size * 1.5)) + 2
    canvas: NDArray[Any] = white(rng, edge, edge)
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


def smoothstep(field: Field, low: float, high: float) -> Field:
    """0 below ``low``, 1 above ``high``, a smooth S between."""
    t = np.clip((field - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


_FINER = 3  # strokes are drawn this many times larger, so that a line of half a pixel is still a line


def draw_segments(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], widths: NDArray[np.float64], values: NDArray[np.float64]
) -> None:
    """Draw a polyline onto a fine canvas from :func:`fine_canvas`.

    ``points`` is (P, 2) in pixels of the picture, x then y; segment i is ``widths[i]`` pixels wide and has the opacity
    ``values[i]`` in [0, 1] (entries beyond P - 1 are not read).
    """
    scaled = np.rint(points * _FINER * 16).astype(int)
    for start, end, width, value in zip(scaled[:-1], scaled[1:], widths, values, strict=False):
        thickness = max(round(width * _FINER), 1)
        cv2.line(canvas, tuple(start), tuple(end), int(255 * value), thickness, cv2.LINE_AA, shift=4)


def fine_canvas(size: int) -> NDArray[np.uint8]:
    """An empty canvas for :func:`draw_segments` and :func:`draw_ellipse`."""
    return np.zeros((size * _FINER, size * _FINER), np.uint8)


def draw_ellipse(
    canvas: NDArray[np.uint8], center: tuple[float, float], axes: tuple[float, float], degrees: float, value: float
) -> None:
    """Fill an ellipse on a fine canvas: center and half axes in pixels, opacity ``value`` in [0, 1]."""
    scale = _FINER * 16
    middle = (int(center[0] * scale), int(center[1] * scale))
    half = (max(int(axes[0] * scale), 1), max(int(axes[1] * scale), 1))
    cv2.ellipse(canvas, middle, half, degrees, 0, 360, int(255 * value), -1, cv2.LINE_AA, shift=4)


def shrink(canvas: NDArray[np.uint8], size: int) -> Field:
    """A fine canvas as coverage in [0, 1] at (size, size)."""
    return np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
