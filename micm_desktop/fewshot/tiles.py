"""Verdicts on images that are cut into tiles: which tiles are learned from, and which one speaks for its image.

A defect image is defective in some of its tiles only. Of a good image every tile is good, so all of them are learned
from; of another, the tile with its marked region, or the one that is most unlike the good tiles, until the other
images' defects say better. An image takes the
verdict of its worst tile: that with the largest probability of a class that is not good. Where no class is good, it is
the tile that departs most from the rest of its image.

All arrays are (N images, T tiles, ...), the tiles row by row.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.decision import GOOD_NAMES
from micm_desktop.fewshot.head import Array, Labels, LinearHead, class_means, normalise_rows, softmax
from micm_desktop.fewshot.tile_grid import TileGrid
from micm_desktop.progress import UserError

Good = npt.NDArray[np.bool_]
"""Which of the C classes mean a good part: (C,)."""
Fit = Callable[[Array, Labels, int], LinearHead]
"""Fits rows (S, E) with labels (S,) of C classes."""

SHIFTS = np.linspace(-6, 6, 49, dtype=np.float32)
"""What may be added to the logits of the good classes: the worst of many tiles looks worse than one tile does."""
FOLDS = 24
"""Most fits to learn what is said of images without their tags."""
CHOOSING_FOLDS, ROUNDS = 8, 3
"""Fits a round, and rounds, in which unmarked images choose their tile again."""
STRETCHES = np.geomspace(0.25, 4, 9, dtype=np.float32)
MIN_FOR_UNKNOWN = 4
"""Held-out images that a threshold for unknown ones needs."""
PRIOR = 2.0
"""Weight of the prior on shift and stretch, in tags."""


TILED_METHODS = ("auto", "ridge", "prototype", "logistic")
"""Methods that fit single tiles."""


def check_tiled_method(method: str) -> None:
    """Raises UserError for a method that does not fit single tiles."""
    if method not in TILED_METHODS:
        raise UserError(f"The method {method!r} does not work with tiles. Choose one of: {', '.join(TILED_METHODS)}.")


@dataclass(frozen=True)
class TiledHead:
    """``head`` judges tiles; ``good`` (C,) are the classes whose parts are good."""

    head: LinearHead
    good: Good

    def logits(self, embeddings: Array) -> Array:
        """Of each image, those of its worst tile: (N, T, E) -> (N, C)."""
        return self.judge(embeddings)[0]

    def judge(self, embeddings: Array) -> tuple[Array, Array]:
        """Logits and unknown score of each image's worst tile: (N, T, E) -> (N, C), (N,)."""
        logits = self.head.logits(embeddings)
        worst = np.arange(len(logits)), worst_tiles(logits, embeddings, self.good)
        return logits[worst], self.head.unknown_score(embeddings[worst])


def good_classes(names: Sequence[str], good: Sequence[str] = ()) -> Good:
    """Which of the class ``names`` are among ``good``; without any, among ``GOOD_NAMES``. Case does not count.

    Raises UserError for a name in ``good`` that no class has.
    """
    known = {name.casefold() for name in names}
    for name in good:
        if name.casefold() not in known:
            raise UserError(f"There is no class {name!r}. The classes are: {', '.join(names)}.")
    wanted = {name.casefold() for name in good or GOOD_NAMES}
    return np.array([name.casefold() in wanted for name in names], np.bool_)


def only_good_class(good: Good) -> int | None:
    """The class that is good where there is exactly one of ``good`` (C,), else None."""
    return int(good.argmax()) if good.sum() == 1 else None


def worst_tiles(logits: Array, embeddings: Array, good: Good) -> Labels:
    """Index of the tile that speaks for each image: logits (N, T, C), embeddings (N, T, E) -> (N,)."""
    if good.any():
        probabilities = softmax(logits.reshape(-1, logits.shape[2])).reshape(logits.shape)
        badness = probabilities[:, :, ~good].sum(axis=2)
    else:
        badness = departure(embeddings)
    worst: Labels = badness.argmax(axis=1)
    return worst


def departure(embeddings: Array) -> Array:
    """How unlike the rest of its image each tile is: 1 - cosine to the mean of the other tiles, (N, T, E) -> (N, T)."""
    others = embeddings.sum(axis=1, keepdims=True) - embeddings
    cosine = (normalise(embeddings) * normalise(others)).sum(axis=2)
    out: Array = 1 - cosine
    return out


def normalise(rows: Array) -> Array:
    """L2-normalise the last axis of (N, T, E)."""
    return normalise_rows(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape)


def tile_of(region: tuple[float, float, float, float], size: tuple[int, int], grid: TileGrid) -> int:
    """The tile that holds most of a region, and of those that hold as much the one whose centre is nearest.

    ``region`` xmin, ymin, xmax, ymax in pixels of an image of ``size`` (width, height).
    """
    across, down = grid.edge / size[0], grid.edge / size[1]
    left, top, right, bottom = region[0] * across, region[1] * down, region[2] * across, region[3] * down

    def rank(tile: int) -> tuple[float, float]:
        y, x = grid.corners()[tile]
        seen = max(0.0, min(right, x + grid.tile) - max(left, x)) * max(0.0, min(bottom, y + grid.tile) - max(top, y))
        half = grid.tile / 2
        return -seen, (x + half - (left + right) / 2) ** 2 + (y + half - (top + bottom) / 2) ** 2

    return min(range(grid.tiles), key=rank)


def support_tiles(embeddings: Array, labels: Labels, good: Good, marked: Sequence[Sequence[int]]) -> list[list[int]]:
    """The tiles of each tagged image to learn from.

    embeddings (S, T, E), labels (S,); ``marked`` names the tiles with a region of each image, mostly none. All tiles of
    good images; of others the marked ones, else the one that is farthest from its nearest good tile. Where no image is
    good, the one that departs most from the rest of its image.
    """
    is_good = good[labels]
    unit = normalise(embeddings)
    if is_good.any():
        ordinary = unit[is_good].reshape(-1, unit.shape[2])
        odd = np.stack([1 - (tiles @ ordinary.T).max(axis=1) for tiles in unit])
    else:
        odd = departure(embeddings)
    every = list(range(embeddings.shape[1]))
    return [
        every if fine else sorted(set(regions)) or [int(row.argmax())]
        for fine, regions, row in zip(is_good.tolist(), marked, odd, strict=True)
    ]


def fit_tiles(
    fit: Fit, embeddings: Array, labels: Labels, good: Good, marked: Sequence[Sequence[int]]
) -> tuple[TiledHead, Array]:
    """Fit tagged images, and what is said of each without its tag: logits (S, C), NaN where its class has no other.

    ``fit`` fits single tiles. The shift of the good classes' logits, the temperature and the threshold for unknown
    images are those that the held-out images call for; shift and temperature stay near what ``fit`` gives while there
    are few.
    """
    chosen = chosen_tiles(fit, embeddings, labels, good, marked)
    held_out, unknown = held_out_verdicts(fit, embeddings, labels, good, chosen)
    known = np.isfinite(unknown)
    shift, stretch = calibrate(held_out[known], labels[known], good)
    head = _adjusted(_fit_rows(fit, embeddings, labels, good, chosen), good, shift, stretch)
    if known.sum() >= MIN_FOR_UNKNOWN:
        threshold = unknown[known].mean() + 2 * unknown[known].std()
        head = replace(head, unknown_threshold=float(min(1.0, threshold)))
    return TiledHead(head, good), adjust(held_out, good, shift, stretch)


def chosen_tiles(
    fit: Fit, embeddings: Array, labels: Labels, good: Good, marked: Sequence[Sequence[int]]
) -> list[list[int]]:
    """The tiles to learn from: those of :func:`support_tiles`, of unmarked images chosen again by what the others say.

    ``ROUNDS`` times each unmarked image takes the tile that looks most like its class to a head that has not seen the
    image (multiple-instance learning, Andrews et al. 2003; held out, or a head would only confirm its own choice).
    """
    chosen = support_tiles(embeddings, labels, good, marked)
    open_ones = [row for row, label in enumerate(labels) if not good[label] and not marked[row]]
    if not good[labels].any() or embeddings.shape[1] == 1 or not open_ones:
        return chosen
    for _ in range(ROUNDS):
        again = list(chosen)
        for held, rest in _folds(labels, len(good), CHOOSING_FOLDS):
            head = _fit_rows(fit, embeddings[rest], labels[rest], good, [chosen[row] for row in rest])
            for row in np.intersect1d(held, open_ones):
                again[row] = [int(softmax(head.logits(embeddings[row]))[:, labels[row]].argmax())]
        chosen = again
    return chosen


def held_out_verdicts(
    fit: Fit, embeddings: Array, labels: Labels, good: Good, chosen: Sequence[Sequence[int]]
) -> tuple[Array, Array]:
    """Logits (S, C) and unknown score (S,) of each image by a head that has not seen it; NaN where its class has no
    other.

    ``chosen`` names the tiles of each image that are learned from. The held-out image is judged as a new one is, by all
    its tiles. Of more than ``FOLDS`` images a few are held out at a time.
    """
    logits = np.full((len(labels), len(good)), np.nan, np.float32)
    unknown = np.full(len(labels), np.nan, np.float32)
    for held, rest in _folds(labels, len(good), FOLDS):
        head = _fit_rows(fit, embeddings[rest], labels[rest], good, [chosen[row] for row in rest])
        logits[held], unknown[held] = TiledHead(head, good).judge(embeddings[held])
    return logits, unknown


def _folds(labels: Labels, classes: int, most: int) -> Iterator[tuple[Labels, Labels]]:
    """Held-out rows and the others, in at most ``most`` folds; those that would leave a class without images are left
    out."""
    # Images of one class lie side by side, so that a fold takes few of each.
    order, count = np.argsort(labels, kind="stable"), min(most, len(labels))
    for fold in range(count):
        held = order[fold::count]
        rest = np.setdiff1d(np.arange(len(labels)), held)
        if len(np.unique(labels[rest])) == classes:
            yield held, rest


def _fit_rows(fit: Fit, embeddings: Array, labels: Labels, good: Good, chosen: Sequence[Sequence[int]]) -> LinearHead:
    """``fit`` on the chosen tiles, centred midway between the classes.

    Embeddings are centred on all tiles, and nearly all of these are good: without a centre of its own the head would
    lean against everything that it has not seen.
    """
    rows = np.concatenate([embeddings[image, tiles] for image, tiles in enumerate(chosen)])
    kinds = np.repeat(labels, [len(tiles) for tiles in chosen])
    centre = np.mean([rows[kinds == index].mean(axis=0) for index in range(len(good))], axis=0, dtype=np.float32)
    head = fit(rows - centre, kinds, len(good))
    bias = (head.bias - head.weight @ centre).astype(np.float32)
    return replace(head, bias=bias, prototypes=class_means(rows, kinds, len(good)))


def calibrate(logits: Array, labels: Labels, good: Good) -> tuple[float, float]:
    """Shift of the good classes and stretch of all logits with the least log loss on held-out images, shrunk to (0, 1).

    Each class weighs the same. logits (S, C), labels (S,).
    """
    if not len(labels):
        return 0.0, 1.0
    weights = 1 / np.bincount(labels, minlength=len(good))[labels]
    weights *= len(labels) / weights.sum()
    best = (np.inf, 0.0, 1.0)
    for shift in SHIFTS if good.any() and not good.all() else SHIFTS[SHIFTS == 0]:
        for stretch in STRETCHES:
            chosen = softmax(adjust(logits, good, float(shift), float(stretch)))[np.arange(len(labels)), labels]
            loss = -(weights * np.log(np.maximum(chosen, 1e-12))).sum()
            loss += PRIOR * ((shift / 2) ** 2 + np.log(stretch) ** 2)
            best = min(best, (float(loss), float(shift), float(stretch)))
    return best[1], best[2]


def adjust(logits: Array, good: Good, shift: float, stretch: float) -> Array:
    """Logits (..., C) with what :func:`calibrate` gives."""
    out: Array = (logits + np.where(good, np.float32(shift), np.float32(0))) * np.float32(stretch)
    return out


def _adjusted(head: LinearHead, good: Good, shift: float, stretch: float) -> LinearHead:
    bias = head.bias + np.where(good, np.float32(shift), np.float32(0))
    return replace(head, bias=bias.astype(np.float32)).scaled(stretch)
