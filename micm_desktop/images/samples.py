"""The sample surface set: pictures of ground metal parts, good and with five kinds of defect, made by rule and seed."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images import defects
from micm_desktop.images.noise import Field, clouds, grain, log_uniform, rotated_grid, streaks, white

_DEFECTS: dict[str, Callable[[np.random.Generator, int], defects.Mark]] = {
    "scratch": defects.scratch,
    "pit": defects.pit,
    "stain": defects.stain,
    "crack": defects.crack,
    "dent": defects.dent,
}

DEMO_CLASSES: tuple[str, ...] = ("good", *_DEFECTS)
"""The classes of the sample set, ``good`` first."""


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
    """Ground steel: fine lines in about one direction, from polished to coarse, with blotches of older grinding."""
    unit = size / 192
    angle = rng.normal(0.0, 0.25) + (np.pi / 2 if rng.uniform() < 0.2 else 0)
    bend = float(rng.choice([0.0, rng.uniform(-0.7, 0.7)]))
    strength = log_uniform(rng, 0.25, 1.0)
    fine = streaks(rng, size, angle=angle, length=rng.uniform(30, 120) * unit, width=0.8, bend=bend)
    coarse = streaks(
        rng, size, angle=angle, length=rng.uniform(80, 200) * unit, width=rng.uniform(2, 5) * unit, bend=bend
    )
    lines = fine + np.float32(rng.uniform(0.2, 0.9)) * coarse
    crystal = grain(rng, size, rng.uniform(0.5, 1.2))
    blotch = clouds(rng, size, rng.uniform(30, 90) * unit, 4)

    reflectance = 1 + np.float32(0.075 * strength) * lines * (1 + np.float32(0.35) * blotch)
    reflectance += np.float32(rng.uniform(0.01, 0.04)) * crystal + np.float32(rng.uniform(0.0, 0.05)) * blotch
    height = np.float32(0.10 * strength) * lines + np.float32(rng.uniform(0.02, 0.09)) * crystal
    height += np.float32(rng.uniform(0.2, 1.0)) * clouds(rng, size, 40 * unit, 2)

    light_angle = rng.normal(-2.2, 0.35)
    return _Surface(height, reflectance, _illumination(rng, size), light_angle, rng.uniform(0.5, 1.0))


def _illumination(rng: np.random.Generator, size: int) -> Field:
    """A lamp off to one side: slope, a soft bright spot, and the lens's darker corners."""
    slope, _ = rotated_grid(size, rng.uniform(0, 2 * np.pi))
    x, y = rng.uniform(0.1, 0.9, 2) * size
    spot_x, spot_y = rotated_grid(size, rng.uniform(0, np.pi), (float(x), float(y)))
    spread = np.float32(rng.uniform(0.35, 0.8) * size)
    spot = np.exp(-(np.square(spot_x) + np.square(spot_y * np.float32(rng.uniform(1, 2)))) / (2 * spread**2))
    corner_x, corner_y = rotated_grid(size, 0)
    corners = (np.square(corner_x) + np.square(corner_y)) / np.float32(size**2 / 2)
    light = 1 + np.float32(rng.uniform(0, 0.35) / size) * slope + np.float32(rng.uniform(0, 0.35)) * spot
    return np.asarray(light * (1 - np.float32(rng.uniform(0.05, 0.3)) * corners), np.float32)


def _lit(surface: _Surface, mark: defects.Mark | None) -> NDArray[np.float32]:
    """The light that leaves the surface, (size, size, 3), about 1 on average."""
    height, reflectance = surface.height, surface.reflectance
    if mark is not None:
        height, reflectance = height + mark.height, reflectance * mark.reflectance
    right, down = np.cos(surface.light_angle) / 8, np.sin(surface.light_angle) / 8
    slope = np.asarray(cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=right), np.float32)
    slope += np.asarray(cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=down), np.float32)
    # A rough metal face turned to the lamp gets brighter faster than one turned away gets darker.
    shading = 1 + np.float32(0.75 * surface.raking) * np.tanh(1.6 * slope)
    shading += np.float32(0.5 * surface.raking) * np.square(np.maximum(slope, 0))
    light = np.clip(surface.illumination * reflectance * shading, 0, None)
    picture = np.repeat(light[:, :, None], 3, axis=2)
    if mark is not None:
        picture *= 1 + mark.tint[:, :, None] * np.array([0.08, 0.0, -0.13], np.float32)
    return np.asarray(picture, np.float32)


@dataclass(frozen=True)
class _Camera:
    """Exposure, white balance, focus and sensor noise (size, size, 3) of one shot."""

    exposure: float
    knee: float
    white_balance: NDArray[np.float32]
    blur: float
    noise: NDArray[np.float32]

    def expose(self, light: NDArray[np.float32]) -> NDArray[np.float32]:
        """The noise-free picture in levels 0 to 255, float32."""
        exposed = cv2.GaussianBlur(light * (np.float32(self.exposure) * self.white_balance), (0, 0), self.blur)
        # A soft knee instead of hard clipping, as cameras on metal are set.
        return np.asarray(255 * exposed / np.sqrt(1 + np.float32(self.knee) * np.square(exposed)), np.float32)

    def sense(self, levels: NDArray[np.float32]) -> NDArray[np.uint8]:
        """The picture as the sensor delivers it, uint8, from what :meth:`expose` gave."""
        noisy = levels + self.noise * np.sqrt(np.float32(0.3) + levels / 128)
        return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)


def _camera(rng: np.random.Generator, size: int) -> _Camera:
    warmth = rng.normal(0, 0.02)
    balance = np.array([1 + warmth, 1 + rng.normal(0, 0.006), 1.015 - warmth], np.float32)
    speckle = white(rng, size, size) * np.float32(rng.uniform(1.0, 3.5))
    # Three shifted cuts of one field are as good as independent, at a third of the time.
    colour = white(rng, size, size + 14) * np.float32(rng.uniform(0.3, 1.2))
    noise = np.stack([speckle + colour[:, start : start + size] for start in (0, 7, 14)], axis=2)
    return _Camera(rng.uniform(0.4, 0.72), rng.uniform(0.2, 0.5), balance, rng.uniform(0.4, 0.85), noise)


def _box(with_defect: NDArray[np.float32], without: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """The smallest box (xmin, ymin, xmax, ymax) around what the defect changed visibly."""
    change = cv2.cvtColor(cv2.absdiff(with_defect, without), cv2.COLOR_RGB2GRAY)
    visible = change > max(2.0, 0.12 * float(change.max()))
    columns, rows = np.flatnonzero(visible.any(0)), np.flatnonzero(visible.any(1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def render_sample(
    label: str, rng: np.random.Generator, *, size: int = 192
) -> tuple[NDArray[np.uint8], tuple[int, int, int, int] | None]:
    """One picture of a part: (size, size, 3) uint8 RGB, and its defect's box (xmin, ymin, xmax, ymax).

    ``label`` is one of :data:`DEMO_CLASSES`; the box is None for ``good``; as in array slices, xmax and
    ymax are one past the last pixel.
    The part and the camera depend only on ``rng``: generators in the same state give, for every label, the same part
    with and without its defect. Raises KeyError for an unknown label.
    """
    part_rng, defect_rng, camera_rng = rng.spawn(3)
    surface, camera = _machined_surface(part_rng, size), _camera(camera_rng, size)
    clean = camera.expose(_lit(surface, None))
    if label == "good":
        return camera.sense(clean), None
    marked = camera.expose(_lit(surface, _DEFECTS[label](defect_rng, size)))
    return camera.sense(marked), _box(marked, clean)


def write_sample_set(out: Path, *, per_class: int = 80, size: int = 192, seed: int = 0) -> list[DefectBox]:
    """Write ``per_class`` pictures of every class as ``out/<class>/<class>_000.png``, and ``out/boxes.csv``.

    The same arguments give the same bytes; a larger ``per_class`` adds pictures and changes none. Returns the boxes in
    the order of the file (columns image, class, xmin, ymin, xmax, ymax; good parts have no line). Raises OSError where
    the folder cannot be written.
    """
    boxes = []
    for class_index, label in enumerate(DEMO_CLASSES):
        (out / label).mkdir(parents=True, exist_ok=True)
        for index in range(per_class):
            picture, box = render_sample(label, np.random.default_rng([seed, class_index, index]), size=size)
            name = f"{label}/{label}_{index:03d}.png"
            _, encoded = cv2.imencode(
                ".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 3]
            )
            (out / name).write_bytes(encoded.tobytes())
            if box is not None:
                boxes.append(DefectBox(name, label, *box))
    with (out / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", "class", "xmin", "ymin", "xmax", "ymax"])
        writer.writerows([b.path, b.label, b.xmin, b.ymin, b.xmax, b.ymax] for b in boxes)
    return boxes
