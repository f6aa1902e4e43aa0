"""Projects of every earlier format open with all that was in them, and a copy of the old file is kept.

The files below ``formats`` were written by the versions that had those formats.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from micm_desktop.progress import UserError
from micm_desktop.project import backups
from micm_desktop.project.holding import Hold, take
from micm_desktop.project.records import UNSURE
from micm_desktop.project.schema import SCHEMA_VERSION, metadata
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

FORMATS = Path(__file__).parent / "formats"


def old_project(folder: Path, version: int) -> Path:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "project.sqlite")) as database:
        database.executescript((FORMATS / f"format-{version}.sql").read_text(encoding="utf-8"))
    return folder


def shape(folder: Path) -> dict[str, set[str]]:
    """Columns of each table, and the names of indexes and triggers."""
    with closing(sqlite3.connect(folder / "project.sqlite")) as database:
        found = database.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        tables = {
            name: {row[1] for row in database.execute(f"PRAGMA table_info({name})")}
            for kind, name in found
            if kind == "table"
        }
        return tables | {"others": {name for kind, name in found if kind != "table"}}


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_everything_is_there_after_the_upgrade(version: int, tmp_path: Path) -> None:
    folder = old_project(tmp_path / "案件", version)
    project = Project.open_exclusively(folder)
    classes = {record.name: record for record in project.classes()}
    assert list(classes) == ["良品", "へこみ"] and classes["良品"].is_good
    good, dent = classes["良品"].id, classes["へこみ"].id
    images = [image.sha256 for image in project.images()]
    assert len(images) == 4 and project.images()[0].relative_path == "部品 0.png"
    expected = {images[0]: good, images[1]: dent}
    if version >= 2:
        del expected[images[0]]
        assert project.unsure() == {images[0]}
    assert project.tags() == expected
    assert project.locked() == ({images[3]} if version >= 3 else set())
    (region,) = project.regions()
    assert (region.class_id, region.xmin, region.ymin, region.xmax, region.ymax) == (dent, 1, 2, 5.5, 9)
    assert project.active_encoder() is not None and project.setting("language") == "ja"
    replayed: dict[str, int] = {}
    for entry in project.history():
        if entry.action in ("tag", "untag", "unsure"):
            after = json.loads(entry.detail)["after"]
            replayed = {**replayed, entry.sha256: after}
    assert {key: one for key, one in replayed.items() if one not in (None, UNSURE)} == expected
    # Work goes on in the new format: new kinds of entries, and undo of old ones.
    project.tag([images[2]], UNSURE)
    project.take_back(replay(project.steps())[0][-1].latest)
    project.take_back(replay(project.steps())[0][-1].latest)
    project.close()

    metadata_shape = {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}
    found = shape(folder)
    others = found.pop("others")
    assert found == metadata_shape
    Project.open(tmp_path / "new").close()
    assert others == shape(tmp_path / "new")["others"]


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_the_old_file_is_kept_and_can_be_restored(version: int, tmp_path: Path) -> None:
    folder = old_project(tmp_path / "job", version)
    before = (folder / "project.sqlite").read_bytes()
    Project.open(folder).close()
    Project.open(folder).close()
    (kept,) = backups.all_backups(folder)
    assert kept.why == f"before-format-{SCHEMA_VERSION}" and kept.tags == (2 if version == 1 else 1)
    with (
        closing(sqlite3.connect(kept.file)) as copy,
        closing(sqlite3.connect(":memory:")) as original,
    ):
        original.deserialize(before)
        assert list(copy.iterdump()) == list(original.iterdump())
        assert copy.execute("PRAGMA user_version").fetchone()[0] == version


def test_no_upgrade_without_its_copy(tmp_path: Path) -> None:
    folder = old_project(tmp_path / "job", 1)
    (folder / "backups").write_bytes(b"in the way")
    with pytest.raises(UserError, match="backup could not be written"):
        Project.open(folder)
    with closing(sqlite3.connect(folder / "project.sqlite")) as database:
        assert database.execute("PRAGMA user_version").fetchone()[0] == 1


def test_an_upgrade_is_whole_or_never_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = old_project(tmp_path / "job", 1)
    before = shape(folder)
    from micm_desktop.project import schema

    monkeypatch.setattr(schema.locked, "create", lambda _connection: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Project.open(folder)
    assert shape(folder) == before
    monkeypatch.undo()
    Project.open(folder).close()


def test_what_an_older_program_has_open_is_not_read(tmp_path: Path) -> None:
    folder = old_project(tmp_path / "job", 2)
    older = take(folder)
    assert isinstance(older, Hold)
    with pytest.raises(UserError, match="older version of this program has the project"):
        Project.open_exclusively(folder)
    older.release()
    Project.open_exclusively(folder).close()
