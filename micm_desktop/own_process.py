"""This program as another process: what starts one that runs a module of it, on every system and in one packed file."""

import subprocess
import sys
from pathlib import Path
from typing import Any


def command(module: str, flag: str) -> list[str]:
    """What starts a process that runs ``main`` of ``module``, of which ``flag`` stands in the place where the program
    is one packed file.

    This Python, which looks for modules exactly where this process does: not in the working directory, which may be the
    folder of images, nor where the environment says.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, flag]
    places = [str(Path(__file__).parents[1]), *(place for place in sys.path if Path(place).is_absolute())]
    code = f"import sys; sys.path[:] = {places!r}; from {module} import main; main()"
    return [sys.executable, "-I", "-c", code]


def apart() -> dict[str, Any]:
    """Options of ``Popen`` for a process without a window that Ctrl+C in the terminal is not for: the program is told,
    and ends it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
