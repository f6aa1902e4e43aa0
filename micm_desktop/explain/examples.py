"""Examples beside a verdict: which places of an image match which places of a tagged image.

Only NumPy: the maps are those that the class evidence is made of (evidence.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

PAIRS = 3
"""Pairs of places that are marked in an image and its example."""
APART = 2
"""Rows or columns that two marked places are apart at least."""


@dataclass(frozen=True)
class PatchPair:
    """Centres of two patches that match, one of the image and one of the example: each (x, y) in [0, 1] from the upper
    left corner. ``similarity``: their cosine, in [-1, 1]."""

    here: tuple[float, float]
    there: tuple[float, float]
    similarity: float


@dataclass(frozen=True)
class Example:
    """A tagged image that an image resembles. ``similarity``: cosine of the embeddings; ``pairs``, the hottest place
    first."""

    sha256: str
    class_name: str
    similarity: float
    pairs: tuple[PatchPair, ...]


def nearest(embedding: Array, support: Array, count: int) -> list[int]:
    """Rows of the ``count`` embeddings of ``support`` (S, E) that resemble ``embedding`` (E,) most, the nearest first.

    All are of length 1. The verdict is made of embeddings, so these are the tags that decided it: taking the nearest
    one away moves the verdict more than taking away the one whose patches match best (docs/decisions/0011).
    """
    return [int(row) for row in np.argsort(-(support @ embedding), kind="stable")[:count]]


def matching_patches(query: Array, example: Array, mean: Array, heat: Array) -> tuple[PatchPair, ...]:
    """The places of an image where the heat is greatest, and what each looks like most in an example.

    query (D, h, w) and example (D, h', w') as of :func:`~micm_desktop.explain.evidence.patch_map`, centred on ``mean``
    (D,) as the class evidence does; heat (h, w) in [0, 1] on any grid that has the image's extent. At most ``PAIRS``
    pairs, ``APART`` places from one another, none where there is no heat.
    """
    grid, other = query.shape[1:], example.shape[1:]
    cosines = _directions(query, mean) @ _directions(example, mean).T
    pairs = []
    for row, column in _hottest(_sampled(heat, grid)):
        similar = cosines[row * grid[1] + column]
        best = int(similar.argmax())
        there = _center(best // other[1], best % other[1], other)
        pairs.append(PatchPair(_center(row, column, grid), there, float(similar[best])))
    return tuple(pairs)


def _directions(maps: Array, mean: Array) -> Array:
    """(D, h, w) -> (h·w, D), centred and of length 1."""
    places = maps.reshape(len(maps), -1).T - mean
    return np.asarray(places / np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-12), np.float32)


def _sampled(heat: Array, grid: Sequence[int]) -> Array:
    """The heat at the centres of the places of ``grid``."""
    rows = (2 * np.arange(grid[0]) + 1) * heat.shape[0] // (2 * grid[0])
    columns = (2 * np.arange(grid[1]) + 1) * heat.shape[1] // (2 * grid[1])
    return np.asarray(heat[rows][:, columns])


def _hottest(heat: Array) -> list[tuple[int, int]]:
    left = heat.copy()
    found: list[tuple[int, int]] = []
    while len(found) < PAIRS and left.max() > 0:
        row, column = (int(value) for value in np.unravel_index(int(left.argmax()), left.shape))
        found.append((row, column))
        left[max(0, row - APART + 1) : row + APART, max(0, column - APART + 1) : column + APART] = 0
    return found


def _center(row: int, column: int, grid: Sequence[int]) -> tuple[float, float]:
    return (column + 0.5) / grid[1], (row + 0.5) / grid[0]
