"""Read image files a few at a time, and what a project keeps of each."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micm_desktop.images.decode import Examined, UnreadableImage, examine
from micm_desktop.progress import JobControl

_READERS = min(4, os.cpu_count() or 1)
_FILES_TOGETHER = 16
_BYTES_TOGETHER = 4_000_000


@dataclass(frozen=True)
class File:
    """An image file to be read. ``row``: where the project knows it, 0 for nowhere."""

    path: Path
    folder_id: int
    name_on_disk: str
    relative_path: str
    size_bytes: int
    modified_ns: int
    row: int


def read_all(files: Iterable[File], control: JobControl) -> Iterator[tuple[File, dict[str, Any] | None]]:
    """Contents in the order of ``files``, read a few at a time: decoding leaves Python free meanwhile."""
    executor = ThreadPoolExecutor(_READERS, thread_name_prefix="scan")
    pending: deque[tuple[list[File], Future[list[dict[str, Any] | None]]]] = deque()

    def oldest() -> Iterator[tuple[File, dict[str, Any] | None]]:
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


def _handfuls(files: Iterable[File]) -> Iterator[list[File]]:
    """Small files together, since each question to a process that decodes takes its time; large ones alone."""
    handful: list[File] = []
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
