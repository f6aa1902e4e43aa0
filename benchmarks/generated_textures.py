#!/usr/bin/env python3
"""Write a labeled set of small pictures of textures whose ground goes with the class, with boxes.csv.

Usage: python benchmarks/generated_textures.py OUT [--per-class 40] [--classes 6] [--seed 11]
A class is one roll of material with one kind of flaw on it; there are no good parts. So what tells the classes apart is
in the ground as much as in the flaw, and flaws cover from a twentieth to half of a picture: settings of maps that are
to point at flaws all the same are chosen on this set, and reported on photographs.
"""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.surfaces.drawing import (
    draw_ellipse,
    draw_path,
    draw_polygon,
    fine_canvas,
    random_polygon,
    shrink,
)
from micm_desktop.images.surfaces.lighting import illumination, shading
from micm_desktop.images.surfaces.materials import Material, joined, plain_material
from micm_desktop.images.surfaces.noise import Field, clouds, log_uniform, smoothstep, white

Box = tuple[int, int, int, int]
Flaw = Callable[[np.random.Generator, Box], Field]
SIZE = 160
ROLL = 480
"""Edge of the piece of material that a class's pictures are cut from."""


def write_textures(out: Path, per_class: int, classes: int, seed: int) -> None:
    """``out/class-N/NNNN.png`` and ``out/boxes.csv``, the same for the same seed."""
    rows = []
    for index in range(classes):
        roll_rng = np.random.default_rng([seed, index])
        grounds, fillings = plain_material(roll_rng, ROLL), plain_material(roll_rng, ROLL)
        flaw, contrast = _FLAWS[index % len(_FLAWS)], roll_rng.uniform(0.08, 0.4)
        (out / f"class-{index}").mkdir(parents=True, exist_ok=True)
        for number in range(per_class):
            rng = np.random.default_rng([seed, index, number])
            picture, boxes = render_texture(rng, grounds, fillings, flaw, contrast)
            name = f"class-{index}/{number:04d}.png"
            (out / name).write_bytes(cv2.imencode(".png", picture)[1].tobytes())
            rows += [[name, f"class-{index}", *box] for box in boxes]
    with (out / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["image", "class", "xmin", "ymin", "xmax", "ymax"], *rows])


def render_texture(
    rng: np.random.Generator, ground: Material, filling: Material, flaw: Flaw, contrast: float
) -> tuple[NDArray[np.uint8], list[Box]]:
    """One grey picture (160, 160, 3) uint8 of a piece of ``ground`` with one to three regions of ``flaw`` that show
    ``filling``, and a box (xmin, ymin, xmax, ymax), exclusive at its ends, about each."""
    flaws = [flaw(rng, _region(rng)) for _ in range(int(rng.integers(1, 4)))]
    boxes, covered = [_bounds(one > 0.3) for one in flaws if one.max() > 0.3], np.max(flaws, axis=0)
    below, above = _piece(rng, ground), _piece(rng, filling)
    # The filling is of the ground's tone or somewhat darker or brighter, never of a colour of its own.
    tone = below.colour.mean() / max(float(above.colour.mean()), 0.05) * (1 - contrast)
    above = Material(np.asarray(above.colour * np.float32(tone), np.float32), above.height)
    material = joined(np.asarray(covered, np.float32), below, above, rng.normal(0, 1))
    light = illumination(rng, SIZE) * shading(material.height, rng.uniform(0, 2 * np.pi), log_uniform(rng, 0.2, 0.8))
    grey = np.asarray(cv2.GaussianBlur(material.colour.mean(axis=2) * light, (0, 0), 0.6), np.float32)
    spread = rng.uniform(18, 40) / max(float(grey.std()), 1e-3)
    levels = (grey - grey.mean()) * spread + rng.uniform(80, 170) + white(rng, SIZE, SIZE) * np.float32(4)
    picture = np.clip(levels, 0, 255).astype(np.uint8)
    return np.repeat(picture[:, :, None], 3, axis=2), boxes


def _region(rng: np.random.Generator) -> Box:
    width, height = (int(log_uniform(rng, 0.2, 0.6) * SIZE) for _ in range(2))
    left, top = int(rng.integers(0, SIZE - width + 1)), int(rng.integers(0, SIZE - height + 1))
    return left, top, left + width, top + height


def _bounds(area: NDArray[np.bool_]) -> Box:
    columns, rows = np.flatnonzero(area.any(axis=0)), np.flatnonzero(area.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _piece(rng: np.random.Generator, roll: Material) -> Material:
    top, left = rng.integers(0, ROLL - SIZE + 1, 2)
    part = slice(top, top + SIZE), slice(left, left + SIZE)
    step = int(rng.choice([-1, 1]))
    return Material(
        np.ascontiguousarray(roll.colour[part][:, ::step]), np.ascontiguousarray(roll.height[part][:, ::step])
    )


def _center(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _blob(rng: np.random.Generator, box: Box) -> Field:
    """One ragged spot that fills its box: a patch, a stain."""
    canvas = fine_canvas(SIZE)
    outline = random_polygon(rng, (0.0, 0.0), 1.0, int(rng.integers(9, 16)), 0.3)
    half = np.array([box[2] - box[0], box[3] - box[1]]) / 2
    draw_polygon(canvas, outline * half + np.array(_center(box)))
    return np.asarray(cv2.GaussianBlur(shrink(canvas, SIZE), (0, 0), 1.5), np.float32)


def _specks(rng: np.random.Generator, box: Box) -> Field:
    """Many small spots, strewn over the box: pits, rolled-in scale."""
    canvas = fine_canvas(SIZE)
    count = int((box[2] - box[0]) * (box[3] - box[1]) / rng.uniform(60, 160))
    for x, y in np.column_stack([rng.uniform(box[0], box[2], count), rng.uniform(box[1], box[3], count)]):
        reach = log_uniform(rng, 0.8, 3.0)
        draw_ellipse(canvas, (float(x), float(y)), (reach, reach * rng.uniform(0.3, 1)), rng.uniform(0, 180))
    return shrink(canvas, SIZE)


def _web(rng: np.random.Generator, box: Box) -> Field:
    """Fine lines that cross each other all over the box: crazing."""
    canvas = fine_canvas(SIZE)
    for _ in range(int(rng.integers(5, 12))):
        ends = np.column_stack([rng.uniform(box[0], box[2], 4), rng.uniform(box[1], box[3], 4)])
        draw_path(canvas, ends, rng.uniform(0.6, 1.4))
    return shrink(canvas, SIZE)


def _streak(rng: np.random.Generator, box: Box) -> Field:
    """A line or two along the box: scratches, inclusions."""
    canvas = fine_canvas(SIZE)
    for _ in range(int(rng.integers(1, 3))):
        ys = np.linspace(box[1], box[3], 6)
        xs = rng.uniform(box[0], box[2]) + np.cumsum(rng.normal(0, 1.5, 6))
        draw_path(canvas, np.column_stack([np.clip(xs, box[0], box[2]), ys]), rng.uniform(1.5, 4))
    return shrink(canvas, SIZE)


def _worn(rng: np.random.Generator, box: Box) -> Field:
    """A cloudy area without an edge."""
    mask = np.zeros((SIZE, SIZE), np.float32)
    mask[box[1] : box[3], box[0] : box[2]] = 1
    soft = cv2.GaussianBlur(mask, (0, 0), 6) + np.float32(0.3) * clouds(rng, SIZE, 20)
    return np.asarray(smoothstep(np.asarray(soft, np.float32), 0.4, 0.9) * mask, np.float32)


_FLAWS: tuple[Flaw, ...] = (_blob, _specks, _web, _streak, _worn, _blob)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--per-class", type=int, default=40)
    parser.add_argument("--classes", type=int, default=6)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    write_textures(args.out, args.per_class, args.classes, args.seed)


if __name__ == "__main__":
    main()
