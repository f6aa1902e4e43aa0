"""Defects of a metal surface, each as a change of height and of reflectance that a light then makes visible."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.surfaces.drawing import draw_ellipse, draw_segments, fine_canvas, shrink
from micm_desktop.images.surfaces.noise import Field, clouds, log_uniform, rotated_grid, smoothstep


@dataclass(frozen=True)
class Mark:
    """What a defect does to a surface.

    ``height`` (size, size) in pixels is added to the relief; ``reflectance`` (size, size) multiplies the brightness;
    ``tint`` (size, size) in [-1, 1] shifts the colour towards rust (positive) or blue (negative).
    """

    height: Field
    reflectance: Field
    tint: Field


def combine(marks: Sequence[Mark]) -> Mark:
    """Several marks on one surface: heights add, reflectances multiply, tints add within [-1, 1]."""
    height, reflectance, tint = marks[0].height, marks[0].reflectance, marks[0].tint
    for mark in marks[1:]:
        height, reflectance, tint = height + mark.height, reflectance * mark.reflectance, tint + mark.tint
    return Mark(height, reflectance, np.clip(tint, -1, 1))


def _flat(size: int) -> Field:
    return np.zeros((size, size), np.float32)


def _place(rng: np.random.Generator, size: int, extent: float) -> tuple[float, float]:
    """A center that keeps most of something ``extent`` pixels wide inside the image."""
    margin = min(extent * 0.5, size * 0.45)
    return float(rng.uniform(margin, size - margin)), float(rng.uniform(margin, size - margin))


def _extent(rng: np.random.Generator, size: int, low: float = 0.09, high: float = 0.5) -> float:
    return log_uniform(rng, low, high) * size


def scratch(rng: np.random.Generator, size: int) -> Mark:
    """One to three nearly parallel, slightly curved grooves: bright metal with a dark shoulder."""
    unit = size / 192
    length = _extent(rng, size, 0.2, 0.55)
    angle = rng.uniform(0, 2 * np.pi)
    curve = rng.normal(0, 0.35)
    x, y = _place(rng, size, length)
    steps = np.linspace(-0.5, 0.5, 25)
    heading = angle + curve * steps + np.cumsum(rng.normal(0, 0.012, 25))
    points = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), 0) * (length / 25)
    points += np.array([x, y]) - points.mean(0)
    across = np.array([-np.sin(angle), np.cos(angle)])

    width = log_uniform(rng, 1.2, 3.6) * unit
    canvas = fine_canvas(size)
    for index in range(int(rng.choice([1, 1, 1, 2, 3]))):
        first, last = (0, 25) if index == 0 else sorted(rng.choice(26, 2, replace=False))
        if last - first < 6:
            continue
        part = points[first:last] + across * index * rng.uniform(2.5, 6.0) * unit
        t = np.linspace(0, 1, len(part))
        taper = np.clip(np.minimum(t * rng.uniform(3, 10), (1 - t) * rng.uniform(1.5, 5)), 0.15, 1)
        pressure = np.clip(taper * (1 + 0.25 * np.interp(t, np.linspace(0, 1, 6), rng.normal(0, 1, 6))), 0.1, 1)
        draw_segments(canvas, part, width * (0.4 + 0.6 * pressure), 0.35 + 0.65 * pressure)
    groove = shrink(canvas, size)

    glint = rng.uniform(0.45, 1.0)
    shoulder = cv2.GaussianBlur(groove, (0, 0), 1.3 * unit)
    side = across * rng.choice([-1, 1]) * 1.3 * unit
    shift = np.array([[1, 0, side[0]], [0, 1, side[1]]], np.float32)
    shadow = cv2.warpAffine(shoulder, shift, (size, size))
    reflectance = 1 + glint * groove - np.float32(glint * 0.55) * shadow
    return Mark(np.float32(-1.2) * shoulder, reflectance, _flat(size))


def pit(rng: np.random.Generator, size: int) -> Mark:
    """A cluster of dark craters whose far rim catches the light."""
    unit = size / 192
    extent = _extent(rng, size, 0.12, 0.55)
    x, y = _place(rng, size, extent)
    angle, flatness = rng.uniform(0, np.pi), rng.uniform(0.4, 1.0)
    count = int(rng.integers(5, 10) + extent / unit * rng.uniform(0.08, 0.35))
    largest = log_uniform(rng, 2.0, 6.0) * unit
    canvas = fine_canvas(size)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    for _ in range(count):
        distance = extent * 0.5 * np.sqrt(rng.uniform()) * rng.uniform(0.5, 1)
        direction = rng.uniform(0, 2 * np.pi)
        dx, dy = np.array([np.cos(direction), np.sin(direction) * flatness]) * distance @ turn
        radius = max(largest * rng.uniform(0.3, 1.0) ** 1.5, 0.8 * unit)
        axes = (radius, radius * rng.uniform(0.6, 1.0))
        draw_ellipse(canvas, (x + dx, y + dy), axes, rng.uniform(0, 180), rng.uniform(0.6, 1.0))
    crater = shrink(canvas, size)
    wide = cv2.GaussianBlur(crater, (0, 0), 1.1 * unit)
    depth = rng.uniform(1.5, 4.0) * unit
    reflectance = 1 - np.float32(rng.uniform(0.35, 0.75)) * crater
    return Mark(-np.float32(depth) * wide, reflectance, np.float32(0.15) * crater)


def stain(rng: np.random.Generator, size: int) -> Mark:
    """An irregular patch of oxide or dried water: faint inside, with a drier edge."""
    extent = _extent(rng, size, 0.17, 0.5)
    x, y = _place(rng, size, extent)
    inside = np.full((size, size), -9, np.float32)
    for index in range(int(rng.choice([1, 1, 2, 3]))):
        reach = extent * 0.5 * (1 if index == 0 else rng.uniform(0.3, 0.7))
        offset = (0.0, 0.0) if index == 0 else rng.normal(0, extent * 0.28, 2)
        along, across = rotated_grid(size, rng.uniform(0, np.pi), (x + offset[0], y + offset[1]))
        radius = np.hypot(along / np.float32(reach), across / np.float32(reach * rng.uniform(0.45, 1)))
        inside = np.maximum(inside, 1 - radius)
    ragged = inside + np.float32(rng.uniform(0.08, 0.2)) * clouds(rng, size, max(extent * 0.3, 6), 4, 0.6)
    edge = rng.uniform(0.05, 0.2)
    body = smoothstep(ragged, 0, edge)
    rim = np.exp(-np.square((ragged - np.float32(edge)) / np.float32(edge * 0.8))).astype(np.float32)
    mottled = np.clip(1 + np.float32(0.3) * clouds(rng, size, max(extent * 0.25, 5)), 0.3, 1.7)
    contrast = rng.choice([-1, 1], p=[0.15, 0.85]) * rng.uniform(0.12, 0.38)
    drier = abs(contrast) * rng.uniform(0.2, 1.0)
    reflectance = 1 - np.float32(contrast) * body * mottled - np.float32(drier) * rim * body
    return Mark(_flat(size), reflectance, np.float32(rng.uniform(-0.3, 1.0) * 0.8) * body)


def _jagged(
    rng: np.random.Generator, start: NDArray[np.float64], heading: float, length: float, step: float
) -> NDArray[np.float64]:
    """A path that keeps to ``heading`` but breaks sideways at every grain; (P, 2)."""
    count = max(int(length / step), 3)
    turns = rng.normal(0, 0.55, count)
    drift = np.cumsum(rng.normal(0, 0.09, count))
    headings = heading + turns + drift
    strides = step * rng.uniform(0.5, 1.6, count)
    moves = np.stack([np.cos(headings), np.sin(headings)], 1) * strides[:, None]
    return np.concatenate([start[None], start + np.cumsum(moves, 0)])


def crack(rng: np.random.Generator, size: int) -> Mark:
    """A thin dark line that breaks sideways at every grain and branches."""
    unit = size / 192
    length = _extent(rng, size, 0.2, 0.6)
    heading = rng.uniform(0, 2 * np.pi)
    step = rng.uniform(2.5, 5.0) * unit
    x, y = _place(rng, size, length)
    start = np.array([x, y]) - 0.5 * length * np.array([np.cos(heading), np.sin(heading)])
    width = log_uniform(rng, 1.1, 3.2) * unit
    canvas = fine_canvas(size)
    pending = [(_jagged(rng, start, heading, length, step), width, 0)]
    while pending:
        path, thick, depth = pending.pop()
        taper = np.linspace(1, 0.3, len(path)) * rng.uniform(0.7, 1.15, len(path))
        if depth == 0:
            taper[:4] *= np.linspace(0.3, 1, 4)[: len(taper)]
        draw_segments(canvas, path, thick * taper, np.clip(0.45 + 0.55 * taper, 0, 1))
        if depth == 2:
            continue
        for index in range(2, len(path) - 2):
            if rng.uniform() < 0.18:
                run = path[index + 1] - path[index]
                side = float(np.arctan2(run[1], run[0]) + rng.choice([-1, 1]) * rng.uniform(0.4, 1.2))
                branch = _jagged(rng, path[index], side, length * rng.uniform(0.1, 0.35), step * 0.8)
                pending.append((branch, thick * 0.7, depth + 1))
    gap = shrink(canvas, size)
    wide = cv2.GaussianBlur(gap, (0, 0), 0.9 * unit)
    reflectance = 1 - np.float32(rng.uniform(0.45, 0.85)) * gap - np.float32(0.12) * wide
    return Mark(np.float32(-0.8 * unit) * wide, reflectance, _flat(size))


def dent(rng: np.random.Generator, size: int) -> Mark:
    """A smooth hollow (now and then a bump): one side lit, the other in shadow."""
    extent = _extent(rng, size, 0.16, 0.5)
    x, y = _place(rng, size, extent)
    along, across = rotated_grid(size, rng.uniform(0, np.pi), (x, y))
    reach = np.float32(extent * 0.5)
    narrow = np.float32(rng.uniform(0.4, 1.0))
    wobble = 1 + np.float32(0.12) * clouds(rng, size, max(extent * 0.6, 8), 2)
    radius = np.hypot(along, across / narrow) / reach * wobble
    steepness = rng.uniform(2.0, 4.0)
    bowl = np.exp(-np.float32(2.2) * np.power(radius, np.float32(steepness))).astype(np.float32)
    depth = rng.choice([-1, 1], p=[0.85, 0.15]) * rng.uniform(0.1, 0.24) * extent
    return Mark(np.float32(depth) * bowl, 1 - np.float32(rng.uniform(0, 0.08)) * bowl, _flat(size))
