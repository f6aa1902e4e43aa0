"""Undo and redo from the label journal: what an action recorded is taken back by a further action.

Undo takes back an action, redo takes back the undo. Which actions can be undone and redone therefore follows from the
journal alone, also after a crash; see docs/decisions/0017.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, takewhile
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from micm_desktop.progress import UserError
from micm_desktop.project import classes, journal, stored_settings
from micm_desktop.project.journal_actions import Action, backwards, kinds_of
from micm_desktop.project.records import RegionRecord, Step, TagChange, TakenBack
from micm_desktop.project.schema import classes as class_table
from micm_desktop.project.schema import history, regions

LOOKED_BACK = 300
"""Steps of either kind that can be undone and redone again after a restart."""


@dataclass(frozen=True)
class Entry:
    """One entry of the journal; ``detail`` holds the values ``before`` and ``after``."""

    action: str
    sha256: str
    detail: Mapping[str, Any]

    @property
    def before(self) -> Any:
        return self.detail["before"]

    @property
    def after(self) -> Any:
        return self.detail["after"]


PutBack = Callable[[Connection, str, Sequence[Entry]], None]
"""Sets what the entries changed back to what it was before, and journals that. Raises UserError where it is not as the
entries left it."""


def _put_back_tags(connection: Connection, by: str, entries: Sequence[Entry]) -> None:
    change = journal.set_tags(connection, by, {entry.sha256: entry.before for entry in entries})
    _require(change.before[entry.sha256] == entry.after for entry in entries)


def _put_back_class(connection: Connection, by: str, entries: Sequence[Entry]) -> None:
    for entry in entries:
        classes.put_back(connection, by, entry.after, entry.before)


def _put_back_regions(connection: Connection, by: str, entries: Sequence[Entry]) -> None:
    for entry in entries:
        number = (entry.before or entry.after)["id"]
        row = connection.execute(select(regions).where(regions.c.id == number)).one_or_none()
        _require([(None if row is None else asdict(RegionRecord(*row))) == entry.after])
        if entry.before is None:
            connection.execute(delete(regions).where(regions.c.id == number))
        else:
            upsert = sqlite_insert(regions).values(entry.before)
            connection.execute(upsert.on_conflict_do_update(index_elements=["id"], set_=entry.before))
        action = "added" if entry.after is None else "removed" if entry.before is None else "changed"
        detail = {"before": entry.after, "after": entry.before}
        journal.append(connection, by, [(f"region_{action}", entry.sha256, detail)])


def _put_back_settings(connection: Connection, by: str, entries: Sequence[Entry]) -> None:
    for entry in entries:
        stored_settings.put_back(connection, by, entry.detail)


KINDS: dict[str, PutBack] = {
    "class_merged": _put_back_class,
    "class_removed": _put_back_class,
    "class_added": _put_back_class,
    "class_changed": _put_back_class,
    "region_added": _put_back_regions,
    "region_removed": _put_back_regions,
    "region_changed": _put_back_regions,
    "tag": _put_back_tags,
    "unsure": _put_back_tags,
    "untag": _put_back_tags,
    "setting_changed": _put_back_settings,
}
"""How the entries of each kind are taken back. Of an action with several kinds the first in this order names it."""


def take_back(connection: Connection, by: str, action_id: int) -> TakenBack:
    """Undo an action, or redo the one that it undid; itself an action of the journal.

    Raises :class:`UserError` where what it changed is not as it left it; nothing is changed then.
    """
    columns = select(history.c.action, history.c.sha256, history.c.detail).order_by(history.c.id)
    rows = connection.execute(columns.where(history.c.action_id == action_id))
    entries = [Entry(action, sha256, json.loads(detail)) for action, sha256, detail in rows]
    if not entries or any(entry.action not in KINDS for entry in entries):
        raise UserError("This step cannot be undone with this version of the program.")
    with journal.one_action(connection, undoes=action_id) as new:
        for put_back, group in groupby(reversed(entries), key=lambda entry: KINDS[entry.action]):
            put_back(connection, by, list(group))
    tags = [entry for entry in entries if KINDS[entry.action] is _put_back_tags]
    return TakenBack(
        new,
        TagChange(new, {one.sha256: one.after for one in tags}, {one.sha256: one.before for one in tags}),
        any(KINDS[entry.action] is _put_back_class for entry in entries),
        {
            (entry.before or entry.after)["id"]: entry.before and RegionRecord(**entry.before)
            for entry in entries
            if KINDS[entry.action] is _put_back_regions
        },
    )


def _require(conditions: Iterable[bool]) -> None:
    if not all(conditions):
        raise UserError(
            "This step cannot be undone: what it changed was changed again since, by another program. "
            "Undo that change first."
        )


# --- which steps there are


def steps(connection: Connection, after: int = 0) -> list[Step]:
    """The journal's actions after number ``after``, the oldest first. Without it as many of the last ones as it takes
    to have :func:`replay` tell the last :data:`LOOKED_BACK` of either kind as from the whole journal.

    Locking and unlocking the test set are none of them: they stay, and steps before them can be undone.
    """
    actions = list(takewhile(lambda one: one.number > after, backwards(connection))) if after else _end(connection)
    names = {row.id: row.name for row in connection.execute(select(class_table.c.id, class_table.c.name))}
    found = groupby(kinds_of(connection, actions[::-1]), key=lambda kind: kind.action_id)
    return [_step(action_id, list(kinds), names) for action_id, kinds in found]


def _end(connection: Connection) -> list[Action]:
    """The end of the journal that :func:`steps` tells, the newest action first.

    It is read by pieces that no later action refers beyond: each tells by itself what it leaves to be undone.
    """
    read: list[Action] = []
    begun, left, oldest = 0, LOOKED_BACK, 0
    for action in backwards(connection):
        read.append(action)
        if not action.is_step:
            continue
        refers = action.undoes or action.number
        oldest = min(oldest, refers) if oldest else refers
        if oldest < action.number:
            continue
        piece = [Step(one.number, one.undoes, one.kind, 1) for one in reversed(read[begun:]) if one.is_step]
        left -= len(replay(piece)[0])
        if left <= 0:
            break
        begun, oldest = len(read), 0
    return read


def _step(action_id: int, rows: Sequence[Any], names: Mapping[int, str]) -> Step:
    order = {kind: place for place, kind in enumerate(KINDS)}
    first = min(rows, key=lambda row: order.get(row.action, -1))
    detail = json.loads(first.detail)
    name = other = ""
    if first.action.startswith("class_"):
        before, after = detail["before"], detail["after"]
        name = (before or after)["name"]
        other = after["name"] if after else names.get(detail.get("into", 0), "")
    elif first.action == "setting_changed":
        name = detail.get("name", "")
    elif first.action == "tag" and first.uniform and len(rows) == 1:
        name = names.get(detail["after"], "")
    tagged = sum(row.entries for row in rows if KINDS.get(row.action) is _put_back_tags)
    known = all(row.action in KINDS for row in rows)
    # Before the journal said what an action undoes, removing a class did not say which regions had it.
    told = first.undoes is not None or first.action != "class_removed"
    return Step(action_id, first.undoes or 0, first.action, tagged or first.entries, name, other, known and told)


@dataclass(frozen=True)
class Undoable:
    """A step that can be undone or, where it is undone, redone: by taking back the action ``latest``."""

    step: Step
    latest: int


def replay(told: Iterable[Step]) -> tuple[list[Undoable], list[Undoable]]:
    """What can be undone and what can be redone after these steps; of either, what comes next is last."""
    done: list[Undoable] = []
    undone: list[Undoable] = []
    for step in told:
        if not step.reversible:
            done, undone = [], []
        elif not step.undoes:
            done.append(Undoable(step, step.action_id))
            undone = []
        elif done and done[-1].latest == step.undoes:
            undone.append(Undoable(done.pop().step, step.action_id))
        elif undone and undone[-1].latest == step.undoes:
            done.append(Undoable(undone.pop().step, step.action_id))
        else:
            done, undone = [], []
    return done, undone
