"""A project on a network drive is worked on in a copy on this computer, and whatever happens, no label is lost.

The drive is a folder of this computer that is said to be one.
"""

import os
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from micm_desktop.progress import Cancelled, JobControl, UserError
from micm_desktop.project import backups, network, opening
from micm_desktop.project.drives import kind_among
from micm_desktop.project.holding import HOLDER_FILE, is_free
from micm_desktop.project.store import Project

MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
server:/share /mnt/share nfs4 rw 0 0
//line/画像 /mnt/line\040pc cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
me@host:/ /home/me/far fuse.sshfs rw 0 0
drive /mnt/wsl 9p rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/project", ""),
        ("/mnt/share/project", "nfs4"),
        ("/mnt/shared/project", ""),
        ("/mnt/line pc/案件", "cifs"),
        ("/mnt/share/local/project", ""),
        ("/home/me/far/away", "fuse.sshfs"),
        ("/mnt/wsl/c", "9p"),
    ],
)
def test_the_deepest_mount_tells(folder: str, kind: str) -> None:
    assert kind_among(MOUNTS, Path(folder)) == kind


def test_this_computers_disk_is_none(tmp_path: Path) -> None:
    assert network.kind_of(tmp_path) == ""


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder on a "network drive", seen from a computer with a cache of its own."""
    monkeypatch.setattr(network, "kind_of", lambda folder: "nfs4" if "drive" in folder.parts else "")
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 1")
    monkeypatch.setattr(network, "SETTLE", 0.0)
    folder = tmp_path / "drive" / "案件"
    yield folder


def on_drive(folder: Path) -> dict[str, int]:
    """The tags in the file on the drive itself."""
    with closing(sqlite3.connect(f"{(folder / 'project.sqlite').as_uri()}?immutable=1", uri=True)) as database:
        return dict(database.execute("SELECT sha256, class_id FROM tags"))


def crash(project: Project) -> None:
    """What is left when the process ends without a word: the copy on this computer, and the holder's file."""
    copy = project.working_copy
    assert copy is not None and project._hold is not None
    copy._ended.set()
    copy._changed.set()
    copy._thread.join()
    project._database.close()
    project._hold._ended.set()
    project._hold._lock.release()


def test_labels_come_back_to_the_drive(drive: Path) -> None:
    project = Project.open_exclusively(drive)
    copy = project.working_copy
    assert copy is not None and copy.file.parent == network.place_of(drive) and copy.told == ""
    project.tag(["a"], project.add_class("scratch").id)
    copy.write_back()
    assert on_drive(drive) == {"a": 1}, "while it is open"
    onlooker = Project.look_into(drive)
    assert onlooker.tags() == {"a": 1} and onlooker.holder is not None
    onlooker.close()
    project.tag(["b"], 1)
    project.back_up()
    project.close()
    assert on_drive(drive) == {"a": 1, "b": 1}
    assert not list(drive.glob("project.sqlite-*")) and len(backups.all_backups(drive)) == 1
    again = Project.open_exclusively(drive)
    assert again.tags() == {"a": 1, "b": 1} and again.working_copy is not None and again.working_copy.told == ""
    again.close()


def test_what_a_crash_left_here_is_written_back(drive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SETTLE", 60.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    assert project.working_copy is not None
    project.working_copy.write_back()
    project.tag(["b"], 1)
    crash(project)
    (drive / HOLDER_FILE).unlink()
    assert on_drive(drive) == {"a": 1}
    again = Project.open_exclusively(drive)
    assert again.working_copy is not None and again.working_copy.told == "recovered"
    assert again.tags() == {"a": 1, "b": 1}
    again.close()
    assert on_drive(drive) == {"a": 1, "b": 1}


def test_both_sides_changed_and_neither_is_lost(drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SETTLE", 60.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    assert project.working_copy is not None
    project.working_copy.write_back()
    project.tag(["mine"], 1)
    crash(project)
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 2")
    other = Project.open_exclusively(drive)
    other.tag(["theirs"], 1)
    other.close()
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 1")
    again = Project.open_exclusively(drive)
    assert again.working_copy is not None and again.working_copy.told == "kept_apart"
    assert again.tags() == {"a": 1, "theirs": 1}
    (kept,) = again.backups()
    assert (kept.why, kept.tags, kept.problem) == ("kept-apart", 2, "")
    again.close()


@pytest.mark.parametrize("way", ["a restored backup", "a lost note"])
def test_what_was_not_written_back_is_kept_as_a_backup(drive: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(network, "SETTLE", 60.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    assert project.working_copy is not None
    project.working_copy.write_back()
    backup = project.back_up()
    project.tag(["mine"], 1)
    crash(project)
    if way == "a lost note":
        (network.place_of(drive) / "state.json").write_bytes(b"")
    else:
        opening.restore(drive, backup)
    again = Project.open_exclusively(drive)
    assert again.tags() == {"a": 1}
    (kept,) = [one for one in again.backups() if one.why == "kept-apart"]
    assert (kept.tags, kept.problem) == (2, "")
    again.close()


def test_another_computer_that_worked_since_is_followed(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    project.close()
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 2")
    other = Project.open_exclusively(drive)
    other.tag(["a"], None)
    backup = other.back_up()
    other.tag(["b"], 1)
    other.close()
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 1")
    again = Project.open_exclusively(drive)
    assert again.tags() == {"b": 1} and again.working_copy is not None and again.working_copy.told == ""
    again.tag(["c"], 1)
    again.close()
    opening.restore(drive, backup)
    restored = Project.open_exclusively(drive)
    assert restored.tags() == {}, "a working copy does not undo what was restored"
    restored.close()


def test_a_drive_that_is_away_is_waited_for(drive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "TRY_AGAIN", 0.01)
    project = Project.open_exclusively(drive)
    scratch = project.add_class("scratch").id
    away = drive.with_name("away")
    drive.rename(away)
    project.tag(["a"], scratch)
    copy = project.working_copy
    assert copy is not None
    with pytest.raises(OSError):
        copy.write_back()
    project.tag(["b"], scratch)
    away.rename(drive)
    copy.write_back()
    project.close()
    shutil.rmtree(network.place_of(drive))
    assert on_drive(drive) == {"a": 1, "b": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="a FIFO hangs as a drive does")
def test_closing_does_not_wait_for_a_drive_that_does_not_answer(drive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SETTLE", 600.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    part = drive / "project.part"
    part.unlink(missing_ok=True)
    os.mkfifo(part)
    control = JobControl()
    closing = project.closing(control)
    assert next(closing).total == 0
    control.cancel()
    with pytest.raises(Cancelled):
        next(closing)
    project.give_up()
    part.read_bytes()
    while not is_free(drive) or part.exists():
        time.sleep(0.01)
    assert on_drive(drive) == {}, "whatever was still under way is not put in place"
    again = Project.open_exclusively(drive)
    assert again.tags() == {"a": 1} and again.working_copy is not None and again.working_copy.told == "recovered"
    again.close()
    assert on_drive(drive) == {"a": 1}


def test_what_a_drive_answers_late_does_not_pass_for_what_was_changed_since(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "SETTLE", 600.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    asked, answers, sync_folder = threading.Event(), threading.Event(), backups.sync_folder

    def late(folder: Path) -> None:
        if folder == drive and not asked.is_set():
            asked.set()
            answers.wait(60)
        sync_folder(folder)

    monkeypatch.setattr(backups, "sync_folder", late)
    control = JobControl()
    closing = project.closing(control)
    next(closing)
    assert asked.wait(60)
    control.cancel()
    with pytest.raises(Cancelled):
        list(closing)
    project.give_up()
    while not is_free(drive):
        time.sleep(0.01)
    again = Project.open_exclusively(drive)
    again.tag(["b"], 1)
    answers.set()
    for thread in threading.enumerate():
        if thread.name == "last write back":
            thread.join()
    crash(again)
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 2")
    other = Project.open_exclusively(drive)
    other.tag(["c"], 1)
    other.close()
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "computer 1")
    last = Project.open_exclusively(drive)
    assert last.working_copy is not None and last.working_copy.told == "kept_apart"
    assert last.tags() == {"a": 1, "c": 1} and [one.tags for one in last.backups()] == [2]
    last.close()


def test_closing_says_that_the_drive_refuses_and_may_be_tried_again(
    drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "SETTLE", 600.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    drive.rename(drive.with_name("away"))
    with pytest.raises(UserError, match=r"written back when the project is opened here again\.$"):
        list(project.closing(JobControl()))
    drive.with_name("away").rename(drive)
    steps = list(project.closing(JobControl()))
    assert steps[-1].done == steps[-1].total > 0
    assert on_drive(drive) == {"a": 1} and is_free(drive)


def test_whoever_was_taken_over_writes_nothing_back(drive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SETTLE", 60.0)
    project = Project.open_exclusively(drive)
    project.tag(["a"], project.add_class("scratch").id)
    assert project.working_copy is not None and project._hold is not None
    before = on_drive(drive)
    project._hold._lost = True
    project.close()
    assert on_drive(drive) == before
