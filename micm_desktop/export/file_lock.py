"""Only one program writes to a file: a lock that ends with the process that holds it, however it ends."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from micm_desktop.progress import UserError

_BEYOND = 1 << 30
"""Windows keeps others from reading what is locked, so a byte is locked there that no table reaches."""
_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def lock(descriptor: int, path: Path) -> None:
    """Lock an open file until it is closed. Raises UserError where another program holds the lock.

    A drive that knows no locks is used without one.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _BEYOND, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _HELD:
            raise UserError(
                f"Another MICM Desktop is writing {path}. Wait for it to end, stop it, or name another file."
            ) from problem


@contextmanager
def only_writer(out: Path) -> Iterator[None]:
    """While this lasts, nobody else writes ``out`` and the files that are kept beside it meanwhile. Raises UserError
    where somebody does, and OSError where nothing can be written there."""
    mark = out.with_name(f".{out.name}.lock")
    descriptor = os.open(mark, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        lock(descriptor, out)
    except BaseException:
        os.close(descriptor)
        raise
    try:
        yield
    finally:
        os.close(descriptor)
        # Windows removes no file that another program has just opened, to find it locked.
        with suppress(OSError):
            mark.unlink()
