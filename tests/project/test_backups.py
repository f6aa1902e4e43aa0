"""Backups are whole, sensible in number, and bring a project back; what was there before is kept too."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from micm_desktop.progress import UserError
from micm_desktop.project import backups, opening
from micm_desktop.project.backups import MOST_BYTES, to_drop
from micm_desktop.project.database import DamagedProject
from micm_desktop.project.store import Project


@pytest.fixture
def tagged(tmp_path: Path) -> Project:
    """A project with two tags, one class."""
    project = Project.open_exclusively(tmp_path / "案件 #1?")
    project.tag(["a", "b"], project.add_class("scratch").id)
    return project


def damage(folder: Path) -> None:
    """Overwrite the pages after the first, as a failing disk does."""
    file = folder / "project.sqlite"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)


def test_restoring_brings_the_labels_back_and_keeps_what_was_there(tagged: Project) -> None:
    folder = tagged.folder
    first = tagged.back_up()
    tagged.tag(["c"], 1)
    tagged.remove_class(1)
    journal = tagged.history()
    with pytest.raises(UserError, match="has had this project open"):
        opening.restore(folder, first)
    tagged.close()
    kept = opening.restore(folder, first)
    restored = Project.open_exclusively(folder)
    assert restored.tags() == {"a": 1, "b": 1} and len(restored.history()) == 3
    newest, oldest = restored.backups()
    assert (newest.file, newest.why, newest.tags) == (kept, "before-restore", 0)
    assert (oldest.file, oldest.why, oldest.tags, oldest.problem) == (first, "auto", 2, "")
    assert oldest.by == journal[-1].by and oldest.last == journal[2].at
    restored.close()
    assert kept is not None
    opening.restore(folder, kept)
    again = Project.open(folder)
    assert again.tags() == {} and again.history() == journal
    again.close()
    assert not list(folder.glob("*restoring*")) and not list(folder.glob("backups/*.part"))


def test_a_backup_while_others_write_is_one_moment(tagged: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    # Many steps also for a small project, between which the others write.
    monkeypatch.setattr(backups, "PAGES", 2)
    monkeypatch.setattr(backups, "PAUSE", 0.001)
    ended = threading.Event()

    def write() -> None:
        for step in range(400):
            tagged.tag([f"{step}x", f"{step}y"], 1)
            if ended.is_set():
                break

    thread = threading.Thread(target=write)
    thread.start()
    files = [tagged.back_up() for _ in range(3)]
    ended.set()
    thread.join()
    for file in files:
        with closing(sqlite3.connect(file)) as copy:
            tags = {row[0] for row in copy.execute("SELECT sha256 FROM tags")}
            journal = {row[0] for row in copy.execute("SELECT sha256 FROM history WHERE action = 'tag'")}
        assert tags == journal and {key[:-1] + "y" for key in tags if key[-1] == "x"} <= tags
    tagged.close()


def test_a_backup_is_made_when_there_is_something_new(tagged: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tagged.back_up_if_due(opening=True) is not None
    assert tagged.back_up_if_due(opening=True) is None
    tagged.tag(["c"], 1)
    assert tagged.back_up_if_due() is None, "one tag a moment later"
    monkeypatch.setattr(backups, "ACTIONS", 1)
    assert tagged.back_up_if_due() is not None
    monkeypatch.undo()
    tagged.tag(["d"], 1)
    later = datetime.now(UTC).timestamp()
    monkeypatch.setattr("time.time", lambda: later - 86_400)
    assert tagged.back_up_if_due() is not None, "the clock was set back by a day"
    monkeypatch.undo()
    made = [one.made for one in tagged.backups()]
    assert [one.tags for one in tagged.backups()] == [4, 3, 2] and made == sorted(made, reverse=True)
    tagged.close()


@pytest.mark.parametrize("kept", [0, 5000])
def test_after_a_copy_that_was_spoiled_others_are_made(tagged: Project, kept: int) -> None:
    spoiled = tagged.back_up()
    spoiled.write_bytes(spoiled.read_bytes()[:kept])
    made = tagged.back_up_if_due(opening=True)
    assert made is not None and made != spoiled
    assert tagged.back_up_if_due(opening=True) is None
    tagged.close()


def test_nothing_to_keep_makes_no_backup(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    assert project.back_up_if_due(opening=True) is None and not (tmp_path / "backups").exists()
    project.close()


def test_generations() -> None:
    start = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    hourly = [(start + timedelta(hours=hour), "auto", 10) for hour in range(24 * 200)]
    dropped = to_drop(hourly)
    left = [moment for place, moment in enumerate(hourly) if place not in dropped]
    assert left[-8:] == hourly[-8:], "the newest"
    assert len({one[0].date() for one in left if one[0] > start + timedelta(days=185)}) >= 13, "one of each day"
    assert {one[0].month for one in left} == set(range(1, 8)), "one of each month"
    assert len(left) <= 8 + 14 + 12
    special = [(start, "before-format-3", 10), *((start, "before-restore", 10) for _ in range(9))]
    assert to_drop(special) == {1, 2, 3, 4}, "the newest of each special reason"
    large = [(start + timedelta(days=day), "auto", MOST_BYTES // 4) for day in range(10)]
    assert len(large) - len(to_drop(large)) == 4
    huge = [(start + timedelta(days=day), "auto", MOST_BYTES) for day in range(10)]
    assert to_drop(huge) == set(range(7)), "three are kept whatever their size"


def test_a_damaged_project_is_named_keeps_its_backups_and_is_restored(tagged: Project) -> None:
    folder = tagged.folder
    tagged.back_up()
    tagged.close()
    damage(folder)
    with pytest.raises(DamagedProject, match="damaged"):
        Project.open(folder).tags()
    with pytest.raises(DamagedProject, match="damaged"):
        backups.back_up(folder / "project.sqlite", folder)
    (backup,) = backups.all_backups(folder)
    spoiled = (folder / "project.sqlite").read_bytes()
    kept = opening.restore(folder, backup.file)
    project = Project.open(folder)
    assert project.tags() == {"a": 1, "b": 1}
    assert [(one.why, one.problem) for one in project.backups()] == [("damaged", "damaged"), ("auto", "")]
    assert kept is not None and kept.read_bytes() == spoiled
    project.close()


def test_a_backup_that_is_damaged_itself_changes_nothing(tagged: Project) -> None:
    backup = tagged.back_up()
    tagged.tag(["c"], 1)
    tagged.close()
    content = backup.read_bytes()
    backup.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="cannot be restored"):
        opening.restore(tagged.folder, backup)
    (listed,) = backups.all_backups(tagged.folder)
    assert listed.problem == "damaged" or listed.tags == 2
    project = Project.open(tagged.folder)
    assert len(project.tags()) == 3 and not list(project.folder.glob("*restoring*"))
    project.close()


def test_what_is_left_of_the_old_log_is_not_played_into_the_restored_file(tagged: Project) -> None:
    """The write-ahead log of a killed process lies beside the file that is replaced."""
    folder, backup = tagged.folder, tagged.back_up()
    tagged.tag(["c"], 1)
    wal = (folder / "project.sqlite-wal").read_bytes()
    tagged.close()
    (folder / "project.sqlite-wal").write_bytes(wal)
    opening.restore(folder, backup)
    project = Project.open(folder)
    assert project.tags() == {"a": 1, "b": 1}
    project.close()


def test_interrupted_before_the_file_is_replaced_nothing_of_the_log_is_lost(
    tagged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, backup = tagged.folder, tagged.back_up()
    tagged.tag(["c"], 1)
    left = {path: path.read_bytes() for path in folder.glob("project.sqlite*") if not path.name.endswith("-shm")}
    assert len(left) == 2
    tagged.close()
    for path, content in left.items():
        path.write_bytes(content)
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "project.restoring.sqlite":
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UserError, match="could not be replaced"):
        opening.restore(folder, backup)
    project = Project.open(folder)
    assert set(project.tags()) == {"a", "b", "c"}
    project.close()


def test_a_full_disk_leaves_no_half_backup(tagged: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tagged.back_up()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match=r"could not be written .* \(No space"):
        tagged.back_up()
    monkeypatch.undo()
    assert len(list((tagged.folder / "backups").iterdir())) == 1
    tagged.close()
