"""A dozen families of surface that cameras inspect, from ground metal to printed film, each drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass

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
from micm_desktop.images.surfaces.noise import (
    Field,
    cells,
    clouds,
    grain,
    log_uniform,
    rotated_grid,
    smoothstep,
    streaks,
)

Colour = NDArray[np.float32]
"""Three reflectances in [0, 1]: red, green, blue."""


@dataclass(frozen=True)
class Material:
    """A surface before light falls on it: ``colour`` (size, size, 3), about 0 to 1, and ``height`` in pixels."""

    colour: NDArray[np.float32]
    height: Field


def random_colour(rng: np.random.Generator) -> Colour:
    """Grey half of the time, else a tint from faint to strong."""
    value = rng.uniform(0.08, 0.95)
    saturation = 0.0 if rng.uniform() < 0.5 else rng.beta(1.2, 2.0)
    hsv = np.array([[[rng.uniform(0, 360), saturation, value]]], np.float32)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0], np.float32)


def blend(amount: Field, low: Colour, high: Colour) -> NDArray[np.float32]:
    """``low`` where ``amount`` is 0, ``high`` where it is 1, in between (and beyond) in proportion; (size, size, 3)."""
    return np.asarray(low + amount[:, :, None] * (high - low), np.float32)


def _tones(rng: np.random.Generator, field: Field, contrast: float) -> NDArray[np.float32]:
    """One colour whose brightness follows a standardised field."""
    base = random_colour(rng)
    return np.asarray(base * (1 + np.float32(contrast) * field[:, :, None]), np.float32)


def _two_tones(rng: np.random.Generator, amount: Field) -> NDArray[np.float32]:
    low, high = random_colour(rng), random_colour(rng)
    return blend(amount, low, high)


def _brushed(rng: np.random.Generator, size: int) -> Material:
    angle, bend = rng.uniform(0, np.pi), float(rng.choice([0.0, rng.normal(0, 0.8)]))
    width = log_uniform(rng, 0.5, 4)
    lines = streaks(rng, size, angle=angle, length=log_uniform(rng, 12, size), width=width, bend=bend)
    if rng.uniform() < 0.25:  # ground twice, crosswise
        crossing = angle + rng.uniform(0.5, 1.6)
        lines = lines + streaks(rng, size, angle=crossing, length=log_uniform(rng, 12, size), width=width, bend=0)
    lines = lines * (1 + np.float32(rng.uniform(0, 0.5)) * clouds(rng, size, size / 3))
    return Material(_tones(rng, lines, log_uniform(rng, 0.03, 0.2)), np.float32(log_uniform(rng, 0.03, 0.4)) * lines)


def _cast(rng: np.random.Generator, size: int) -> Material:
    rough = grain(rng, size, log_uniform(rng, 0.5, 5)) + np.float32(rng.uniform(0, 1)) * clouds(rng, size, size / 6)
    pores = smoothstep(grain(rng, size, log_uniform(rng, 0.7, 2)), rng.uniform(2.2, 3.6), 4)
    colour = _tones(rng, rough, log_uniform(rng, 0.01, 0.1)) * (1 - np.float32(0.6) * pores[:, :, None])
    return Material(colour, np.float32(log_uniform(rng, 0.1, 0.8)) * rough - 2 * pores)


def _rolled(rng: np.random.Generator, size: int) -> Material:
    """Rolled sheet: long smears, and scale that the rolls have torn into patches."""
    smear = streaks(rng, size, angle=rng.uniform(0, np.pi), length=size / 2, width=log_uniform(rng, 3, 20), bend=0)
    field = clouds(rng, size, log_uniform(rng, 8, size / 2), 4, 0.65) + np.float32(rng.uniform(0.2, 1.2)) * smear
    edge = rng.uniform(-1, 1.5)
    scale = smoothstep(field, edge, edge + log_uniform(rng, 0.1, 1.5))
    colour = _two_tones(rng, scale * np.float32(rng.uniform(0.3, 1)))
    return Material(colour, np.float32(rng.uniform(0, 1.5)) * scale + np.float32(0.15) * grain(rng, size, 0.8))


def _painted(rng: np.random.Generator, size: int) -> Material:
    """Lacquer or anodised sheet: one colour, orange peel, now and then metal flakes."""
    peel = grain(rng, size, log_uniform(rng, 1.5, 8))
    flakes = smoothstep(grain(rng, size, 0.5), rng.uniform(1.2, 3), 3.5) * np.float32(
        rng.choice([0, rng.uniform(0, 0.5)])
    )
    tone = np.float32(0.3) * clouds(rng, size, size / 2, 2) + 3 * flakes
    return Material(_tones(rng, tone, rng.uniform(0.02, 0.12)), np.float32(log_uniform(rng, 0.02, 0.5)) * peel)


def _stone(rng: np.random.Generator, size: int) -> Material:
    """Concrete, granite or terrazzo: grains of several tones in a cloudy ground, and pores."""
    distance, labels = cells(rng, size, log_uniform(rng, 4, 22))
    tones = rng.normal(0, 1, int(labels.max()) + 1).astype(np.float32)[labels]
    ground = clouds(rng, size, log_uniform(rng, 4, 40), 4, 0.75)
    inside = smoothstep(distance, rng.uniform(2, 8), rng.uniform(0.5, 1.9))
    field = ground + np.float32(rng.uniform(0, 2)) * tones * (inside if rng.uniform() < 0.6 else 1)
    pores = smoothstep(clouds(rng, size, log_uniform(rng, 3, 10), 2), rng.uniform(1.5, 3.0), 3.6)
    colour = _two_tones(rng, 0.5 + np.float32(log_uniform(rng, 0.05, 0.4)) * field) * (1 - pores[:, :, None] * 0.7)
    return Material(np.asarray(colour, np.float32), np.float32(0.3) * ground - np.float32(rng.uniform(0, 4)) * pores)


def _grains(rng: np.random.Generator, size: int) -> Material:
    """Etched crystal grains, foam, hammered or pebbled sheet: cells with borders."""
    distance, labels = cells(rng, size, log_uniform(rng, 7, 40))
    tones = rng.uniform(-1, 1, int(labels.max()) + 1).astype(np.float32)[labels]
    border = cv2.morphologyEx(labels.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    line = cv2.GaussianBlur(border.astype(np.float32), (0, 0), log_uniform(rng, 0.4, 1.5))
    dome = np.exp(-np.square(distance / np.float32(log_uniform(rng, 3, 14)))).astype(np.float32)
    field = np.float32(rng.uniform(0, 0.2)) * tones + np.float32(rng.uniform(-0.7, 0.7)) * line
    return Material(_tones(rng, field, 1.0), np.float32(rng.uniform(0, 5)) * dome)


def _weave(rng: np.random.Generator, size: int) -> Material:
    """Cloth or wire mesh: warp over weft in plain, twill or basket order."""
    pitch = log_uniform(rng, 4, 24)
    bend = np.float32(rng.uniform(0, 0.15) * pitch)
    along, across = rotated_grid(size, rng.uniform(0, np.pi / 2))
    u = (along + bend * clouds(rng, size, size / 4, 2)) / np.float32(pitch)
    v = (across + bend * clouds(rng, size, size / 4, 2)) / np.float32(pitch * rng.uniform(0.7, 1.4))
    column, row = np.floor(u), np.floor(v)
    period, float_over = (2, 1) if rng.uniform() < 0.5 else (int(rng.integers(3, 6)), int(rng.integers(1, 3)))
    warp_up = np.mod(column + row, period) < float_over
    fill = rng.uniform(0.7, 1.15)
    round_u = np.clip(1 - np.square((u - column - 0.5) * np.float32(2 / fill)), 0, 1)
    round_v = np.clip(1 - np.square((v - row - 0.5) * np.float32(2 / fill)), 0, 1)
    thread = np.where(warp_up, np.maximum(round_u, 0.6 * round_v), np.maximum(round_v, 0.6 * round_u))
    first, second, hole = random_colour(rng), random_colour(rng), random_colour(rng) * np.float32(0.4)
    if rng.uniform() < 0.6:
        second = first * np.float32(rng.uniform(0.8, 1.2))
    colour = np.where(warp_up[:, :, None], first, second)
    fuzz = 1 + np.float32(rng.uniform(0, 0.2)) * grain(rng, size, 0.7)
    colour = hole + (colour * fuzz[:, :, None] - hole) * np.sqrt(thread)[:, :, None]
    return Material(
        np.asarray(colour, np.float32), np.asarray(thread * np.float32(pitch * rng.uniform(0, 0.25)), np.float32)
    )


def _holes(rng: np.random.Generator, size: int) -> Material:
    """Perforated sheet, knurling, chequer plate, studs or dots in a regular grid."""
    pitch = log_uniform(rng, 6, 40)
    along, across = rotated_grid(size, rng.uniform(0, np.pi / 2))
    u, v = along / np.float32(pitch), across / np.float32(pitch)
    if rng.uniform() < 0.5:
        u = u + np.float32(0.5) * np.mod(np.floor(v), 2)
    u, v = u - np.floor(u) - np.float32(0.5), v - np.floor(v) - np.float32(0.5)
    distance = np.hypot(u, v) if rng.uniform() < 0.6 else np.abs(u) + np.abs(v) * np.float32(rng.uniform(0.6, 2))
    radius = rng.uniform(0.2, 0.45)
    soft = 0.8 / pitch if rng.uniform() < 0.6 else rng.uniform(0.1, 0.3)
    dot = 1 - smoothstep(np.asarray(distance, np.float32), radius - soft, radius + soft)
    base = _brushed(rng, size) if rng.uniform() < 0.4 else _painted(rng, size)
    amount = np.float32(rng.uniform(0.2, 1)) * dot[:, :, None]
    colour = base.colour * (1 - amount) + random_colour(rng) * amount
    depth = np.float32(rng.choice([-1, 1]) * rng.uniform(0, 0.25) * pitch)
    return Material(np.asarray(colour, np.float32), base.height + depth * dot)


def board_copper(rng: np.random.Generator, size: int) -> Field:
    """Copper of a circuit board, coverage in [0, 1]: buses of traces with 45 degree bends, pads, vias and areas."""
    copper = fine_canvas(size)
    pitch = log_uniform(rng, 6, 18)
    width = pitch * rng.uniform(0.3, 0.6)
    turned = rng.uniform() < 0.5
    x, limit = rng.uniform(-pitch, pitch), size + pitch
    jogs = np.sort(rng.uniform(0, size, 2))
    shift = rng.choice([-1, 0, 1], 2) * pitch * rng.integers(1, 4, 2)
    while x < limit:
        kind = rng.uniform()
        if kind < 0.72:
            turns = [-9, jogs[0], jogs[0] + abs(shift[0]), jogs[1], jogs[1] + abs(shift[1]), size + 9]
            sides = np.cumsum([x, 0, shift[0], 0, shift[1], 0])
            path = np.array([sides, turns]).T
            if rng.uniform() < 0.25:  # ends in a via
                path = path[: int(rng.integers(2, 5))]
                draw_ellipse(copper, (path[-1, 0], path[-1, 1]), (width, width))
            draw_path(copper, path, width)
            x += pitch
        elif kind < 0.88:
            pad = pitch * rng.uniform(0.8, 2.0)
            for y in np.arange(rng.uniform(0, pad), size, pad * rng.uniform(1.2, 3)):
                corners = np.array([[-1, -0.7], [1, -0.7], [1, 0.7], [-1, 0.7]]) * pad / 2
                draw_polygon(copper, corners + np.array([x + pad / 2, y]))
            x += pad + pitch
        else:
            area = pitch * rng.uniform(1.5, 4)
            draw_polygon(copper, np.array([[x, -9], [x + area, -9], [x + area, size + 9], [x, size + 9]]))
            x += area + pitch
    for _ in range(int(rng.integers(0, 9))):
        center, outer = tuple(rng.uniform(0, size, 2)), pitch * rng.uniform(0.5, 1.0)
        draw_ellipse(copper, center, (outer, outer))
        draw_ellipse(copper, center, (outer * 0.5, outer * 0.5), value=0)
    metal = shrink(copper.T.copy() if turned else copper, size)
    if rng.uniform() < 0.4:
        steep = rng.uniform(-30, 30)
        matrix = cv2.getRotationMatrix2D((size / 2, size / 2), steep, 1.4)
        metal = np.asarray(cv2.warpAffine(metal, matrix, (size, size)), np.float32)
    return metal


def _board(rng: np.random.Generator, size: int) -> Material:
    """A circuit board, in the colours of its mask and copper or thresholded."""
    metal = board_copper(rng, size)
    if rng.uniform() < 0.3:  # a thresholded picture, as optical board testers give
        return Material(np.repeat(metal[:, :, None], 3, axis=2), np.zeros((size, size), np.float32))
    mask, bright = random_colour(rng) * np.float32(0.6), random_colour(rng)
    colour = blend(metal, mask, bright) * (1 + np.float32(0.04) * grain(rng, size, 0.8)[:, :, None])
    return Material(colour, np.float32(rng.uniform(0, 1.5)) * metal)


def _wood(rng: np.random.Generator, size: int) -> Material:
    angle = rng.uniform(0, np.pi)
    along, across = rotated_grid(size, angle, tuple(rng.uniform(-1, 2, 2) * size))
    warp = clouds(rng, size, size / 3, 3) * np.float32(size * rng.uniform(0.01, 0.06))
    radius = np.hypot(across + warp, along * np.float32(rng.uniform(0.02, 0.3)))
    turns = radius / np.float32(log_uniform(rng, 4, 25))
    ring = turns - np.floor(turns)
    fibre = streaks(rng, size, angle=angle, length=size / 3, width=0.8, bend=0)
    field = np.square(ring) + np.float32(rng.uniform(0, 0.15)) * fibre
    brown = np.array([0.75, 0.52, 0.32], np.float32) if rng.uniform() < 0.5 else random_colour(rng)
    return Material(
        blend(np.asarray(field, np.float32), brown, brown * np.float32(rng.uniform(0.4, 0.9))), np.float32(0.1) * fibre
    )


def _flow(rng: np.random.Generator, size: int) -> Material:
    """Moulded plastic or rubber: flow lines that bend round each other, weld lines, gloss."""
    phase = clouds(rng, size, log_uniform(rng, size / 4, size), 2) * np.float32(rng.uniform(2, 10))
    along, _ = rotated_grid(size, rng.uniform(0, np.pi))
    lines = np.sin(phase + along * np.float32(rng.uniform(0, 20) / size))
    lines = np.asarray(lines * (1 + np.float32(0.3) * clouds(rng, size, size / 5)), np.float32)
    return Material(_tones(rng, lines, log_uniform(rng, 0.02, 0.25)), np.float32(rng.uniform(0, 1.5)) * lines)


def _printed(rng: np.random.Generator, size: int) -> Material:
    """Stripes, chequers, rows of signs or halftone on a plain ground."""
    along, across = rotated_grid(size, float(rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])))
    pitch = log_uniform(rng, 5, 50)
    soft = np.float32(rng.uniform(3, 12))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        wave = np.sin(along * np.float32(2 * np.pi / pitch)) - np.float32(rng.uniform(-0.6, 0.6))
    elif kind == 1:
        wave = np.sin(along * np.float32(2 * np.pi / pitch)) * np.sin(across * np.float32(2 * np.pi / pitch))
    elif kind == 2:
        tone = clouds(rng, size, size / 2, 2)
        dots = np.cos(along * np.float32(2 * np.pi / pitch)) + np.cos(across * np.float32(2 * np.pi / pitch))
        wave = dots + tone
    else:
        signs = fine_canvas(size)
        for y in np.arange(pitch * rng.uniform(0, 1), size, pitch * 1.6):
            for x in np.arange(pitch * rng.uniform(0, 1), size, pitch):
                if rng.uniform() < 0.8:
                    points = np.array([x, y]) + rng.integers(0, 3, (4, 2)) * pitch * np.array([0.32, 0.5])
                    draw_path(signs, points, pitch * 0.12)
        wave = shrink(signs, size) * 2 - 1
    amount = np.asarray(1 / (1 + np.exp(-soft * wave)), np.float32)
    flaws = 1 + np.float32(rng.uniform(0, 0.08)) * grain(rng, size, rng.uniform(0.5, 2))
    return Material(_two_tones(rng, amount * flaws), np.float32(0.05) * flaws)


def _parts(rng: np.random.Generator, size: int) -> Material:
    """Washers, rings, gears, blocks and slots that lie on, or are cut into, a ground."""
    canvas = fine_canvas(size)
    for _ in range(int(rng.integers(1, 5))):
        center, reach = tuple(rng.uniform(0.1, 0.9, 2) * size), log_uniform(rng, 0.1, 0.5) * size
        kind = int(rng.integers(0, 4))
        if kind == 0:
            draw_ellipse(canvas, center, (reach, reach))
        elif kind == 1:
            draw_polygon(canvas, random_polygon(rng, center, reach, int(rng.integers(3, 9)), 0.0))
        elif kind == 2:
            teeth = int(rng.integers(8, 24))
            outline = random_polygon(rng, center, reach, 4 * teeth, 0.0) - np.array(center)
            outline *= np.tile([1, 1, 0.85, 0.85], teeth)[:, None]
            draw_polygon(canvas, outline + np.array(center))
        else:
            box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach * np.array([1, rng.uniform(0.15, 1)])
            turn = rng.choice([0, rng.uniform(0, np.pi)])
            rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            draw_polygon(canvas, box @ rotation + np.array(center))
        if rng.uniform() < 0.6:
            hole = reach * rng.uniform(0.2, 0.7)
            draw_ellipse(canvas, center, (hole, hole * rng.choice([1, rng.uniform(0.3, 1)])), value=0)
    inside = shrink(canvas, size)
    return joined(inside, plain_material(rng, size), plain_material(rng, size), rng.uniform(0, 4))


def joined(inside: Field, low: Material, high: Material, step: float) -> Material:
    """``high`` where ``inside`` is 1, ``low`` where it is 0, with a rounded edge ``step`` pixels high between them."""
    weight = inside[:, :, None]
    edge = np.float32(step) * np.asarray(cv2.GaussianBlur(inside, (0, 0), 1.5), np.float32)
    return Material(
        np.asarray(low.colour * (1 - weight) + high.colour * weight, np.float32),
        np.asarray(low.height * (1 - inside) + high.height * inside + edge, np.float32),
    )


_Maker = Callable[[np.random.Generator, int], Material]
_PLAIN: tuple[_Maker, ...] = (_brushed, _cast, _rolled, _painted, _stone, _flow)
_ALL: tuple[_Maker, ...] = (*_PLAIN, _grains, _weave, _holes, _board, _board, _wood, _printed, _parts)


def plain_material(rng: np.random.Generator, size: int) -> Material:
    """One of the families that fill a face evenly: metal, paint, stone or plastic."""
    return _PLAIN[int(rng.integers(len(_PLAIN)))](rng, size)


def random_material(rng: np.random.Generator, size: int) -> Material:
    """One of all families; ``size`` is the edge of the picture in pixels."""
    return _ALL[int(rng.integers(len(_ALL)))](rng, size)
