"""The tag of each image as an array, kept in step with every change of tags while workers read the project."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.snapshot import EMPTY, Snapshot, placed

T = TypeVar("T")
Change = Callable[[Columns, NDArray[np.int64]], None]


class TagColumn:
    """Tags of the snapshot that is shown. Changes that a snapshot may not hold yet are made again on it."""

    def __init__(self) -> None:
        self.version = 0
        """How many changes there have been; a worker may read it."""
        self.columns = EMPTY.columns
        self.states: NDArray[np.int64] = np.zeros(0, np.int64)
        """(N,) class id of each image's tag, 0 for none, UNSURE where a person could not tell. Never changed in place.
        """
        self.classes: NDArray[np.int64] = self.states
        """The same with 0 for UNSURE."""
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

    def prepared(self, work: Callable[[], T], after: Callable[[T], Mapping[str, int | None]]) -> Callable[[], T]:
        """``work`` for a worker thread, which then also looks up what :meth:`apply` will need: the tags that ``after``
        takes from the result."""
        columns = self.columns

        def look_up() -> T:
            change = work()
            tags = after(change)
            self._ready = tags, columns, placed(columns, tags)
            return change

        return look_up

    def move_class(self, class_id: int, into: int) -> None:
        """Every tag of a class is one of ``into`` now; 0 for none."""

        def change(_columns: Columns, tags: NDArray[np.int64]) -> None:
            tags[tags == class_id] = into

        self._make(change)

    def _make(self, change: Change) -> None:
        self.version += 1
        self._later.append(change)
        change(self.columns, self._of_contents)
        self._spread()

    def _spread(self) -> None:
        content = self.columns.content
        # One more for the images without content, whose number is -1.
        self.states = np.append(self._of_contents, 0)[content]
        self.classes = np.maximum(self.states, 0)
