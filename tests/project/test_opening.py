"""Opening a project: new, again, moved, and everything that is no project."""

import sqlite3
from pathlib import Path

import pytest

from micm_desktop.progress import UserError
from micm_desktop.project.schema import SCHEMA_VERSION
from micm_desktop.project.store import Project


def test_a_new_project(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "案件" / "one? 100% #1")
    assert project.folder == tmp_path / "案件" / "one? 100% #1"
    assert sorted(path.name for path in project.folder.iterdir() if not path.name.startswith("project.sqlite-")) == [
        "encoders",
        "features",
        "project.sqlite",
        "thumbnails",
    ]
    assert project.folders() == []
    assert project.images() == []
    assert project.classes() == []
    assert project.tags() == {}
    assert project.history() == []
    assert project.regions() == []
    assert project.encoders() == []
    assert project.active_encoder() is None
    project.close()


def test_every_connection_is_durable(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    with project._database.read() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
        }
    project.close()
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "user_version": SCHEMA_VERSION}


def test_settings_survive(tmp_path: Path) -> None:
    project = Project.open(tmp_path)
    assert project.setting("language") == ""
    assert project.setting("language", "en") == "en"
    project.set_setting("language", "ja")
    project.set_setting("language", "日本語")
    project.close()
    again = Project.open(tmp_path)
    assert again.setting("language", "en") == "日本語"
    again.close()


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project = Project.open(Path("job"))
    project.close()
    assert project.folder == tmp_path / "job"


def test_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "job").write_text("x")
    for folder in (tmp_path / "job", tmp_path / "job" / "below"):
        with pytest.raises(UserError, match="not a folder"):
            Project.open(folder)


def test_garbage_under_the_projects_name(tmp_path: Path) -> None:
    (tmp_path / "project.sqlite").write_bytes(b"no database at all" * 500)
    with pytest.raises(UserError, match="not a project file"):
        Project.open(tmp_path)
    assert (tmp_path / "project.sqlite").read_bytes() == b"no database at all" * 500


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "project.sqlite") as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(UserError, match="another program"):
        Project.open(tmp_path)
    with sqlite3.connect(tmp_path / "project.sqlite") as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


def test_a_project_of_a_newer_version(tmp_path: Path) -> None:
    Project.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "project.sqlite") as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()
    with pytest.raises(UserError, match="newer version"):
        Project.open(tmp_path)


def test_a_damaged_project(tmp_path: Path) -> None:
    Project.open(tmp_path).close()
    file = tmp_path / "project.sqlite"
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xff" * 3996
    file.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        Project.open(tmp_path)


@pytest.mark.usefixtures("permissions_bind")
def test_a_read_only_place(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    used = tmp_path / "used"
    Project.open(used).close()
    for folder in (fresh, used):
        folder.chmod(0o500)
    try:
        for folder in (fresh, fresh / "below", used):
            with pytest.raises(UserError, match="cannot be written"):
                Project.open(folder)
    finally:
        for folder in (fresh, used):
            folder.chmod(0o700)


@pytest.mark.usefixtures("permissions_bind")
def test_a_read_only_project_file(tmp_path: Path) -> None:
    Project.open(tmp_path).close()
    (tmp_path / "project.sqlite").chmod(0o400)
    with pytest.raises(UserError, match="cannot be written"):
        Project.open(tmp_path)


def test_a_file_locked_by_another_program_is_waited_for_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("micm_desktop.project.database._BUSY_TIMEOUT_MS", 100)
    project = Project.open(tmp_path)
    added = project.add_class("scratch")
    other = sqlite3.connect(tmp_path / "project.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="Another program is using"):
        project.tag(["a"], added.id)
    assert project.tags() == {}  # reading goes on meanwhile
    other.execute("ROLLBACK")
    other.close()
    project.tag(["a"], added.id)
    assert project.tags() == {"a": added.id}
    project.close()


def test_encoders(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "job")
    first_file = project.folder / "encoders" / "第1回.safetensors"
    first_file.write_bytes(b"1")
    outside = tmp_path / "bought.safetensors"
    outside.write_bytes(b"2")
    first = project.register_encoder(first_file, "first", '{"epochs": 3}')
    second = project.register_encoder(outside, "second", "{}", activate=False)
    assert project.active_encoder() == first
    assert (first.path, first.name, first.summary, first.active) == (first_file, "first", '{"epochs": 3}', True)
    assert project.encoders() == [first, second]
    project.activate_encoder(second.id)
    assert [record.active for record in project.encoders()] == [False, True]
    project.activate_encoder(None)
    assert project.active_encoder() is None
    renewed = project.register_encoder(first_file, "first", '{"epochs": 9}')
    assert renewed.id == first.id
    assert renewed.summary == '{"epochs": 9}'
    assert len(project.encoders()) == 2
    with pytest.raises(UserError, match="not part of the project"):
        project.activate_encoder(999)
    assert project.active_encoder() == renewed
    with pytest.raises(UserError, match="does not exist"):
        project.register_encoder(tmp_path / "gone.safetensors", "gone", "{}")
    project.close()

    (tmp_path / "job").rename(tmp_path / "moved")
    moved = Project.open(tmp_path / "moved")
    assert [record.path for record in moved.encoders()] == [
        tmp_path / "moved" / "encoders" / "第1回.safetensors",
        outside,
    ]
    moved.close()
