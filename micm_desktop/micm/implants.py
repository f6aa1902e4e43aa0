"""Implanted defects: one small mark put into windows of two different images, which are then a positive pair (ours).

What two such windows have in common is the mark and the place it is in, and not the layout around it: a network that
brings them together learns to see small faults, where plain instance discrimination learns what varies most. Cutting
and pasting as a source of faults is known from CutPaste (arXiv:2104.04015) and DRAEM (arXiv:2108.07610); pairing across
images at places that look alike is ours. docs/decisions has the figures.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.images.surfaces.drawing import (
    draw_ellipse,
    draw_path,
    draw_polygon,
    fine_canvas,
    random_polygon,
    shrink,
)
from micm_desktop.images.surfaces.noise import log_uniform

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

WINDOW = 0.5
"""Edge of a window as a share of the image's: large enough for context, small enough to show the mark in detail."""
REACH = (0.036, 0.18)
"""Half the extent of a mark as a share of the window's edge."""
SMALLEST_REACH = 1.2
"""Pixels; a smaller mark would vanish."""
VISIBLE = 10
"""Grey levels by which a pixel has to change to count as marked."""
FEWEST_PIXELS = 6
TRIES = 20
CONTEXT_GRID = 16
CONTEXT = 8
"""Places are compared by 8 x 8 cells of the window shrunk to 16 x 16."""
TURNS = 8


@dataclass(frozen=True)
class ImplantedPairs:
    """``windows`` (2P, S, S, 3) uint8, first all first members, then all second; ``marked`` (2P, S, S), the mark."""

    windows: Pixels
    marked: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Mark:
    """``cover`` (s, s) in [0, 1] of ``colour`` (3,) at ``opacity``."""

    cover: Floats
    colour: Floats
    opacity: float
    hardness: float


def implanted_pairs(images: Pixels, pairs: int, rng: np.random.Generator) -> ImplantedPairs:
    """``pairs`` pairs of windows from the images (N, H, H, 3), N >= 2, H >= 16; the same for the same ``rng``.

    A mark's colour occurs in the images, so that an image of two colours stays one. Its second copy is turned, scaled
    and moved a little, and lies where another image looks most like the first one's place, in any of 8 orientations.
    """
    rows = rng.permutation(len(images))[: max(2, min(pairs, len(images)))]
    windows = [_window(images[row], rng) for row in rows]
    contexts, places = _contexts(windows)
    chosen = [int(rng.integers(len(windows))) for _ in range(pairs - len(windows))]
    first, second = [], []
    for index in [*range(min(pairs, len(windows))), *chosen]:
        start = index * len(contexts) // len(windows)
        key = start + int(rng.integers(len(contexts) // len(windows) // TURNS))
        mark, marked = _visible_mark(windows, index, places[key], rng)
        distance = np.square(contexts - contexts[key]).mean(axis=1)
        distance[start : start + len(contexts) // len(windows)] = np.inf
        nearest = np.argpartition(distance, min(3, len(distance) - 1))[:3]
        partner = places[int(rng.choice(nearest[np.isfinite(distance[nearest])]))]
        first.append((marked, windows[index]))
        other = _turned(windows[partner[0]], partner[1])
        second.append((_paste(other, _varied(mark, rng), _moved(partner[2:], len(other), rng)), other))
    windows_out = np.stack([np.rint(after).astype(np.uint8) for after, _ in first + second])
    marks = np.stack([np.abs(after - before).mean(axis=2) > VISIBLE for after, before in first + second])
    return ImplantedPairs(windows_out, marks)


def _window(image: Pixels, rng: np.random.Generator) -> Pixels:
    edge = max(8, round(len(image) * WINDOW))
    top, left = rng.integers(0, len(image) - edge + 1, 2)
    return _turned(image[top : top + edge, left : left + edge], int(rng.integers(TURNS)))


def _turned(image: Pixels, turn: int) -> Pixels:
    """One of the 8 symmetries of a square."""
    mirrored = image[:, ::-1] if turn >= 4 else image
    return np.ascontiguousarray(np.rot90(mirrored, turn % 4))


def _contexts(windows: list[Pixels]) -> tuple[Floats, list[tuple[int, int, int, int]]]:
    """What each place of each turned window looks like, (places, 64) in [0, 1], and window, turn, y, x of each.

    Windows come one after the other, and of each window first the places of turn 0.
    """
    edge = len(windows[0])
    offsets = range(0, CONTEXT_GRID - CONTEXT + 1, 2)
    cells, places = [], []
    for index, window in enumerate(windows):
        small = cv2.resize(
            window.mean(axis=2, dtype=np.float32), (CONTEXT_GRID, CONTEXT_GRID), interpolation=cv2.INTER_AREA
        )
        for turn in range(TURNS):
            turned = np.rot90(small[:, ::-1] if turn >= 4 else small, turn % 4)
            for y in offsets:
                for x in offsets:
                    cells.append(turned[y : y + CONTEXT, x : x + CONTEXT].ravel())
                    center = [(o + CONTEXT / 2) * edge / CONTEXT_GRID for o in (y, x)]
                    places.append((index, turn, int(center[0]), int(center[1])))
    return np.stack(cells).astype(np.float32) / np.float32(255), places


def _visible_mark(
    windows: list[Pixels], index: int, place: tuple[int, int, int, int], rng: np.random.Generator
) -> tuple[_Mark, Floats]:
    """A mark that shows at ``place`` of a window, drawn anew until it does, and the window with it."""
    window, at = windows[index], (place[2], place[3])
    for _ in range(TRIES):
        mark = _draw_mark(windows, index, at, rng)
        marked = _paste(window, mark, at)
        if (np.abs(marked - window).mean(axis=2) > VISIBLE).sum() >= FEWEST_PIXELS:
            break
    return mark, marked


def _draw_mark(windows: list[Pixels], index: int, at: tuple[int, int], rng: np.random.Generator) -> _Mark:
    window = windows[index]
    reach = max(SMALLEST_REACH, log_uniform(rng, *REACH) * len(window))
    hardness = float(np.exp(rng.uniform(0, 3)))
    local = window[max(0, at[0] - 2) : at[0] + 3, max(0, at[1] - 2) : at[1] + 3].reshape(-1, 3).mean(axis=0)
    source = window if rng.random() < 0.7 else windows[int(rng.integers(len(windows)))]
    colours = source.reshape(-1, 3)[rng.integers(0, source.shape[0] * source.shape[1], 24)].astype(np.float32)
    contrast = np.abs(colours - local).mean(axis=1)
    farthest = np.argsort(contrast)
    colour = colours[farthest[-3] if rng.random() < 0.7 else farthest[-int(rng.integers(1, 9))]]
    if np.abs(colour - local).mean() < 12:  # the images are nearly of one colour: a stain, darker or lighter
        colour = np.clip(local + rng.choice([-1, 1]) * rng.uniform(25, 80), 0, 255).astype(np.float32)
    opacity = 1.0 if rng.random() < 0.7 else float(rng.uniform(0.5, 1))
    return _Mark(_shape(reach, rng), colour, opacity, hardness)


def _shape(reach: float, rng: np.random.Generator) -> Floats:
    """Coverage of a polygon, an ellipse or a bent stroke of about 2 x ``reach`` pixels: (s, s) in [0, 1], s odd."""
    size = 2 * int(np.ceil(2.4 * reach)) + 3
    center = (size / 2, size / 2)
    canvas = fine_canvas(size)
    match int(rng.integers(3)):
        case 0:
            draw_polygon(canvas, random_polygon(rng, center, 1.1 * reach, int(rng.integers(5, 12)), 0.5))
        case 1:
            draw_ellipse(canvas, center, (reach, reach * rng.uniform(0.3, 1)), rng.uniform(0, 180))
        case _:
            angles = rng.uniform(0, 2 * np.pi) + rng.uniform(-0.8, 0.8) * np.linspace(-1, 1, 9)
            steps = np.stack([np.cos(angles), np.sin(angles)], axis=1) * (reach * rng.uniform(1.2, 2.2) * 2 / 9)
            path = np.cumsum(steps, axis=0)
            draw_path(canvas, path - path.mean(axis=0) + np.array(center), max(1.0, reach * rng.uniform(0.25, 0.7)))
    return shrink(canvas, size)


def _varied(mark: _Mark, rng: np.random.Generator) -> _Mark:
    size = len(mark.cover)
    middle = ((size - 1) / 2, (size - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, rng.uniform(-15, 15), rng.uniform(0.85, 1.18))
    cover = np.asarray(cv2.warpAffine(mark.cover, matrix, (size, size)), np.float32)
    return _Mark(cover, mark.colour, mark.opacity, mark.hardness)


def _moved(at: tuple[int, ...], edge: int, rng: np.random.Generator) -> tuple[int, int]:
    most = max(1, round(edge / 56))
    y, x = (int(np.clip(value + rng.integers(-most, most + 1), 0, edge - 1)) for value in at)
    return y, x


def _paste(window: Pixels, mark: _Mark, at: tuple[int, int]) -> Floats:
    """The window with the mark's middle ``at`` (y, x), float32; what lies outside is cut off."""
    edge, half = len(window), len(mark.cover) // 2
    cover = np.clip((mark.cover - 0.5) * mark.hardness + 0.5, 0, 1) * (mark.cover > 0)
    top, left = at[0] - half, at[1] - half
    ys = slice(max(0, top), min(edge, top + len(cover)))
    xs = slice(max(0, left), min(edge, left + len(cover)))
    part = cover[ys.start - top : ys.stop - top, xs.start - left : xs.stop - left, None] * np.float32(mark.opacity)
    out = window.astype(np.float32)
    out[ys, xs] = out[ys, xs] * (1 - part) + mark.colour * part
    return out
