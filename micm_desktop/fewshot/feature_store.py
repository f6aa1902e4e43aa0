"""Image features on disk, keyed by the image's content hash, one folder per encoder.

``features.f32`` holds rows of D float32 values; ``index.txt`` one content hash a line, in the same order. A row counts
once its line is complete, so a write that was cut off is dropped at the next opening.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.head import Array


class FeatureStore:
    """Append-only features of one encoder. Not for two writers at once."""

    def __init__(self, folder: Path, size: int) -> None:
        """``size`` is D. Creates the folder; raises OSError where it may not."""
        folder.mkdir(parents=True, exist_ok=True)
        self._data, self._index = folder / "features.f32", folder / "index.txt"
        self._size = size
        self._rows = self._recover()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._rows

    def append(self, hashes: Sequence[str], features: Array) -> None:
        """Add rows (n, D) and flush them to the disk. Hashes that are already there are passed over."""
        fresh = [row for row, key in enumerate(hashes) if key not in self._rows]
        if not fresh:
            return
        with self._data.open("ab") as data:
            data.write(np.ascontiguousarray(features[fresh], np.float32).tobytes())
            data.flush()
            os.fsync(data.fileno())
        with self._index.open("a", encoding="ascii", newline="\n") as index:
            index.writelines(f"{hashes[row]}\n" for row in fresh)
            index.flush()
            os.fsync(index.fileno())
        for row in fresh:
            self._rows[hashes[row]] = len(self._rows)

    def read(self) -> tuple[dict[str, int], Array]:
        """Row of each content hash, and all features (N, D) as a read-only memory map."""
        if not self._rows:
            return {}, np.empty((0, self._size), np.float32)
        shape = (len(self._rows), self._size)
        return dict(self._rows), np.memmap(self._data, np.float32, "r", shape=shape)

    def _recover(self) -> dict[str, int]:
        text = self._index.read_text("ascii", "replace") if self._index.exists() else ""
        lines = text.split("\n")[:-1]
        stored = self._data.stat().st_size // (4 * self._size) if self._data.exists() else 0
        rows = {key: row for row, key in enumerate(lines[:stored])}
        if len(rows) != min(len(lines), stored):
            rows = {}
        if len(rows) < stored or len(lines) != len(rows) or not text.endswith("\n"):
            self._truncate(rows)
        return rows

    def _truncate(self, rows: dict[str, int]) -> None:
        with self._data.open("ab") as data:
            data.truncate(len(rows) * 4 * self._size)
        with self._index.open("w", encoding="ascii", newline="\n") as index:
            index.writelines(f"{key}\n" for key in rows)
