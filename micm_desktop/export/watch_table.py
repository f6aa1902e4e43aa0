"""The table of a watched folder, written line by line over months. Imports neither torch nor Qt.

It is also the memory of what was judged: a line with a file's name, size and time is the one proof, so no second file
can contradict it.
"""

import csv
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from micm_desktop.export.file_lock import lock
from micm_desktop.export.table import BYTE_ORDER_MARK, END, columns, line
from micm_desktop.progress import UserError, naming

ADDED = ("size", "modified", "sorted", "at")
"""Columns beside those of :func:`predict_folder`: the file's size in bytes and time of its last change, where a copy of
it was put, and when it was judged."""
SYNC_SECONDS = 1.0


class WatchTable:
    """An open table. Raises UserError where the file is another table, or another program writes it; OSError where it
    cannot be written. What a crash left of a line is taken away."""

    def __init__(self, path: Path, classes: Sequence[str]) -> None:
        if path.is_dir():
            raise UserError(f"{path} is a folder. Name a file, such as {path / 'results.csv'}.")
        self.path = path
        self.columns = [*columns(classes), *ADDED]
        self._synced, self._unsynced = time.monotonic(), False
        self._descriptor = self._open()

    def lines(self) -> Iterator[dict[str, str]]:
        """The lines that are there, one after the other."""
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream)

    def append(self, fields: Sequence[str]) -> None:
        """Write a line, whole or not at all. Raises OSError where the disk refuses."""
        if not self._in_place():
            self.close()
            self._descriptor = self._open()
        self._write(line(fields))
        self._unsynced = True

    def sync(self) -> None:
        """Return when all lines are on the disk, and not in the system's memory alone."""
        self._synced = time.monotonic()
        os.fsync(self._descriptor)
        self._unsynced = False

    def sync_if_due(self) -> None:
        """:meth:`sync` where lines were written and a second has passed. Raises OSError."""
        if self._unsynced and time.monotonic() - self._synced > SYNC_SECONDS:
            self.sync()

    def close(self) -> None:
        """End writing; a second time does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _open(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(self.path, flags, 0o666)
        try:
            lock(self._descriptor, self.path)
            self._mend()
        except BaseException:
            self.close()
            raise
        return self._descriptor

    def _in_place(self) -> bool:
        """Whether the open file still bears its name: it may have been moved away at the end of a shift."""
        if self._descriptor < 0:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def _mend(self) -> None:
        header = BYTE_ORDER_MARK + line(self.columns)
        with self.path.open("rb") as stream:
            first = stream.readline()
            if not first or (header.startswith(first) and first != header):
                os.ftruncate(self._descriptor, 0)
                self._write(header)
                return
            try:
                found = next(csv.reader([first.decode("utf-8-sig")]), [])
            except (UnicodeDecodeError, csv.Error):
                found = []
            if found != self.columns:
                raise UserError(
                    f"{self.path} is no table of this model's classes. Name another file, or move this one away."
                )
            # Another program may have saved it with shorter ends of lines.
            end = END if first.endswith(END) else END[-1:]
            os.ftruncate(self._descriptor, _end_of_last_line(stream.fileno(), end))

    def _write(self, data: bytes) -> None:
        whole = os.fstat(self._descriptor).st_size
        rest = memoryview(data)
        try:
            with naming(self.path):
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            os.ftruncate(self._descriptor, whole)
            raise


def _end_of_last_line(descriptor: int, end: bytes, step: int = 1 << 16) -> int:
    start = os.fstat(descriptor).st_size
    tail = b""
    while start > 0:
        begin = max(0, start - step)
        os.lseek(descriptor, begin, os.SEEK_SET)
        tail = os.read(descriptor, start - begin) + tail[: len(end)]
        if (found := tail.rfind(end)) >= 0:
            return begin + found + len(end)
        start = begin
    return 0
