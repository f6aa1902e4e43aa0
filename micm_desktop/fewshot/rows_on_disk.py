"""Rows of 16-bit numbers that stay in a file: of a million embeddings, which are 2.6 GiB, only those in use are read.

Read, not mapped: a drive that is pulled out then raises an error, where a memory map would end the program; and pages
of a map count as memory in use.
"""

import threading
from dataclasses import dataclass, field
from io import FileIO
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

_BYTES = 2


@dataclass(frozen=True)
class RowsOnDisk:
    """``rows`` of a ``file`` that holds int16 values, ``size`` a row. For any number of threads."""

    file: FileIO
    size: int
    rows: "range | npt.NDArray[np.int64]"
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Any) -> "RowsOnDisk":
        """Those that NumPy would take for a slice, a mask or a list; nothing is read."""
        if not isinstance(rows, slice) and isinstance(self.rows, range):
            return RowsOnDisk(self.file, self.size, np.arange(len(self))[rows] + self.rows.start, self._turn)
        return RowsOnDisk(self.file, self.size, self.rows[rows], self._turn)

    def __getitem__(self, rows: Any) -> npt.NDArray[np.int16]:
        """The same, read: (n, size); or (size,) for a number. Raises OSError where the file cannot be read."""
        if isinstance(rows, int | np.integer):
            return self.take([rows]).read().reshape(-1)
        return self.take(rows).read()

    def read(self, out: npt.NDArray[np.int16] | None = None) -> npt.NDArray[np.int16]:
        """All of them, (n, size), into the first of ``out`` where it is given. Raises OSError."""
        out = np.empty((len(self), self.size), np.int16) if out is None else out[: len(self)]
        if isinstance(self.rows, range) and self.rows.step == 1:
            self._fill(out, self.rows.start)
            return out
        places = np.asarray(self.rows, np.int64)
        # Neighbours are read together.
        starts = np.append(0, np.flatnonzero(np.diff(places) != 1) + 1) if len(places) else places
        for start, end in pairwise([*starts.tolist(), len(places)]):
            self._fill(out[start:end], int(places[start]))
        return out

    def _fill(self, out: npt.NDArray[np.int16], first: int) -> None:
        if not len(out):
            return
        rest = out.data.cast("B")
        with self._turn:
            self.file.seek(_BYTES * self.size * first)
            while rest:
                done = self.file.readinto(rest)
                if not done:
                    raise OSError(f"{self.file.name!s} is shorter than it was")
                rest = rest[done:]
