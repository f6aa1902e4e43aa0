"""A process that tags, marks, undoes, renames and writes files is killed at any moment, and nothing it acknowledged is
lost. 300 times in the slow suite; MICM_CRASHES says how often in the quick one.
"""

import os
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("the driver forks", allow_module_level=True)

import numpy as np
from crashes import Driver, Model, replayed, state_of

from micm_desktop.fewshot.feature_store import FeatureStore
from micm_desktop.project import backups, label_file
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


def survive(driver: Driver, folder: Path, lives: int) -> tuple[int, int]:
    """Kill so many lives on one project; the number of actions that were acknowledged, and of those begun at a kill."""
    chance = random.Random(folder.name)
    model = Model()
    acknowledged = interrupted = 0
    for life in range(lives):
        # From before the project is open until some actions later, wherever the line before leaves it.
        after = chance.randrange(16)
        seconds = chance.random() * (0.01 if after else 0.1)
        said = driver.live("label", seconds, after, project=str(folder), seed=life)
        begun = None
        for line in said:
            if "ready" in line:
                assert line["ready"], "what the killed life before has left must hold nobody up"
            elif "begin" in line:
                begun = line["begin"]
            elif "done" in line:
                model.do(begun)
                begun, acknowledged = None, acknowledged + 1
            else:
                raise AssertionError(line)
        project = Project.open_exclusively(folder)
        assert project.holder is None
        found = state_of(project)
        if begun is not None:
            interrupted += 1
            after = model.copy()
            after.do(begun)
            done, undone = replay(project.steps())
            if (found, len(done), len(undone)) == (after.state, after.at, len(after.states) - 1 - after.at):
                model = after
        assert found == model.state, f"life {life}"
        assert replayed(project) == model.state
        done, undone = replay(project.steps())
        assert (len(done), len(undone)) == (model.at, len(model.states) - 1 - model.at)
        whole_files(project)
        project.close()
    return acknowledged, interrupted


def whole_files(project: Project) -> None:
    """Whatever bears its name is whole."""
    with closing(sqlite3.connect(project.folder / "project.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    labels = project.folder / "labels.csv"
    if labels.exists():
        label_file.read_lines(labels)
    for backup in backups.all_backups(project.folder)[:1]:
        assert not backup.problem
        with closing(sqlite3.connect(backup.file)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows, features = FeatureStore(project.folder / "features" / "driver", 7).read()
    for key, row in rows.items():
        assert np.all(features[row] == int(key, 16))


def test_every_acknowledged_action_survives(driver: Driver, tmp_path: Path) -> None:
    acknowledged, _ = survive(driver, tmp_path, int(os.environ.get("MICM_CRASHES", "10")))
    assert acknowledged > 12


@pytest.mark.slow
def test_every_acknowledged_action_survives_300_kills(driver: Driver, tmp_path: Path) -> None:
    # Undo looks a thousand actions back: several projects, so that all of them count.
    counts = [survive(driver, tmp_path / str(number), 50) for number in range(6)]
    acknowledged, interrupted = map(sum, zip(*counts, strict=True))
    print(f"\n300 lives, {acknowledged} actions acknowledged, {interrupted} kills in the middle of one")
    assert acknowledged > 300 and interrupted > 75


def test_on_a_network_drive_no_kill_makes_up_a_conflict(driver: Driver, tmp_path: Path) -> None:
    chance, tagged = random.Random(0), 0
    lives = int(os.environ.get("MICM_CRASHES", "10")) // 2
    for life in range(lives):
        gap = life % 3 == 0
        order = {"project": str(tmp_path / "drive"), "cache": str(tmp_path / "cache"), "at_the_gap": gap}
        said = driver.live("drive", None if gap else 0.1 * chance.random(), 0 if gap else 1, **order)
        assert not [line for line in said if "error" in line], said
        told = [line["told"] for line in said if "told" in line]
        assert "kept_apart" not in told
        if life % 3 == 1:
            assert told == [""], "all of it had reached the drive"
        tagged += sum("done" in line for line in said)
    order["at_the_gap"] = True
    said = driver.live("drive", None, **order)
    assert int(said[1]["begin"][0], 16) >= tagged


def test_a_full_disk_loses_nothing_and_says_so(driver: Driver, tmp_path: Path) -> None:
    said = driver.live("fill", None, project=str(tmp_path), room=[60_000, 5_000, 0])
    assert not [line for line in said if "error" in line]
    failures = [line["failed"] for line in said if "failed" in line]
    assert len(failures) == 3 and all("full" in text or "could not be used" in text for text in failures)
    model = Model()
    model.do(["add", "scratch"])
    begun = None
    for line in said:
        begun = line.get("begin", begun)
        if "done" in line:
            model.do(begun)
    project = Project.open_exclusively(tmp_path)
    assert state_of(project) == model.state == replayed(project)
    assert "f" * 64 in project.tags()
    project.close()
