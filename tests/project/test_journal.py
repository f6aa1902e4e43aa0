"""Classes, tags, regions, and the append-only record of them."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from workbench import Workbench

from micm_desktop.progress import UserError
from micm_desktop.project.classes import KEYS
from micm_desktop.project.palette import PALETTE
from micm_desktop.project.records import RegionRecord
from micm_desktop.project.store import Project


def details(project: Project) -> list[tuple[str, str, Any]]:
    return [(entry.action, entry.sha256, json.loads(entry.detail)) for entry in project.history()]


def test_tag_change_and_untag(bench: Workbench) -> None:
    project = bench.project
    good = project.add_class("良品", is_good=True)
    scratch = project.add_class("scratch")
    change = project.tag(["a", "b", "a"], good.id)
    assert change.before == {"a": None, "b": None}
    assert change.after == {"a": good.id, "b": good.id}
    second = project.tag(["b", "c"], scratch.id)
    assert second.before == {"b": good.id, "c": None}
    assert second.action_id > change.action_id
    project.tag(["a"], None)
    assert project.tags() == {"b": scratch.id, "c": scratch.id}
    assert details(project)[2:] == [
        ("tag", "a", {"before": None, "after": good.id}),
        ("tag", "b", {"before": None, "after": good.id}),
        ("tag", "b", {"before": good.id, "after": scratch.id}),
        ("tag", "c", {"before": None, "after": scratch.id}),
        ("untag", "a", {"before": good.id, "after": None}),
    ]
    bench.reopen()
    assert bench.project.tags() == {"b": scratch.id, "c": scratch.id}


def test_undo_is_a_record_too(bench: Workbench) -> None:
    project = bench.project
    first = project.add_class("first")
    second = project.add_class("second")
    project.tag(["a"], first.id)
    change = project.tag(["a", "b"], second.id)
    undone = project.restore_tags(change.before)
    assert project.tags() == {"a": first.id}
    assert undone.before == change.after
    assert undone.after == change.before
    project.restore_tags(change.after)
    assert project.tags() == {"a": second.id, "b": second.id}
    assert [action for action, _, _ in details(project)[2:]] == ["tag", "tag", "tag", "tag", "untag", "tag", "tag"]


def test_nothing_to_change_leaves_no_record(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch")
    project.tag(["a"], scratch.id)
    count = len(project.history())
    change = project.tag(["a"], scratch.id)
    assert (change.action_id, change.before, change.after) == (0, {"a": scratch.id}, {"a": scratch.id})
    assert project.tag([], scratch.id).after == {}
    assert project.tag(["z"], None).action_id == 0
    assert len(project.history()) == count


def test_who_and_when(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "山田")
    bench.reopen()
    bench.project.add_class("scratch")
    (entry,) = bench.project.history()
    assert entry.by == "山田"
    assert abs(datetime.now(UTC) - entry.at) < timedelta(minutes=1)


def test_the_journal_cannot_be_rewritten(bench: Workbench) -> None:
    bench.project.add_class("scratch")
    database = sqlite3.connect(bench.project.folder / "project.sqlite")
    for statement in ("DELETE FROM history", "UPDATE history SET \"by\" = 'somebody else'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    database.close()


def test_a_failed_action_changes_nothing(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch")
    project.tag(["a"], scratch.id)
    before = project.history()
    for wanted in ({"a": None, "b": 999}, {"a": None, "": scratch.id}):
        with pytest.raises(UserError):
            project.restore_tags(wanted)
    assert project.tags() == {"a": scratch.id}
    assert project.history() == before


def test_many_images_in_one_action(bench: Workbench) -> None:
    scratch = bench.project.add_class("scratch")
    shas = [f"{number:064x}" for number in range(3000)]
    change = bench.project.tag(shas, scratch.id)
    assert bench.project.tags() == dict.fromkeys(shas, scratch.id)
    bench.project.restore_tags(change.before)
    assert bench.project.tags() == {}


def test_removing_a_class_untags_and_remembers(bench: Workbench) -> None:
    project = bench.project
    good = project.add_class("good")
    scratch = project.add_class("scratch")
    project.tag(["a", "b"], scratch.id)
    project.tag(["c"], good.id)
    region = project.add_region("a", scratch.id, 1, 2, 3, 4)
    project.remove_class(scratch.id)
    assert project.classes() == [good]
    assert project.tags() == {"c": good.id}
    assert [(kept.id, kept.class_id) for kept in project.regions()] == [(region.id, None)]
    assert [(action, sha) for action, sha, _ in details(project)[-4:]] == [
        ("untag", "a"),
        ("untag", "b"),
        ("region_changed", "a"),
        ("class_removed", ""),
    ]
    for call in (
        lambda: project.tag(["a"], scratch.id),
        lambda: project.remove_class(scratch.id),
        lambda: project.change_class(scratch.id, name="x"),
        lambda: project.add_region("a", scratch.id, 0, 0, 1, 1),
    ):
        with pytest.raises(UserError, match="removed"):
            call()
    again = project.add_class("scratch")
    assert again.id not in (good.id, scratch.id)
    assert again.key == scratch.key


def test_keys_and_colours_are_given_out_in_turn(bench: Workbench) -> None:
    added = [bench.project.add_class(f"class {number}") for number in range(36)]
    assert "".join(record.key for record in added) == KEYS == "123456789abcdefghijklmnopqrstvwxyz"
    assert [record.key for record in added[34:]] == ["", ""]
    assert len({record.color for record in added[: len(PALETTE)]}) == len(PALETTE)
    assert bench.project.classes() == added
    bench.project.remove_class(added[3].id)
    assert bench.project.add_class("one more").key == "4"


def test_changing_a_class(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch", key="s", color="#AABBCC")
    assert (scratch.key, scratch.color, scratch.is_good) == ("s", "#aabbcc", False)
    changed = project.change_class(scratch.id, name=" 傷 ", key="３", is_good=True)
    assert (changed.name, changed.key, changed.color, changed.is_good) == ("傷", "3", "#aabbcc", True)
    assert project.classes() == [changed]
    assert project.change_class(scratch.id, key="").key == ""
    count = len(project.history())
    project.change_class(scratch.id, name="傷", key="")
    assert len(project.history()) == count
    action, _, detail = details(project)[1]
    assert action == "class_changed"
    assert (detail["before"]["name"], detail["after"]["name"]) == ("scratch", "傷")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "  "}, "no name"),
        ({"name": "SCRATCH"}, "already a class"),
        ({"name": "か\u3099"}, "already a class"),
        ({"name": "a\nb"}, "invisible"),
        ({"name": "new", "key": "s"}, "already belongs to the class scratch"),
        ({"name": "new", "key": "S"}, "already belongs"),
        ({"name": "new", "key": "u"}, "cannot tag"),
        ({"name": "new", "key": "0"}, "cannot tag"),
        ({"name": "new", "key": "12"}, "cannot tag"),
        ({"name": "new", "key": "傷"}, "cannot tag"),
        ({"name": "new", "color": "red"}, "not a colour"),
    ],
)
def test_class_values_that_are_refused(bench: Workbench, options: dict[str, str], words: str) -> None:
    project = bench.project
    project.add_class("scratch", key="s")
    other = project.add_class("が", key="g")
    if options["name"] != "か\u3099":  # renaming a class to what it is called already is no clash
        with pytest.raises(UserError, match=words):
            project.change_class(other.id, **options)
    with pytest.raises(UserError, match=words):
        project.add_class(**options)
    assert len(project.classes()) == 2
    assert len(project.history()) == 2


def test_regions(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch")
    first = project.add_region("a", scratch.id, 1.5, 2, 30, 40.25)
    second = project.add_region("b", None, 0, 0, 1, 1)
    assert project.regions() == [first, second]
    assert project.regions("a") == [first]
    assert (first.class_id, first.xmin, first.ymin, first.xmax, first.ymax) == (scratch.id, 1.5, 2.0, 30.0, 40.25)
    project.remove_region(first.id)
    assert project.regions() == [second]
    assert [action for action, _, _ in details(project)[1:]] == ["region_added", "region_added", "region_removed"]
    assert details(project)[-1][2]["before"]["xmax"] == 30
    with pytest.raises(UserError, match="already removed"):
        project.remove_region(first.id)
    with pytest.raises(UserError, match="already removed"):
        project.change_region(first.id, None, 0, 0, 1, 1)
    nan = float("nan")
    for box in ((5, 5, 5, 9), (9, 5, 5, 9), (-1, 0, 5, 5), (0, nan, 5, 5)):
        with pytest.raises(UserError, match="empty"):
            project.add_region("a", None, *box)


def test_a_region_is_changed_and_taken_back(bench: Workbench) -> None:
    project = bench.project
    scratch = project.add_class("scratch")
    first = project.add_region("a", None, 1, 2, 3, 4)
    second = project.add_region("a", None, 5, 5, 9, 9)
    moved = project.change_region(first.id, scratch.id, 2, 3, 8, 9)
    assert moved == RegionRecord(first.id, "a", scratch.id, 2, 3, 8, 9)
    count = len(project.history())
    assert project.change_region(first.id, scratch.id, 2, 3, 8, 9) == moved
    assert len(project.history()) == count, "nothing to change leaves no record"
    changed = project.steps()[-1].action_id
    project.remove_region(first.id)
    removed = project.steps()[-1].action_id
    bench.reopen()
    project = bench.project
    assert project.take_back(removed).regions == {first.id: moved}
    assert project.regions() == [moved, second], "in its old place, under its old number"
    project.take_back(changed)
    assert project.regions() == [first, second]
    assert [
        (action, detail["before"] and detail["before"]["xmin"], detail["after"] and detail["after"]["xmin"])
        for action, _, detail in details(project)[-4:]
    ] == [("region_changed", 1, 2), ("region_removed", 2, None), ("region_added", None, 2), ("region_changed", 2, 1)]
    with pytest.raises(UserError, match="empty"):
        project.change_region(first.id, None, 5, 5, 5, 9)


def test_disk_full_is_said_and_changes_nothing(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    scratch = project.add_class("scratch")
    project.tag(["a"], scratch.id)
    with project._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # SQLite then answers as on a full disk
    shas = [f"{number:064x}" for number in range(5000)]
    with pytest.raises(UserError, match="full"):
        project.tag(shas, scratch.id)
    assert project.tags() == {"a": scratch.id}
    project.close()
