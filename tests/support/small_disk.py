"""File systems that are really small, or really read-only: for this process alone, and gone when it ends."""

import ctypes
import os
import sys
from pathlib import Path

import pytest

_OWN_MOUNTS = 0x00020000
_READ_ONLY, _AGAIN, _BIND, _LAZILY, _PRIVATE = 1, 32, 4096, 2, 0x40000 | 16384


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


def _mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    _call("mount", source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode())


def own_mounts() -> None:
    """From now on this thread, and the threads and processes that it starts, mount for themselves alone. Skips the test
    where that is not allowed. There is no way back: the system refuses it where threads were started since."""
    if sys.platform != "linux":
        pytest.skip("mounting a small file system is tried on Linux alone")
    try:
        _call("unshare", _OWN_MOUNTS)
        _mount("none", Path("/"), "", _PRIVATE)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here ({error.strerror})")


class SmallDisk:
    """A file system of ``size`` bytes at ``folder``."""

    def __init__(self, folder: Path, size: int) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self._filler = folder / "filler"
        _mount("tmpfs", folder, "tmpfs", 0, f"size={size}")

    @property
    def free(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, room: int = 0) -> None:
        """Leave so many bytes free."""
        with self._filler.open("ab") as stream:
            stream.write(bytes(max(0, self.free - room)))

    def empty(self) -> None:
        """Free what :meth:`fill` took."""
        self._filler.unlink(missing_ok=True)

    def unmount(self) -> None:
        _call("umount2", os.fsencode(self.folder), _LAZILY)


def make_read_only(folder: Path) -> None:
    """As when an administrator takes away the right to write, for everybody, root too; also for files that are open."""
    if not folder.is_mount():
        _mount(str(folder), folder, "", _BIND)
    _mount("none", folder, "", _AGAIN | _BIND | _READ_ONLY)


def make_writable(folder: Path) -> None:
    """Take back :func:`make_read_only`."""
    _mount("none", folder, "", _AGAIN | _BIND)
