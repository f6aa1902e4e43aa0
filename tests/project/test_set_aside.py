"""The locked test set: what may be locked, what stays in the journal, and what undo makes of it."""

import sqlite3
from pathlib import Path

import pytest
from workbench import Workbench

from micm_desktop.progress import UserError
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay


def test_locked_images_keep_their_tags_and_are_not_learned_from(bench: Workbench) -> None:
    dent = bench.project.add_class("dent").id
    bench.project.tag(["a"], dent)
    assert bench.project.lock(["b", "c"], "random 20%") == 2
    assert bench.project.lock(["c", "b"], "list") == 0, "they are locked already"
    bench.project.tag(["b"], dent)
    bench.reopen()
    assert bench.project.locked() == {"b", "c"}
    assert bench.project.tags() == {"a": dent, "b": dent} and bench.project.support_tags() == {"a": dent}


def test_what_was_learned_from_cannot_test(bench: Workbench) -> None:
    dent = bench.project.add_class("dent").id
    bench.project.tag(["a", "b"], dent)
    bench.project.tag(["b"], None)
    assert bench.project.ever_learned_from() == {"a", "b"}
    for known in ("a", "b"):
        with pytest.raises(UserError, match=r"1 of the images have or had a tag"):
            bench.project.lock([known, "free"], "list")
    with pytest.raises(UserError, match="cannot be opened"):
        bench.project.lock(["", "free"], "list")
    assert bench.project.locked() == frozenset(), "all or none"


def test_unlocking_stays_recorded(bench: Workbench) -> None:
    dent = bench.project.add_class("dent").id
    bench.project.lock(["a", "b"], "list")
    bench.project.tag(["a"], dent)
    before = bench.project.test_set()
    assert before.mark > 0 and before.after(before.mark) == frozenset() and before.after(0) == {"a", "b"}
    assert bench.project.unlock() == 2 and bench.project.unlock() == 0
    assert bench.project.support_tags() == {"a": dent}
    with pytest.raises(UserError, match="have or had a tag"):
        bench.project.lock(["a"], "list")
    bench.project.lock(["b"], "random 5%")
    bench.reopen()
    found = bench.project.test_set()
    assert [(one.locked, one.images, one.how) for one in found.events] == [
        (True, 2, "list"),
        (False, 2, "unlocked"),
        (True, 1, "random 5%"),
    ]
    assert found.unlocked_images == 2 and found.locked == {"b"} and found.after(before.mark) == {"b"}
    assert found.first_locked == found.events[0].at and found.events[0].by == bench.project.history()[0].by


def test_undo_passes_over_locking(bench: Workbench) -> None:
    dent = bench.project.add_class("dent").id
    bench.project.tag(["a"], dent)
    bench.project.lock(["b"], "list")
    bench.project.tag(["b"], dent)
    bench.project.unlock()
    bench.project.lock(["c"], "list")
    for left in ({"a": dent}, {}):
        bench.project.take_back(replay(bench.project.steps())[0][-1].latest)
        assert bench.project.tags() == left and bench.project.locked() == {"c"}
    done, undone = replay(bench.project.steps())
    assert (len(done), len(undone)) == (1, 2)
    bench.project.take_back(undone[-1].latest)
    locking = next(entry for entry in bench.project.history() if entry.action == "test_locked")
    with pytest.raises(UserError, match="cannot be undone"):
        bench.project.take_back(_action(bench, locking.id))


def _action(bench: Workbench, entry: int) -> int:
    with bench.project._database.read() as connection:
        return int(connection.exec_driver_sql("SELECT action_id FROM history WHERE id = ?", (entry,)).scalar_one())


def test_a_project_of_the_second_version_is_taken_over(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    dent = project.add_class("dent").id
    project.tag(["a"], dent)
    project.close()
    with sqlite3.connect(tmp_path / "project.sqlite") as old:
        old.execute("DROP TABLE replaced")
        old.execute("DROP TABLE locked")
        old.execute("PRAGMA user_version = 2")
    old.close()
    project = Project.open(tmp_path)
    assert project.tags() == project.support_tags() == {"a": dent} and project.locked() == frozenset()
    assert project.lock(["b"], "list") == 1
    assert len(replay(project.steps())[0]) == 2, "undo of what the older version did"
    project.close()
