"""The sample surface set: pictures of ground metal parts, good and with five kinds of defect, made by rule and seed."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.surfaces import defects
from micm_desktop.images.surfaces.lighting import illumination, shading
from micm_desktop.images.surfaces.noise import Field, clouds, grain, log_uniform, streaks, white
from micm_desktop.images.surfaces.varied import render_varied_surface
from micm_desktop.progress import UserError

__all__ = ["DEMO_CLASSES", "DefectBox", "render_sample", "render_varied_surface", "write_sample_set"]

_DEFECTS: dict[str, Callable[[np.random.Generator, int], defects.Mark]] = {
    "scratch": defects.scratch,
    "pit": defects.pit,
    "stain": defects.stain,
    "crack": defects.crack,
    "dent": defects.dent,
}

DEMO_CLASSES: tuple[str, ...] = ("good", *_DEFECTS)
"""The classes of the sample set, ``good`` first."""

MARKS = (1, 3)
"""Fewest and most defects on a bad part."""

Box = tuple[int, int, int, int]

_RUST = np.array([0.08, 0.0, -0.13], np.float32)


@dataclass(frozen=True)
class DefectBox:
    """Where a defect is: ``path`` relative to the set with forward slashes, box in pixels, maxima exclusive."""

    path: str
    label: str
    xmin: int
    ymin: int
    xmax: int
    ymax: int


@dataclass(frozen=True)
class _Surface:
    """A part on the line before the camera sees it: relief and reflectance (size, size), and how it is lit."""

    height: Field
    reflectance: Field
    illumination: Field
    light_angle: float
    raking: float


def _machined_surface(rng: np.random.Generator, size: int) -> _Surface:
    """Ground steel: fine lines in about one direction, from polished to coarse, blotches and dust."""
    unit = size / 192
    angle = rng.normal(0.0, 0.04)
    bend = float(rng.normal(0, 0.03))
    strength = log_uniform(rng, 0.45, 0.6)
    fine = streaks(rng, size, angle=angle, length=rng.uniform(60, 90) * unit, width=0.8, bend=bend)
    coarse = streaks(
        rng, size, angle=angle, length=rng.uniform(120, 160) * unit, width=rng.uniform(3, 4) * unit, bend=bend
    )
    lines = fine + np.float32(rng.uniform(0.4, 0.6)) * coarse
    crystal = grain(rng, size, rng.uniform(0.7, 0.9))
    blotch = clouds(rng, size, rng.uniform(30, 90) * unit, 4)

    reflectance = 1 + np.float32(0.075 * strength) * lines * (1 + np.float32(0.35) * blotch)
    reflectance += np.float32(rng.uniform(0.01, 0.04)) * crystal + np.float32(rng.uniform(0.0, 0.05)) * blotch
    dust = int(rng.integers(0, 7))
    row, column = rng.integers(0, size, (2, dust))
    reflectance[row, column] *= np.asarray(rng.uniform(0.6, 1.25, dust), np.float32)
    height = np.float32(0.10 * strength) * lines + np.float32(rng.uniform(0.02, 0.09)) * crystal
    height += np.float32(rng.uniform(0.1, 0.2)) * clouds(rng, size, 50 * unit, 2)

    light_angle = rng.normal(-2.2, 0.05)
    return _Surface(height, reflectance, illumination(rng, size), light_angle, rng.uniform(0.7, 0.8))


def _lit(surface: _Surface, mark: defects.Mark | None) -> Field:
    """The light that leaves the surface, (size, size), about 1 on average."""
    height, reflectance = surface.height, surface.reflectance
    if mark is not None:
        height, reflectance = height + mark.height, reflectance * mark.reflectance
    light = surface.illumination * reflectance * shading(height, surface.light_angle, surface.raking)
    return np.asarray(np.maximum(light, 0), np.float32)


@dataclass(frozen=True)
class _Camera:
    """Exposure, white balance (3,), focus and sensor noise (size, size, 3) of one shot."""

    exposure: float
    knee: float
    white_balance: NDArray[np.float32]
    blur: float
    noise: NDArray[np.float32]

    def expose(self, light: NDArray[np.float32]) -> NDArray[np.float32]:
        """Levels 0 to 255 before noise, float32, of the same shape as ``light``."""
        exposed = cv2.GaussianBlur(light * np.float32(self.exposure), (0, 0), self.blur)
        # A soft knee instead of hard clipping, as cameras on metal are set.
        return np.asarray(255 * exposed / np.sqrt(1 + np.float32(self.knee) * np.square(exposed)), np.float32)

    def shoot(self, light: Field, mark: defects.Mark | None) -> NDArray[np.uint8]:
        """The picture as the sensor delivers it, (size, size, 3) uint8 RGB."""
        colour = light[:, :, None] * self.white_balance
        if mark is not None:
            colour *= 1 + mark.tint[:, :, None] * _RUST
        levels = self.expose(colour)
        noisy = levels + self.noise * np.sqrt(np.float32(0.3) + levels / 128)
        return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)


def _camera(rng: np.random.Generator, size: int) -> _Camera:
    warmth = rng.normal(0, 0.005)
    balance = np.array([1 + warmth, 1 + rng.normal(0, 0.006), 1.015 - warmth], np.float32)
    speckle = white(rng, size, size) * np.float32(rng.uniform(1.0, 3.5))
    # Three shifted cuts of one field are as good as independent, at a third of the time.
    colour = white(rng, size, size + 14) * np.float32(rng.uniform(0.3, 1.2))
    noise = np.stack([speckle + colour[:, start : start + size] for start in (0, 7, 14)], axis=2)
    return _Camera(rng.uniform(0.56, 0.62), 0.35, balance, rng.uniform(0.5, 0.7), noise)


def _box(change: Field) -> tuple[int, int, int, int]:
    """The smallest box (xmin, ymin, xmax, ymax) around what the defect changed visibly; ``change`` is in levels."""
    visible = change > max(2.0, 0.12 * float(change.max()))
    columns, rows = np.flatnonzero(visible.any(0)), np.flatnonzero(visible.any(1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def render_sample(
    label: str, rng: np.random.Generator, *, size: int = 192
) -> tuple[NDArray[np.uint8], tuple[Box, ...]]:
    """One picture of a part: (size, size, 3) uint8 RGB, and the box (xmin, ymin, xmax, ymax) of each defect on it.

    ``label`` is one of :data:`DEMO_CLASSES`; a ``good`` part has no box, another has ``MARKS`` defects of its kind, as
    a bad roll or a wrong acid bath leaves them. As in array slices, xmax and ymax are one past the last pixel.
    The part and the camera depend only on ``rng``: generators in the same state give, for every label, the same part
    with and without its defects. Raises KeyError for an unknown label.
    """
    part_rng, defect_rng, camera_rng = rng.spawn(3)
    surface, camera = _machined_surface(part_rng, size), _camera(camera_rng, size)
    clean = _lit(surface, None)
    if label == "good":
        return camera.shoot(clean, None), ()
    marks = [_DEFECTS[label](defect_rng, size) for _ in range(int(defect_rng.integers(*MARKS, endpoint=True)))]
    before = camera.expose(clean)
    boxes = tuple(_box(np.abs(camera.expose(_lit(surface, mark)) - before)) for mark in marks)
    together = defects.combine(marks)
    return camera.shoot(_lit(surface, together), together), boxes


def write_sample_set(out: Path, *, per_class: int = 80, size: int = 192, seed: int = 0) -> list[DefectBox]:
    """Write ``per_class`` pictures of every class as ``out/<class>/<class>_000.png``, and ``out/boxes.csv``.

    The same arguments give the same bytes; a larger ``per_class`` adds pictures and changes none. Returns the boxes in
    the order of the file (columns image, class, xmin, ymin, xmax, ymax; good parts have no line). Raises UserError
    where the folder cannot be written.
    """
    boxes = []
    try:
        for class_index, label in enumerate(DEMO_CLASSES):
            (out / label).mkdir(parents=True, exist_ok=True)
            for index in range(per_class):
                picture, found = render_sample(label, np.random.default_rng([seed, class_index, index]), size=size)
                name = f"{label}/{label}_{index:03d}.png"
                (out / name).write_bytes(_png(picture))
                boxes += [DefectBox(name, label, *box) for box in found]
        _write_boxes(out / "boxes.csv", boxes)
    except OSError as error:
        raise UserError(
            f"The sample pictures could not be written to {out}: {error.strerror or error}. "
            "Choose a folder that you may write to, on a disk with free space."
        ) from error
    return boxes


def _png(picture: NDArray[np.uint8]) -> bytes:
    # Noisy pictures hold no repeats for a packer to find: Huffman codes alone are smaller, and twice as fast.
    options = [cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY]
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    return data.tobytes()


def _write_boxes(path: Path, boxes: list[DefectBox]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", "class", "xmin", "ymin", "xmax", "ymax"])
        writer.writerows([b.path, b.label, b.xmin, b.ymin, b.xmax, b.ymax] for b in boxes)
