"""The label journal: every change of a tag, class or region is appended in the transaction that makes it."""

import getpass
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from micm_desktop.progress import UserError
from micm_desktop.project.records import UNSURE, HistoryEntry, RegionRecord, TagChange
from micm_desktop.project.schema import classes, history, regions, tags, unsure

NOTHING: Mapping[str, Any] = {}
_KEYS_PER_QUERY = 500
_ACTION = "action"
_TAG_ACTIONS = {None: "untag", UNSURE: "unsure"}


def user_name() -> str:
    """Name of the operating system's user, or ``unknown`` where the system does not tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def append(connection: Connection, by: str, entries: Sequence[tuple[str, str, Mapping[str, Any]]]) -> int:
    """Write entries, each ``(action, sha256, detail)``; returns the number of the action that they belong to.

    That is a new one, except inside :func:`one_action`.
    """
    action_id, undoes = connection.info.get(_ACTION) or (next_action(connection), 0)
    at = datetime.now(UTC).isoformat()
    rows = [
        {
            "action_id": action_id,
            "at": at,
            "by": by,
            "action": action,
            "sha256": sha256,
            "detail": json.dumps(detail, ensure_ascii=False),
            "undoes": undoes,
        }
        for action, sha256, detail in entries
    ]
    connection.execute(insert(history), rows)
    return int(action_id)


@contextmanager
def one_action(connection: Connection, undoes: int = 0) -> Iterator[int]:
    """Everything that is appended inside is one action, whose number this gives; it takes ``undoes`` back."""
    action_id = next_action(connection)
    connection.info[_ACTION] = action_id, undoes
    try:
        yield action_id
    finally:
        del connection.info[_ACTION]


def next_action(connection: Connection) -> int:
    """The number that the next action has."""
    return int(connection.execute(select(func.coalesce(func.max(history.c.action_id), 0) + 1)).scalar_one())


def entries(connection: Connection) -> list[HistoryEntry]:
    """The whole journal, oldest first."""
    columns = select(
        history.c.id, history.c.at, history.c.by, history.c.action, history.c.sha256, history.c.detail
    ).order_by(history.c.id)
    return [
        HistoryEntry(number, datetime.fromisoformat(at), by, action, sha256, detail)
        for number, at, by, action, sha256, detail in connection.execute(columns)
    ]


def all_tags(connection: Connection) -> dict[str, int]:
    """Content hash -> class id, for every tag."""
    return {row.sha256: row.class_id for row in connection.execute(select(tags.c.sha256, tags.c.class_id))}


def set_tags(
    connection: Connection, by: str, wanted: Mapping[str, int | None], told: Mapping[str, Mapping[str, str]] = NOTHING
) -> TagChange:
    """Give each content hash its class (None: no tag; UNSURE: nobody can tell), and journal those that change; what is
    ``told`` of a content goes into its entry.

    Raises :class:`UserError` where a class does not exist any more, or an image has no content hash.
    """
    if "" in wanted:
        raise UserError("An image that cannot be opened cannot be tagged. Take it out of the selection and try again.")
    _require_classes(connection, {class_id for class_id in wanted.values() if class_id not in (None, UNSURE)})
    current = current_tags(connection, list(wanted))
    before = {sha256: current.get(sha256) for sha256 in wanted}
    changed = {sha256: class_id for sha256, class_id in wanted.items() if before[sha256] != class_id}
    if not changed:
        return TagChange(0, before, dict(wanted))
    _delete(connection, unsure, [sha256 for sha256 in changed if before[sha256] == UNSURE])
    _delete(connection, tags, [sha256 for sha256, new in changed.items() if new in (None, UNSURE)])
    set_rows = [
        {"sha256": sha256, "class_id": new} for sha256, new in changed.items() if new is not None and new != UNSURE
    ]
    if set_rows:
        upsert = sqlite_insert(tags)
        connection.execute(
            upsert.on_conflict_do_update(index_elements=["sha256"], set_={"class_id": upsert.excluded.class_id}),
            set_rows,
        )
    unsure_rows = [{"sha256": sha256} for sha256, new in changed.items() if new == UNSURE]
    if unsure_rows:
        connection.execute(insert(unsure), unsure_rows)
    action_id = append(
        connection,
        by,
        [
            (_TAG_ACTIONS.get(new, "tag"), sha256, {"before": before[sha256], "after": new, **told.get(sha256, {})})
            for sha256, new in changed.items()
        ],
    )
    return TagChange(action_id, before, dict(wanted))


def all_unsure(connection: Connection) -> frozenset[str]:
    """The contents that a person looked at and could not tell."""
    return frozenset(connection.execute(select(unsure.c.sha256)).scalars())


def _require_classes(connection: Connection, wanted: set[int]) -> None:
    if wanted - set(connection.execute(select(classes.c.id).where(~classes.c.removed)).scalars()):
        raise UserError("This class was removed from the project. Choose or add another class.")


def current_tags(connection: Connection, sha256s: Sequence[str]) -> dict[str, int]:
    """Content hash -> class id or UNSURE, for those of ``sha256s`` that have either."""
    found = {row.sha256: UNSURE for row in _rows_of(connection, select(unsure.c.sha256), unsure, sha256s)}
    columns = select(tags.c.sha256, tags.c.class_id)
    return found | {row.sha256: row.class_id for row in _rows_of(connection, columns, tags, sha256s)}


def _rows_of(connection: Connection, columns: Select[Any], table: Table, sha256s: Sequence[str]) -> Iterator[Row[Any]]:
    if len(sha256s) > _KEYS_PER_QUERY:
        wanted = set(sha256s)
        return (row for row in connection.execute(columns) if row.sha256 in wanted)
    return iter(connection.execute(columns.where(table.c.sha256.in_(sha256s))))


def _delete(connection: Connection, table: Table, sha256s: Sequence[str]) -> None:
    if sha256s:
        connection.execute(delete(table).where(table.c.sha256 == bindparam("key")), [{"key": key} for key in sha256s])


def add_region(
    connection: Connection,
    by: str,
    sha256: str,
    class_id: int | None,
    box: tuple[float, float, float, float],
    told: Mapping[str, str] = NOTHING,
) -> RegionRecord:
    """Store a box ``(xmin, ymin, xmax, ymax)``; what is ``told`` of it goes into its entry.

    Raises :class:`UserError` for an empty box or an unknown class.
    """
    if not sha256:
        raise UserError("An image that cannot be opened cannot be marked.")
    _require_box(box)
    _require_classes(connection, set() if class_id is None else {class_id})
    xmin, ymin, xmax, ymax = box
    values = {"sha256": sha256, "class_id": class_id, "xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax}
    number = connection.execute(insert(regions).values(values).returning(regions.c.id)).scalar_one()
    region = RegionRecord(number, sha256, class_id, xmin, ymin, xmax, ymax)
    _append_region(connection, by, None, region, told)
    return region


def change_region(
    connection: Connection, by: str, region_id: int, class_id: int | None, box: tuple[float, float, float, float]
) -> RegionRecord:
    """Give a box another place or class; nothing is journalled where both are what they were.

    Raises :class:`UserError` for an empty box, an unknown class, or where there is no region of that number.
    """
    _require_box(box)
    _require_classes(connection, set() if class_id is None else {class_id})
    before = _region(connection, region_id)
    after = RegionRecord(region_id, before.sha256, class_id, *box)
    if after != before:
        connection.execute(update(regions).where(regions.c.id == region_id).values(_columns(after)))
        _append_region(connection, by, before, after)
    return after


def remove_region(connection: Connection, by: str, region_id: int) -> None:
    """Delete a box; the journal keeps it. Raises :class:`UserError` where there is none of that number."""
    before = _region(connection, region_id)
    connection.execute(delete(regions).where(regions.c.id == region_id))
    _append_region(connection, by, before, None)


def all_regions(connection: Connection, sha256: str | None = None) -> list[RegionRecord]:
    """The boxes of one image, or of all, in the order they were drawn."""
    query = select(regions).order_by(regions.c.id)
    if sha256 is not None:
        query = query.where(regions.c.sha256 == sha256)
    return [RegionRecord(*row) for row in connection.execute(query)]


def _region(connection: Connection, region_id: int) -> RegionRecord:
    row = connection.execute(select(regions).where(regions.c.id == region_id)).one_or_none()
    if row is None:
        raise UserError("This region was already removed.")
    return RegionRecord(*row)


def _require_box(box: tuple[float, float, float, float]) -> None:
    xmin, ymin, xmax, ymax = box
    if not (0 <= xmin < xmax and 0 <= ymin < ymax):
        raise UserError("The marked region is empty. Drag from one corner of the defect to the other.")


def _append_region(
    connection: Connection,
    by: str,
    before: RegionRecord | None,
    after: RegionRecord | None,
    told: Mapping[str, str] = NOTHING,
) -> None:
    either = after or before
    assert either is not None
    action = "region_removed" if after is None else "region_added" if before is None else "region_changed"
    values = {"before": before and asdict(before), "after": after and asdict(after), **told}
    append(connection, by, [(action, either.sha256, values)])


def _columns(region: RegionRecord) -> dict[str, Any]:
    values = asdict(region)
    del values["id"]
    return values
