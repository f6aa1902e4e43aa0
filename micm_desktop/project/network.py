"""Projects on a network drive, where SQLite must not work: locks and its log are not kept there as on a disk.

Such a project is worked on in a copy on this computer, which is written back as a whole, checked and at once, a moment
after each change and at the end. The hold on the project (:mod:`.holding`) sees to it that one computer does so. What a
crash or a drive that was away has kept from being written back is there at the next opening, and written back then.
"""

import errno
import hashlib
import json
import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from micm_desktop.file_hash import file_hash
from micm_desktop.images.names import PROJECT_FILE
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, Progress, UserError
from micm_desktop.project import backups
from micm_desktop.project.database import DamagedProject, not_writable
from micm_desktop.project.drives import kind_of as kind_of
from micm_desktop.project.folders import cache_folder
from micm_desktop.project.holding import Hold
from micm_desktop.whole_file import whole_file

log = logging.getLogger(__name__)

SETTLE: Final = 2.0
"""Seconds after a change before it is written back: many tags are written at once."""
TRY_AGAIN: Final = 10.0
CHUNK: Final = 1 << 20
PATIENCE: Final = 0.05
"""Seconds between two looks at how far the last writing back is."""


class WorkingCopy:
    """The copy of a project's database on this computer, while the project is held. Safe to use from any thread."""

    def __init__(self, folder: Path, hold: Hold) -> None:
        """Take the newer of what is on the drive and what was left here. Raises :class:`UserError` where the drive or
        this computer's disk refuses."""
        self.kind = kind_of(folder)
        self.told = ""
        """What the user must know: ``recovered`` or ``kept_apart``."""
        self._drive, self._hold = folder / PROJECT_FILE, hold
        self._place = place_of(folder)
        self.file = self._place / PROJECT_FILE
        self._state = self._place / "state.json"
        self._copying, self._noting = threading.Lock(), threading.Lock()
        self._writes = 0
        self._sent = (0, 0)
        """Bytes of those to send."""
        self._changed, self._ended, self._given_up = threading.Event(), threading.Event(), threading.Event()
        self._dirty, self._base = False, ""
        try:
            self._begin()
        except (OSError, sqlite3.DatabaseError) as error:
            raise _not_copied(error) from error
        self._thread = threading.Thread(target=self._keep_up, name="write back", daemon=True)
        self._thread.start()

    def _begin(self) -> None:
        self._place.mkdir(parents=True, exist_ok=True)
        state = _read_state(self._state)
        on_drive = _hash(self._drive)
        if not self.file.exists():
            self._take_from_drive(on_drive)
        elif state is not None and state["clean"]:
            self._base = on_drive
            if on_drive != state["base"]:
                self._take_from_drive(on_drive)
        elif state is not None and on_drive in (state["base"], state["sent"]):
            self._dirty, self._base = True, on_drive
            if on_drive != state["base"] and self._is_as(on_drive):
                # The end came between sending and noting that it was done.
                self._dirty = False
                self._note(on_drive, clean=True)
            else:
                self.told = "recovered"
                self._changed.set()
        else:
            # Both sides have changed: another computer wrote while this one had something that was not written back.
            # Or a power failure took the note of it.
            backups.back_up(self.file, self._drive.parent, "kept-apart")
            self.told = "kept_apart"
            self._take_from_drive(on_drive)

    def _take_from_drive(self, on_drive: str) -> None:
        _remove(self.file)
        self._note(on_drive, clean=True)
        if on_drive:
            _fetch(self._drive, self.file)

    def _is_as(self, on_drive: str) -> bool:
        """Whether what is here is what is on the drive."""
        probe = self._place / "outgoing.sqlite"
        try:
            backups.copy_checked(self.file, probe)
        except sqlite3.DatabaseError:
            # Said when it is opened.
            return False
        return _hash(probe) == on_drive

    def refusal(self) -> str:
        """Why nothing may be written; where something may, it is noted that it will have to be written back."""
        # Asks nothing of the drive, which may be away: whoever was taken over finds that out when it writes back.
        reason = self._hold.known_refusal()
        if not reason:
            self._count()
        return reason

    def written(self) -> None:
        """Something is on this computer's disk that is not on the drive."""
        # Counted again: a copy that was made between the two does not hold it.
        self._count()
        self._changed.set()

    def _count(self) -> None:
        with self._noting:
            self._writes += 1
            if not self._dirty:
                self._note(self._base, clean=False)
                self._dirty = True

    def write_back(self) -> None:
        """Bring the drive up to date. Raises OSError and sqlite3.DatabaseError; what is on the drive is whole then."""
        with self._copying:
            if not self._dirty or self._hold.refusal():
                return
            known = self._writes
            outgoing = self._place / "outgoing.sqlite"
            backups.copy_checked(self.file, outgoing)
            digest = _hash(outgoing)
            with self._noting:
                # Before it is on the drive: an end between that and the last note leaves what can be told from a
                # change by another computer.
                self._note(self._base, clean=False, sent=digest)
            _send(outgoing, self._drive, digest, self._go_on)
            with self._noting:
                self._dirty = self._writes != known
                self._note(digest, clean=not self._dirty)

    def _go_on(self, sent: int, size: int) -> None:
        """Raises OSError where sending must end."""
        self._sent = sent, size
        if self._given_up.is_set() or (sent == size and self._hold.refusal()):
            raise OSError(errno.ECANCELED, "given up", str(self._drive))

    def begin_on_drive(self) -> None:
        """Have a new project be on the drive, too, for others to look at. Raises :class:`UserError`."""
        if not self._drive.exists():
            try:
                self.write_back()
            except (OSError, sqlite3.DatabaseError) as error:
                raise UserError(not_writable(self._drive.parent)) from error

    def finish(self, control: JobControl) -> Iterator[Progress]:
        """Write back for the last time, in bytes; :meth:`close` follows.

        Raises :class:`ProcessingError` where the drive refuses, after which it may be tried again, and
        :class:`Cancelled` at once after a cancel, as :meth:`give_up` does, also where the drive does not answer.
        """
        failed: list[Exception] = []

        def work() -> None:
            try:
                self._thread.join()
                self.write_back()
            except (OSError, sqlite3.DatabaseError) as error:
                failed.append(error)

        self._stop_keeping_up()
        self._sent = (0, 0)
        # In a thread that may be left behind: no call to a drive that does not answer can be ended.
        last = threading.Thread(target=work, name="last write back", daemon=True)
        last.start()
        while last.is_alive():
            last.join(PATIENCE)
            yield Progress(*self._sent)
            if control.cancelled:
                self.give_up()
                raise Cancelled
        if failed:
            raise ProcessingError(
                f"The project could not be written back to the network drive ({failed[0]}). What was changed is kept "
                "on this computer, and written back when the project is opened here again."
            ) from failed[0]

    def give_up(self) -> None:
        """Write nothing back any more: what is here is taken up at the next opening."""
        self._given_up.set()

    def close(self) -> None:
        """Write back and let go of the project. Where the drive refuses, what is here is taken up at the next opening.
        After :meth:`give_up` the drive is not waited for."""
        self._stop_keeping_up()
        if self._given_up.is_set():
            # It asks the drive, too.
            threading.Thread(target=self._hold.release, name="let go", daemon=True).start()
            return
        self._thread.join()
        self._try_to_write_back()
        self._hold.release()

    def _stop_keeping_up(self) -> None:
        self._ended.set()
        self._changed.set()

    def _keep_up(self) -> None:
        while not self._ended.is_set():
            self._changed.wait()
            if self._ended.wait(SETTLE):
                return
            self._changed.clear()
            while not self._try_to_write_back():
                if self._ended.wait(TRY_AGAIN):
                    return

    def _try_to_write_back(self) -> bool:
        try:
            self.write_back()
        except (OSError, sqlite3.DatabaseError):
            log.warning("The project could not be written back to the network drive", exc_info=True)
            return False
        return True

    def _note(self, base: str, *, clean: bool, sent: str = "") -> None:
        if self._given_up.is_set():
            # A call to the drive may come back long after: the note is that of whoever opened the project since.
            return
        # On the disk before the change that it announces is.
        values = {"base": base, "clean": clean, "sent": sent, "drive": str(self._drive)}
        with whole_file(self._state) as stream:
            stream.write(json.dumps(values).encode())
        self._base = base


def place_of(folder: Path) -> Path:
    """Where the working copy of the project in ``folder`` lies."""
    digits = hashlib.sha256(str(folder).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return cache_folder() / "working" / digits


def forget(folder: Path) -> None:
    """Drop a working copy that has been overtaken; what never reached the drive is kept as a backup there. Raises
    :class:`UserError` where the drive refuses; the copy stays then."""
    place = place_of(folder)
    file, state = place / PROJECT_FILE, _read_state(place / "state.json")
    if file.exists() and (state is None or not state["clean"]):
        with suppress(DamagedProject):
            backups.back_up(file, folder, "kept-apart")
    shutil.rmtree(place, ignore_errors=True)


def snapshot(folder: Path, into: Path) -> Path:
    """A copy of what is on the drive, to look at. Raises :class:`UserError`."""
    file = into / PROJECT_FILE
    try:
        _fetch(folder / PROJECT_FILE, file)
    except (OSError, sqlite3.DatabaseError) as error:
        raise _not_copied(error) from error
    return file


def _fetch(drive: Path, file: Path) -> None:
    """Bring a database from the drive, byte by byte: SQLite itself touches nothing there."""
    incoming = file.with_name("incoming.sqlite")
    _remove(incoming)
    for ending in ("-wal", ""):
        # A log is there where a version of this program worked on the drive directly.
        with suppress(FileNotFoundError):
            shutil.copyfile(drive.with_name(drive.name + ending), incoming.with_name(incoming.name + ending))
    backups.copy_checked(incoming, file)
    _remove(incoming)


def _send(file: Path, drive: Path, digest: str, go_on: Callable[[int, int], None]) -> None:
    """Put a whole database, whose hash is ``digest``, in place of that on the drive. ``go_on`` is told the bytes sent
    of all, and ends it by an exception. Raises OSError."""
    part, size = drive.with_suffix(".part"), file.stat().st_size
    try:
        with file.open("rb") as source, part.open("wb") as stream:
            while chunk := source.read(CHUNK):
                stream.write(chunk)
                go_on(min(stream.tell(), size - 1), size)
            stream.flush()
            os.fsync(stream.fileno())
        if _hash(part) != digest:
            raise OSError(errno.EIO, "what was written to the network drive reads back as something else", str(drive))
        go_on(size, size)
        for ending in ("-wal", "-shm"):
            drive.with_name(drive.name + ending).unlink(missing_ok=True)
        part.replace(drive)
        backups.sync_folder(drive.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    file.unlink()


def _not_copied(error: Exception) -> UserError:
    return UserError(f"The project on the network drive could not be copied to this computer ({error}).")


def _read_state(file: Path) -> "dict[str, str | bool] | None":
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        # An earlier version noted nothing of what it sent.
        sent = str(found.get("sent", "")) or str(found["base"])
        return {"base": str(found["base"]), "clean": bool(found["clean"]), "sent": sent}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hash(file: Path) -> str:
    """Of a file's content; empty where there is none."""
    try:
        return file_hash(file)
    except FileNotFoundError:
        return ""


def _remove(file: Path) -> None:
    for ending in ("-wal", "-shm", "-journal", ""):
        with suppress(FileNotFoundError):
            file.with_name(file.name + ending).unlink()
