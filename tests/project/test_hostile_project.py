"""Project folders that somebody made to do harm, or that hold what no project does."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from workbench import Workbench

from micm_desktop.labeling.past_runs import delete_run
from micm_desktop.progress import UserError
from micm_desktop.project.database import DamagedProject
from micm_desktop.project.store import Project


@pytest.fixture
def forged(bench: Workbench) -> Path:
    """A closed project of one image and one encoder, to be changed behind the program's back."""
    bench.write("a..b.png", 1)
    bench.project.add_folder(bench.pictures)
    bench.scan()
    encoder = bench.project.folder / "encoders" / "e.safetensors"
    encoder.write_bytes(b"x")
    bench.project.register_encoder(encoder, "e", "", activate=False)
    bench.project.close()
    return bench.project.folder


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "project.sqlite")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM images; END",
        "CREATE VIEW harmless AS SELECT 1",
        "CREATE VIRTUAL TABLE v USING fts5(x)",
    ],
)
def test_triggers_views_and_virtual_tables_are_refused(forged: Path, statement: str) -> None:
    change(forged, statement)
    for way in (Project.open, Project.look_into):
        with pytest.raises(UserError, match="Do not open it"):
            way(forged)


def test_a_trigger_under_the_name_of_ours_is_refused(forged: Path) -> None:
    change(
        forged,
        "DROP TRIGGER history_no_delete",
        "CREATE TRIGGER history_no_delete BEFORE INSERT ON tags BEGIN DELETE FROM images; END",
    )
    with pytest.raises(UserError, match="history_no_delete"):
        Project.open(forged)


@pytest.mark.parametrize("name", ["../secret.png", "x/../../secret.png", "/etc/secret.png"])
def test_an_image_outside_of_its_folder_is_refused(forged: Path, name: str) -> None:
    Project.open(forged).close()  # a name with two points in it is none
    change(forged, f"UPDATE images SET name_on_disk = CAST('{name}' AS BLOB)")
    for way in (Project.open, Project.look_into):
        with pytest.raises(UserError, match="outside of its folders"):
            way(forged)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_deleting_a_run_deletes_nothing_outside(forged: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim.safetensors"
    victim.write_bytes(b"precious")
    (forged / "encoders" / "link").symlink_to(tmp_path)
    for number, path in enumerate(("encoders/../../victim.safetensors", "encoders/link/victim.safetensors")):
        change(forged, f"UPDATE encoders SET path = CAST('{path}' AS BLOB), name = 'n{number}'")
        project = Project.open(forged)
        (record,) = project.encoders()
        assert record.path.resolve() == victim.resolve()
        delete_run(project, record.id)
        project.register_encoder(forged / "encoders" / "e.safetensors", "e", "", activate=False)
        project.close()
        assert victim.read_bytes() == b"precious"


def test_values_that_no_project_has_are_damage(forged: Path) -> None:
    change(forged, "UPDATE encoders SET created = 'yesterday'")
    project = Project.open(forged)
    with pytest.raises(DamagedProject, match="Restore its labels"):
        project.encoders()
    project.close()
