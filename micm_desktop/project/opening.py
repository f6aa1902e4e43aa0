"""The ways into a project: to work on it alone, beside others, or only to look at it."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from micm_desktop.images.names import PROJECT_FILE
from micm_desktop.progress import UserError
from micm_desktop.project import backups, catalog, network
from micm_desktop.project.database import Database, NotWritable, format_of, not_writable
from micm_desktop.project.holding import Hold, take
from micm_desktop.project.records import Holder
from micm_desktop.project.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from micm_desktop.project.store import Project


def open_project(kind: "type[Project]", folder: Path) -> "Project":
    """See :meth:`Project.open`."""
    folder = catalog.absolute(folder)
    make_folders(folder)
    file = folder / PROJECT_FILE
    keep_before_upgrade(file, folder)
    return _worked_on(kind, folder, Database(file, shared_memory=not network.kind_of(folder)), None, None)


def open_exclusively(kind: "type[Project]", folder: Path, take_over: bool) -> "Project":
    """See :meth:`Project.open_exclusively`."""
    folder = catalog.absolute(folder)
    make_folders(folder)
    held = take(folder, take_over=take_over)
    if isinstance(held, Holder):
        return _looked_at(kind, folder, held)
    copy: network.WorkingCopy | None = None
    try:
        if network.kind_of(folder):
            copy = network.WorkingCopy(folder, held)
            keep_before_upgrade(copy.file, folder)
            database = Database(copy.file, copy.refusal, copy.written)
            copy.begin_on_drive()
        else:
            keep_before_upgrade(folder / PROJECT_FILE, folder)
            database = Database(folder / PROJECT_FILE, held.refusal)
        return _worked_on(kind, folder, database, held, copy)
    except BaseException:
        if copy is not None:
            copy.close()
        held.release()
        raise


def _worked_on(
    kind: "type[Project]", folder: Path, database: Database, hold: Hold | None, copy: network.WorkingCopy | None
) -> "Project":
    try:
        with database.write() as connection:
            catalog.check_names(connection)
            catalog.follow_moved_project(connection, folder)
    except BaseException:
        database.close()
        raise
    return kind(folder, database, hold, copy)


def look_into(kind: "type[Project]", folder: Path) -> "Project":
    """See :meth:`Project.look_into`."""
    nobody = Holder("", "", datetime.now(UTC))
    try:
        project = open_exclusively(kind, folder, take_over=False)
    except NotWritable:
        folder = catalog.absolute(folder)
        if not (folder / PROJECT_FILE).is_file():
            raise
        return _looked_at(kind, folder, nobody, apart=True)
    if project.holder is not None:
        return project
    project.close()
    return _looked_at(kind, project.folder, nobody)


def restore(folder: Path, backup: Path) -> Path | None:
    """As :func:`.backups.restore`, while nobody else has the project. Raises UserError, also where somebody has."""
    held = take(folder)
    if isinstance(held, Holder):
        raise UserError(held.in_words())
    try:
        kept = backups.restore(folder, backup)
        network.forget(catalog.absolute(folder))
        return kept
    finally:
        held.release()


def keep_before_upgrade(file: Path, folder: Path) -> None:
    """Back up the project in ``folder`` where its database ``file`` is of an older format: it is about to be brought up
    to this version's."""
    if not file.is_file():
        return
    version = format_of(file)
    if 0 < version < SCHEMA_VERSION:
        backups.back_up(file, folder, f"before-format-{SCHEMA_VERSION}")


def make_folders(folder: Path) -> None:
    """Make the project folder and those in it. Raises :class:`UserError` where it cannot be written."""
    try:
        for name in ("encoders", "features", "thumbnails"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(f"{folder} is not a folder. Choose a folder for the project.") from error
    except OSError as error:
        raise NotWritable(not_writable(folder, error)) from error


def _looked_at(kind: "type[Project]", folder: Path, holder: Holder, *, apart: bool = False) -> "Project":
    """``apart``: in a copy, since even reading a database with a log needs a file beside it."""
    file, temporary = folder / PROJECT_FILE, None
    if apart or network.kind_of(folder):
        temporary = TemporaryDirectory(prefix="micm-", ignore_cleanup_errors=True)
        file = network.snapshot(folder, Path(temporary.name))
    database = Database(file, holder.in_words, read_only=True)
    try:
        with database.read() as connection:
            catalog.check_names(connection)
    except BaseException:
        database.close()
        raise
    return kind(folder, database, holder, temporary)
