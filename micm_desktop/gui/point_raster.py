"""Paints a hundred thousand points into a picture in a few milliseconds: numpy only.

Qt's own painting of as many symbols takes several frames. A shape is a list of pixels, and each pixel is set for all
points at once.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.map_looks import CROSS, GLYPHS, PLUS, Looks, Rgb

MARGIN = 32
"""Pixels around the picture into which shapes may reach."""
FEW, MANY = 3000, 30000
"""Points in view up to which each shows its shape, and from which dots are smallest."""
Pixels = NDArray[np.int64]


@dataclass(frozen=True)
class Ink:
    """Colours 0xffrrggbb of the outline of tagged points, of what is selected, and of what the list leaves out."""

    outline: int
    selected: int
    faint: int


@dataclass(frozen=True)
class Stamp:
    """Offsets (n, 2) in pixels, y before x: the inside of a shape, and the line around it."""

    inside: Pixels
    around: Pixels


def raster(
    width: int,
    height: int,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    looks: Looks,
    listed: NDArray[np.bool_],
    selected: NDArray[np.bool_],
    ink: Ink,
    scale: float = 1.0,
) -> Rgb:
    """A picture (height, width) 0xaarrggbb of points at pixels x (N,), y (N,), NaN where there is none.

    ``listed`` (N,) and ``selected`` (N,): what the list holds, and what of it is selected. ``scale``: device pixels for
    each of the screen.
    """
    wide = width + 2 * MARGIN
    canvas = np.zeros((height + 2 * MARGIN) * wide, np.uint32)
    with np.errstate(invalid="ignore"):
        inside = (x > -MARGIN / 2) & (x < width + MARGIN / 2) & (y > -MARGIN / 2) & (y < height + MARGIN / 2)
    rows = np.flatnonzero(inside)
    # A fixed shuffle: no class lies above another for coming later in the list.
    rows = rows[np.argsort(rows * 2654435761 % 2**32)]
    flat = (y[rows].astype(np.int64) + MARGIN) * wide + x[rows].astype(np.int64) + MARGIN

    def stamp(which: NDArray[np.bool_], pixels: Pixels, color: Rgb | int) -> None:
        at = flat[which]
        paint = color[rows[which]] if isinstance(color, np.ndarray) else np.uint32(color)
        for down, right in pixels.tolist():
            canvas[at + (down * wide + right)] = paint

    in_list, tagged, shapes = listed[rows], looks.tagged[rows], looks.shapes[rows]
    dot = _odd((7 if len(rows) <= FEW else 5 if len(rows) <= MANY else 3) * scale)
    stamp(~in_list, shape(-1, max(dot - 2, 3)).inside, ink.faint)
    # Below all shapes, so that colour and shape stay readable where many are selected.
    chosen = selected[rows] & in_list
    stamp(chosen, shape(-1, _odd(dot + 6 * scale)).inside, ink.selected)
    stamp(chosen & tagged, shape(-1, _odd(max(dot + 4 * scale, 7) + 8 * scale)).inside, ink.selected)
    shown = in_list & ~tagged
    with_shapes = len(rows) <= FEW
    stamp(shown & (shapes < 0) if with_shapes else shown, shape(-1, dot).inside, looks.colors)
    for kind in np.unique(shapes[shown & (shapes >= 0)]).tolist() if with_shapes else ():
        stamp(shown & (shapes == kind), shape(kind, _odd(dot + 2 * scale)).inside, looks.colors)
    for kind in np.unique(shapes[in_list & tagged]).tolist():
        which, made = in_list & tagged & (shapes == kind), shape(kind, _odd(max(dot + 4 * scale, 7)))
        stamp(which, made.around, ink.outline)
        stamp(which, made.inside, looks.colors)
    return canvas.reshape(height + 2 * MARGIN, wide)[MARGIN:-MARGIN, MARGIN:-MARGIN]


def _odd(size: float) -> int:
    return 2 * int(size // 2) + 1


@lru_cache(maxsize=256)
def shape(kind: int, size: int) -> Stamp:
    """Shape number ``kind`` of ``GLYPHS``, ``CROSS``, ``PLUS``, or a dot; ``size`` pixels wide."""
    reach = size // 2 + 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    half = size / 2
    filled = _within(kind % (len(GLYPHS) // 2) if 0 <= kind < CROSS else kind, x, y, half)
    if len(GLYPHS) // 2 <= kind < CROSS:
        filled &= ~_within(kind % (len(GLYPHS) // 2), x, y, half - max(size / 6, 1.2))
    grown = filled.copy()
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        grown |= np.roll(filled, (down, right), (0, 1))
    return Stamp(np.argwhere(filled) - reach, np.argwhere(grown & ~filled) - reach)


def _within(kind: int, x: Pixels, y: Pixels, half: float) -> NDArray[np.bool_]:
    match kind:
        case 1:
            return np.asarray(np.maximum(abs(x), abs(y)) <= 0.85 * half)
        case 2 | 4:
            down = y if kind == 2 else -y
            return np.asarray((down <= 0.75 * half) & (abs(x) <= (down + half) * 0.62))
        case 3:
            return np.asarray(abs(x) + abs(y) <= 1.1 * half)
        case 5:
            turn = np.abs((np.arctan2(x, -y) / (2 * np.pi / 5) + 0.5) % 1 - 0.5) * 2
            return np.asarray(np.hypot(x, y) <= half * (1.2 - 0.75 * turn))
        case _ if kind == CROSS:
            return np.asarray((abs(abs(x) - abs(y)) <= 1) & (np.maximum(abs(x), abs(y)) <= 0.8 * half))
        case _ if kind == PLUS:
            return np.asarray((np.minimum(abs(x), abs(y)) <= 0.5) & (np.maximum(abs(x), abs(y)) <= half))
    return np.asarray(np.hypot(x, y) <= half)
