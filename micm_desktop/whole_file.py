"""Files that take another one's place only once they are whole and on the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, unfinished: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write, which becomes ``path`` when the block ends. After an exception, and after a power failure, what
    was there before is there.

    Until then it is called ``unfinished``, or as ``path`` with ``.part`` behind it: where several programs may write
    the same file, each needs a name of its own. Raises OSError.
    """
    part = unfinished or path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
