"""Shapes with soft edges: drawn on a canvas some times finer than the picture, then shrunk to coverage in [0, 1]."""

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.surfaces.noise import Field

_FINER = 3  # so that a line of half a pixel is still a line
_SHIFT = 4  # OpenCV draws at sixteenths of a pixel


def fine_canvas(size: int) -> NDArray[np.uint8]:
    """An empty canvas for a picture of (size, size)."""
    return np.zeros((size * _FINER, size * _FINER), np.uint8)


def shrink(canvas: NDArray[np.uint8], size: int) -> Field:
    """A fine canvas as coverage in [0, 1] at (size, size)."""
    return np.asarray(cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(points * (_FINER << _SHIFT)).astype(np.int32)


def draw_segments(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], widths: NDArray[np.float64], values: NDArray[np.float64]
) -> None:
    """Draw a polyline onto a fine canvas.

    ``points`` is (P, 2) in pixels of the picture, x then y; segment i is ``widths[i]`` pixels wide and has the opacity
    ``values[i]`` in [0, 1] (entries beyond P - 1 are not read).
    """
    fixed = _fixed(points)
    for start, end, width, value in zip(fixed[:-1], fixed[1:], widths, values, strict=False):
        thickness = max(round(width * _FINER), 1)
        cv2.line(canvas, start.tolist(), end.tolist(), int(255 * value), thickness, cv2.LINE_AA, shift=_SHIFT)


def draw_path(canvas: NDArray[np.uint8], points: NDArray[np.float64], width: float, value: float = 1.0) -> None:
    """Draw a polyline of one width; ``points`` is (P, 2) in pixels of the picture."""
    thickness = max(round(width * _FINER), 1)
    cv2.polylines(canvas, [_fixed(points)], False, int(255 * value), thickness, cv2.LINE_AA, shift=_SHIFT)


def draw_polygon(canvas: NDArray[np.uint8], points: NDArray[np.float64], value: float = 1.0) -> None:
    """Fill a polygon; ``points`` is (P, 2) in pixels of the picture. Value 0 erases."""
    cv2.fillPoly(canvas, [_fixed(points)], int(255 * value), cv2.LINE_AA, shift=_SHIFT)


def draw_ellipse(
    canvas: NDArray[np.uint8],
    center: tuple[float, float],
    axes: tuple[float, float],
    degrees: float = 0.0,
    value: float = 1.0,
) -> None:
    """Fill an ellipse: center and half axes in pixels of the picture, opacity ``value`` in [0, 1]; 0 erases."""
    fixed = _fixed(np.array([center, axes]))
    half = np.maximum(fixed[1], 1).tolist()
    cv2.ellipse(canvas, fixed[0].tolist(), half, degrees, 0, 360, int(255 * value), -1, cv2.LINE_AA, shift=_SHIFT)


def random_polygon(
    rng: np.random.Generator, center: tuple[float, float], reach: float, corners: int, ragged: float
) -> NDArray[np.float64]:
    """A star-shaped outline around ``center``: (corners, 2) in pixels, radii ``reach`` x (1 - ragged .. 1)."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners)) if ragged > 0 else np.linspace(0, 2 * np.pi, corners, False)
    radii = reach * rng.uniform(1 - ragged, 1, corners)
    return np.asarray(np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None] + np.array(center), np.float64)
