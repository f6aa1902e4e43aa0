"""Which images are taken for another class than before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.models.outcomes import Judged
from micm_desktop.project.records import ImageRecord


@dataclass(frozen=True, eq=False)
class Changed:
    """``rows`` (n,) of those of ``images`` that changed, and ``before`` (n,), class ids before: 0 for unknown."""

    images: Sequence[ImageRecord]
    rows: NDArray[np.int64]
    before: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def before_of(self, images: Sequence[ImageRecord], columns: Columns) -> NDArray[np.int64]:
        """(N,) the class id before of each of ``images``, whose arrays are ``columns``; -1 where it did not change."""
        found = np.full(len(images), -1, np.int64)
        if images is self.images:
            found[self.rows] = self.before
            return found
        # Scanned again since: what has the same content is the same image.
        contents = np.array([columns.contents.get(self.images[row].sha256, -1) for row in self.rows.tolist()], np.int64)
        of_content = np.full(len(columns.contents) + 1, -1, np.int64)
        of_content[contents[contents >= 0]] = self.before[contents >= 0]
        return of_content[columns.content]


def changed_since(before: Judged, after: Judged, images: Sequence[ImageRecord]) -> Changed:
    """``before`` and ``after`` are both of ``images``; those without a prediction in one of them do not count."""
    both = (before.outcome >= 0) & (after.outcome >= 0)
    rows = np.flatnonzero(both & (before.class_ids != after.class_ids)).astype(np.int64)
    return Changed(images, rows, before.class_ids[rows])
