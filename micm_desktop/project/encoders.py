"""The encoders that a project holds, and the one in use."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from micm_desktop.progress import UserError
from micm_desktop.project.catalog import path_from
from micm_desktop.project.records import EncoderRecord
from micm_desktop.project.schema import encoders


def all_encoders(connection: Connection, project: Path) -> list[EncoderRecord]:
    """In the order they were first registered. Files inside ``project`` are found there even after it moved."""
    query = select(encoders).order_by(encoders.c.id)
    return [
        EncoderRecord(number, project / path, name, datetime.fromisoformat(created), summary, active)
        for number, path, name, created, summary, active in connection.execute(query)
    ]


def register(connection: Connection, project: Path, path: Path, name: str, summary: str) -> int:
    """Add an encoder file, or renew the entry of the same file. Raises :class:`UserError` where it does not exist."""
    path = path.absolute()
    if not path.is_file():
        raise UserError(f"The encoder file {path} does not exist. Check the path.")
    stored = path_from(project, path) if path.is_relative_to(project) else None
    values = {"name": name, "created": datetime.now(UTC).isoformat(), "summary": summary}
    statement = (
        sqlite_insert(encoders)
        .values(path=stored or str(path), active=False, **values)
        .on_conflict_do_update(index_elements=["path"], set_=values)
        .returning(encoders.c.id)
    )
    encoder_id: int = connection.execute(statement).scalar_one()
    return encoder_id


def describe(connection: Connection, encoder_id: int, summary: str) -> None:
    """Keep another summary of an encoder."""
    connection.execute(update(encoders).where(encoders.c.id == encoder_id).values(summary=summary))


def activate(connection: Connection, encoder_id: int | None) -> None:
    """Use this encoder, or the shipped one (None). Raises :class:`UserError` where there is none of that number."""
    connection.execute(update(encoders).values(active=False))
    if encoder_id is None:
        return
    changed = connection.execute(update(encoders).where(encoders.c.id == encoder_id).values(active=True))
    if changed.rowcount == 0:
        raise UserError("This encoder is not part of the project. Choose another encoder.")


def remove(connection: Connection, encoder_id: int) -> None:
    """Forget an encoder; its file stays. Raises :class:`UserError` where it is in use, or not there."""
    gone = connection.execute(delete(encoders).where(encoders.c.id == encoder_id, encoders.c.active.is_(False)))
    if gone.rowcount == 0:
        raise UserError("The encoder in use cannot be deleted. Use another one first.")
