"""The user's classes: names, keys and colours. Every change goes into the label journal."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from micm_desktop.progress import UserError
from micm_desktop.project import journal, merging
from micm_desktop.project.palette import PALETTE
from micm_desktop.project.records import ClassRecord
from micm_desktop.project.schema import classes

KEYS: Final = "123456789abcdefghijklmnopqrstvwxyz"
"""Keys that may tag a class, in the order they are given out; ``u`` says that nobody can tell."""


def all_classes(connection: Connection) -> list[ClassRecord]:
    """The classes in creation order, without the removed ones."""
    columns = select(classes.c.id, classes.c.name, classes.c.color, classes.c.key, classes.c.is_good)
    query = columns.where(~classes.c.removed).order_by(classes.c.id)
    return [ClassRecord(*row) for row in connection.execute(query)]


def add_class(connection: Connection, by: str, name: str, is_good: bool, color: str, key: str) -> ClassRecord:
    """Add a class; empty ``color`` and ``key`` are chosen. Raises :class:`UserError` as :meth:`Project.add_class`."""
    existing = all_classes(connection)
    values = ClassRecord(
        id=0,
        name=_checked_name(name, existing),
        color=_checked_color(color) if color else _next_color(existing),
        key=_checked_key(key, existing) if key else _next_key(existing),
        is_good=is_good,
    )
    number = connection.execute(insert(classes).values(_columns(values)).returning(classes.c.id)).scalar_one()
    added = replace(values, id=number)
    journal.append(connection, by, [("class_added", "", {"before": None, "after": asdict(added)})])
    return added


def change_class(
    connection: Connection,
    by: str,
    class_id: int,
    name: str | None,
    color: str | None,
    key: str | None,
    is_good: bool | None,
) -> ClassRecord:
    """Change what is not None; an empty ``key`` takes the key away. Raises :class:`UserError` as ``add_class``."""
    before, others = _split(all_classes(connection), class_id)
    after = ClassRecord(
        id=class_id,
        name=before.name if name is None else _checked_name(name, others),
        color=before.color if color is None else _checked_color(color),
        key=before.key if key is None else key and _checked_key(key, others),
        is_good=before.is_good if is_good is None else is_good,
    )
    if after != before:
        connection.execute(update(classes).where(classes.c.id == class_id).values(_columns(after)))
        journal.append(connection, by, [("class_changed", "", {"before": asdict(before), "after": asdict(after)})])
    return after


def remove_class(connection: Connection, by: str, class_id: int) -> None:
    """Take a class away together with its tags; its regions stay, without a class.

    Raises :class:`UserError` where it was already removed.
    """
    before, _ = _split(all_classes(connection), class_id)
    merging.move_tags(connection, by, class_id, None)
    merging.move_regions(connection, by, class_id, None)
    _take_away(connection, by, "class_removed", before)


def merge_class(connection: Connection, by: str, class_id: int, into: int) -> None:
    """Take a class away and give its tags and regions to the class ``into``.

    Raises :class:`UserError` where either was removed.
    """
    before, others = _split(all_classes(connection), class_id)
    _split(others, into)
    merging.move_tags(connection, by, class_id, into)
    merging.move_regions(connection, by, class_id, into)
    _take_away(connection, by, "class_merged", before, {"into": into})


def _take_away(
    connection: Connection, by: str, action: str, before: ClassRecord, more: Mapping[str, Any] | None = None
) -> None:
    connection.execute(update(classes).where(classes.c.id == before.id).values(removed=True))
    journal.append(connection, by, [(action, "", {"before": asdict(before), "after": None, **(more or {})})])


def put_back(connection: Connection, by: str, now: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> None:
    """Make a class, given as the fields of its record, what it was: ``wanted`` (None: not there).

    Raises :class:`UserError` where it is not as ``now`` says, or another class has its name or key.
    """
    number = (now or wanted or {})["id"]
    existing = all_classes(connection)
    found = next((record for record in existing if record.id == number), None)
    if (None if found is None else asdict(found)) != now:
        raise UserError("This step cannot be undone: the class was changed since, by another program.")
    if wanted is None:
        removed: dict[str, Any] = {"removed": True}
    else:
        record = ClassRecord(**wanted)
        others = [other for other in existing if other.id != number]
        _checked_name(record.name, others)
        _require_free_key(record.key, others)
        removed = {**_columns(record), "removed": False}
    connection.execute(update(classes).where(classes.c.id == number).values(removed))
    action = "class_added" if now is None else "class_removed" if wanted is None else "class_changed"
    journal.append(connection, by, [(action, "", {"before": now, "after": wanted})])


def _columns(record: ClassRecord) -> dict[str, str | bool]:
    return {"name": record.name, "color": record.color, "key": record.key, "is_good": record.is_good}


def _split(existing: Sequence[ClassRecord], class_id: int) -> tuple[ClassRecord, list[ClassRecord]]:
    found = [record for record in existing if record.id == class_id]
    if not found:
        raise UserError("This class was removed from the project. Choose or add another class.")
    return found[0], [record for record in existing if record.id != class_id]


def _checked_name(name: str, others: Sequence[ClassRecord]) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise UserError("The class has no name. Type a name for it.")
    if not name.isprintable():
        raise UserError("The class name holds a line break or another invisible character. Type the name anew.")
    # Names become folder names, which Windows does not tell apart by case.
    if any(name.casefold() == other.name.casefold() for other in others):
        raise UserError(f"There is already a class named {name}. Choose another name.")
    return name


def _checked_key(key: str, others: Sequence[ClassRecord]) -> str:
    key = unicodedata.normalize("NFKC", key).lower()  # a Japanese input method may send full-width characters
    if len(key) != 1 or key not in KEYS:
        raise UserError(f"The key {key!r} cannot tag a class. Choose a digit from 1 to 9, or a letter other than u.")
    _require_free_key(key, others)
    return key


def _require_free_key(key: str, others: Sequence[ClassRecord]) -> None:
    for other in others:
        if key and other.key == key:
            raise UserError(f"The key {key} already belongs to the class {other.name}. Choose another key.")


def _next_key(existing: Sequence[ClassRecord]) -> str:
    taken = {record.key for record in existing}
    return next((key for key in KEYS if key not in taken), "")


def _checked_color(color: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        raise UserError(f"{color!r} is not a colour. Write it as #rrggbb.")
    return color.lower()


def _next_color(existing: Sequence[ClassRecord]) -> str:
    used = [record.color for record in existing]
    return min(PALETTE, key=used.count)
