"""How a lamp falls on a surface, and how much light the surface sends to the camera."""

import cv2
import numpy as np

from micm_desktop.images.surfaces.noise import Field, rotated_grid


def illumination(rng: np.random.Generator, size: int, *, unevenness: float = 1.0) -> Field:
    """A lamp off to one side: slope, a soft bright spot, and the lens's darker corners; (size, size), about 1."""
    slope, _ = rotated_grid(size, rng.uniform(0, 2 * np.pi))
    x, y = rng.uniform(0.1, 0.9, 2) * size
    spot_x, spot_y = rotated_grid(size, rng.uniform(0, np.pi), (float(x), float(y)))
    spread = np.float32(rng.uniform(0.35, 0.8) * size)
    spot = np.exp(-(np.square(spot_x) + np.square(spot_y * np.float32(rng.uniform(1, 2)))) / (2 * spread**2))
    corner_x, corner_y = rotated_grid(size, 0)
    corners = (np.square(corner_x) + np.square(corner_y)) / np.float32(size**2 / 2)
    light = 1 + np.float32(unevenness * rng.uniform(0, 0.35) / size) * slope
    light += np.float32(unevenness * rng.uniform(0, 0.35)) * spot
    return np.asarray(light * (1 - np.float32(unevenness * rng.uniform(0.05, 0.3)) * corners), np.float32)


def shading(height: Field, angle: float, strength: float) -> Field:
    """Light sent to the camera by a relief, (size, size): 1 where it is level, more where it faces the lamp.

    ``height`` is in pixels, ``angle`` the direction of the lamp in radians, ``strength`` 0 for light from all sides
    to about 1 for a lamp low over the surface.
    """
    slope = np.asarray(cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=np.cos(angle) / 8), np.float32)
    slope += np.asarray(cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=np.sin(angle) / 8), np.float32)
    # A rough metal face turned to the lamp gets brighter faster than one turned away gets darker.
    lit = 1 + np.float32(0.75 * strength) * np.tanh(np.float32(1.6) * slope)
    return np.asarray(lit + np.float32(0.5 * strength) * np.square(np.maximum(slope, 0)), np.float32)
