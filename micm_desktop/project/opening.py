"""The ways into a project: to work on it alone, beside others, or only to look at it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from micm_desktop.progress import UserError
from micm_desktop.project import backups, catalog
from micm_desktop.project.database import Database, format_of, not_writable
from micm_desktop.project.holding import Hold, take
from micm_desktop.project.records import Holder
from micm_desktop.project.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from micm_desktop.project.store import Project

PROJECT_FILE: Final = "project.sqlite"


def open_project(kind: "type[Project]", folder: Path, hold: Hold | None = None) -> "Project":
    """See :meth:`Project.open`. ``hold`` is released with the project."""
    folder = catalog.absolute(folder)
    make_folders(folder)
    file = folder / PROJECT_FILE
    keep_before_upgrade(file)
    database = Database(file, hold.refusal if hold is not None else lambda: "")
    try:
        with database.write() as connection:
            catalog.check_names(connection)
            catalog.follow_moved_project(connection, folder)
    except BaseException:
        database.close()
        raise
    return kind(folder, database, hold)


def open_exclusively(kind: "type[Project]", folder: Path, take_over: bool) -> "Project":
    """See :meth:`Project.open_exclusively`."""
    folder = catalog.absolute(folder)
    make_folders(folder)
    held = take(folder, take_over=take_over)
    if isinstance(held, Holder):
        return _looked_at(kind, folder, held)
    try:
        return open_project(kind, folder, held)
    except BaseException:
        held.release()
        raise


def look_into(kind: "type[Project]", folder: Path) -> "Project":
    """See :meth:`Project.look_into`."""
    project = open_exclusively(kind, folder, take_over=False)
    if project.holder is not None:
        return project
    project.close()
    return _looked_at(kind, project.folder, Holder("", "", datetime.now(UTC)))


def restore(folder: Path, backup: Path) -> Path | None:
    """As :func:`.backups.restore`, while nobody else has the project. Raises UserError, also where somebody has."""
    held = take(folder)
    if isinstance(held, Holder):
        raise UserError(held.in_words())
    try:
        return backups.restore(folder, backup)
    finally:
        held.release()


def keep_before_upgrade(file: Path) -> None:
    """Back up a project of an older format: it is about to be brought up to this version's."""
    if not file.is_file():
        return
    version = format_of(file)
    if 0 < version < SCHEMA_VERSION:
        backups.back_up(file, file.parent, f"before-format-{SCHEMA_VERSION}")


def make_folders(folder: Path) -> None:
    """Make the project folder and those in it. Raises :class:`UserError` where it cannot be written."""
    try:
        for name in ("encoders", "features", "thumbnails"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(f"{folder} is not a folder. Choose a folder for the project.") from error
    except OSError as error:
        raise UserError(not_writable(folder)) from error


def _looked_at(kind: "type[Project]", folder: Path, holder: Holder) -> "Project":
    database = Database(folder / PROJECT_FILE, holder.in_words, read_only=True)
    try:
        with database.read() as connection:
            catalog.check_names(connection)
    except BaseException:
        database.close()
        raise
    return kind(folder, database, holder)
