"""Embeddings in 16 bits a value: half the memory of float32, and a product with them reads half as much."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from micm_desktop.fewshot.rows_on_disk import RowsOnDisk

Array = npt.NDArray[np.float32]

LARGEST = 32767
ROWS_AT_ONCE = 1024
"""Rows that are float32 at a time during a product: little enough for a cache."""
THREADS_FROM = 65_536 * 4
"""Multiplications from which OpenBLAS shares a product among threads. Ours are so short that waiting for the other
threads takes longer than they save, ten times as long where other programs or pretraining keep the processor busy."""
FEWEST_TOGETHER = 4


@dataclass(frozen=True)
class CompactRows:
    """N rows of E values: ``values`` (N, E) in [-32767, 32767] times the ``scales`` (N,).

    A value differs from the float32 it was by at most half a scale, 1/65534 of its row's largest: the cosine of two
    embeddings by a few millionths. A row that was not finite has the scale NaN, and is NaN wherever it is
    read.
    """

    values: npt.NDArray[np.int16] | RowsOnDisk
    scales: Array

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> Array:
        """The rows that NumPy would take for an index, a slice, a mask or a list: (E,) or (n, E) float32, a copy."""
        out: Array = self.values[rows].astype(np.float32)
        out *= self.scales[rows][..., None]
        return out

    def __matmul__(self, other: Array) -> Array:
        """The product with ``other`` (E, C): (N, C) float32."""
        size, classes = other.shape
        out = np.empty((len(self), classes), np.float32)
        part = np.empty((min(ROWS_AT_ONCE, len(self)), size), np.float32)
        buffer = np.empty(part.shape, np.int16)
        together = _rows_together(size * classes)
        for start in range(0, len(self), ROWS_AT_ONCE):
            some = self._part(slice(start, start + ROWS_AT_ONCE), buffer)
            rows, found = part[: len(some)], out[start : start + len(some)]
            np.copyto(rows, some)
            if len(some) % together == 0:
                rows, found = rows.reshape(-1, together, size), found.reshape(-1, together, classes)
            np.matmul(rows, other, out=found)
        out *= self.scales[:, None]
        return out

    def _part(self, rows: slice, buffer: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        """Some values; those on a disk are read into ``buffer``."""
        return self.values.take(rows).read(buffer) if isinstance(self.values, RowsOnDisk) else self.values[rows]

    def take(self, rows: npt.NDArray[np.int64] | slice) -> "CompactRows":
        """Some rows, as compact; those on a disk stay there."""
        values = self.values.take(rows) if isinstance(self.values, RowsOnDisk) else self.values[rows]
        return CompactRows(values, self.scales[rows])


def _rows_together(each: int) -> int:
    """How many rows of ``each`` multiplications to multiply at a time; all, where few at a time would take longer."""
    fitting = [2**power for power in range(10) if 2**power * each <= THREADS_FROM]
    return fitting[-1] if fitting and fitting[-1] >= FEWEST_TOGETHER else ROWS_AT_ONCE


Rows = Array | CompactRows
"""Embeddings (N, E), whichever way they are kept."""


def compact(parts: Iterable[Array], count: int, size: int) -> CompactRows:
    """``count`` rows of ``size`` values, which come in ``parts`` (n, size) float32. Raises ValueError for another
    number of them.
    """
    values, scales, done = np.empty((count, size), np.int16), np.empty(count, np.float32), 0
    for some, steps in packed(parts):
        here = slice(done, done + len(steps))
        done += len(steps)
        values[here], scales[here] = some, steps
    if done != count:
        raise ValueError(f"{done} rows came, and not {count}")
    return CompactRows(values, scales)


def packed(parts: Iterable[Array]) -> Iterator[tuple[npt.NDArray[np.int16], Array]]:
    """``values`` and ``scales`` of :class:`CompactRows`, part by part."""
    for part in parts:
        largest = np.abs(part).max(axis=1, initial=0)
        finite = np.isfinite(largest)
        # What a 16-bit number makes of NaN is up to the processor; the scale says that it is none.
        steps = np.where(finite & (largest > 0), largest / LARGEST, 1).astype(np.float32)
        values = np.rint(np.where(finite[:, None], part, 0) / steps[:, None]).astype(np.int16)
        yield values, np.where(finite, steps, np.float32(np.nan))


def finite_rows(rows: Rows) -> npt.NDArray[np.bool_]:
    """(N,) whether each row is finite."""
    if isinstance(rows, CompactRows):
        return np.asarray(np.isfinite(rows.scales))
    return np.asarray(np.isfinite(rows).all(axis=1))
