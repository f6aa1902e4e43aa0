"""A test set that was acknowledged is on disk, whatever happens to the process a moment later; see tests/crash."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import micm_desktop
from micm_desktop.project.store import Project


def killed(program: str, folder: Path, seed: int) -> int:
    """How many steps ``program`` acknowledged before it was killed at some moment."""
    paths = os.pathsep.join([str(Path(micm_desktop.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert process.stdout.readline() == "0\n"
    killer = threading.Timer(random.Random(seed).uniform(0.02, 0.5), process.kill)
    killer.start()
    lines = process.stdout.read().split("\n")
    process.wait()
    killer.join()
    return len(lines)  # the first was read above; the last piece is what follows the last complete line


LOCKER = """
import itertools, sys
from pathlib import Path
from micm_desktop.project.store import Project

project = Project.open(Path(sys.argv[1]))
print("ready", flush=True)
for step in itertools.count():
    project.unlock() if step % 3 == 2 else project.lock([f"{step:064x}", f"{step:063x}x"], "list")
    print(step, flush=True)
"""


def test_every_acknowledged_lock_survives_a_kill(tmp_path: Path) -> None:
    acknowledged = killed(LOCKER, tmp_path, 0)
    project = Project.open(tmp_path)
    # The one in flight may or may not be there; none is there by half.
    assert len(project.locked()) in {2 * (steps % 3) for steps in (acknowledged, acknowledged + 1)}
    assert len(project.test_set().events) in (acknowledged, acknowledged + 1)
    project.close()
