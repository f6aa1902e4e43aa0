"""Embeddings of many images, kept in a file beside the features that they were made of.

In memory those of a million images would be 2.6 GiB, and making them reads 8 GB of features. The file's name says which
images they are of, in which order and how they were made, so that one of that name is the right one. It holds the
values (M, E) int16, the scales (M,) float32, and the mean (D,) float32 of the features that may be learned from.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.compact import Array, CompactRows, packed
from micm_desktop.fewshot.rows_on_disk import RowsOnDisk
from micm_desktop.whole_file import whole_file

IN_MEMORY = 320 << 20
"""Bytes of embeddings up to which they stay in memory: reading them from a file takes a sixth longer for each tag."""
_ENDING = ".i16"


def file_for(folder: Path, keys: Sequence[str], free: int, layout: str) -> Path:
    """Where embeddings of the content hashes ``keys`` belong, the first ``free`` of which may be learned from."""
    digest = sha256(f"{free} {layout}".encode())
    for key in keys:
        digest.update(key.encode())
    return folder / f"embeddings-{digest.hexdigest()[:32]}{_ENDING}"


def read(file: Path, count: int, size: int, features: int) -> tuple[CompactRows, Array] | None:
    """``count`` embeddings of ``size`` values and the mean of ``features`` values; None where there is no such file."""
    try:
        stream = file.open("rb", buffering=0)
        if os.fstat(stream.fileno()).st_size != 2 * count * size + 4 * (count + features):
            stream.close()
            return None
        stream.seek(2 * count * size)
        rest = np.frombuffer(stream.read(4 * (count + features)), np.float32)
    except OSError:
        return None
    return CompactRows(RowsOnDisk(stream, size, range(count)), rest[:count].copy()), rest[count:].copy()


def write(file: Path, parts: Callable[[], Iterable[Array]], mean: Array) -> None:
    """Write what ``parts`` gives, for :func:`read`; older files beside it go. Raises OSError."""
    scales = []
    with whole_file(file, file.with_name(f"{file.name}.{os.getpid()}.new")) as stream:
        for values, steps in packed(parts()):
            stream.write(values.tobytes())
            scales.append(steps)
        stream.write(np.concatenate(scales).tobytes() + mean.tobytes())
    for other in file.parent.glob(f"embeddings-*{_ENDING}*"):
        if other != file:
            # Windows keeps one that is still open; the next write takes it away.
            with contextlib.suppress(OSError):
                other.unlink()
