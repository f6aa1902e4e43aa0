"""Freed memory goes back to the system, except while something long computes."""

import sys
from pathlib import Path

import numpy as np
import pytest

from micm_desktop.gui.freed_memory import _glibc, give_back_freed_memory, keeping_freed_memory

MIB = 2**20

pytestmark = pytest.mark.skipif(sys.platform != "linux" or _glibc() is None, reason="glibc alone has this setting")


def resident() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096


def freed_between_kept_ones() -> int:
    """Bytes by which the process shrinks when every second of 400 arrays of 512 KiB is freed."""
    arrays = [np.ones(MIB // 2, np.uint8) for _ in range(400)]
    before = resident()
    for place in range(0, 400, 2):
        arrays[place] = arrays[place][:1].copy()
    return before - resident()


def test_freed_arrays_go_back_to_the_system_except_during_long_computations() -> None:
    give_back_freed_memory()
    assert freed_between_kept_ones() > 90 * MIB
    with keeping_freed_memory():
        assert freed_between_kept_ones() < 10 * MIB
        with keeping_freed_memory():
            pass
        assert freed_between_kept_ones() < 10 * MIB
    assert freed_between_kept_ones() > 90 * MIB


def test_what_a_computation_kept_is_given_back_after_it() -> None:
    give_back_freed_memory()
    with keeping_freed_memory():
        before = resident()
        arrays = [np.ones(MIB // 2, np.uint8) for _ in range(400)]
        last = np.ones(MIB // 2, np.uint8)
        del arrays
        kept = resident() - before
    assert kept > 90 * MIB
    assert resident() - before < 30 * MIB
    assert last.all()
