"""Bring the project's list of images up to date with what lies on disk. Image folders are only read."""

import os
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from sqlalchemy import Connection, LargeBinary, bindparam, case, insert, select, type_coerce, update

from micm_desktop.images.decode import TOO_LARGE
from micm_desktop.images.scan import image_entries, readable
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project import edited, look_alikes
from micm_desktop.project.catalog import all_folders, is_folder
from micm_desktop.project.database import Database
from micm_desktop.project.reading import File, read_all
from micm_desktop.project.records import FolderRecord
from micm_desktop.project.schema import images

_SECONDS_PER_BATCH = 0.25
_IMAGES_PER_BATCH = 500

_TOO_LARGE = "too large"
_ROWS_AT_ONCE = 2000

FILE_GONE = "the file is no longer there"
FOLDER_GONE = "its folder is not there; connect the drive, or tell the project where the folder is now"


class _Known(NamedTuple):
    """What the project recorded about a file when it last read it."""

    name: bytes
    id: int
    size_bytes: int
    modified_ns: int
    status: str
    message: str
    hashed: bool
    readable: bool

    def is_same(self, status: os.stat_result) -> bool:
        """Whether the file is as it was."""
        return (self.size_bytes, self.modified_ns) == (status.st_size, status.st_mtime_ns)

    def is_current(self, status: os.stat_result) -> bool:
        """Whether the file need not be read again."""
        if not self.is_same(status) or not self.hashed:
            return False
        # The limit may have been raised since.
        if self.status == _TOO_LARGE:
            return False
        # The reason why an unreadable file is so was overwritten when it went missing.
        return self.status != "missing" or self.readable


_FILE_COLUMNS = ("folder_id", "name_on_disk", "relative_path", "size_bytes", "modified_ns")


class _ToRead:
    """The files of one folder that are to be read, in a tenth of the memory of a record each."""

    def __init__(self, folder: FolderRecord) -> None:
        self._folder = folder
        self._names: list[bytes] = []
        self._numbers = array("q")

    def add(self, name: bytes, status: os.stat_result, row: int) -> None:
        self._names.append(name)
        self._numbers.extend((status.st_size, status.st_mtime_ns, row))

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[File]:
        for place, encoded in enumerate(self._names):
            name, numbers = os.fsdecode(encoded), self._numbers[3 * place : 3 * place + 3]
            yield File(self._folder.path / name, self._folder.id, name, readable(name), *numbers)

    def rows(self) -> set[int]:
        """Those that the project knows."""
        return set(self._numbers[2::3]) - {0}


@dataclass
class _Compared:
    """What the folders hold against what the project knows; rows by number."""

    files: int = 0
    to_read: list[_ToRead] = field(default_factory=list)
    back: "array[int]" = field(default_factory=lambda: array("q"))
    file_gone: "array[int]" = field(default_factory=lambda: array("q"))
    folder_gone: "array[int]" = field(default_factory=lambda: array("q"))
    changed: int = 0
    """Files that are new, or another than before: not those that can only be tried again."""

    def news(self) -> bool:
        return bool(self.changed or self.back or self.file_gone or self.folder_gone)


def scan(database: Database, control: JobControl, changed: Callable[[], None] = lambda: None) -> Iterator[Progress]:
    """Find, read and hash the images of all folders; see :meth:`Project.scan`. ``changed`` is called after every change
    of the project."""
    with database.read() as connection:
        folders = all_folders(connection)
    yield Progress(0, 0)
    found = _compare(database, folders, control)
    for rows, values in (
        (found.back, {"status": "ok", "message": ""}),
        (found.file_gone, {"status": "missing", "message": FILE_GONE}),
        (found.folder_gone, {"status": "missing", "message": FOLDER_GONE}),
    ):
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            with database.write() as connection:
                some = [{"row": row} for row in rows[start : start + _ROWS_AT_ONCE]]
                connection.execute(update(images).where(images.c.id == bindparam("row")).values(values), some)
            changed()
    for event in look_alikes.exchanged(database, folders, control):
        if isinstance(event, Progress):
            yield event
        else:
            found.to_read += _unlisted(event, folders, found)
    left = sum(len(files) for files in found.to_read)
    done = found.files - left
    yield Progress(done, found.files)
    writer = _Writer(database, set[int]().union(*(files.rows() for files in found.to_read)), changed)
    try:
        started = time.monotonic()
        for count, (file, content) in enumerate(read_all(chain(*found.to_read), control), start=1):
            if writer.add(file, content):
                pace = (time.monotonic() - started) / count
                yield Progress(done + count, found.files, file.relative_path, pace * (left - count))
    finally:
        writer.flush()
    with database.write() as connection:
        edited.forget_returned(connection)
    yield Progress(found.files, found.files, "", 0.0)


def _unlisted(files: list[look_alikes.LookAlike], folders: list[FolderRecord], found: _Compared) -> list[_ToRead]:
    """Those of ``files`` that are not to be read already."""
    listed = set[int]().union(*(known.rows() for known in found.to_read))
    to_read = {folder.id: _ToRead(folder) for folder in folders}
    for one in files:
        with suppress(OSError):
            if one.row not in listed:
                to_read[one.folder.id].add(one.name, one.path.stat(), one.row)
    return list(to_read.values())


def has_news(database: Database, control: JobControl) -> bool:
    """Whether a scan would find anything new. Reads no image and writes nothing."""
    with database.read() as connection:
        folders = all_folders(connection)
    return _compare(database, folders, control).news()


def _compare(database: Database, folders: list[FolderRecord], control: JobControl) -> _Compared:
    """Go through folders and rows side by side, both in the order of names: neither has to be in memory as a whole.

    Every image file counts once, even where one opened folder lies inside another.
    """
    found = _Compared()
    seen: set[str] | None = set() if _overlap(folders) else None
    for folder in folders:
        control.safe_point()
        there = is_folder(folder.path)
        gone, why = (found.file_gone, FILE_GONE) if there else (found.folder_gone, FOLDER_GONE)
        to_read, known = _ToRead(folder), _known_images(database, folder.id)
        record = next(known, None)
        for name, status in _files(folder.path, seen, control) if there else ():
            found.files += 1
            while record is not None and record.name < name:
                if record.message != why:
                    gone.append(record.id)
                record = next(known, None)
            if record is None or record.name != name:
                to_read.add(name, status, 0)
                found.changed += 1
                continue
            if not record.is_current(status):
                to_read.add(name, status, record.id)
                found.changed += record.status == "missing" or not record.is_same(status)
            elif record.status == "missing":
                found.back.append(record.id)
            record = next(known, None)
        while record is not None:
            if record.message != why:
                gone.append(record.id)
            record = next(known, None)
        found.to_read.append(to_read)
    return found


def _known_images(database: Database, folder_id: int) -> Iterator[_Known]:
    """In the order of their names' bytes, some at a time: a transaction that lasts as long as the listing of a network
    drive would keep the write-ahead log from being taken up."""
    name: Any = type_coerce(images.c.name_on_disk, LargeBinary)
    columns = select(
        name,
        images.c.id,
        images.c.size_bytes,
        images.c.modified_ns,
        case((images.c.message.startswith(TOO_LARGE), _TOO_LARGE), else_=images.c.status),
        images.c.message,
        images.c.sha256 != "",
        images.c.width > 0,
    ).where(images.c.folder_id == folder_id)
    last = b""
    while True:
        with database.read() as connection:
            rows = connection.execute(columns.where(name > last).order_by(name).limit(_ROWS_AT_ONCE)).all()
        if not rows:
            return
        yield from (_Known(*row) for row in rows)
        last = rows[-1][0]


def _files(root: Path, seen: set[str] | None, control: JobControl) -> Iterator[tuple[bytes, os.stat_result]]:
    """The image files below ``root``: their names below it, and what the system says of them."""
    below = len(os.path.join(root, ""))  # noqa: PTH118  with the separator at its end
    for entry in image_entries(root):
        control.safe_point()
        if seen is not None:
            place = os.path.normcase(entry.path)
            if place in seen:
                continue
            seen.add(place)
        try:
            # On Windows that is what the listing has told already.
            status = entry.stat()
        except OSError:
            continue
        yield os.fsencode(entry.path[below:].replace(os.sep, "/")), status


def _overlap(folders: list[FolderRecord]) -> bool:
    """Whether a folder lies inside another."""
    places = sorted(os.path.join(os.path.normcase(folder.path), "") for folder in folders)  # noqa: PTH118
    return any(second.startswith(first) for first, second in pairwise(places))


class _Writer:
    """Collects what was read and stores it in short transactions, so that tagging never waits for a scan."""

    def __init__(self, database: Database, listed: set[int], changed: Callable[[], None]) -> None:
        """``listed``: rows whose files are there, whatever their status says."""
        self._database = database
        self._listed = listed
        self._changed = changed
        self._batch: list[tuple[File, dict[str, Any] | None]] = []
        self._last_flush = time.monotonic()

    def add(self, file: File, content: dict[str, Any] | None) -> bool:
        """Take one image; True where the batch has just been stored."""
        self._batch.append((file, content))
        if len(self._batch) < _IMAGES_PER_BATCH and time.monotonic() - self._last_flush < _SECONDS_PER_BATCH:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Store what was collected: known rows are updated, and new ones added, in the order of reading."""
        self._last_flush = time.monotonic()
        if not self._batch:
            return
        with self._database.write() as connection:
            self._store(connection)
        self._batch.clear()
        self._changed()

    def _store(self, connection: Connection) -> None:
        changed, added, gone, overwritten = [], [], [], []
        moved, contents = self._moved(connection), self._contents(connection)
        for file, content in self._batch:
            row = file.row
            if content is None:
                if row:
                    gone.append({"row": row})
                continue
            values = {column: getattr(file, column) for column in _FILE_COLUMNS} | content
            if contents.get(row, "") not in ("", content["sha256"]):
                overwritten.append((contents[row], row))
            row = row or _taken(moved.get(content["sha256"], []), file)
            if row:
                changed.append(values | {"row": row})
            else:
                added.append(values)
        this_row = update(images).where(images.c.id == bindparam("row"))
        if changed:
            connection.execute(this_row, changed)
        if added:
            connection.execute(insert(images), added)
        if gone:
            connection.execute(this_row.values(status="missing", message=FILE_GONE), gone)
        edited.remember(connection, overwritten)

    def _contents(self, connection: Connection) -> dict[int, str]:
        """The content that the project knows of each row in the batch."""
        rows = [file.row for file, _ in self._batch if file.row]
        columns = select(images.c.id, images.c.sha256).where(images.c.id.in_(rows))
        return {row.id: row.sha256 for row in connection.execute(columns)}

    def _moved(self, connection: Connection) -> dict[str, list[tuple[int, str]]]:
        """Rows of missing files, with their names, by the content that new files of the batch have, too."""
        new = {content["sha256"] for file, content in self._batch if content is not None and not file.row} - {""}
        columns = select(images.c.id, images.c.name_on_disk, images.c.sha256).order_by(images.c.id)
        rows = connection.execute(columns.where(images.c.status == "missing", images.c.sha256.in_(new)))
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row, name, sha256 in rows:
            if row not in self._listed:
                found[sha256].append((row, name))
        return found


def _taken(candidates: list[tuple[int, str]], file: File) -> int:
    """The row of a missing file with the same content, best one of the same name, so that it keeps its number; 0 where
    there is none."""
    if not candidates:
        return 0
    name = PurePosixPath(file.name_on_disk).name
    best = next((one for one in candidates if PurePosixPath(one[1]).name == name), candidates[0])
    candidates.remove(best)
    return best[0]
