"""A tag that was acknowledged is on disk, whatever happens to the process a moment later."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import micm_desktop
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

IMAGES = 20

TAGGER = f"""
import itertools, sys
from pathlib import Path
from micm_desktop.project.store import Project

project = Project.open(Path(sys.argv[1]))
classes = [project.add_class(name).id for name in ("good", "scratch", "dent")] + [None]
print("ready", flush=True)
for step in itertools.count():
    project.tag([f"{{step * 7 % {IMAGES}:064x}}"], classes[step % 4])
    print(step, flush=True)
"""


def tags_after(steps: int, classes: list[int | None]) -> dict[str, int]:
    """What the tagger's first ``steps`` tags amount to."""
    latest = {f"{step * 7 % IMAGES:064x}": classes[step % 4] for step in range(steps)}
    return {sha256: class_id for sha256, class_id in latest.items() if class_id is not None}


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


@pytest.mark.parametrize("seed", range(4))
def test_every_acknowledged_tag_survives_a_kill(seed: int, tmp_path: Path) -> None:
    acknowledged = killed(TAGGER, tmp_path, seed)

    project = Project.open(tmp_path)
    classes = [record.id for record in project.classes()] + [None]
    # The tag in flight at the kill may or may not be there; none before it may lack.
    assert project.tags() in (tags_after(acknowledged, classes), tags_after(acknowledged + 1, classes))
    entries = [entry for entry in project.history() if entry.action in ("tag", "untag")]
    assert len(entries) in (journal_length(acknowledged), journal_length(acknowledged + 1))
    project.tag(["after"], classes[0])
    project.close()


def journal_length(steps: int) -> int:
    """Entries after ``steps`` tags: taking away a tag that is not there leaves none."""
    current: dict[int, int] = {}
    entries = 0
    for step in range(steps):
        image, wanted = step * 7 % IMAGES, step % 4
        entries += current.get(image, 3) != wanted
        current[image] = wanted
    return entries


UNDOER = """
import itertools, sys
from pathlib import Path
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

project = Project.open(Path(sys.argv[1]))
scratch = project.add_class("scratch").id
print("ready", flush=True)
for step in itertools.count():
    done, undone = replay(project.steps())
    if step % 4 < 2:
        project.tag([f"{step:064x}"], scratch)
    else:
        project.take_back((done if step % 4 == 2 else undone)[-1].latest)
    print(step, flush=True)
"""
"""Again and again: two tags, undo of the second, redo."""


@pytest.mark.parametrize("seed", range(2))
def test_every_acknowledged_undo_survives_a_kill(seed: int, tmp_path: Path) -> None:
    acknowledged = killed(UNDOER, tmp_path, seed)
    project = Project.open(tmp_path)
    done, undone = replay(project.steps())
    # The class, and what the steps amount to; the one in flight may or may not be there.
    expected = [(1 + 2 * (n // 4) + (0, 1, 2, 1)[n % 4], int(n % 4 == 3)) for n in (acknowledged, acknowledged + 1)]
    assert (len(done), len(undone)) in expected
    assert len(project.tags()) == len(done) - 1
    for left in undone:
        project.take_back(left.latest)
    assert len(project.tags()) == len(done) + len(undone) - 1
    project.close()


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
