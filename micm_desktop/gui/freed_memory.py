"""Gives memory that was freed back to the system, so that the window stays small beside other programs.

After the first large array glibc serves arrays of up to 32 MiB from heaps that shrink at their ends alone: 100,000
images leave 100 MiB and more unused there. Below a fixed threshold (mallopt(3), M_MMAP_THRESHOLD) each array is mapped
by itself and returned at once. Fetching pages anew doubles the time of a training step, so long computations keep what
they free; afterwards its pages go back, and its places in the heaps are the first to be used again. Other C libraries
have no such setting and are left alone.
"""

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
SMALL = 128 * 1024
"""glibc's own threshold before it adapts."""
LARGE = 32 * 1024 * 1024
"""The largest that glibc takes."""

_lock = threading.Lock()
_computing = 0


def give_back_freed_memory() -> None:
    """From now on, arrays from 128 KiB on go back to the system when they are freed."""
    library = _glibc()
    if library is not None:
        with _lock:
            _set(library, LARGE if _computing else SMALL)


@contextmanager
def keeping_freed_memory() -> Iterator[None]:
    """While this runs, freed memory is kept for the next array; afterwards all of it is given back."""
    global _computing
    library = _glibc()
    if library is None:
        yield
        return
    with _lock:
        _computing += 1
        _set(library, LARGE)
    try:
        yield
    finally:
        with _lock:
            _computing -= 1
            if not _computing:
                _set(library, SMALL)
                library.malloc_trim(ctypes.c_size_t(0))


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


def _set(library: ctypes.CDLL, threshold: int) -> None:
    library.mallopt(M_MMAP_THRESHOLD, threshold)
    library.mallopt(M_TRIM_THRESHOLD, 2 * threshold)
