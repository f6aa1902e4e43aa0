"""What a power loss may leave: a write-ahead log that ends anywhere, or in rubbish. And clocks that go backwards."""

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from micm_desktop.project import journal, label_file
from micm_desktop.project.records import UNSURE, HistoryEntry
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay


def tags_told(history: list[HistoryEntry]) -> dict[str, int]:
    tags: dict[str, int] = {}
    for entry in history:
        if entry.action in ("tag", "untag", "unsure"):
            after = json.loads(entry.detail)["after"]
            tags.pop(entry.sha256, None)
            if after is not None:
                tags[entry.sha256] = after
    return tags


def worked_on(folder: Path) -> tuple[Project, list[int], int]:
    """A project after sixty actions, half of them in the log alone; how long the journal was after each, and what of it
    is in the database itself."""
    chance = random.Random(0)
    project = Project.open(folder)
    ids = [project.add_class(name).id for name in ("良品", "dent")]
    lengths = [0, 1, 2]
    for step in range(60):
        keys = [f"{chance.randrange(9):064x}" for _ in range(4)]
        project.tag(keys, chance.choice([*ids, None, UNSURE]))
        if step % 7 == 0:
            lengths.append(len(project.history()))
            project.take_back(replay(project.steps())[0][-1].latest)
        lengths.append(len(project.history()))
        if step == 30:
            kept = lengths[-1]
            with project._database.read() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(FULL)")
    return project, lengths, kept


@pytest.mark.parametrize("damage", ["cut off", "overwritten"])
def test_what_opens_is_a_beginning_of_what_was_done(damage: str, tmp_path: Path) -> None:
    project, lengths, kept = worked_on(tmp_path / "whole")
    history = project.history()
    database, log = ((project.folder / f"project.sqlite{ending}").read_bytes() for ending in ("", "-wal"))
    project.close()
    chance = random.Random(1)
    seen = set()
    for trial in range(8):
        folder = tmp_path / f"{trial}"
        folder.mkdir()
        place = chance.randrange(len(log))
        left = log[:place]
        if damage == "overwritten":
            left += bytes(chance.randrange(256) for _ in range(min(600, len(log) - place))) + log[place + 600 :]
        (folder / "project.sqlite").write_bytes(database)
        (folder / "project.sqlite-wal").write_bytes(left)
        opened = Project.open_exclusively(folder)
        found = opened.history()
        assert found == history[: len(found)] and len(found) in lengths
        assert opened.tags() | dict.fromkeys(opened.unsure(), UNSURE) == tags_told(found)
        opened.tag(["after"], 1)
        opened.back_up()
        opened.close()
        seen.add(len(found))
        shutil.rmtree(folder)
    assert len(seen) > 3, "cut in many places"
    assert min(seen) >= kept, "what was in the database itself is there in any case"


def test_a_clock_that_is_set_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.open_exclusively(tmp_path)
    dent, scratch = project.add_class("dent").id, project.add_class("scratch").id
    project.tag(["0" * 64], dent)

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Yesterday":  # type: ignore[override]
            return cls.fromtimestamp((datetime.now(UTC) - timedelta(days=1)).timestamp(), UTC)

    monkeypatch.setattr(journal, "datetime", Yesterday)
    project.tag(["0" * 64], scratch)
    project.tag(["1" * 64], dent)
    times = [entry.at for entry in project.history()]
    assert times != sorted(times), "the clock went back"
    lines = {line.sha256: (line.name, line.at) for line in project.label_lines()}
    assert lines["0" * 64][0] == "scratch" and datetime.fromisoformat(lines["0" * 64][1]) == times[-2]
    done, _ = replay(project.steps())
    project.take_back(done[-1].latest)
    project.take_back(done[-2].latest)
    assert project.tags() == {"0" * 64: dent} and label_file.to_text(project.label_lines())
    project.close()
    again = Project.open_exclusively(tmp_path)
    assert again.tags() == {"0" * 64: dent} == tags_told(again.history())
    again.close()
