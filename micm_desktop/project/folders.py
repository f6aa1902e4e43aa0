"""Where logs, caches and projects lie on this computer."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path

import platformdirs

from micm_desktop.images.names import PROJECT_FILE
from micm_desktop.progress import UserError

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


def is_project(folder: Path) -> bool:
    """Whether ``folder`` holds a project already."""
    return (folder / PROJECT_FILE).is_file()


def check_project(folder: Path) -> None:
    """Raises UserError where ``folder`` holds no project."""
    if not is_project(folder):
        raise UserError(f"There is no project in {folder}. Name the folder that holds project.sqlite.")


def folder_of(path: Path) -> Path:
    """``path`` itself, or the folder it lies in where it is a file. Raises UserError if it is neither."""
    if path.is_dir():
        return path
    if path.is_file():
        return path.parent
    raise UserError(f"The folder {path} does not exist. Check the path, or connect the drive that holds it.")


def project_for_images(images: Path, projects: Path) -> Path:
    """The project folder below ``projects`` for an image folder: its name and eight digits of its path, so that it is
    never inside that folder, and always the same place."""
    resolved = images.resolve()
    digits = hashlib.sha256(str(resolved).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", resolved.name).strip(" .") or "images"
    return projects / f"{name}-{digits}"


def _made(folder: Path) -> Path:
    # An account without a folder that it may write to can still judge, and look at what there is.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
