"""Where files that the window writes are suggested, and what they are named."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from micm_desktop.project.records import FolderRecord


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
