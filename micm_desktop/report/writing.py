"""Puts a report on the disk: whole, or not at all."""

import tempfile
from pathlib import Path
from typing import Final

from micm_desktop.progress import UserError
from micm_desktop.whole_file import whole_file

ENDINGS: Final = (".html", ".pdf")


def check_place(out: Path) -> None:
    """Raises UserError where no report can be written to ``out``, before minutes of work rather than after; makes its
    folder where there is none."""
    if out.suffix.lower() not in ENDINGS:
        raise UserError(f"The report's file must end in .html or .pdf, not {out.name!r}.")
    if out.is_dir():
        raise UserError(f"{out} is a folder. Name a file, such as {out / 'report.html'}.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists():
            out.open("ab").close()
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as problem:
        raise _not_writable(out, problem) from problem


def write_whole(out: Path, data: bytes) -> None:
    """Replace ``out`` at once; where that fails, what was there stays. Raises UserError."""
    try:
        with whole_file(out, out.with_name(f".{out.name}.part")) as stream:
            stream.write(data)
    except OSError as problem:
        raise _not_writable(out, problem) from problem


def _not_writable(out: Path, problem: OSError) -> UserError:
    return UserError(
        f"{out} cannot be written ({problem.strerror}). Close it where it is open, or name another file or folder."
    )
