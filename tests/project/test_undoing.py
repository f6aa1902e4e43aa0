"""Undo and redo follow from the journal alone, also after a restart, and are themselves in it."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from workbench import Workbench

from micm_desktop.progress import UserError
from micm_desktop.project.records import UNSURE, ClassRecord
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay


def undo(project: Project) -> None:
    """Take the last step back, as a freshly opened program would."""
    project.take_back(replay(project.steps())[0][-1].latest)


def redo(project: Project) -> None:
    project.take_back(replay(project.steps())[1][-1].latest)


def depth(project: Project) -> tuple[int, int]:
    done, undone = replay(project.steps())
    return len(done), len(undone)


def state(project: Project) -> object:
    return (
        project.tags(),
        project.unsure(),
        project.classes(),
        project.regions(),
        json.loads(project.setting("decision", "{}")),
    )


def test_undo_and_redo_outlive_a_restart(bench: Workbench) -> None:
    scratch, dent = bench.project.add_class("scratch"), bench.project.add_class("dent")
    bench.project.tag(["a", "b"], scratch.id)
    bench.project.tag(["b"], dent.id)
    undo(bench.project)
    assert bench.project.tags() == {"a": scratch.id, "b": scratch.id} and depth(bench.project) == (3, 1)
    bench.reopen()
    redo(bench.project)
    assert bench.project.tags() == {"a": scratch.id, "b": dent.id} and depth(bench.project) == (4, 0)
    bench.reopen()
    for left in (3, 2, 1, 0):
        undo(bench.project)
        assert depth(bench.project) == (left, 4 - left)
    assert bench.project.tags() == {} and bench.project.classes() == []
    for _ in range(4):
        redo(bench.project)
    assert bench.project.tags() == {"a": scratch.id, "b": dent.id} and bench.project.classes() == [scratch, dent]
    undo(bench.project)
    bench.project.tag(["c"], dent.id)
    assert depth(bench.project) == (4, 0), "something new leaves nothing to redo"


def test_the_steps_say_what_was_done(bench: Workbench) -> None:
    project = bench.project
    scratch, dent = project.add_class("scratch"), project.add_class("dent")
    project.tag(["a", "b"], scratch.id)
    project.tag(["c"], UNSURE)
    project.tag(["b"], None)
    project.change_class(scratch.id, name="傷")
    project.restore_tags({"a": dent.id, "b": scratch.id})
    region = project.add_region("a", scratch.id, 0, 0, 1, 1)
    project.remove_region(region.id)
    project.merge_class(scratch.id, dent.id)
    project.remove_class(dent.id)
    assert [(step.kind, step.count, step.name, step.other) for step in project.steps(after=2)] == [
        ("tag", 2, "傷", ""),
        ("unsure", 1, "", ""),
        ("untag", 1, "", ""),
        ("class_changed", 1, "scratch", "傷"),
        ("tag", 2, "", ""),
        ("region_added", 1, "", ""),
        ("region_removed", 1, "", ""),
        ("class_merged", 1, "傷", "dent"),
        ("class_removed", 2, "dent", ""),
    ]


def test_merging_moves_tags_regions_and_settings_and_comes_back(bench: Workbench) -> None:
    project = bench.project
    scratch, dent = project.add_class("scratch"), project.add_class("dent", key="d")
    project.tag(["a", "b"], scratch.id)
    project.tag(["c"], dent.id)
    project.tag(["d"], UNSURE)
    region = project.add_region("a", scratch.id, 0, 0, 5, 5)
    project.set_setting("decision", '{"costs": {"1": 20.0, "2": 7.0}, "threshold": 0.3}')
    before = state(project)
    into = project.merge_class(
        scratch.id, dent.id, settings=lambda record: {"decision": f'{{"costs": {{"{record.id}": 7.0}}}}'}
    )
    assert into == dent and project.classes() == [dent]
    assert project.tags() == {"a": dent.id, "b": dent.id, "c": dent.id} and project.unsure() == {"d"}
    assert [(one.id, one.class_id) for one in project.regions()] == [(region.id, dent.id)]
    merged = state(project)
    assert len({entry.id for entry in project.history()}) > 4 and depth(project)[0] == 7
    taken = project.take_back(replay(project.steps())[0][-1].latest)
    assert state(project) == before
    assert taken.classes and taken.regions == {region.id: region} and taken.tags.after == {"a": 1, "b": 1}
    redo(project)
    assert state(project) == merged
    for wrong in ((scratch.id, dent.id), (dent.id, scratch.id), (dent.id, dent.id)):
        with pytest.raises(UserError, match="removed"):
            project.merge_class(*wrong)
    assert state(project) == merged


def test_a_removed_class_comes_back_with_its_tags_and_regions(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch", key="s")
    project.tag(["a"], scratch.id)
    project.add_region("a", scratch.id, 0, 0, 5, 5)
    before = state(project)
    project.remove_class(scratch.id)
    bench.reopen()
    undo(bench.project)
    assert state(bench.project) == before


def test_a_setting_that_was_changed_since_stays(bench: Workbench) -> None:
    project = bench.project
    project.set_setting("decision", '{"costs": {"1": 20.0}, "threshold": 0.3}')

    def dearer(record: ClassRecord) -> dict[str, str]:
        return {"decision": '{"costs": {"1": 30.0}, "threshold": null}'}

    scratch = project.add_class("scratch")
    project.change_class(scratch.id, settings=dearer)
    assert project.steps()[-1].kind == "setting_changed" and project.steps()[-1].name == "scratch"
    project.set_setting("decision", '{"costs": {"1": 30.0, "2": 5.0}, "threshold": 0.7}')
    undo(project)
    assert json.loads(project.setting("decision")) == {"costs": {"1": 20.0, "2": 5.0}, "threshold": 0.7}
    assert depth(project) == (1, 1)


def test_what_another_program_changed_is_not_overwritten(bench: Workbench) -> None:
    project = bench.project
    scratch, dent = project.add_class("scratch"), project.add_class("dent", key="d")
    change = project.tag(["a"], scratch.id)
    other = Project.open(project.folder)
    other.tag(["a"], dent.id)
    other.change_class(scratch.id, key="")
    other.add_class("third", key=scratch.key)
    before = state(project), project.history()
    for action_id in (change.action_id, 1, 999):
        with pytest.raises(UserError, match="cannot be undone"):
            project.take_back(action_id)
    with pytest.raises(UserError, match="already belongs to the class third"):
        project.take_back(change.action_id + 2)
    assert (state(project), project.history()) == before
    undo(project)
    undo(project)
    undo(project)
    assert project.tags() == {"a": scratch.id}, "its steps can be undone like one's own"
    other.close()


def test_unsure_takes_the_tag_away_and_a_tag_ends_it(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch")
    project.tag(["a", "b"], scratch.id)
    change = project.tag(["a", "c"], UNSURE)
    assert change.before == {"a": scratch.id, "c": None} and change.after == dict.fromkeys("ac", UNSURE)
    bench.reopen()
    project = bench.project
    assert project.tags() == {"b": scratch.id} and project.unsure() == {"a", "c"}
    assert project.tag(["a"], UNSURE).action_id == 0, "nothing changed"
    project.tag(["a"], scratch.id)
    project.tag(["c"], None)
    assert project.tags() == dict.fromkeys("ab", scratch.id) and project.unsure() == set()
    undo(project)
    undo(project)
    assert project.unsure() == {"a", "c"}
    undo(project)
    assert project.tags() == dict.fromkeys("ab", scratch.id) and project.unsure() == set()


def test_many_images_are_one_step_and_the_oldest_steps_are_forgotten(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("micm_desktop.project.undoing.LOOKED_BACK", 20)
    project = bench.project
    scratch = project.add_class("scratch")
    project.tag([f"{number:064x}" for number in range(3000)], scratch.id)
    undo(project)
    assert project.tags() == {}
    redo(project)
    for number in range(25):
        project.tag(["a"], (scratch.id, None)[number % 2])
    done, undone = replay(project.steps())
    assert (len(done), len(undone)) == (20, 0) and done[-1].step.kind == "tag"
    assert len(project.tags()) == 3001


OLD = """
CREATE TABLE folders (id INTEGER NOT NULL, path BLOB NOT NULL, path_from_project BLOB, PRIMARY KEY (id), UNIQUE (path));
CREATE TABLE images (id INTEGER NOT NULL, folder_id INTEGER NOT NULL, name_on_disk BLOB NOT NULL, relative_path VARCHAR
  NOT NULL, sha256 VARCHAR NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, size_bytes BIGINT NOT NULL,
  modified_ns BIGINT NOT NULL, status VARCHAR NOT NULL, message VARCHAR NOT NULL, PRIMARY KEY (id));
CREATE TABLE classes (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR NOT NULL, color VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL, is_good BOOLEAN NOT NULL, removed BOOLEAN NOT NULL);
CREATE TABLE tags (sha256 VARCHAR NOT NULL, class_id INTEGER NOT NULL, PRIMARY KEY (sha256),
  FOREIGN KEY(class_id) REFERENCES classes (id)) WITHOUT ROWID;
CREATE TABLE regions (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, sha256 VARCHAR NOT NULL, class_id INTEGER,
  xmin FLOAT NOT NULL, ymin FLOAT NOT NULL, xmax FLOAT NOT NULL, ymax FLOAT NOT NULL);
CREATE TABLE history (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, action_id INTEGER NOT NULL, at VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL, action VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, detail VARCHAR NOT NULL);
CREATE INDEX ix_history_action_id ON history (action_id);
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
  BEGIN SELECT RAISE(ABORT, 'the label journal is append-only'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
  BEGIN SELECT RAISE(ABORT, 'the label journal is append-only'); END;
CREATE TABLE encoders (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL, name VARCHAR NOT NULL,
  created VARCHAR NOT NULL, summary VARCHAR NOT NULL, active BOOLEAN NOT NULL, UNIQUE (path));
CREATE TABLE settings ("key" VARCHAR NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY ("key"));
PRAGMA application_id = 1296646989;
PRAGMA user_version = 1;
INSERT INTO classes VALUES (1, 'good', '#0072b2', '1', 1, 0), (2, 'dent', '#e69f00', '2', 0, 1);
INSERT INTO tags VALUES ('a', 1);
"""
"""What the first version of the program made, as SQLite shows it; one class had been removed."""
GOOD = {"id": 1, "name": "good", "color": "#0072b2", "key": "1", "is_good": True}
DENT = {"id": 2, "name": "dent", "color": "#e69f00", "key": "2", "is_good": False}
OLD_HISTORY = (
    (1, "class_added", "", {"before": None, "after": GOOD}),
    (2, "class_added", "", {"before": None, "after": DENT}),
    (3, "tag", "b", {"before": None, "after": 2}),
    (4, "untag", "b", {"before": 2, "after": None}),
    (5, "class_removed", "", {"before": DENT, "after": None}),
    (6, "tag", "a", {"before": None, "after": 1}),
)


def test_a_project_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "project.sqlite") as old:
        old.executescript(OLD)
        old.executemany(
            'INSERT INTO history (action_id, at, "by", action, sha256, detail) '
            "VALUES (?, '2026-01-01T00:00:00+00:00', 'x', ?, ?, ?)",
            [(number, action, sha256, json.dumps(detail)) for number, action, sha256, detail in OLD_HISTORY],
        )
    old.close()
    for _ in range(2):
        project = Project.open(tmp_path)
        assert project.tags() == {"a": 1} and project.unsure() == set()
        assert [record.name for record in project.classes()] == ["good"]
        assert len(project.history()) == len(OLD_HISTORY)
        assert depth(project) == (1, 0), "undo stops at the removed class, which did not say what it had"
        project.close()
    project = Project.open(tmp_path)
    undo(project)
    assert project.tags() == {} and depth(project) == (0, 1)
    project.tag(["c"], UNSURE)
    assert depth(project) == (1, 0) and project.unsure() == {"c"}
    with pytest.raises(IntegrityError, match="append-only"), project._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM history")
    project.close()


LOCKING = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_locked_project_is_said_soon_and_nothing_changes(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    project = bench.project
    scratch = project.add_class("scratch")
    region = project.add_region("a", None, 0, 0, 5, 5)
    project.tag(["a"], scratch.id)
    before = state(project), project.history()
    monkeypatch.setattr("micm_desktop.project.store.LABEL_TIMEOUT_MS", 50)
    with subprocess.Popen(
        [sys.executable, "-c", LOCKING, str(project.folder / "project.sqlite")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "locked\n"
        for action in (
            lambda: project.tag(["a"], None),
            lambda: undo(project),
            lambda: project.remove_class(scratch.id),
            lambda: project.change_region(region.id, None, 0, 0, 9, 9),
            lambda: project.set_setting("costs", "{}"),
        ):
            started = time.monotonic()
            with pytest.raises(UserError, match="Another program is using"):
                action()
            assert time.monotonic() - started < 5
        # A scan that waits for the same lock keeps nobody waiting longer.
        scan = threading.Thread(target=lambda: project.activate_encoder(None))
        scan.start()
        while not project._database._writing.locked():
            time.sleep(0.01)
        started = time.monotonic()
        with pytest.raises(UserError, match="Another program is using"):
            project.tag(["a"], None)
        assert time.monotonic() - started < 5
        assert process.stdin is not None
        process.stdin.close()
        scan.join()
    assert (state(project), project.history()) == before
    undo(project)
    assert project.tags() == {}
