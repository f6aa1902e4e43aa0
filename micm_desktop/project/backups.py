"""Verified copies of a project's database in ``backups``, made while it is in use; old ones make way by themselves.

A copy is made by SQLite's online backup, checked, and only then given its name: what bears the name is whole.
"""

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from micm_desktop.images.names import PROJECT_FILE
from micm_desktop.progress import UserError
from micm_desktop.project.database import DamagedProject
from micm_desktop.project.records import Backup
from micm_desktop.project.schema import APPLICATION_ID, SCHEMA_VERSION

FOLDER: Final = "backups"
RECENT, DAILY, MONTHLY, SPECIAL = 8, 14, 12, 5
"""How many are kept: the newest, then the last of each day and of each month, and the newest of each special reason."""
MOST_BYTES: Final = 2_000_000_000
ACTIONS, HOUR = 200, 3600.0
LEAST: Final = 3
"""So many are kept whatever their size."""
PAGES: Final = 256
"""Of the database, a mebibyte: so many are copied, and kept by the disk, at a time."""
PAUSE: Final = 0.005
"""Seconds between two times."""
_NAME: Final = re.compile(r"project-(\d{8}T\d{6})Z-([a-z0-9-]+)\.sqlite")
ORDINARY: Final = "auto"


def back_up(database: Path, project: Path, why: str = ORDINARY) -> Path:
    """Make a checked copy of ``database`` in the folder ``project``, and drop copies that nobody needs; returns the new
    file.

    Raises :class:`DamagedProject` where the database is damaged: earlier copies stay then; UserError where the disk
    refuses.
    """
    folder = project / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        target = _free_name(folder, why)
        copy_checked(database, target)
    except sqlite3.DatabaseError as error:
        raise _in_words(database, folder, error) from error
    except OSError as error:
        raise UserError(
            f"The backup could not be written to {folder} ({error.strerror}). Check the place and its free space."
        ) from error
    _prune(folder)
    return target


def copy_checked(source: Path, target: Path) -> None:
    """Copy a database in use to ``target``, which exists only once the copy is whole, checked and on the disk.

    Raises sqlite3.DatabaseError where the source or the copy is damaged, or the disk is full, and OSError.
    """
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        uri = f"{source.as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as original, closing(sqlite3.connect(part)) as copy:
            # What is there counts only once it is whole and flushed, below.
            for unsafe in ("synchronous=OFF", "journal_mode=OFF"):
                copy.execute(f"PRAGMA {unsafe}")
            _copy_pages(original, copy, part)
            copy.execute("PRAGMA journal_mode=DELETE")
            check(copy)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
        sync_folder(target.parent)
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("malformed: a name that is no text") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy_pages(original: sqlite3.Connection, copy: sqlite3.Connection, file: Path) -> None:
    """Copy one moment of ``original`` to ``copy`` in ``file``. Where there is a write-ahead log, others write meanwhile
    without waiting; and since a tag is kept by the disk only after what others have given it, that is little at a time.
    """
    if original.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        original.backup(copy)
        return
    # Within a transaction that has begun to read: no write of others makes the copy begin anew.
    original.execute("BEGIN")
    original.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with file.open("rb+") as stream:

        def flush(_status: int, left: int, _total: int) -> None:
            os.fsync(stream.fileno())
            if left:
                time.sleep(PAUSE)

        original.backup(copy, pages=PAGES, progress=flush)
    original.execute("COMMIT")


def check(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError where a page or an index is damaged."""
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"malformed: {found}")


def sync_folder(folder: Path) -> None:
    """Have a renamed file be there after a power loss, too; Windows knows no such thing and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def all_backups(folder: Path) -> list[Backup]:
    """The backups of the project in ``folder``, the newest first. Opens each: for a worker thread."""
    return [_described(file, *told) for file, told in reversed(_listed(folder / FOLDER))]


def back_up_if_due(database: Path, project: Path, *, opening: bool = False) -> Path | None:
    """Make a backup where there is something new since the last one and it is time: at ``opening``, after
    :data:`ACTIONS` changes of labels, or after an hour. Returns it, or None. Raises as :func:`back_up`.
    """
    try:
        now = _marks(database)
        listed = [(file, made) for file, (made, why) in _listed(project / FOLDER) if why == ORDINARY]
        before, age = (0, 0), HOUR
        if listed:
            # A copy that cannot be read, as after a sync that failed, must not keep others from being made.
            with suppress(sqlite3.DatabaseError):
                before, age = _marks(listed[-1][0]), abs(time.time() - listed[-1][1].timestamp())
    except sqlite3.DatabaseError as error:
        raise _in_words(database, project / FOLDER, error) from error
    if now == before:
        return None
    # Fewer where an older state was restored.
    if opening or age >= HOUR or abs(now[0] - before[0]) >= ACTIONS:
        return back_up(database, project)
    return None


def _marks(database: Path) -> tuple[int, int]:
    """Number of the journal's last entry, and how many encoders there are: whether there is something new."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        query = "SELECT (SELECT coalesce(max(id), 0) FROM history), (SELECT count(*) FROM encoders)"
        last, encoders = connection.execute(query).fetchone()
    return int(last), int(encoders)


def restore(folder: Path, backup: Path) -> Path | None:
    """Make the project in ``folder``, which nobody may have open, what it was in ``backup``; returns the copy of what
    it was until now, None where there was no database. Interrupted at any moment, the project is as before or restored.

    Raises UserError where the backup is damaged, or the disk refuses.
    """
    database = folder / PROJECT_FILE
    new = folder / "project.restoring.sqlite"
    try:
        copy_checked(backup, new)
    except (sqlite3.DatabaseError, OSError) as error:
        new.unlink(missing_ok=True)
        raise UserError(f"The backup {backup.name} cannot be restored ({error}). Choose another one.") from error
    kept = _keep(database) if database.exists() else None
    _end_log(database)
    try:
        for ending in ("-wal", "-shm", "-journal"):
            # What is left of these belongs to the old file, and would be played into the new one.
            (folder / f"{database.name}{ending}").unlink(missing_ok=True)
        new.replace(database)
        sync_folder(folder)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise UserError(
            f"{database} could not be replaced ({error.strerror}). Close other programs that use it, then try again."
        ) from error
    return kept


def _end_log(database: Path) -> None:
    """Have the file alone hold all that its write-ahead log does: what interrupts us behind it loses nothing."""
    if database.exists():
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep(database: Path) -> Path:
    """A copy of what the database is now; bit by bit where it is damaged."""
    with suppress(UserError):
        return back_up(database, database.parent, "before-restore")
    folder = database.parent / FOLDER
    folder.mkdir(exist_ok=True)
    target = _free_name(folder, "damaged")
    try:
        for ending in ("-wal", ""):
            source = database.with_name(database.name + ending)
            if source.exists():
                shutil.copyfile(source, target.with_name(target.name + ending))
    except OSError as error:
        raise UserError(
            f"The backup could not be written to {folder} ({error.strerror}). Check the place and its free space."
        ) from error
    return target


def _free_name(folder: Path, why: str) -> Path:
    """Names sort by time, also of two in one second, or where the clock was set back: one follows the newest."""
    now = datetime.now(UTC)
    if listed := _listed(folder):
        now = max(now, listed[-1][1][0] + timedelta(seconds=1))
    return folder / f"project-{now:%Y%m%dT%H%M%S}Z-{why}.sqlite"


def _listed(folder: Path) -> list[tuple[Path, tuple[datetime, str]]]:
    """Files with their time and reason, the oldest first."""
    found = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = _NAME.fullmatch(file.name)
        if name is not None:
            made = datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            found.append((file, (made, name[2])))
    return found


def _described(file: Path, made: datetime, why: str) -> Backup:
    size = file.stat().st_size
    if why == "damaged":
        return Backup(file, made, why, size, problem="damaged")
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                return Backup(file, made, why, size, problem="damaged")
            if connection.execute("PRAGMA user_version").fetchone()[0] > SCHEMA_VERSION:
                return Backup(file, made, why, size, problem="newer")
            tags = connection.execute("SELECT count(*) FROM tags").fetchone()[0]
            last = connection.execute("SELECT by, at FROM history ORDER BY id DESC LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        return Backup(file, made, why, size, problem="damaged")
    by, at = last or ("", None)
    return Backup(file, made, why, size, tags, by, datetime.fromisoformat(at) if at else None)


def to_drop(made: Sequence[tuple[datetime, str, int]]) -> set[int]:
    """Places in ``made`` (time, reason, bytes; the oldest first) of the copies that make way."""
    keep: set[int] = set()
    ordinary = [place for place in reversed(range(len(made))) if made[place][1] == ORDINARY]
    keep.update(ordinary[:RECENT])
    for pattern, most in (("%Y-%m-%d", DAILY), ("%Y-%m", MONTHLY)):
        last_of: dict[str, int] = {}
        for place in ordinary:
            last_of.setdefault(f"{made[place][0].astimezone():{pattern}}", place)
        keep.update(list(last_of.values())[:most])
    reasons: dict[str, int] = {}
    for place in reversed(range(len(made))):
        why = made[place][1]
        if why != ORDINARY:
            reasons[why] = reasons.get(why, 0) + 1
            if reasons[why] <= SPECIAL:
                keep.add(place)
    left = MOST_BYTES
    for rank, place in enumerate(sorted(keep, reverse=True)):
        left -= made[place][2]
        if left < 0 and rank >= LEAST:
            keep.discard(place)
    return set(range(len(made))) - keep


def _prune(folder: Path) -> None:
    for half in folder.glob("*.part*"):
        # Of a process that was killed.
        with suppress(OSError):
            half.unlink()
    listed = _listed(folder)
    for place in to_drop([(made, why, file.stat().st_size) for file, (made, why) in listed]):
        with suppress(OSError):
            for ending in ("-wal", ""):
                file = listed[place][0]
                file.with_name(file.name + ending).unlink(missing_ok=True)


def _in_words(database: Path, folder: Path, error: sqlite3.DatabaseError) -> UserError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return UserError(
            f"The backup could not be written to {folder} (the disk is full). Check the place and its free space."
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or str(error).startswith("malformed"):
        return DamagedProject(f"The project file {database} is damaged. Restore its labels from a backup.")
    return UserError(f"The backup could not be written to {folder} ({error}). Check the place and its free space.")
