"""The SQLite file of a project: opening, checking, short transactions, and errors in plain words."""

import errno
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from micm_desktop.progress import UserError
from micm_desktop.project.schema import APPLICATION_ID, SCHEMA_VERSION, TRIGGERS, metadata, upgrade

log = logging.getLogger(__name__)

_BUSY_TIMEOUT_MS = 30_000
_REFUSED = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
LABEL_TIMEOUT_MS = 2_000
"""How long a person who waits for a tag is left waiting while another program writes."""


MAKES_NO_SENSE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
"""What comes of a time that is none, or of a list where a text should be: SQLite takes any value in any column."""


class DamagedProject(UserError):
    """The database is damaged; a backup may help."""


class NotWritable(UserError):
    """The project folder takes no change: it is read-only, or its disk is full."""


class Database:
    """One open ``project.sqlite``. Safe to use from several threads; each borrows a connection of its own."""

    def __init__(
        self,
        file: Path,
        refusal: Callable[[], str] = lambda: "",
        written: Callable[[], object] = lambda: None,
        *,
        read_only: bool = False,
        shared_memory: bool = True,
    ) -> None:
        """Open ``file``, and create its tables where it is new. ``refusal`` says why nothing may be written now, where
        that is so, and ``written`` is called after each write; a file that is ``read_only`` is left as it is. Without
        ``shared_memory``, as on a network drive, SQLite keeps no write-ahead log.

        Raises :class:`UserError` where it cannot be written, is no project database, or comes from a newer version.
        """
        self.file = file
        self._refusal = refusal
        self._written = written
        self._engine = _create_engine(file, read_only, shared_memory)
        # The threads of this program take turns; SQLite lets whoever asks at the right moment go first.
        self._writing = threading.Lock()
        try:
            if read_only:
                with self.read() as connection:
                    if _check(connection, file) < SCHEMA_VERSION:
                        raise UserError(
                            f"An older version of this program has the project {file.parent} open. Close it there."
                        )
            else:
                with self.write() as connection:
                    _check_or_create(connection, file)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state of the file. Never waits for a writer.

        Raises :class:`DamagedProject` where what is read makes no sense.
        """
        with self._plain_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, timeout_ms: int = _BUSY_TIMEOUT_MS) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, or, after an exception, never happened.

        The write lock is taken at the start, so what is read inside cannot change before it is written. Raises
        :class:`UserError` where another program still holds it after ``timeout_ms``, and :class:`DamagedProject` where
        what is read makes no sense.
        """
        if reason := self._refusal():
            raise UserError(reason)
        options = {"begin": "BEGIN IMMEDIATE", "timeout_ms": timeout_ms}
        if not self._writing.acquire(timeout=timeout_ms / 1000):
            raise UserError(_busy(self.file))
        try:
            with self._plain_errors(), self._engine.execution_options(**options).begin() as connection:
                yield connection
            self._written()
        finally:
            self._writing.release()

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except MAKES_NO_SENSE as error:
            log.exception("%s holds what no project does", self.file)
            raise DamagedProject(_damaged(self.file)) from error
        except DatabaseError as error:
            if not isinstance(error.orig, sqlite3.DatabaseError):
                raise
            raise _kind(error.orig)(_in_plain_words(self.file, error.orig)) from error


def _create_engine(file: Path, read_only: bool, shared_memory: bool) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file)), connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000}
    )

    # SQLAlchemy says BEGIN itself (below), since sqlite3's own implicit transactions begin too late for a
    # read-then-write.
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        # The file may come from anybody: its pages are checked as they are read, and views, triggers and checks in it
        # may call nothing with side effects (https://www.sqlite.org/security.html).
        cautious = ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0")
        mode = "WAL" if shared_memory else "DELETE"
        writing = (f"journal_mode={mode}", "synchronous=FULL", "foreign_keys=ON")
        for pragma in (*cautious, *(("query_only=ON",) if read_only else writing)):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={options.get('timeout_ms', _BUSY_TIMEOUT_MS)}")
        connection.exec_driver_sql(options.get("begin", "BEGIN"))

    return engine


def format_of(file: Path) -> int:
    """The format of a project's database; 0 where it is new, or none that could be read."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError:
        return 0
    return version if application_id == APPLICATION_ID else 0


def _check(connection: Connection, file: Path) -> int:
    """The file's format, 0 where it is new."""
    application_id = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    if application_id == 0 and tables == 0:
        return 0
    if application_id != APPLICATION_ID:
        raise UserError(f"{file} belongs to another program. Choose another folder for the project.")
    if version > SCHEMA_VERSION:
        raise UserError(
            f"The project {file.parent} was made with a newer version of this program "
            f"(format {version}; this version reads up to {SCHEMA_VERSION}). Update the program to open it."
        )
    _check_tables(connection, file)
    return version


def _check_tables(connection: Connection, file: Path) -> None:
    """Refuse what no project of ours has: triggers and views run when the tables are used, virtual tables run code."""
    query = "SELECT type, name, sql FROM sqlite_master"
    for kind, name, sql in connection.exec_driver_sql(query):
        known = TRIGGERS.get(name, "") if kind == "trigger" else str(sql)
        ours = kind in ("table", "index", "trigger") and str(sql).split() == known.split()
        if not ours or (kind == "table" and str(sql).lstrip().upper().startswith("CREATE VIRTUAL")):
            raise UserError(
                f"{file} holds a {kind} named {name}, which no project of this program has. Do not open it: it may "
                "have been made to do harm."
            )


def _check_or_create(connection: Connection, file: Path) -> None:
    version = _check(connection, file)
    if not version:
        metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    elif version < SCHEMA_VERSION:
        upgrade(connection, version)
    # Written even where it stays the same: a read-only file shows now, not at the first tag.
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _kind(error: sqlite3.DatabaseError) -> type[UserError]:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamagedProject
    return NotWritable if name.startswith((*_REFUSED, "SQLITE_FULL")) else UserError


def _in_plain_words(file: Path, error: sqlite3.DatabaseError) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_NOTADB"):
        return f"{file} is not a project file. Choose another folder for the project."
    if name.startswith("SQLITE_CORRUPT"):
        return _damaged(file)
    if name.startswith("SQLITE_FULL"):
        return _full(file)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _busy(file)
    if name.startswith(_REFUSED):
        return not_writable(file.parent)
    return f"The project file {file} could not be used ({error}). Check the disk, then try again."


def _damaged(file: Path) -> str:
    return f"The project file {file} is damaged. Restore its labels from a backup."


def _busy(file: Path) -> str:
    return f"Another program is using {file}; the last change was not saved. Close it there and try again."


def _full(file: Path) -> str:
    return f"The disk that holds {file} is full; the last change was not saved. Free some space and try again."


def not_writable(folder: Path, error: OSError | None = None) -> str:
    """What to tell the user about a project folder that cannot be written, for the reason ``error``."""
    if error is not None and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full(folder)
    return (
        f"The project folder {folder} cannot be written. "
        "Choose a folder that you may write to, or change its permissions."
    )
