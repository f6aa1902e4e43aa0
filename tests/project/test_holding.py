"""One program at a time changes a project; the others look on, and are told who has it."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

import micm_desktop
from micm_desktop.progress import UserError
from micm_desktop.project import holding
from micm_desktop.project.holding import HOLDER_FILE, Hold, Holder, is_free, take
from micm_desktop.project.store import Project

HOLDING = """
import sys, time
from pathlib import Path
from micm_desktop.project.store import Project

project = Project.open_exclusively(Path(sys.argv[1]))
scratch = project.add_class("scratch").id
project.tag(["a"], scratch)
print(project.holder, flush=True)
time.sleep(60)
"""


def held_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    """Another process that has the project open, with a class and a tag in it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(micm_desktop.__file__).parents[1])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "None\n"
    return process


def test_a_second_program_looks_on_until_the_first_one_is_killed(tmp_path: Path) -> None:
    first = held_elsewhere(tmp_path)
    try:
        second = Project.open_exclusively(tmp_path)
        assert second.holder is not None and second.holder.user == holding.user_name()
        assert second.tags() == {"a": 1} and [one.name for one in second.classes()] == ["scratch"]
        for change in (
            lambda: second.tag(["b"], 1),
            lambda: second.add_class("dent"),
            lambda: second.take_back(1),
            lambda: second.set_setting("language", "ja"),
            lambda: second.add_folder(tmp_path),
            lambda: second.add_region("a", None, 0, 0, 1, 1),
            lambda: second.lock(["c"], "list"),
            lambda: second.activate_encoder(None),
        ):
            with pytest.raises(UserError, match="can only be looked at"):
                change()
        assert second.tags() == {"a": 1} and len(second.history()) == 2
        second.close()
        assert not is_free(tmp_path)
    finally:
        first.kill()
        first.wait()
    assert (tmp_path / HOLDER_FILE).is_file(), "what the killed process has left"
    assert is_free(tmp_path)
    third = Project.open_exclusively(tmp_path)
    assert third.holder is None
    third.tag(["b"], 1)
    third.close()
    assert not (tmp_path / HOLDER_FILE).exists()


def test_the_onlooker_may_edit_once_the_holder_has_left(tmp_path: Path) -> None:
    first = Project.open_exclusively(tmp_path)
    assert isinstance(take(tmp_path), Holder), "also within one process"
    first.close()
    first.close()
    again = Project.open_exclusively(tmp_path)
    assert again.holder is None
    again.close()


def left_on(machine: str, folder: Path, age: float) -> None:
    """What a program on another computer wrote ``age`` seconds ago; its lock does not reach here."""
    file = folder / HOLDER_FILE
    values = {"user": "佐藤", "machine": machine, "since": datetime.now(UTC).isoformat(), "token": "theirs", "pid": 1}
    file.write_text(json.dumps(values), encoding="utf-8")
    written = file.stat().st_mtime - age
    os.utime(file, (written, written))


def test_another_computer_is_believed_while_it_gives_signs_of_life(tmp_path: Path) -> None:
    Project.open(tmp_path).close()
    left_on("line-3", tmp_path, age=5)
    found = take(tmp_path)
    assert isinstance(found, Holder) and (found.user, found.machine, found.quiet) == ("佐藤", "line-3", False)
    assert "佐藤 on line-3" in found.in_words() and not is_free(tmp_path)
    left_on("line-3", tmp_path, age=-3600)
    ahead = take(tmp_path)
    assert isinstance(ahead, Holder) and not ahead.quiet, "a clock that was set back proves nothing"
    left_on("line-3", tmp_path, age=600)
    silent = take(tmp_path)
    assert isinstance(silent, Holder) and silent.quiet, "silent: asked about, never taken over by itself"
    mine = take(tmp_path, take_over=True)
    assert isinstance(mine, Hold)
    mine.release()


def test_who_was_taken_over_writes_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.open_exclusively(tmp_path)
    scratch = project.add_class("scratch")
    left_on("line-3", tmp_path, age=0)
    monkeypatch.setattr(holding, "BEAT", -1)  # as after a computer has slept
    with pytest.raises(UserError, match="opened for editing elsewhere"):
        project.tag(["a"], scratch.id)
    assert project.tags() == {}
    project.close()
    assert (tmp_path / HOLDER_FILE).is_file(), "theirs, not ours to remove"


def test_half_a_holder_file_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / HOLDER_FILE).write_text('{"user": "sa')
    mine = take(tmp_path)
    assert isinstance(mine, Hold)
    mine.release()


def test_no_thread_is_left(tmp_path: Path) -> None:
    before = threading.active_count()
    project = Project.open_exclusively(tmp_path)
    project.close()
    assert threading.active_count() == before


def test_looking_brings_an_older_project_up_to_date_and_lets_go(tmp_path: Path) -> None:
    Project.open(tmp_path).close()
    project = Project.look_into(tmp_path)
    assert is_free(tmp_path)
    with pytest.raises(UserError, match="only to look at it"):
        project.add_class("scratch")
    project.close()
