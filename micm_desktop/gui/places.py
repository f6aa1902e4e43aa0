"""Where projects and files lie. A project made for an image folder: never inside that, and always the same place."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from micm_desktop.progress import UserError
from micm_desktop.project.records import FolderRecord

DATABASE = "project.sqlite"


def is_project(folder: Path) -> bool:
    """Whether ``folder`` holds a project already."""
    return (folder / DATABASE).is_file()


def folder_of(path: Path) -> Path:
    """``path`` itself, or the folder it lies in where it is a file. Raises UserError if it is neither."""
    if path.is_dir():
        return path
    if path.is_file():
        return path.parent
    raise UserError(f"The folder {path} does not exist. Check the path, or connect the drive that holds it.")


def project_for_images(images: Path, projects: Path) -> Path:
    """The project folder below ``projects`` for an image folder: its name and eight digits made from its path."""
    resolved = images.resolve()
    digits = hashlib.sha256(str(resolved).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", resolved.name).strip(" .") or "images"
    return projects / f"{name}-{digits}"


def documents() -> Path:
    """The user's folder for documents, or home where the system names none."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place) if place else Path.home()


def suggested_file(folders: Sequence[FolderRecord], ending: str, otherwise: str) -> Path:
    """Where a file about a project may lie, named after the first of its image ``folders``, or ``otherwise``."""
    return documents() / f"{folders[0].path.name if folders else otherwise}{ending}"


def ending_in(ending: str, chosen: str) -> Path:
    """The file that was chosen, with ``ending`` behind its name where that is missing: what follows a dot is part of a
    name as well, and what then lies under the shorter one would be lost."""
    file = Path(chosen)
    return file if file.suffix.lower() == ending else file.with_name(file.name + ending)
