"""The folders and images that a project knows."""

import os
import sys
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import Connection, LargeBinary, func, insert, select, type_coerce, update

from micm_desktop.progress import UserError
from micm_desktop.project.records import FolderRecord, ImageRecord
from micm_desktop.project.schema import folders, images

_NAMES_TO_COMPARE = 50
_ROWS_AT_A_TIME = 2000


def all_images(connection: Connection) -> list[ImageRecord]:
    """Every known image, ordered by folder, then by path."""
    roots = {row.id: row.path for row in connection.execute(select(folders.c.id, folders.c.path))}
    columns = select(
        images.c.id,
        type_coerce(images.c.name_on_disk, LargeBinary),
        images.c.folder_id,
        images.c.relative_path,
        images.c.sha256,
        images.c.width,
        images.c.height,
        images.c.size_bytes,
        images.c.modified_ns,
        images.c.status,
        images.c.message,
    ).order_by(images.c.folder_id, images.c.relative_path)
    # What os.fsdecode does without its checks, and some rows at a time: half the time, and no other thread waits long.
    coding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    # Of a million images everything that many have in common is one object, and that is half of their memory.
    one: dict[Any, Any] = {}
    return [
        ImageRecord(
            number,
            roots[folder],
            relative if name == relative.encode() else str(name, coding, errors),
            folder,
            relative,
            sha,
            one.setdefault(width, width),
            one.setdefault(height, height),
            size,
            ns / 1e9,
            one.setdefault(status, status),
            one.setdefault(why, why),
        )
        for rows in connection.execute(columns).partitions(_ROWS_AT_A_TIME)
        for number, name, folder, relative, sha, width, height, size, ns, status, why in rows
    ]


def all_folders(connection: Connection) -> list[FolderRecord]:
    """The opened folders, in the order they were opened."""
    rows = connection.execute(select(folders.c.id, folders.c.path).order_by(folders.c.id)).all()
    return [FolderRecord(number, Path(path), is_folder(Path(path))) for number, path in rows]


def check_names(connection: Connection) -> None:
    """Raises :class:`UserError` where an image's name leads out of its folder, as in a project that was made by hand to
    have another file shown, exported or moved."""
    name = type_coerce(images.c.name_on_disk, LargeBinary)
    suspicious = select(images.c.name_on_disk).where(
        func.instr(name, b"..").op(">")(0)
        | func.substr(name, 1, 1).in_((b"/", b"\\"))
        | (func.substr(name, 2, 1) == b":")
    )
    for (text,) in connection.execute(suspicious):
        place = PurePath(text)
        if place.anchor or place.drive or ".." in place.parts:
            raise UserError(
                f"This project names a file outside of its folders ({text}). It was not made by this program; "
                "do not open it."
            )


def add_folder(connection: Connection, project: Path, path: Path) -> FolderRecord:
    """Take a folder into the project, or find it there. Raises :class:`UserError` where it is no folder."""
    path = _existing_folder(path)
    for known in all_folders(connection):
        if _same(known.path, path):
            return known
    values = {"path": str(path), "path_from_project": path_from(project, path)}
    number = connection.execute(insert(folders).values(values).returning(folders.c.id)).scalar_one()
    return FolderRecord(number, path, exists=True)


def relocate_folder(connection: Connection, project: Path, folder_id: int, path: Path) -> FolderRecord:
    """Point a folder at its new place; the next scan finds its images again.

    Raises :class:`UserError` where ``path`` is no folder, or belongs to another entry.
    """
    path = _existing_folder(path)
    known = all_folders(connection)
    if folder_id not in {folder.id for folder in known}:
        raise UserError("This folder is not part of the project. Open it as a new folder.")
    if any(_same(folder.path, path) for folder in known if folder.id != folder_id):
        raise UserError(f"The folder {path} is already open in this project. Choose another folder.")
    _set_path(connection, project, folder_id, path)
    return FolderRecord(folder_id, path, exists=True)


def follow_moved_project(connection: Connection, project: Path) -> None:
    """Re-point folders that moved together with the project folder.

    Only where a known image is found there: the same relative path may lead to a stranger's folder.
    """
    rows = connection.execute(select(folders.c.id, folders.c.path, folders.c.path_from_project)).all()
    taken = [Path(path) for _, path, _ in rows]
    for folder_id, path, hint in rows:
        if hint is None or is_folder(Path(path)):
            continue
        candidate = absolute(project / hint)
        if is_folder(candidate) and candidate not in taken and _holds_known_images(connection, folder_id, candidate):
            _set_path(connection, project, folder_id, candidate)


def absolute(path: Path) -> Path:
    """``path`` from the root, without ``..``. Links stay: a mapped Windows drive must stay the letter the user sees."""
    return Path(os.path.normpath(path.absolute()))


def is_folder(path: Path) -> bool:
    """Whether a folder is there; not where the name is one that no system takes, of which ``Path.is_dir`` raises."""
    return os.path.isdir(path)  # noqa: PTH112


def path_from(start: Path, path: Path) -> str | None:
    """``path`` as seen from ``start``, with forward slashes; None where there is no way (another Windows drive)."""
    try:
        return PurePath(os.path.relpath(path, start)).as_posix()
    except ValueError:
        return None


def _set_path(connection: Connection, project: Path, folder_id: int, path: Path) -> None:
    values = {"path": str(path), "path_from_project": path_from(project, path)}
    connection.execute(update(folders).where(folders.c.id == folder_id).values(values))


def _existing_folder(path: Path) -> Path:
    path = absolute(path)
    if not is_folder(path):
        state = "is not a folder" if os.path.exists(path) else "does not exist"  # noqa: PTH110  raises nothing
        raise UserError(f"The folder {path} {state}. Check the path, or connect the drive that holds it.")
    return path


def _same(first: Path, second: Path) -> bool:
    return os.path.normcase(first) == os.path.normcase(second)


def _holds_known_images(connection: Connection, folder_id: int, candidate: Path) -> bool:
    query = select(images.c.name_on_disk, images.c.size_bytes).where(images.c.folder_id == folder_id)
    known = connection.execute(query.limit(_NAMES_TO_COMPARE)).all()
    return not known or any(_has_size(candidate / name, size) for name, size in known)


def _has_size(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except OSError:
        return False
