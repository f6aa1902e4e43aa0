"""A project whose database is whole and whose values are any: SQLite takes them in every column, no page check helps.

An input is changes with a zero byte between them. The first byte of a change says which column all
rows of a table get a value in, the second of which kind it is, and the rest is the value.
"""

import sqlite3
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.schema import TRIGGERS, metadata
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

COLUMNS = [(table.name, column.name) for table in metadata.sorted_tables for column in table.columns]
SHA = "0123456789abcdef" * 4


@cache
def template() -> bytes:
    """The database of a project with something in every table."""
    with tempfile.TemporaryDirectory(prefix="fuzz") as text:
        folder = Path(text)
        (folder / "images").mkdir()
        project = Project.open(folder / "p")
        project.add_folder(folder / "images")
        good, dent = project.add_class("good", is_good=True), project.add_class("dent")
        project.tag([SHA], good.id)
        project.add_region(SHA, dent.id, 1, 2, 3, 4)
        project.change_class(dent.id, name="dents")
        project.lock([SHA[::-1]], "by hand")
        project.set_setting("decision", '{"costs": {"1": 2.0}, "rules": {"area": [0, 0, 1, 1]}}')
        project.set_setting("report", '{"ready": {"missed": 0.05}}')
        project.close()
        file = folder / "p" / "project.sqlite"
        with closing(sqlite3.connect(file)) as connection:
            image = f"1, 1, CAST('a.png' AS BLOB), 'a.png', '{SHA}', 4, 4, 100, 1, 'ok', ''"
            connection.execute(f"INSERT INTO images VALUES ({image})")
            connection.execute(f"INSERT INTO unsure VALUES ('{SHA[1:]}0')")
            connection.execute(f"INSERT INTO replaced VALUES ('{SHA}', 1, '2026-01-31T09:30:00+00:00')")
            encoder = "1, CAST('encoders/a.safetensors' AS BLOB), 'a', '2026-01-31T09:30:00+00:00', '{}', 1"
            connection.execute(f"INSERT INTO encoders VALUES ({encoder})")
            connection.commit()
            connection.execute("PRAGMA journal_mode=DELETE")
        return file.read_bytes()


def write(data: bytes, file: Path) -> None:
    """The template's database with the changes that ``data`` tells."""
    file.write_bytes(template())
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "ignore_check_constraints=ON", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        for change in data.split(b"\0"):
            if len(change) < 2:
                continue
            table, column = COLUMNS[change[0] % len(COLUMNS)]
            kind, value = (
                ("CAST(? AS TEXT)", "CAST(CAST(? AS TEXT) AS NUMERIC)", "?", "NULL")[change[1] % 4],
                change[2:],
            )
            with suppress(sqlite3.Error):
                connection.execute(f'UPDATE {table} SET "{column}" = {kind}', (value,) if kind != "NULL" else ())
        for trigger in TRIGGERS.values():
            connection.execute(trigger)


def scan_nothing(project: Project) -> None:
    """A folder that a value happens to name is not gone through: it may be the whole disk."""
    if not any(folder.exists for folder in project.folders()):
        list(project.scan(JobControl()))


def use(folder: Path) -> None:
    """Read all that a project tells, and undo what can be undone. Only UserError may come of it."""
    from micm_desktop.labeling.deciding import read_settings
    from micm_desktop.labeling.past_runs import past_runs
    from micm_desktop.report import limits

    try:
        project = Project.open(folder)
    except UserError:
        return
    with closing(project):
        for read in (
            project.images, project.classes, project.tags, project.unsure, project.regions, project.history,
            project.test_set, project.encoders, project.active_encoder, project.folders, project.edited, project.steps,
            project.label_lines, project.ever_learned_from, project.support_tags,
            lambda: past_runs(project), lambda: read_settings(project), lambda: limits.read_settings(project),
            lambda: project.carry_labels_over(project.edited()), lambda: project.tag([SHA], 2),
            lambda: project.take_up_labels(project.label_lines()), lambda: scan_nothing(project),
        ):  # fmt: skip
            with suppress(UserError):
                read()
        with suppress(UserError):
            for _ in range(8):
                done, _ = replay(project.steps())
                if not done:
                    break
                project.take_back(done[-1].latest)
