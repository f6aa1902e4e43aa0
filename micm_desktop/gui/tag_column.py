"""The tag of each image as an array, kept in step with every change of tags while workers read the project."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.snapshot import EMPTY, Snapshot, placed
from micm_desktop.project.records import TagChange

Change = Callable[[Columns, NDArray[np.int64]], None]


class TagColumn:
    """Tags of the snapshot that is shown. Changes that a snapshot may not hold yet are made again on it."""

    def __init__(self) -> None:
        self.version = 0
        """How many changes there have been; a worker may read it."""
        self.columns = EMPTY.columns
        self.of_images: NDArray[np.int64] = np.zeros(0, np.int64)
        """(N,) class id of each image's tag, 0 for none. Never changed in place."""
        self._of_contents: NDArray[np.int64] = np.zeros(0, np.int64)
        self._later: list[Change] = []
        self._ready: tuple[Mapping[str, int | None], Columns, tuple[NDArray[np.int64], NDArray[np.int64]]] | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Take the images and tags of a snapshot."""
        if snapshot is EMPTY:
            self.version, self._later = 0, []
        missed = self._later[len(self._later) - (self.version - snapshot.version) :]
        self.columns, self._of_contents = snapshot.columns, snapshot.tags.copy()
        for change in missed:
            change(self.columns, self._of_contents)
        self._later = missed
        self._spread()

    def apply(self, after: Mapping[str, int | None]) -> None:
        """Tags by content hash; None for none."""
        ready, self._ready = self._ready, None

        def change(columns: Columns, tags: NDArray[np.int64]) -> None:
            looked_up = ready is not None and ready[0] is after and ready[1] is columns
            places, values = ready[2] if ready is not None and looked_up else placed(columns, after)
            tags[places] = values

        self._make(change)

    def prepared(self, work: Callable[[], TagChange]) -> Callable[[], TagChange]:
        """``work`` for a worker thread, which then also looks up what :meth:`apply` will need."""
        columns = self.columns

        def look_up() -> TagChange:
            change = work()
            self._ready = change.after, columns, placed(columns, change.after)
            return change

        return look_up

    def remove_class(self, class_id: int) -> None:
        """Every tag of a class is gone."""

        def change(_columns: Columns, tags: NDArray[np.int64]) -> None:
            tags[tags == class_id] = 0

        self._make(change)

    def _make(self, change: Change) -> None:
        self.version += 1
        self._later.append(change)
        change(self.columns, self._of_contents)
        self._spread()

    def _spread(self) -> None:
        content = self.columns.content
        # One more for the images without content, whose number is -1.
        self.of_images = np.append(self._of_contents, 0)[content]
