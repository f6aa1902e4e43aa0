"""Pictures of surfaces of every kind, with and without defects: what the shipped starter encoder is trained on."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.surfaces import defects
from micm_desktop.images.surfaces.drawing import (
    draw_ellipse,
    draw_path,
    draw_polygon,
    fine_canvas,
    random_polygon,
    shrink,
)
from micm_desktop.images.surfaces.lighting import illumination, shading
from micm_desktop.images.surfaces.materials import Material, joined, plain_material, random_colour, random_material
from micm_desktop.images.surfaces.noise import Field, clouds, log_uniform, rotated_grid, smoothstep, white

_MARKS = (defects.scratch, defects.pit, defects.stain, defects.crack, defects.dent)


def _marked(rng: np.random.Generator, material: Material) -> Material:
    """A scratch, pit, stain, crack or dent; sometimes bright where it is dark on metal, and the reverse."""
    mark = _MARKS[int(rng.integers(len(_MARKS)))](rng, len(material.height))
    factor = mark.reflectance if rng.uniform() < 0.7 else 2 - mark.reflectance
    tint = 1 + mark.tint[:, :, None] * rng.normal(0, 0.15, 3).astype(np.float32)
    colour = material.colour * factor[:, :, None] * tint
    return Material(np.asarray(colour, np.float32), material.height + mark.height * np.float32(rng.choice([-1, 1])))


def _region(rng: np.random.Generator, size: int) -> Field:
    """The shape of a local fault, coverage in [0, 1]: polygon, ellipse, cloudy blob, line, or bitten-off border."""
    center = tuple(rng.uniform(0.08, 0.92, 2) * size)
    reach = log_uniform(rng, 0.03, 0.25) * size
    canvas = fine_canvas(size)
    kind = int(rng.integers(0, 5))
    if kind == 0:
        draw_polygon(canvas, random_polygon(rng, center, reach, int(rng.integers(3, 12)), rng.uniform(0.05, 0.7)))
    elif kind == 1:
        draw_ellipse(canvas, center, (reach, reach * rng.uniform(0.2, 1)), rng.uniform(0, 180))
    elif kind == 2:
        along, across = rotated_grid(size, rng.uniform(0, np.pi), center)
        radius = np.hypot(along, across * np.float32(rng.uniform(1, 2))) / np.float32(reach)
        ragged = 1 - radius + np.float32(0.3) * clouds(rng, size, max(reach, 5))
        return smoothstep(np.asarray(ragged, np.float32), 0, log_uniform(rng, 0.05, 1))
    elif kind == 3:
        steps = np.cumsum(rng.normal(0, rng.uniform(0.02, 0.3), 16)) + rng.uniform(0, 2 * np.pi)
        path = np.cumsum(np.stack([np.cos(steps), np.sin(steps)], 1), 0) * reach / 5 + np.array(center)
        draw_path(canvas, path, log_uniform(rng, 0.6, 5))
    else:
        side = np.array(center)
        side[int(rng.integers(2))] = rng.choice([0, size])
        draw_ellipse(canvas, (side[0], side[1]), (reach, reach * rng.uniform(0.4, 1)), rng.uniform(0, 180))
    return shrink(canvas, size)


def _filled(rng: np.random.Generator, material: Material) -> Material:
    """Something of another colour on the surface: drop, residue, hair, ink, missing print."""
    size = len(material.height)
    region = _region(rng, size)
    amount = (region * np.float32(rng.uniform(0.15, 1)))[:, :, None]
    if rng.uniform() < 0.5:
        shown = random_colour(rng)
    else:  # a colour that occurs on the surface anyway: a short, or an open trace, on a board
        shown = material.colour[int(rng.integers(size)), int(rng.integers(size))]
    colour = material.colour * (1 - amount) + shown * amount
    raised = np.asarray(cv2.GaussianBlur(region, (0, 0), 1.2), np.float32) * np.float32(rng.normal(0, 1.5))
    return Material(np.asarray(colour, np.float32), material.height + raised)


def _displaced(rng: np.random.Generator, material: Material) -> Material:
    """A piece that sits where another belongs: copied from elsewhere on the surface, or turned or mirrored in place."""
    size = len(material.height)
    kind = int(rng.integers(0, 3))
    if kind == 0:
        shift = (int(rng.integers(size // 8, size)), int(rng.integers(size // 8, size)))
        moved = Material(np.roll(material.colour, shift, (0, 1)), np.roll(material.height, shift, (0, 1)))
    elif kind == 1:
        moved = Material(material.colour[::-1], material.height[::-1])
    else:
        moved = Material(material.colour.transpose(1, 0, 2), material.height.T)
    return joined(_region(rng, size), material, moved, 0.0)


def _foreign(rng: np.random.Generator, material: Material) -> Material:
    """A patch of another material: scale, a chip in the paint, a weld."""
    size = len(material.height)
    return joined(_region(rng, size), material, plain_material(rng, size), rng.normal(0, 2))


def _smeared(rng: np.random.Generator, material: Material) -> Material:
    """A part of the surface worn smooth or smeared: its structure is gone, its tone stays."""
    kernel = (2 * int(rng.integers(2, 9)) + 1, 1 + 2 * int(rng.integers(0, 9)))
    worn = Material(
        np.asarray(cv2.blur(material.colour, kernel), np.float32),
        np.asarray(cv2.blur(material.height, kernel), np.float32),
    )
    return joined(_region(rng, len(material.height)), material, worn, 0.0)


_FAULTS: tuple[Callable[[np.random.Generator, Material], Material], ...] = (
    _marked,
    _marked,
    _filled,
    _filled,
    _displaced,
    _foreign,
    _smeared,
)


def _photographed(rng: np.random.Generator, material: Material) -> NDArray[np.float32]:
    """Lamp, lens and exposure: (size, size, 3), levels 0 to 255 before the sensor's noise."""
    size = len(material.height)
    relief = shading(material.height, rng.uniform(0, 2 * np.pi), log_uniform(rng, 0.1, 1.2))
    light = illumination(rng, size, unevenness=log_uniform(rng, 0.2, 2.5)) * relief
    picture = np.maximum(material.colour * light[:, :, None], 0)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), log_uniform(rng, 0.3, 1.6)), np.float32)
    # Exposure and contrast are set for the part at hand, so neither may follow from the material.
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    tone, deviation = picture.mean(axis=(0, 1)), max(float(grey.std()), 1e-4)
    contrast = np.clip(log_uniform(rng, 12, 55) / (255 * deviation), 0.25, 25.0)
    exposure = np.float32(rng.uniform(70, 185) / max(float(grey.mean()), 0.01))
    levels = (picture - tone) * np.float32(255 * contrast) + tone * exposure
    # A colour camera's white balance, or a grey camera.
    if rng.uniform() < 0.4:
        return np.asarray(cv2.cvtColor(cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.float32)
    return np.asarray(levels * rng.normal(1, 0.04, 3).astype(np.float32), np.float32)


def _sensed(rng: np.random.Generator, levels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Sensor noise, clipping, and sometimes the blocks of a JPEG file."""
    size = len(levels)
    noise = white(rng, size, size) * np.float32(log_uniform(rng, 0.5, 8))
    picture = np.asarray(np.clip(levels + noise[:, :, None], 0, 255), np.uint8)
    if rng.uniform() < 0.15:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
        picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return picture


def render_varied_surface(rng: np.random.Generator, *, size: int = 160) -> NDArray[np.uint8]:
    """One picture from a broad family of surfaces, two in three with defects: (size, size, 3) uint8 RGB.

    Materials, faults, light, lens, exposure and noise are drawn from ``rng``; ``size`` is at least 32.
    """
    material = random_material(rng, size)
    material = replace(material, colour=np.maximum(material.colour, np.float32(0.02)))
    for _ in range(int(rng.choice([0, 1, 2, 3, 5], p=[0.33, 0.35, 0.18, 0.1, 0.04]))):
        material = _FAULTS[int(rng.integers(len(_FAULTS)))](rng, material)
    return _sensed(rng, _photographed(rng, material))
