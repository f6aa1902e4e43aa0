"""What a run has judged so far, kept beside the table that it will become. Imports neither torch nor Qt.

``results.csv.part`` holds a line of JSON that says what was judged with what, then one for each image. A line goes to
the system whole, as soon as its image is done; so whatever ends the process, only the last line can be half.
"""

import hashlib
import json
import os
import time
from array import array
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micm_desktop.export.file_lock import lock
from micm_desktop.images.scan import name_below
from micm_desktop.progress import naming
from micm_desktop.whole_file import whole_file

SYNC_SECONDS = 5.0
"""How much work a power failure may cost; a process that is killed loses none."""
STAT_THREADS = 8
"""A network drive takes milliseconds for each question, but many at a time."""
_NONE = -1


@dataclass(frozen=True)
class Resumed:
    """What became of an interrupted run: ``images`` that need not be judged again. ``other`` says why none is taken
    over although there are some: they were judged by another model, in another folder, and the like; else empty."""

    images: int
    other: str = ""


def stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of the last change (ns), by which a file is known again; None where it is gone."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def file_hash(model: Path) -> str:
    """SHA-256 of a model file and, where its weights lie beside it, of those."""
    digest = hashlib.sha256(model.read_bytes())
    weights = model.with_suffix(".bin")
    if model.suffix == ".xml" and weights.is_file():
        digest.update(weights.read_bytes())
    return digest.hexdigest()


class Journal:
    """Lines for ``paths`` (below ``root``), of this run and of the interrupted one before it.

    ``identity`` is what must be equal for an earlier line to hold. Raises OSError where ``path`` cannot be written,
    UserError where another run writes it.
    """

    def __init__(self, path: Path, root: Path, paths: Sequence[Path], identity: Mapping[str, Any]) -> None:
        self.path = path
        self.resumed: Resumed | None = None
        self._root = root
        self._paths = paths
        self._lines = array("q", [_NONE]) * len(paths)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            lock(self._descriptor, path)
            self._end = self._take_over(identity)
            os.ftruncate(self._descriptor, self._end)
            if not self._end:
                self._write(json.dumps(identity).encode() + b"\n")
        except BaseException:
            os.close(self._descriptor)
            raise
        self._synced = time.monotonic()

    def holds(self, index: int) -> bool:
        """Whether ``paths[index]`` is done."""
        return self._lines[index] != _NONE

    def add(self, index: int, row: bytes, stamped: tuple[int, int] | None) -> None:
        """Keep the table's line for ``paths[index]``. Without a stamp it holds for this run only: an image that could
        not be read is tried again by the next. Raises OSError where the disk refuses; nothing half remains then."""
        name = name_below(self._paths[index], self._root)
        # The escapes of JSON carry file names that are no valid Unicode.
        entry = json.dumps([name, stamped, row.decode()]).encode() + b"\n"
        self._lines[index] = self._end
        self._write(entry)
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fsync(self._descriptor)
            self._synced = time.monotonic()

    def write_table(self, out: Path, header: bytes) -> None:
        """Write the lines of all paths, in their order, to ``out``, which is replaced once the new one is whole."""
        # Not ".part": that is the journal.
        with self.path.open("rb") as stream, naming(out), whole_file(out, out.with_name(out.name + ".new")) as table:
            table.write(header)
            for offset in self._lines:
                stream.seek(offset)
                table.write(json.loads(stream.readline())[2].encode())

    def close(self, *, remove: bool = False) -> None:
        """End writing. ``remove`` says that the table is written: nothing is left to be done."""
        os.close(self._descriptor)
        if remove or self._lines.count(_NONE) == len(self._lines):
            self.path.unlink(missing_ok=True)

    def _write(self, entry: bytes) -> None:
        os.lseek(self._descriptor, self._end, os.SEEK_SET)
        rest = memoryview(entry)
        with naming(self.path):
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._end += len(entry)

    def _take_over(self, identity: Mapping[str, Any]) -> int:
        """Find the earlier lines that still hold; returns where the next one is to be written."""
        found: dict[str, tuple[tuple[int, int] | None, int]] = {}
        with self.path.open("rb") as stream:
            earlier = _parsed(stream.readline())
            if not isinstance(earlier, dict):
                return 0
            if earlier != dict(identity):
                changed = [key for key, value in identity.items() if earlier.get(key) != value]
                self.resumed = Resumed(0, ", ".join(changed) or "format")
                return 0
            end = stream.tell()
            for text in stream:
                entry = _parsed(text)
                if not _is_entry(entry):
                    break
                found[entry[0]] = (tuple(entry[1]) if entry[1] else None, end)
                end += len(text)

        def unchanged(index: int) -> int:
            kept, offset = found.get(name_below(self._paths[index], self._root), (None, _NONE))
            return offset if kept is not None and kept == stamp(self._paths[index]) else _NONE

        with ThreadPoolExecutor(STAT_THREADS) as pool:
            self._lines = array("q", pool.map(unchanged, range(len(self._paths))))
        self.resumed = Resumed(len(self._paths) - self._lines.count(_NONE))
        return end


def _is_entry(value: Any) -> bool:
    """Whether a line is one of ours: a name, a stamp or None, and the table's line."""
    if not (isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and isinstance(value[2], str)):
        return False
    kept = value[1]
    return kept is None or (isinstance(kept, list) and len(kept) == 2 and all(isinstance(part, int) for part in kept))


def _parsed(text: bytes) -> Any:
    """The JSON of a line; None for a half one or what a power failure left."""
    if not text.endswith(b"\n"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
