"""Image features on disk, keyed by the image's content hash, one folder per encoder.

``features.f32`` holds rows of D float32 values; ``index.txt`` one content hash a line, in the same order. A row counts
once its line is complete; what a write that was cut off has left is passed over, and dropped by the next one. Rows
whose values are not finite were damaged on the disk: they do not count either, and are written anew at the end.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from filelock import FileLock

from micm_desktop.fewshot.head import Array

ROWS_AT_ONCE = 4096
PATIENCE: Final = 60.0
"""Seconds that a process waits for another one that writes."""
_WRITING: Final = threading.Lock()
"""Jobs of one window may keep features of the same images at once."""


class FeatureStore:
    """Append-only features of one encoder. Any number may read while others write: processes and threads that do take
    turns, and each takes up what the one before has added."""

    def __init__(self, folder: Path, size: int) -> None:
        """``size`` is D. Creates the folder; raises OSError where it may not."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._data, self._index = folder / "features.f32", folder / "index.txt"
        self._size = size
        self._take_up()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._rows

    def append(self, hashes: Sequence[str], features: Array) -> None:
        """Add rows (n, D) and flush them to the disk. Hashes that are already there are passed over.

        Raises ValueError for features of another shape, and OSError where the disk refuses; the rows before stay.
        """
        if features.shape != (len(hashes), self._size):
            raise ValueError(f"features {features.shape} do not fit {len(hashes)} hashes of {self._size} values")
        with _WRITING, FileLock(self.folder / "writing.lock", timeout=PATIENCE):
            if all(size > known for size, known in zip(self._sizes(), self._known_sizes(), strict=True)):
                # Another job or process has added rows since.
                self._take_up()
            self._append(hashes, features)

    def _append(self, hashes: Sequence[str], features: Array) -> None:
        fresh: dict[str, int] = {}
        for row, key in enumerate(hashes):
            if key not in self._rows:
                fresh.setdefault(key, row)
        if not fresh:
            return
        self._truncate()
        with self._data.open("ab") as data:
            data.write(np.ascontiguousarray(features[list(fresh.values())], np.float32).tobytes())
            data.flush()
            os.fsync(data.fileno())
        with self._index.open("ab") as index:
            index.write("".join(f"{key}\n" for key in fresh).encode("ascii"))
            index.flush()
            os.fsync(index.fileno())
        for key in fresh:
            self._rows[key] = len(self._lines)
            self._lines.append(key)
        self._index_bytes += sum(len(key) + 1 for key in fresh)

    def read(self) -> tuple[dict[str, int], Array]:
        """Row of each content hash, and the features of all rows (N, D) as a read-only memory map."""
        if not self._lines:
            return {}, np.empty((0, self._size), np.float32)
        return dict(self._rows), self._features(len(self._lines))

    def parts(self, hashes: Sequence[str], size: int) -> Iterator[tuple[int, Array]]:
        """Features (n, D) of ``hashes``, at most ``size`` in memory at a time, each with the place of its first. Raises
        KeyError for a hash that is not there."""
        for start in range(0, len(hashes), size):
            # Mapped anew for each: pages that were read count as memory in use for as long as they are mapped.
            data = self._features(len(self._lines))
            rows = np.array(data[[self._rows[key] for key in hashes[start : start + size]]])
            del data
            yield start, rows

    def _features(self, rows: int) -> Array:
        return np.memmap(self._data, np.float32, "r", shape=(rows, self._size))

    def _take_up(self) -> None:
        self._rows, self._lines = self._complete_rows()
        self._index_bytes = sum(len(key) + 1 for key in self._lines)

    def _complete_rows(self) -> tuple[dict[str, int], list[str]]:
        """Row of each hash, and the hash of each row."""
        text = self._index.read_bytes().decode("ascii", "replace") if self._index.exists() else ""
        stored = self._data.stat().st_size // (4 * self._size) if self._data.exists() else 0
        lines = text.split("\n")[:-1][:stored]
        del text
        if not lines:
            return {}, []
        # By parts, each mapped anew: pages that were read count as memory in use for as long as they are mapped.
        parts = (
            np.isfinite(self._features(len(lines))[start : start + ROWS_AT_ONCE]).all(axis=1)
            for start in range(0, len(lines), ROWS_AT_ONCE)
        )
        whole = np.flatnonzero(np.concatenate(list(parts))).tolist()
        rows = {lines[row]: row for row in whole}
        return (rows, lines) if len(rows) == len(whole) else ({}, [])

    def _sizes(self) -> tuple[int, int]:
        """Bytes of the data and of the index on the disk."""
        data, index = (file.stat().st_size if file.exists() else 0 for file in (self._data, self._index))
        return data, index

    def _known_sizes(self) -> tuple[int, int]:
        """The same of the rows that count."""
        return len(self._lines) * 4 * self._size, self._index_bytes

    def _truncate(self) -> None:
        """Cut off what lies behind the rows that count, which a write that failed has left."""
        for file, size in zip((self._data, self._index), self._known_sizes(), strict=True):
            if file.exists() and file.stat().st_size > size:
                os.truncate(file, size)
