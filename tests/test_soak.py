"""Rounds of work in the window leave nothing behind: a few of those that benchmarks/soak.py does for hours."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).parent / "support" / "leaking_soak.py"


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="counts what Linux lists in /proc")
def test_rounds_of_work_leave_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, DRIVER, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert not found["honest"] and not found["failures"]
    named = {text.split()[0] for text in found["leaking"]}
    assert named == {"memory_mib", "threads", "files", "qt_objects", "python_objects"}, "a leak is seen"
