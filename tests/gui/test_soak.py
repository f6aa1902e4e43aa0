"""A minute of work in the real window leaves nothing behind; benchmarks/soak.py does it for hours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or not SOAK.exists(), reason="reads /proc, and needs the clone")
def test_a_minute_of_work_leaves_no_thread_and_no_file_behind() -> None:
    """Memory and objects are for the hours to tell: see docs/benchmarks.md."""
    done = subprocess.run(
        [sys.executable, str(SOAK), "--minutes", "0.8", "--json"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOAK.parents[1]), "OMP_NUM_THREADS": "1"},
        timeout=600,
    )
    found = json.loads(done.stdout.decode().splitlines()[-1])
    assert not found["failures"] and len(found["rounds"]) >= 2
    first, last = found["rounds"][0], found["rounds"][-1]
    assert last["threads"] <= first["threads"] + 8 and last["files"] <= first["files"] + 12, found["rounds"]
    assert last["memory_mib"] < first["memory_mib"] + 100, found["rounds"]
