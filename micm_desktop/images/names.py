"""File names that every system takes, and long paths on Windows. Needs only the standard library."""

import hashlib
import os
import re
import sys
from pathlib import Path
from typing import Final

PROJECT_FILE: Final = "project.sqlite"
"""The file by which a folder is known as a project."""
MOST_BYTES: Final = 255
"""Bytes of a name on Linux' file systems; on Windows' as many letters of 16 bits."""
_LEFT_FREE: Final = 40
"""For what is added to a name: a time, a number, an ending while the file is written."""
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST_ON_WINDOWS: Final = 247
"""Letters of a path after which Windows wants it marked as long."""


def folder_name(text: str) -> str:
    """A folder's name for ``text``, such as a class's: never one that leads elsewhere, is a device of Windows', or is
    too long."""
    name = _NOT_IN_NAMES.sub("_", text).strip(" .") or "_"
    # Windows takes no device for a folder, whatever follows the first point.
    return shortened(f"_{name}" if _RESERVED.fullmatch(name) else name, _LEFT_FREE)


def shortened(name: str, added: int) -> str:
    """``name``, or where ``added`` more bytes would make it too long its beginning with a hash of the whole before the
    ending, so that two names stay two."""
    encoded = os.fsencode(name)
    room = MOST_BYTES - added
    if len(encoded) <= room:
        return name
    stem, ending = os.path.splitext(name)  # noqa: PTH122  a name, no path
    mark = f"~{hashlib.sha256(encoded).hexdigest()[:12]}{ending if len(os.fsencode(ending)) < room // 2 else ''}"
    start = os.fsencode(stem)[: room - len(os.fsencode(mark))]
    return start.decode("utf-8", "ignore") + mark


def beside(path: Path, ending: str) -> Path:
    """The file for ``path`` with ``ending`` added to its name, shortened where the name would be too long."""
    return path.with_name(shortened(path.name, len(os.fsencode(ending))) + ending)


def reachable(path: Path, windows: bool = sys.platform == "win32") -> Path:
    r"""``path`` as the system takes it however long it is: on Windows, long ones begin with ``\\?\``."""
    text = str(path)
    if not windows or len(text) <= _LONGEST_ON_WINDOWS or text.startswith("\\\\?\\"):
        return path
    whole = str(path.absolute())
    return type(path)(f"\\\\?\\UNC{whole[1:]}" if whole.startswith("\\\\") else f"\\\\?\\{whole}")
