"""Freed memory goes back to the system, except while something long computes."""

import subprocess
import sys

import pytest

from micm_desktop.gui.freed_memory import _glibc

# In a process of its own: one that has worked before has holes in its heaps.
SCRIPT = """
from pathlib import Path
import numpy as np
from micm_desktop.gui.freed_memory import give_back_freed_memory, keeping_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) / 256

def shrunk():
    "MiB that 200 freed arrays of 512 KiB, each between two that stay, take off the process."
    arrays = [np.ones(2**19, np.uint8) for _ in range(400)]
    before = resident()
    for place in range(0, 400, 2):
        arrays[place] = None
    return before - resident()

give_back_freed_memory()
print("idle", shrunk())
before = resident()
with keeping_freed_memory():
    print("computing", shrunk())
    with keeping_freed_memory():
        pass
    print("still computing", shrunk())
print("left", resident() - before)
"""


@pytest.mark.skipif(_glibc() is None, reason="glibc alone has this setting")
def test_freed_arrays_go_back_to_the_system_except_during_long_computations() -> None:
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
    mib = {name: float(value) for name, _, value in (line.rpartition(" ") for line in told.splitlines())}
    assert mib["idle"] > 90
    assert mib["computing"] < 10 and mib["still computing"] < 10
    assert mib["left"] < 10, "what was kept is given back afterwards"
