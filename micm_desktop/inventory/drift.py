"""Whether the images of one folder differ from those of another: last month and this week."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from micm_desktop.inventory.coverage import evenly, find_groups
from micm_desktop.inventory.measures import ImageMeasures
from micm_desktop.inventory.taking import Inventory
from micm_desktop.inventory.two_samples import (
    adjusted_p_values,
    energy_of_distances,
    energy_of_values,
    labelings,
    probability_larger,
    share_differences,
)
from micm_desktop.progress import UserError

Figure = Literal["content", "kinds", "brightness", "contrast", "sharpness", "noise", "warmth"]
Array = NDArray[np.float64]

COMPARED: Final = 1000
"""Images of each folder that are compared, evenly spread."""
FEWEST: Final = 20
"""Different images that each folder must have."""
LEVEL: Final = 0.05
"""Share of comparisons of equal folders in which any difference is named."""
SLIGHT: Final = 0.56
CLEAR: Final = 0.64
"""How often one sample's image is above the other's, from which a difference is more than slight, and than clear: what
Cohen (1988) calls a small and a medium effect."""
NEIGHBOURS: Final = 10
"""Images of alike content by which a figure is judged."""
EXAMPLES: Final = 12
SMALLEST_KIND: Final = 5
MOST_KINDS: Final = 6
"""Kinds whose share differs that are told, those that differ most."""
NOTICED: Final = 3.5
"""Standard errors that a difference must have to be found in 4 of 5 comparisons, beside six other figures."""

_MEASURES: Final[Mapping[Figure, Callable[[ImageMeasures], float]]] = {
    # Logarithms, since light and gain multiply. The highlights tell of the light, the mean of what is in the picture.
    "brightness": lambda one: float(np.log(one.highlights + 0.01)),
    "contrast": lambda one: float(np.log(one.contrast + 0.01)),
    "sharpness": lambda one: one.sharpness,
    "noise": lambda one: float(np.log(one.noise + 0.1)),
    "warmth": lambda one: one.warmth,
}


@dataclass(frozen=True)
class Difference:
    """One figure in both folders. ``p``: adjusted for all figures; ``larger``: how often an image of the second folder
    is above one of the first at equal content; for content, how often the two are told apart. ``first`` and ``second``
    are medians, ``change`` how much the second is above the first at equal content, and ``noticed`` the change that
    would have been found in 4 of 5 comparisons; NaN for content. Rows: the images that differ most.
    """

    figure: Figure
    p: float
    larger: float
    first: float = float("nan")
    second: float = float("nan")
    change: float = float("nan")
    noticed: float = float("nan")
    first_rows: tuple[int, ...] = ()
    second_rows: tuple[int, ...] = ()

    @property
    def found(self) -> bool:
        return self.p < LEVEL

    @property
    def strength(self) -> Literal["slight", "clear", "strong"]:
        size = max(self.larger, 1 - self.larger)
        return "slight" if size < SLIGHT else "clear" if size < CLEAR else "strong"


@dataclass(frozen=True)
class KindShift:
    """A kind of image whose share differs; the shares in [0, 1], and rows of its images."""

    first_share: float
    second_share: float
    first_rows: tuple[int, ...]
    second_rows: tuple[int, ...]


@dataclass(frozen=True)
class Drift:
    """``counts``: images of each folder that were compared."""

    first: Inventory
    second: Inventory
    counts: tuple[int, int]
    differences: tuple[Difference, ...]
    kinds: tuple[KindShift, ...]

    @property
    def found(self) -> tuple[Difference, ...]:
        """What differs, the surest first."""
        return tuple(sorted((one for one in self.differences if one.found), key=lambda one: one.p))


def compare_inventories(first: Inventory, second: Inventory) -> Drift:
    """Compare two folders. Raises UserError where one has fewer than ``FEWEST`` different images.

    Copies are left out, since the test takes images for independent of each other. Of what can be measured, each image
    is compared with those of like content: else a set of many kinds would hide a light that has changed.
    """
    ones, others = _to_compare(first), _to_compare(second)
    count = len(ones)
    second_ones = np.arange(count + len(others)) >= count
    labels = labelings(second_ones)
    measures = [first.measures[row] for row in ones] + [second.measures[row] for row in others]
    embeddings = _embeddings(first, ones, second, others)
    statistics: dict[Figure, Array] = {}
    given: dict[Figure, Array] = {}
    nearest = None if embeddings is None else _nearest(embeddings)
    distances = None if embeddings is None else _distances(embeddings)
    group = None if embeddings is None else find_groups(embeddings).group
    if distances is not None and group is not None:
        statistics["content"] = energy_of_distances(distances, labels)
        statistics["kinds"] = np.abs(_share_differences(group, labels)).max(axis=0)
    for figure, value in _MEASURES.items():
        values = np.array([value(one) for one in measures])
        if figure == "warmth" and not any(one.colour for one in measures):
            continue
        given[figure] = values - values[nearest].mean(axis=1) if nearest is not None else values
        statistics[figure] = energy_of_values(given[figure], labels)
    p_values = adjusted_p_values(np.stack(list(statistics.values())))
    rows = np.concatenate([ones, others])
    found = []
    for figure, p in zip(statistics, p_values.tolist(), strict=True):
        if figure == "content":
            assert distances is not None
            scores = _leans_to_second(distances, second_ones)
            found.append(_content(scores, second_ones, rows, p))
        elif figure in given:
            values = np.array([_MEASURES[figure](one) for one in measures])
            found.append(_measured(figure, values, given[figure], second_ones, rows, p))
        else:
            found.append(Difference(figure, p, 0.5))
    kinds = _shifted(group, labels, second_ones, rows) if group is not None else ()
    return Drift(first, second, (count, len(others)), tuple(found), kinds)


def _to_compare(inventory: Inventory) -> NDArray[np.int64]:
    extra = {row for group in (*inventory.equal, *inventory.near) for row in group[1:]}
    known = inventory.grouped if inventory.embeddings is not None else range(len(inventory.measures))
    rows = np.array([row for row in known if row not in extra], np.int64)
    if len(rows) < FEWEST:
        raise UserError(
            f"{inventory.root} has only {len(rows)} different images; a comparison needs {FEWEST}. Collect more."
        )
    return rows[evenly(len(rows), COMPARED)]


def _embeddings(
    first: Inventory, ones: NDArray[np.int64], second: Inventory, others: NDArray[np.int64]
) -> NDArray[np.float32] | None:
    if first.embeddings is None or second.embeddings is None:
        return None
    parts = []
    for inventory, rows in ((first, ones), (second, others)):
        assert inventory.embeddings is not None
        parts.append(inventory.embeddings[np.searchsorted(np.array(inventory.grouped), rows)])
    return np.concatenate(parts)


def _distances(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    found = np.sqrt(np.maximum(2 - 2 * embeddings @ embeddings.T, 0))
    np.fill_diagonal(found, 0)
    return np.asarray(found, np.float32)


def _nearest(embeddings: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n, NEIGHBOURS) the images of either folder most like each; found without looking at which folder they are of."""
    cosines = embeddings @ embeddings.T
    np.fill_diagonal(cosines, -np.inf)
    return np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]


def _leans_to_second(distances: NDArray[np.float32], second: NDArray[np.bool_]) -> Array:
    """(n,) how much nearer each image lies to the second folder's than to the first's, itself not counted (the witness
    of Gretton et al. 2012, "A kernel two-sample test", for this distance)."""
    marks = np.stack([~second, second], axis=1).astype(np.float64)
    counts = marks.sum(axis=0) - marks
    means = distances @ marks / counts
    return np.asarray(means[:, 0] - means[:, 1], np.float64)


def _content(scores: Array, second: NDArray[np.bool_], rows: NDArray[np.int64], p: float) -> Difference:
    first_rows, second_rows = _extremes(scores, second, rows)
    told = probability_larger(scores[~second], scores[second])
    return Difference("content", p, told, first_rows=first_rows, second_rows=second_rows)


def _measured(
    figure: Figure, values: Array, given: Array, second: NDArray[np.bool_], rows: NDArray[np.int64], p: float
) -> Difference:
    larger = probability_larger(given[~second], given[second])
    first_rows, second_rows = _extremes(given if larger >= 0.5 else -given, second, rows)
    change = float(np.median(given[second]) - np.median(given[~second]))
    counts = np.count_nonzero(~second), np.count_nonzero(second)
    spread = np.sqrt(given[~second].var() / counts[0] + given[second].var() / counts[1])
    medians = float(np.median(values[~second])), float(np.median(values[second]))
    return Difference(figure, p, larger, *medians, change, NOTICED * float(spread), first_rows, second_rows)


def _extremes(
    scores: Array, second: NDArray[np.bool_], rows: NDArray[np.int64]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows of the first folder with the lowest scores, and of the second with the highest."""
    order = np.argsort(scores, kind="stable")
    lowest, highest = order[~second[order]][:EXAMPLES], order[second[order]][::-1][:EXAMPLES]
    return tuple(rows[lowest].tolist()), tuple(rows[highest].tolist())


def _share_differences(group: NDArray[np.int64], labels: NDArray[np.float32]) -> Array:
    """Of the kinds that are frequent enough; the others as one."""
    return share_differences(_frequent(group), labels)


def _frequent(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Groups, numbered by size, with those of fewer than ``SMALLEST_KIND`` images as one."""
    return np.minimum(group, int(np.count_nonzero(np.bincount(group) >= SMALLEST_KIND)))


def _shifted(
    group: NDArray[np.int64], labels: NDArray[np.float32], second: NDArray[np.bool_], rows: NDArray[np.int64]
) -> tuple[KindShift, ...]:
    """The kinds whose share differs by more than the largest difference of any kind by chance."""
    group = _frequent(group)
    differences = np.abs(share_differences(group, labels))
    limit = float(np.quantile(differences.max(axis=0), 1 - LEVEL))
    order = np.argsort(-differences[:, 0], kind="stable")[:MOST_KINDS]
    return tuple(
        KindShift(
            float((group[~second] == one).mean()),
            float((group[second] == one).mean()),
            _some(rows[~second & (group == one)]),
            _some(rows[second & (group == one)]),
        )
        for one in order.tolist()
        if differences[one, 0] > limit
    )


def _some(rows: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(rows[evenly(len(rows), EXAMPLES)].tolist()) if len(rows) else ()
