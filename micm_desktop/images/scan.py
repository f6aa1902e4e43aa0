"""Find the image files below a folder. Needs only the standard library: the line PC uses it too."""

import os
import stat
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from micm_desktop.images.decode import IMAGE_SUFFIXES
from micm_desktop.images.names import PROJECT_FILE
from micm_desktop.progress import UserError

_PROJECT_FOLDERS = frozenset({"thumbnails", "features", "encoders"})
SYSTEM_FOLDERS = frozenset({"$RECYCLE.BIN", "System Volume Information", "__MACOSX"})


def relative_name(path: Path, root: Path) -> str:
    """Name of ``path`` below ``root`` as it is shown, stored and sorted: forward slashes, made :func:`readable`.

    Raises ValueError where ``path`` is not below ``root``.
    """
    return readable(name_below(path, root))


def name_below(path: Path, root: Path) -> str:
    """``path.relative_to(root).as_posix()``, in a tenth of the time where the one's text begins with the other's."""
    whole, start = str(path), f"{root}{os.sep}"
    if whole.startswith(start):
        return whole[len(start) :].replace(os.sep, "/")
    return path.relative_to(root).as_posix()


def readable(name: str) -> str:
    """A file name that can be shown and written as UTF-8: Unicode form NFC, with U+FFFD for what is no text."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def find_images(root: Path) -> Iterator[Path]:
    """Every image file below ``root``, sub-folders included, sorted by :func:`relative_name`.

    A file counts as an image by its ending, in either case (``IMAGE_SUFFIXES``). Hidden files and folders are left
    out, and so are the caches of a project that lies inside ``root``. Linked folders are followed, each folder being
    visited once. Folders that may not be listed are passed over.

    Raises :class:`UserError` where ``root`` does not exist, is not a folder, or may not be listed.
    """
    if not root.is_dir():
        state = "is not a folder" if root.exists() else "does not exist"
        if root.is_symlink():
            state = "is a link that leads to no folder"
        raise UserError(f"The folder {root} {state}. Check the path, or connect the drive that holds it.")
    try:
        os.scandir(root).close()
    except OSError as error:
        raise UserError(f"The folder {root} cannot be read ({error.strerror}). Check its permissions.") from error
    return iter(sorted((Path(entry.path) for entry in image_entries(root)), key=lambda path: relative_name(path, root)))


def image_entries(root: Path) -> Iterator[os.DirEntry[str]]:
    """The files that :func:`find_images` finds, as the system lists them, in the order of their paths' bytes, with
    forward slashes. Raises nothing."""
    visited = {os.path.realpath(root)}
    # Of each folder that is being gone through, what is left of it, the next one last.
    pending = [_listed(str(root), visited)]
    while pending:
        if not pending[-1]:
            pending.pop()
            continue
        key, entry = pending[-1].pop()
        if key.endswith(b"/"):
            pending.append(_listed(entry.path, visited))
        else:
            yield entry


def _listed(folder: str, visited: set[str]) -> list[tuple[bytes, os.DirEntry[str]]]:
    """The images in a folder and the folders to go through, which count as visited from now on; the last one first, and
    the keys of folders end with a slash."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    in_project = any(entry.name == PROJECT_FILE for entry in entries)
    found = []
    for entry in entries:
        if _hidden(entry):
            continue
        if not _is_folder(entry):
            if os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES:  # noqa: PTH122  a tenth of Path's time
                found.append((os.fsencode(entry.name), entry))
        elif (
            not (in_project and entry.name in _PROJECT_FOLDERS)
            and (real := os.path.realpath(entry.path)) not in visited
        ):
            visited.add(real)
            found.append((os.fsencode(entry.name) + b"/", entry))
    found.sort(key=lambda one: one[0], reverse=True)
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in SYSTEM_FOLDERS:
        return True
    if sys.platform != "win32":
        return False
    try:
        return bool(entry.stat(follow_symlinks=False).st_file_attributes & stat.FILE_ATTRIBUTE_HIDDEN)
    except OSError:
        return False
