"""Put images into a folder for each verdict, without ever overwriting one."""

import os
from datetime import UTC, datetime
from pathlib import Path, PurePath

from micm_desktop.export.runtime import Verdict
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.images.names import beside, folder_name, shortened
from micm_desktop.progress import naming

ERROR = "error"
SAME_SECONDS = 2
"""Some drives keep times to two seconds only."""


def folder_of(verdict: Verdict | None) -> str:
    """The folder's name: the verdict, or the class where there is no line between good and defect; ``error`` for an
    image that could not be judged."""
    if verdict is None:
        return ERROR
    if verdict.outcome != Outcome.CLASS:
        return verdict.outcome.name.lower()
    return folder_name(verdict.class_name)


def place(folder: Path, name: str, data: bytes, modified_ns: int, *, durable: bool) -> Path:
    """Write ``data`` below ``folder`` as ``name``, which may have folders of its own; returns the file.

    Where another file has this name, the time of the last change is added to it, then a number. The same content with
    the same time is there already: an earlier try was interrupted. ``durable`` waits until it is on the disk, as one
    must before the only other copy goes. Raises OSError.
    """
    target = folder / PurePath(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(target.with_name(f".{target.name}"), ".part")
    try:
        with naming(target), temporary.open("wb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.utime(temporary, ns=(modified_ns, modified_ns))
        time = f"{datetime.fromtimestamp(modified_ns // 10**9, UTC):%Y%m%dT%H%M%S}.{modified_ns % 10**9:09d}"
        stem, number = f"{target.stem} {time}", 1
        candidate = target
        while not _publish(temporary, candidate):
            if _is(candidate, data, modified_ns):
                break
            name = f"{stem}{f'-{number}' if number > 1 else ''}{target.suffix}"
            candidate = target.with_name(shortened(name, 0))
            number += 1
        return candidate
    finally:
        temporary.unlink(missing_ok=True)


def _publish(temporary: Path, target: Path) -> bool:
    """Give a file its name; False where there is one of this name, which stays."""
    if os.name != "nt":
        try:
            target.hardlink_to(temporary)
            return True
        except FileExistsError:
            return False
        except OSError:  # a drive without links
            if os.path.lexists(target):
                return False
    try:
        temporary.rename(target)
    except FileExistsError:
        return False
    return True


def _is(file: Path, data: bytes, modified_ns: int) -> bool:
    try:
        status = file.stat()
        close = abs(status.st_mtime_ns - modified_ns) <= SAME_SECONDS * 10**9
        return close and status.st_size == len(data) and file.read_bytes() == data
    except OSError:
        return False
