"""Files that are made among the system's temporary ones, and get their name once they are whole.

Whatever ends the program meanwhile, a power cut too, the user's folder holds the old files or the new ones.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

CHUNK = 1 << 20


def check_place(out: Path) -> None:
    """Raise OSError where no file can be written beside ``out``: before hours of work, rather than after them."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(out)
    part.touch()
    part.unlink()


def put_in_place(made: Sequence[Path], out: Path) -> None:
    """Copy the files ``made`` to ``out``'s name, each with its own ending, in this order. Raises OSError."""
    targets = [out.with_suffix(file.suffix) for file in made]
    parts = [_part_of(target) for target in targets]
    try:
        # First all beside their places: the temporary files may lie on another disk, and this one may be full.
        for file, part in zip(made, parts, strict=True):
            with file.open("rb") as source, part.open("wb") as copy:
                shutil.copyfileobj(source, copy, CHUNK)
                copy.flush()
                os.fsync(copy.fileno())
        for part, target in zip(parts, targets, strict=True):
            part.replace(target)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _part_of(out: Path) -> Path:
    return out.with_name(f".{out.name}.part")
