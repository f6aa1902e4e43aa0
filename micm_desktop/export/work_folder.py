"""A folder for what is made on the way, among the system's temporary ones.

It goes when the work ends, however it ends; where the whole program is killed, the next one sees that nobody holds it
any more.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from micm_desktop.export.file_lock import lock
from micm_desktop.progress import UserError

PREFIX: Final = "micm-work-"
_HELD: Final = "held"
_YOUNG_SECONDS: Final = 60.0


@contextmanager
def work_folder() -> Iterator[Path]:
    """A new, empty folder but for the file by which it is held. Raises OSError."""
    remove_left_behind()
    # Windows does not remove a file that is still mapped.
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / _HELD).open("wb") as held:
            lock(held.fileno(), folder)
            yield folder


def remove_left_behind() -> None:
    """Remove the folders of this user's programs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether nobody holds it any more; False where that cannot be told."""
    try:
        found = folder.lstat()
        # One that has just been made may not be held yet.
        if time.time() - found.st_mtime < _YOUNG_SECONDS or (sys.platform != "win32" and found.st_uid != os.getuid()):
            return False
        with (folder / _HELD).open("r+b") as one, (folder / _HELD).open("r+b") as other:
            lock(one.fileno(), folder)
            try:
                lock(other.fileno(), folder)
            except UserError:
                # So locks bind here, and the first one was free.
                return True
    except (OSError, UserError):
        return False
    return False
