"""Values stored with the project; those that change together with a class are part of its action in the journal."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from micm_desktop.project import journal
from micm_desktop.project.records import ClassRecord
from micm_desktop.project.schema import settings

SettingsFor = Callable[[ClassRecord], Mapping[str, str]]
"""The settings (JSON texts by key) that a class brings along, from the class as it will be."""


def read(connection: Connection, key: str, default: str = "") -> str:
    """The stored value, or ``default``."""
    value = connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar_one_or_none()
    return default if value is None else value


def write(connection: Connection, key: str, value: str) -> None:
    """Store a value; the journal says nothing of it."""
    statement = sqlite_insert(settings).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def change(connection: Connection, by: str, values: Mapping[str, str], name: str) -> None:
    """Store JSON texts, and journal those that change. ``name``: of the class that they are about."""
    for key, text in values.items():
        before, after = _parsed(connection, key), json.loads(text)
        if before != after:
            _change(connection, by, {"key": key, "name": name, "before": before, "after": after})


def put_back(connection: Connection, by: str, detail: Mapping[str, Any]) -> None:
    """Undo a change; what was set to something else since stays."""
    now = _parsed(connection, detail["key"])
    back = _merged(now, detail["after"], detail["before"])
    _change(connection, by, {**detail, "before": now, "after": back})


def _change(connection: Connection, by: str, detail: Mapping[str, Any]) -> None:
    write(connection, detail["key"], json.dumps(detail["after"], ensure_ascii=False))
    journal.append(connection, by, [("setting_changed", "", detail)])


def _parsed(connection: Connection, key: str) -> Any:
    try:
        return json.loads(read(connection, key, "{}"))
    except ValueError:
        return {}


_MISSING = object()


def _merged(now: Any, old: Any, new: Any) -> Any:
    """``now`` with what differs between ``old`` and ``new`` taken from ``new``, where ``now`` is still as ``old``."""
    if not (isinstance(now, dict) and isinstance(old, dict) and isinstance(new, dict)):
        return new if now == old else now
    merged = {}
    for key in now | old | new:
        value = _merged(now.get(key, _MISSING), old.get(key, _MISSING), new.get(key, _MISSING))
        if value is not _MISSING:
            merged[key] = value
    return merged
