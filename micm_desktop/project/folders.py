"""Where logs, caches and new projects lie on this computer."""

from pathlib import Path

import platformdirs

APP = "micm-desktop"


def log_file() -> Path:
    """The log that a support call asks for; its folder exists."""
    return Path(platformdirs.user_log_path(APP, appauthor=False, ensure_exists=True)) / "micm-desktop.log"


def cache_folder() -> Path:
    """For what can be made again; exists."""
    return Path(platformdirs.user_cache_path(APP, appauthor=False, ensure_exists=True))


def projects_folder() -> Path:
    """Where new projects are made unless the user says otherwise; may not exist yet."""
    return Path(platformdirs.user_data_path(APP, appauthor=False)) / "projects"
