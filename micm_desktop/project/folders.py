"""Where logs, caches and new projects lie on this computer."""

from contextlib import suppress
from pathlib import Path

import platformdirs

APP = "micm-desktop"


def log_file() -> Path:
    """The log that a support call asks for; its folder exists, where it can be made."""
    return _made(platformdirs.user_log_path(APP, appauthor=False)) / "micm-desktop.log"


def cache_folder() -> Path:
    """For what can be made again; exists, where it can be made."""
    return _made(platformdirs.user_cache_path(APP, appauthor=False))


def projects_folder() -> Path:
    """Where new projects are made unless the user says otherwise; may not exist yet."""
    return Path(platformdirs.user_data_path(APP, appauthor=False)) / "projects"


def _made(folder: Path) -> Path:
    # An account without a folder that it may write to can still judge, and look at what there is.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
