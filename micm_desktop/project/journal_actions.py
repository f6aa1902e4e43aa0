"""The journal's actions in numbers, read from its end, without a close look at each of a hundred thousand tags."""

import json
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select, text

from micm_desktop.project.schema import LOCKED, UNLOCKED, history

LARGE: Final = 1000
"""Entries above which an action's are not grouped, which takes ten times as long as counting them."""
_ACTIONS_AT_ONCE: Final = 256
_TAGS: Final = ("tag", "unsure", "untag")


class Action(NamedTuple):
    """One action, the action that it takes back (0: none), its first and last entry, and the kind of the last."""

    number: int
    undoes: int
    first: int
    last: int
    kind: str

    @property
    def is_step(self) -> bool:
        """Not: locking and unlocking the test set."""
        return self.kind not in (LOCKED, UNLOCKED)


class Kind(NamedTuple):
    """The entries of one kind in an action: how many, the smallest ``detail``, and whether all have the same value
    ``after``."""

    action_id: int
    action: str
    undoes: int | None
    entries: int
    detail: str
    uniform: bool | None


# One step down the index for each action, however many entries it has.
_BACKWARDS = text("""
WITH RECURSIVE back(number) AS (
  SELECT max(action_id) FROM history WHERE action_id < :below
  UNION ALL
  SELECT (SELECT max(action_id) FROM history WHERE action_id < back.number) FROM back WHERE back.number IS NOT NULL
  LIMIT :most)
SELECT back.number, coalesce(last.undoes, 0), (SELECT min(id) FROM history WHERE action_id = back.number), last.id,
  last.action
FROM back JOIN history AS last ON last.id = (SELECT max(id) FROM history WHERE action_id = back.number)
""")


def backwards(connection: Connection) -> Iterator[Action]:
    """All actions, the newest first."""
    below = 2**62
    while rows := connection.execute(_BACKWARDS, {"below": below, "most": _ACTIONS_AT_ONCE}).all():
        yield from (Action(*row) for row in rows)
        below = rows[-1][0]


def kinds_of(connection: Connection, actions: Sequence[Action]) -> list[Kind]:
    """What these actions, which follow one another in the journal, are made of, in their order."""
    found: list[Kind] = []
    small: list[Action] = []
    for action in actions:
        large = action.last - action.first >= LARGE
        told = _only_tags(connection, action) if large else None
        if told is None:
            small.append(action)
            continue
        found += _grouped(connection, small)
        small = []
        found += told
    return found + _grouped(connection, small)


def _grouped(connection: Connection, actions: Sequence[Action]) -> list[Kind]:
    if not actions:
        return []
    new = func.json_extract(history.c.detail, "$.after")
    query = (
        select(
            history.c.action_id,
            history.c.action,
            history.c.undoes,
            func.count(),
            func.min(history.c.detail),
            func.min(new) == func.max(new),
        )
        .where(
            history.c.action_id.between(actions[0].number, actions[-1].number),
            history.c.action.not_in((LOCKED, UNLOCKED)),
        )
        .group_by(history.c.action_id, history.c.action)
        .order_by(history.c.action_id)
    )
    return [Kind(*row) for row in connection.execute(query)]


# In the order of the file. Quotation marks within a value are escaped, so that nothing else reads like ``"after": 2``.
_COUNTED = text("""
SELECT count(*), sum(action = :kind AND (instr(detail, :closed) OR instr(detail, :followed)))
FROM history NOT INDEXED WHERE id BETWEEN :first AND :last AND action_id = :number
""")


def _only_tags(connection: Connection, action: Action) -> list[Kind] | None:
    """The entries of an action that has given many images one tag, and nothing else; None for others."""
    if action.kind not in _TAGS:
        return None
    detail = connection.execute(select(history.c.detail).where(history.c.id == action.last)).scalar_one()
    value = f', "after": {json.dumps(json.loads(detail)["after"])}'
    asked = {"first": action.first, "last": action.last, "number": action.number, "kind": action.kind}
    count, alike = connection.execute(_COUNTED, asked | {"closed": value + "}", "followed": value + ","}).one()
    # Of the smallest ``detail`` only the value after is asked, which all have.
    return [Kind(action.number, action.kind, action.undoes, count, detail, True)] if alike == count else None
