"""Image features on disk, keyed by the image's content hash, one folder per encoder.

``features.f32`` holds rows of D float32 values; ``index.txt`` one content hash a line, in the same order. A row counts
once its line is complete; what a write that was cut off has left is passed over, and dropped by the next one.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.head import Array


class FeatureStore:
    """Append-only features of one encoder. Any number may read while one writes; not for two writers at once."""

    def __init__(self, folder: Path, size: int) -> None:
        """``size`` is D. Creates the folder; raises OSError where it may not."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._data, self._index = folder / "features.f32", folder / "index.txt"
        self._size = size
        self._rows = self._complete_rows()

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
        fresh: dict[str, int] = {}
        for row, key in enumerate(hashes):
            if key not in self._rows:
                fresh.setdefault(key, row)
        if not fresh:
            return
        self._truncate(self._rows)
        with self._data.open("ab") as data:
            data.write(np.ascontiguousarray(features[list(fresh.values())], np.float32).tobytes())
            data.flush()
            os.fsync(data.fileno())
        with self._index.open("ab") as index:
            index.write("".join(f"{key}\n" for key in fresh).encode("ascii"))
            index.flush()
            os.fsync(index.fileno())
        for key in fresh:
            self._rows[key] = len(self._rows)

    def read(self) -> tuple[dict[str, int], Array]:
        """Row of each content hash, and all features (N, D) as a read-only memory map."""
        if not self._rows:
            return {}, np.empty((0, self._size), np.float32)
        shape = (len(self._rows), self._size)
        return dict(self._rows), np.memmap(self._data, np.float32, "r", shape=shape)

    def _complete_rows(self) -> dict[str, int]:
        text = self._index.read_bytes().decode("ascii", "replace") if self._index.exists() else ""
        lines = text.split("\n")[:-1]
        stored = self._data.stat().st_size // (4 * self._size) if self._data.exists() else 0
        rows = {key: row for row, key in enumerate(lines[:stored])}
        return rows if len(rows) == min(len(lines), stored) else {}

    def _truncate(self, rows: dict[str, int]) -> None:
        """Cut off what lies behind ``rows``, which a write that failed has left."""
        for file, size in ((self._data, len(rows) * 4 * self._size), (self._index, sum(len(key) + 1 for key in rows))):
            if file.exists() and file.stat().st_size > size:
                os.truncate(file, size)
