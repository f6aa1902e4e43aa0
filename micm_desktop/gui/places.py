"""Where a project lies that is made by opening an image folder: never inside the image folder, always the same."""

import hashlib
import re
from pathlib import Path

from micm_desktop.progress import UserError

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


def ending_in(ending: str, chosen: str) -> Path:
    """The file that was chosen, with ``ending`` behind its name where that is missing: what follows a dot is part of a
    name as well, and what then lies under the shorter one would be lost."""
    file = Path(chosen)
    return file if file.suffix.lower() == ending else file.with_name(file.name + ending)
