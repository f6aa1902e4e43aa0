"""Who works on a project: one program at a time may change it, and the others look on.

The operating system's lock on ``project.lock`` ends with the process that has it, however that ends. It does not reach
across every network drive, so ``project.holder.json`` says who has it and is touched every :data:`BEAT` seconds. Its
age is a difference of two times that the drive itself gave: clocks of two computers need not agree.
"""

import json
import os
import platform
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from micm_desktop.progress import UserError
from micm_desktop.project.database import not_writable
from micm_desktop.project.journal import user_name
from micm_desktop.project.records import Holder

LOCK_FILE: Final = "project.lock"
HOLDER_FILE: Final = "project.holder.json"
BEAT: Final = 20.0
WAIT: Final = 0.2
QUIET_AFTER: Final = 90.0
"""Seconds without a sign of life after which a program on another computer is asked about, no longer believed."""


LOST: Final = (
    "This project was opened for editing elsewhere meanwhile: here it can only be looked at now. Open it again."
)


class Hold:
    """The right to change a project, until :meth:`release` or the end of the process."""

    def __init__(self, folder: Path, lock: FileLock, holder: Holder) -> None:
        self.holder = holder
        self._lock, self._file = lock, folder / HOLDER_FILE
        self._lost = False
        self._seen = time.time()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="project heartbeat", daemon=True)
        self._thread.start()

    def refusal(self) -> str:
        """Why nothing may be written any more; empty while the project is held."""
        # After a computer has slept, somebody else may have taken over before the next beat.
        if not self._lost and abs(time.time() - self._seen) > 2 * BEAT:
            self._look()
        return self.known_refusal()

    def known_refusal(self) -> str:
        """As :meth:`refusal`, by what the last sign of life has found: nothing is asked of the drive."""
        return LOST if self._lost else ""

    def release(self) -> None:
        """Let others change the project. A second call does nothing."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._thread.join()
        if not self._lost:
            with suppress(OSError):
                self._file.unlink()
        self._lock.release()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            self._look()

    def _look(self) -> None:
        try:
            found = _read(self._file)
            if found is None or found.token != self.holder.token:
                self._lost = True
                return
            os.utime(self._file)
        except OSError:
            # The drive is away for a moment: whether somebody took over shows when it is back.
            return
        self._seen = time.time()


def take(folder: Path, *, take_over: bool = False) -> Hold | Holder:
    """Take the right to change the project in ``folder``; who has it, where that is somebody else.

    What a process on this computer has left when it ended is taken over. What a program on another computer has left is
    taken over only with ``take_over``: that it is silent does not prove that it has ended.

    Raises :class:`UserError` where the folder cannot be written.
    """
    # Whoever only looks whether it is free has it for a moment.
    lock = FileLock(folder / LOCK_FILE, timeout=WAIT, thread_local=False)
    file = folder / HOLDER_FILE
    try:
        try:
            lock.acquire()
        except Timeout:
            return _read(file) or Holder("?", "?", datetime.now(UTC))
        found = _read(file)
        if found is not None and found.machine != platform.node() and not take_over:
            lock.release()
            return Holder(found.user, found.machine, found.since, found.token, quiet=_age(file) > QUIET_AFTER)
        holder = Holder(user_name(), platform.node(), datetime.now(UTC), uuid.uuid4().hex)
        _write(file, holder)
    except OSError as error:
        lock.release(force=True)
        raise UserError(not_writable(folder)) from error
    return Hold(folder, lock, holder)


def is_free(folder: Path) -> bool:
    """Whether :func:`take` would succeed now; False where the folder cannot be reached."""
    try:
        with FileLock(folder / LOCK_FILE, timeout=0, thread_local=False):
            found = _read(folder / HOLDER_FILE)
    except (Timeout, OSError):
        return False
    return found is None or found.machine == platform.node()


def _read(file: Path) -> Holder | None:
    """None where there is no such file, or it was never written to its end."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Holder(
            str(found["user"]), str(found["machine"]), datetime.fromisoformat(found["since"]), str(found["token"])
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return None


def _write(file: Path, holder: Holder) -> None:
    new = file.with_suffix(".new")
    values = {
        "user": holder.user,
        "machine": holder.machine,
        "since": holder.since.isoformat(),
        "token": holder.token,
        "pid": os.getpid(),
    }
    new.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    new.replace(file)


def _age(file: Path) -> float:
    """Seconds since the last sign of life, by the clock of the drive."""
    probe = file.with_suffix(f".{uuid.uuid4().hex[:8]}")
    probe.touch()
    try:
        return probe.stat().st_mtime - file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
    finally:
        probe.unlink(missing_ok=True)
