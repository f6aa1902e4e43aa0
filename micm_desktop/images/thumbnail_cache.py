"""The folder of thumbnails on disk: how large it is, and keeping it small.

Only files that :mod:`micm_desktop.images.thumbnails` would have written are looked at: a folder that the user chose may
hold others.
"""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from micm_desktop.progress import JobControl

log = logging.getLogger(__name__)

FOLDER = re.compile(r"[0-9a-f]{2}")
FILE = re.compile(r"[0-9a-f]{64}_\d+\.jpg")


@dataclass(frozen=True)
class CacheSize:
    """What thumbnails take on disk. ``removed``: how many of them were deleted on the way."""

    files: int
    bytes: int
    removed: int = 0


def prune_thumbnails(cache: Path, limit: int | None, control: JobControl) -> CacheSize:
    """Delete the oldest thumbnails until those that are left take at most ``limit`` bytes; None deletes none.

    What cannot be deleted is passed over. Raises Cancelled between two files.
    """
    found = sorted(_thumbnails(cache, control))
    total, removed = sum(size for _, size, _ in found), 0
    for _, size, path in found:
        if limit is None or total <= limit:
            break
        control.safe_point()
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("A thumbnail could not be deleted: %s", error)
            continue
        total, removed = total - size, removed + 1
    return CacheSize(len(found) - removed, total, removed)


def _thumbnails(cache: Path, control: JobControl) -> Iterator[tuple[float, int, Path]]:
    """Time of writing, bytes and path of each."""
    for folder in _entries(cache):
        control.safe_point()
        if FOLDER.fullmatch(folder.name) and folder.is_dir(follow_symlinks=False):
            for file in _entries(Path(folder.path)):
                if FILE.fullmatch(file.name) and file.is_file(follow_symlinks=False):
                    try:
                        told = file.stat(follow_symlinks=False)
                    except OSError:
                        continue
                    yield told.st_mtime, told.st_size, Path(file.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
