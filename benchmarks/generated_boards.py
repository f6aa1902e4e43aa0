#!/usr/bin/env python3
"""Write a labeled set of small pictures of circuit boards, good and with six kinds of tiny defects, and boxes.csv.

Usage: python benchmarks/generated_boards.py OUT [--per-class 100] [--seed 7]
The traces are drawn anew for every picture, so that two boards of one class share nothing but the kind of the defect:
settings for small defects are chosen on this set, and reported on photographs.
"""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.surfaces.drawing import draw_path, draw_polygon, fine_canvas, random_polygon, shrink
from micm_desktop.images.surfaces.materials import board_copper

Copper = NDArray[np.bool_]
Box = tuple[int, int, int, int]
CLASSES = ("good", "copper", "mousebite", "open", "pin-hole", "short", "spur")
SIZE = 96
DRAWN = 160
"""Edge of the board that a picture is cut from, with the defect near its middle."""
TRIES = 60


def render_board(rng: np.random.Generator, kind: str) -> tuple[NDArray[np.uint8], Box | None]:
    """One thresholded picture, (96, 96) uint8 of 0 (copper) and 255, of a class in :data:`CLASSES`, and the box (xmin,
    ymin, xmax, ymax), exclusive at its ends, of what is wrong on it."""
    while True:
        copper = _plain_board(rng)
        if kind == "good":
            return _photographed(rng, copper, (DRAWN // 2, DRAWN // 2))[0], None
        for _ in range(TRIES):
            at = tuple(int(value) for value in rng.integers(DRAWN // 3, 2 * DRAWN // 3, 2))
            changed = _DEFECTS[kind](rng, copper, at)
            if changed is not None:
                picture, part = _photographed(rng, changed, at)
                return picture, _box((changed != copper)[part])


def write_boards(out: Path, per_class: int, seed: int) -> None:
    """``out/<class>/NNNN.png`` and ``out/boxes.csv``, the same for the same seed."""
    rows = []
    for index, kind in enumerate(CLASSES):
        (out / kind).mkdir(parents=True, exist_ok=True)
        for number in range(per_class):
            picture, box = render_board(np.random.default_rng([seed, index, number]), kind)
            name = f"{kind}/{number:04d}.png"
            (out / name).write_bytes(cv2.imencode(".png", picture)[1].tobytes())
            if box is not None:
                rows.append([name, kind, *box])
    with (out / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["image", "class", "xmin", "ymin", "xmax", "ymax"], *rows])


def _box(changed: Copper) -> Box:
    columns, rows = np.flatnonzero(changed.any(axis=0)), np.flatnonzero(changed.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _plain_board(rng: np.random.Generator) -> Copper:
    while True:
        part = int(DRAWN / rng.uniform(1, 2.4)) + 1
        metal = board_copper(rng, DRAWN)[:part, :part]
        copper = cv2.resize(metal, (DRAWN, DRAWN), interpolation=cv2.INTER_LINEAR) > 0.5
        if 0.2 < copper.mean() < 0.8 and _pieces(copper) + _pieces(~copper) < 40:
            return copper


def _photographed(
    rng: np.random.Generator, copper: Copper, at: tuple[int, ...]
) -> tuple[NDArray[np.uint8], tuple[slice, slice]]:
    """The picture, and which part of the board it shows."""
    half = SIZE // 2
    top, left = (int(np.clip(value + rng.integers(-10, 11), half, DRAWN - half)) - half for value in at)
    part = slice(top, top + SIZE), slice(left, left + SIZE)
    light = (~copper[part]).astype(np.float32) * 255
    noisy = cv2.GaussianBlur(light, (0, 0), 0.6) + rng.normal(0, 25, light.shape)
    return np.where(noisy > 127, 255, 0).astype(np.uint8), part


def _pieces(area: Copper) -> int:
    return int(cv2.connectedComponents(area.astype(np.uint8), connectivity=4)[0])


def _inside(area: Copper, at: tuple[int, ...]) -> float:
    """Pixels from ``at`` to the border of ``area``; 0 outside it."""
    return float(cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 5)[at[0], at[1]])


def _spot(rng: np.random.Generator, at: tuple[int, ...], reach: float) -> Copper:
    center = (float(at[1]), float(at[0]))
    canvas = fine_canvas(DRAWN)
    if rng.random() < 0.5:
        draw_polygon(canvas, random_polygon(rng, center, reach, int(rng.integers(6, 12)), rng.uniform(0.1, 0.4)))
    else:
        angle = rng.uniform(0, np.pi)
        along = np.array([np.cos(angle), np.sin(angle)]) * reach * rng.uniform(1, 1.6)
        bend = rng.normal(0, 0.2 * reach, 2)
        draw_path(canvas, np.array([center - along, center + bend, center + along]), reach * rng.uniform(0.4, 0.9))
    return np.asarray(shrink(canvas, DRAWN) > 0.5)


def _bar(rng: np.random.Generator, at: tuple[int, ...], angle: float, length: float) -> Copper:
    along = np.array([np.cos(angle), np.sin(angle)]) * length
    center = np.array([at[1], at[0]], float)
    canvas = fine_canvas(DRAWN)
    draw_path(canvas, np.array([center - along, center + along]), rng.uniform(3, 6))
    return np.asarray(shrink(canvas, DRAWN) > 0.5)


def _only_if(copper: Copper, changed: Copper, copper_pieces: int, gap_pieces: int) -> Copper | None:
    """The changed board, where the change is large enough to see and made that many pieces more (or fewer)."""
    same = _pieces(changed) - _pieces(copper) == copper_pieces and _pieces(~changed) - _pieces(~copper) == gap_pieces
    return changed if same and (changed != copper).sum() >= 20 else None


def _copper(rng: np.random.Generator, copper: Copper, at: tuple[int, ...]) -> Copper | None:
    reach = rng.uniform(3.5, 9)
    clear = _inside(~copper, at) > 1.4 * reach + 1
    return _only_if(copper, copper | _spot(rng, at, reach), 1, 0) if clear else None


def _pin_hole(rng: np.random.Generator, copper: Copper, at: tuple[int, ...]) -> Copper | None:
    reach = rng.uniform(3.5, 9)
    clear = _inside(copper, at) > reach + 1
    return _only_if(copper, copper & ~_spot(rng, at, reach), 0, 1) if clear else None


def _mousebite(rng: np.random.Generator, copper: Copper, at: tuple[int, ...]) -> Copper | None:
    at_border = 0 < _inside(copper, at) < 2
    return _only_if(copper, copper & ~_spot(rng, at, rng.uniform(3.5, 9)), 0, 0) if at_border else None


def _spur(rng: np.random.Generator, copper: Copper, at: tuple[int, ...]) -> Copper | None:
    at_border = 0 < _inside(~copper, at) < 2
    return _only_if(copper, copper | _spot(rng, at, rng.uniform(3.5, 9)), 0, 0) if at_border else None


def _open(rng: np.random.Generator, copper: Copper, at: tuple[int, ...]) -> Copper | None:
    half = _inside(copper, at)
    if not 1.5 < half < 7:
        return None
    for angle in rng.uniform(0, np.pi) + np.linspace(0, np.pi, 12):
        changed = copper & ~_bar(rng, at, angle, 1.6 * half + 2)
        if _pieces(changed) - _pieces(copper) == 1:
            return changed
    return None


def _short(rng: np.random.Generator, copper: Copper, at: tuple[int, ...]) -> Copper | None:
    half = _inside(~copper, at)
    if not 2 < half < 10:
        return None
    for angle in rng.uniform(0, np.pi) + np.linspace(0, np.pi, 12):
        changed = copper | _bar(rng, at, angle, 1.5 * half + 3)
        if _pieces(copper) - _pieces(changed) == 1:
            return changed
    return None


_DEFECTS: dict[str, Callable[[np.random.Generator, Copper, tuple[int, ...]], Copper | None]] = {
    "copper": _copper,
    "mousebite": _mousebite,
    "open": _open,
    "pin-hole": _pin_hole,
    "short": _short,
    "spur": _spur,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--per-class", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    write_boards(args.out, args.per_class, args.seed)


if __name__ == "__main__":
    main()
