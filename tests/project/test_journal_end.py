"""What can be undone is told by the journal's end as by the whole of it, however it is read."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from micm_desktop.project import journal_actions, undoing
from micm_desktop.project.schema import LOCKED, classes, history, metadata

TAGS, REST = ["tag", "tag", "untag", "unsure"], ["region_added", "class_removed", "of a newer version", LOCKED]
Made = list[tuple[str, int | None, list[int]]]
"""Of each action its kind, or "mixed"; how many actions back the one lies that it takes back (0: none; None: not told);
and what its entries set."""

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from([*TAGS, "mixed", *TAGS, *REST]),
        st.sampled_from([0, 0, 0, 1, 1, 1, 2, 3, 4, 6, None]),
        st.lists(st.integers(1, 2), min_size=1, max_size=4),
    ),
    max_size=40,
)
ENGINE = create_engine("sqlite://", poolclass=StaticPool)
metadata.create_all(ENGINE)
with ENGINE.begin() as first:
    first.execute(insert(classes), [{"name": name, "color": "", "key": "", "is_good": False} for name in ("a", "b")])


@pytest.fixture(autouse=True)
def own_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(undoing, "LOOKED_BACK", 3)
    monkeypatch.setattr(journal_actions, "_ACTIONS_AT_ONCE", 2)
    yield


def written(connection: Connection, made: Made) -> None:
    rows = []
    for number, (kind, back, values) in enumerate(made, 1):
        kinds = TAGS if kind == "mixed" else [kind]
        for place, value in enumerate(values):
            action = kinds[place % len(kinds)]
            after = {"untag": None, "unsure": -1}.get(action, value)
            # A label that was imported says more, and may say what reads like an entry.
            detail = {"before": place or None, "after": after} | ({"by": 'x", "after": 7}'} if value == 2 else {})
            if action == "class_removed":
                detail = {"before": {"id": 1, "name": "scratch"}, "after": None}
            undoes = None if back is None else number - back if 0 < back < number else 0
            rows.append(
                {"action_id": number, "at": "", "by": "", "action": action, "sha256": str(place), "undoes": undoes}
                | {"detail": json.dumps(detail)}
            )
    if rows:
        connection.execute(insert(history), rows)


def told(engine: Engine, made: Made, large: int, after: int) -> list[undoing.Step]:
    with pytest.MonkeyPatch.context() as patch, engine.connect() as connection:
        patch.setattr(journal_actions, "LARGE", large)
        written(connection, made)
        found = undoing.steps(connection, after)
        connection.rollback()
        return found


@settings(max_examples=60)
@given(made=ACTIONS)
def test_the_end_tells_what_the_whole_journal_tells(made: Made) -> None:
    whole, end = (undoing.replay(told(ENGINE, made, 1000, after)) for after in (-1, 0))
    for all_of_it, end_of_it in zip(whole, end, strict=True):
        assert end_of_it[-3:] == all_of_it[-3:]


@settings(max_examples=60)
@given(made=ACTIONS)
def test_large_actions_are_told_as_small_ones(made: Made) -> None:
    assert told(ENGINE, made, 1, -1) == told(ENGINE, made, 1000, -1)


def test_no_more_is_read_than_is_needed() -> None:
    made: Made = [("tag", 0, [1])] * 50 + [("tag", 1, [1]), ("tag", 0, [1])]
    # The last one, and one before the undo, which itself reads on to what it takes back.
    assert [step.action_id for step in told(ENGINE, made, 1000, 0)] == [48, 49, 50, 51, 52]
