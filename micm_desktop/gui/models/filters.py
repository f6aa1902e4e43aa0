"""Which images the Label page shows, by arrays."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.models.columns import Columns, by_value, folded
from micm_desktop.gui.models.outcomes import Judged, Verdict
from micm_desktop.project.records import UNSURE

Mask = NDArray[np.bool_]
TagState = Literal["tagged", "untagged", "unsure", "test"]
"""``test``: set aside for the test, and not tagged yet."""


@dataclass(frozen=True)
class Filter:
    """What an image must be to be shown; the defaults let all readable images through, and all conditions hold at once.

    ``tag``: whether it has one, or the class id that it has. ``predicted``: class id. ``folder``: path as in
    :attr:`Columns.folders`, with all below it. ``text``: words, each of which the path must contain.
    """

    tag: TagState | int | None = None
    predicted: int | None = None
    verdict: Verdict | None = None
    folder: str | None = None
    text: str = ""

    @property
    def conditions(self) -> int:
        """How many conditions there are."""
        return sum(one is not None for one in (self.tag, self.predicted, self.verdict, self.folder)) + bool(self.text)

    @property
    def needs_predictions(self) -> bool:
        return self.predicted is not None or self.verdict is not None


def matching(
    chosen: Filter,
    columns: Columns,
    tags: NDArray[np.int64],
    judged: Judged | None,
    test: NDArray[np.int64] | None = None,
) -> Mask:
    """(N,) whether ``chosen`` lets each image through. ``tags`` (N,) class ids, 0 for none, or UNSURE;
    ``test``: the indices of images that are set aside.

    Without predictions none is predicted or has a verdict.
    """
    found = columns.readable.copy()
    if chosen.tag == "untagged":
        found &= tags <= 0
    elif chosen.tag == "tagged":
        found &= tags > 0
    elif chosen.tag == "unsure":
        found &= tags == UNSURE
    elif chosen.tag == "test":
        aside = np.zeros_like(found)
        aside[test if test is not None else []] = True
        found &= aside & (tags <= 0)
    elif chosen.tag is not None:
        found &= tags == chosen.tag
    if chosen.needs_predictions and judged is None:
        return np.zeros_like(found)
    if judged is not None and chosen.predicted is not None:
        found &= judged.class_ids == chosen.predicted
    if judged is not None and chosen.verdict is not None:
        found &= judged.has(chosen.verdict)
    if chosen.folder is not None:
        below = chosen.folder + "/"
        wanted = [name == chosen.folder or name.startswith(below) for name in columns.folders]
        found &= np.array(wanted, np.bool_)[columns.folder]
    for word in folded(chosen.text).split():
        # Only the images that are left are looked at.
        rows = np.flatnonzero(found)
        holds = [word in columns.searched[row] for row in rows.tolist()]
        found[rows] = holds
    return found


def folders_to_choose(columns: Columns) -> list[str]:
    """Every folder that holds images, and the folders above them, in order of name, numbers by value."""
    found = set[str]()
    for name in columns.folders:
        parts = name.split("/") if name else []
        found |= {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return sorted(found, key=lambda name: by_value(folded(name)))


def count_by_class(class_ids: NDArray[np.int64]) -> dict[int, int]:
    """How often each class id above 0 occurs."""
    counts = np.bincount(np.maximum(class_ids, 0), minlength=1)
    return {number: int(counts[number]) for number in np.flatnonzero(counts).tolist() if number}
