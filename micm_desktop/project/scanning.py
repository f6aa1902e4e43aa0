"""Bring the project's list of images up to date with what lies on disk. Image folders are only read."""

import os
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, bindparam, case, insert, select, update

from micm_desktop.images.decode import TOO_LARGE, Examined, UnreadableImage, examine
from micm_desktop.images.scan import find_images, name_below, readable
from micm_desktop.progress import JobControl, Progress, UserError
from micm_desktop.project import edited
from micm_desktop.project.catalog import all_folders
from micm_desktop.project.database import Database
from micm_desktop.project.records import FolderRecord
from micm_desktop.project.schema import images

_READERS = min(4, os.cpu_count() or 1)
_SECONDS_PER_BATCH = 0.25
_IMAGES_PER_BATCH = 500
_FILES_TOGETHER = 16
_BYTES_TOGETHER = 4_000_000

_TOO_LARGE = "too large"

FILE_GONE = "the file is no longer there"
FOLDER_GONE = "its folder is not there; connect the drive, or tell the project where the folder is now"


@dataclass(frozen=True)
class _File:
    """An image file as the folder listing shows it."""

    path: Path
    folder_id: int
    name_on_disk: str
    relative_path: str
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True)
class _Known:
    """What the project recorded about a file when it last read it."""

    id: int
    name_on_disk: str
    sha256: str
    width: int
    size_bytes: int
    modified_ns: int
    status: str

    def is_current(self, file: _File) -> bool:
        """Whether the file need not be read again."""
        if (self.size_bytes, self.modified_ns) != (file.size_bytes, file.modified_ns) or not self.sha256:
            return False
        # The limit may have been raised since.
        if self.status == _TOO_LARGE:
            return False
        # The reason why an unreadable file is so was overwritten when it went missing.
        return self.status != "missing" or self.width > 0


_Key = tuple[int, str]

_FILE_COLUMNS = ("folder_id", "name_on_disk", "relative_path", "size_bytes", "modified_ns")


def scan(database: Database, control: JobControl) -> Iterator[Progress]:
    """Find, read and hash the images of all folders; see :meth:`Project.scan`."""
    with database.read() as connection:
        folders = all_folders(connection)
        known = _known_images(connection)
    yield Progress(0, 0)
    files = _list_files(folders, control)
    listed = {(file.folder_id, file.name_on_disk) for file in files}
    to_read = []
    back = []
    for file in files:
        record = known.get((file.folder_id, file.name_on_disk))
        if record is None or not record.is_current(file):
            to_read.append(file)
        elif record.status == "missing":
            back.append(record.id)
    lost = {key: record for key, record in known.items() if key not in listed}
    with database.write() as connection:
        _mark_found(connection, back)
        _mark_missing(connection, folders, lost)
    done = len(files) - len(to_read)
    yield Progress(done, len(files))
    writer = _Writer(database, known, lost)
    try:
        started = time.monotonic()
        for count, (file, content) in enumerate(_read_all(to_read, control), start=1):
            if writer.add(file, content):
                pace = (time.monotonic() - started) / count
                yield Progress(done + count, len(files), file.relative_path, pace * (len(to_read) - count))
    finally:
        writer.flush()
    with database.write() as connection:
        edited.forget_returned(connection)
    yield Progress(len(files), len(files), "", 0.0)


def _known_images(connection: Connection) -> dict[_Key, _Known]:
    columns = select(
        images.c.folder_id,
        images.c.id,
        images.c.name_on_disk,
        images.c.sha256,
        images.c.width,
        images.c.size_bytes,
        images.c.modified_ns,
        case((images.c.message.startswith(TOO_LARGE), _TOO_LARGE), else_=images.c.status),
    )
    return {(folder_id, values[1]): _Known(*values) for folder_id, *values in connection.execute(columns)}


def _list_files(folders: list[FolderRecord], control: JobControl) -> list[_File]:
    """Every image file once, even where one opened folder lies inside another."""
    files = []
    seen: set[str] = set()
    for folder in folders:
        control.safe_point()
        try:
            paths = find_images(folder.path)
        except UserError:
            continue
        for path in paths:
            control.safe_point()
            place = os.path.normcase(path)
            if place in seen:
                continue
            seen.add(place)
            try:
                status = path.stat()
            except OSError:
                continue
            name = name_below(path, folder.path)
            files.append(_File(path, folder.id, name, readable(name), status.st_size, status.st_mtime_ns))
    return files


def _mark_found(connection: Connection, ids: list[int]) -> None:
    if ids:
        back = update(images).where(images.c.id == bindparam("row")).values(status="ok", message="")
        connection.execute(back, [{"row": number} for number in ids])


def _mark_missing(connection: Connection, folders: list[FolderRecord], lost: dict[_Key, _Known]) -> None:
    present = {folder.id for folder in folders if folder.path.is_dir()}
    rows = [
        {"row": record.id, "why": FILE_GONE if folder_id in present else FOLDER_GONE}
        for (folder_id, _), record in lost.items()
    ]
    if rows:
        gone = update(images).where(images.c.id == bindparam("row"))
        connection.execute(gone.values(status="missing", message=bindparam("why")), rows)


def _read_all(files: list[_File], control: JobControl) -> Iterator[tuple[_File, dict[str, Any] | None]]:
    """Contents in the order of ``files``, read a few at a time: decoding leaves Python free meanwhile."""
    executor = ThreadPoolExecutor(_READERS, thread_name_prefix="scan")
    pending: deque[tuple[list[_File], Future[list[dict[str, Any] | None]]]] = deque()

    def oldest() -> Iterator[tuple[_File, dict[str, Any] | None]]:
        handful, future = pending.popleft()
        for file, content in zip(handful, future.result(), strict=True):
            control.safe_point()
            yield file, content

    try:
        for handful in _handfuls(files):
            pending.append((handful, executor.submit(_read, [file.path for file in handful])))
            if len(pending) >= 2 * _READERS:
                control.safe_point()
                yield from oldest()
        while pending:
            control.safe_point()
            yield from oldest()
    finally:
        executor.shutdown(cancel_futures=True)


def _handfuls(files: list[_File]) -> Iterator[list[_File]]:
    """Small files together, since each question to a process that decodes takes its time; large ones alone."""
    handful: list[_File] = []
    size = 0
    for file in files:
        if handful and (len(handful) == _FILES_TOGETHER or size + file.size_bytes > _BYTES_TOGETHER):
            yield handful
            handful, size = [], 0
        handful.append(file)
        size += file.size_bytes
    if handful:
        yield handful


def _read(paths: list[Path]) -> list[dict[str, Any] | None]:
    """The content columns of each image's row; None for a file that has vanished since it was listed."""
    return [_columns(path, found) for path, found in zip(paths, examine(paths), strict=True)]


def _columns(path: Path, found: Examined | UnreadableImage) -> dict[str, Any] | None:
    if isinstance(found, UnreadableImage):
        if not path.exists():
            return None
        return {"sha256": "", "width": 0, "height": 0, "status": "unreadable", "message": found.reason}
    status = "unreadable" if found.reason else "ok"
    size = {"width": found.width, "height": found.height}
    return {"sha256": found.sha256, **size, "status": status, "message": found.reason}


class _Writer:
    """Collects what was read and stores it in short transactions, so that tagging never waits for a scan."""

    def __init__(self, database: Database, known: dict[_Key, _Known], lost: dict[_Key, _Known]) -> None:
        self._database = database
        self._ids = {key: record.id for key, record in known.items()}
        self._contents = {record.id: record.sha256 for record in known.values()}
        self._lost: dict[str, list[_Known]] = defaultdict(list)
        for record in lost.values():
            if record.sha256:
                self._lost[record.sha256].append(record)
        self._batch: list[tuple[_File, dict[str, Any] | None]] = []
        self._last_flush = time.monotonic()

    def add(self, file: _File, content: dict[str, Any] | None) -> bool:
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
        changed, added, gone = [], [], []
        overwritten = []
        for file, content in self._batch:
            number = self._ids.get((file.folder_id, file.name_on_disk))
            if content is None:
                if number is not None:
                    gone.append({"row": number})
                continue
            values = {column: getattr(file, column) for column in _FILE_COLUMNS} | content
            before = self._contents.get(number, "") if number is not None else ""
            if number is not None and before not in ("", content["sha256"]):
                overwritten.append((before, number))
            if number is None:
                number = self._moved_row(file, content["sha256"])
            if number is None:
                added.append(values)
            else:
                changed.append(values | {"row": number})
        with self._database.write() as connection:
            this_row = update(images).where(images.c.id == bindparam("row"))
            if changed:
                connection.execute(this_row, changed)
            if added:
                connection.execute(insert(images), added)
            if gone:
                connection.execute(this_row.values(status="missing", message=FILE_GONE), gone)
            edited.remember(connection, overwritten)
        self._batch.clear()

    def _moved_row(self, file: _File, sha256: str) -> int | None:
        """The row of a missing file with the same content, best one of the same name, so that it keeps its number."""
        candidates = self._lost.get(sha256)
        if not candidates:
            return None
        name = PurePosixPath(file.name_on_disk).name
        best = next((c for c in candidates if PurePosixPath(c.name_on_disk).name == name), candidates[0])
        candidates.remove(best)
        return best.id
