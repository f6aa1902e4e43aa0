"""In which order the Label page shows its images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.models.outcomes import Judged
from micm_desktop.project.records import UNSURE

By = Literal["name", "time", "confidence", "class", "oddity", "tag"]
KEYS: tuple[By, ...] = ("name", "time", "confidence", "class", "oddity", "tag")
NEED_PREDICTIONS: tuple[By, ...] = ("confidence", "class", "oddity")


@dataclass(frozen=True)
class Order:
    """``class`` is the predicted one; classes come in the project's order."""

    by: By = "name"
    descending: bool = False

    @property
    def needs_predictions(self) -> bool:
        return self.by in NEED_PREDICTIONS


def ordered(
    order: Order,
    found: NDArray[np.bool_],
    columns: Columns,
    tags: NDArray[np.int64],
    judged: Judged | None,
    classes: Sequence[int],
) -> NDArray[np.int64]:
    """Rows (n,) of the images ``found`` (N,) in this order.

    Equal ones are in the order of their names, and those without the value come last, whichever way the order runs.
    ``tags`` (N,) class ids, 0 for none, or UNSURE, which comes after the classes; ``classes``: class ids in the
    project's order.
    """
    rows = columns.by_name[found[columns.by_name]]
    if order.by == "name":
        return rows[::-1].copy() if order.descending else rows
    values, there = _values(order.by, rows, columns, tags, judged, classes)
    known = rows[there]
    key = values[there]
    places = np.argsort(-key if order.descending else key, kind="stable")
    return np.concatenate([known[places], rows[~there]])


def _values(
    by: By,
    rows: NDArray[np.int64],
    columns: Columns,
    tags: NDArray[np.int64],
    judged: Judged | None,
    classes: Sequence[int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What the images ``rows`` (n,) are sorted by, and which of them have it."""
    if by == "time":
        return columns.modified[rows], np.ones(len(rows), np.bool_)
    if by == "tag":
        places = _places(np.maximum(tags[rows], 0), classes)
        places[tags[rows] == UNSURE] = len(classes)
        return places, places >= 0
    if judged is None:
        return np.zeros(len(rows)), np.zeros(len(rows), np.bool_)
    predicted = judged.outcome[rows] >= 0
    if by == "class":
        places = _places(judged.class_ids[rows], classes)
        return places, places >= 0
    source = judged.predictions.confidence if by == "confidence" else judged.predictions.oddity
    return source[rows].astype(np.float64), predicted


def _places(class_ids: NDArray[np.int64], classes: Sequence[int]) -> NDArray[np.float64]:
    place = np.full(max([*classes, 0, int(class_ids.max(initial=0))]) + 1, -1.0)
    place[list(classes)] = np.arange(len(classes))
    return place[class_ids]
