"""Who tagged what, and when: what the label journal says of the tags that a report leans on."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from micm_desktop.project.records import UNSURE, ClassRecord, HistoryEntry
from micm_desktop.project.store import Project

TAG_ACTIONS = ("tag", "untag", "unsure")


@dataclass(frozen=True)
class Tagger:
    """One person (the name of the account): how many of today's tags they gave, by class as in ``Tagging.classes``, and
    when (UTC) they gave the first and the last of them; ``entries``: all their entries in the journal."""

    name: str
    given: tuple[int, ...]
    first: datetime | None
    last: datetime | None
    entries: int


@dataclass(frozen=True)
class Day:
    """What was done on one day (UTC): tags that were given, given another class, and taken away."""

    day: str
    by: str
    tagged: int
    changed: int
    removed: int


@dataclass(frozen=True)
class Tagging:
    """``classes``: names, and whether they are good parts; ``tags`` of each; ``here``: those of images that are there
    and can be read. ``unsure``: images that a person could not tell. ``changed``: images whose tag was ever another
    one. ``days`` oldest first.
    """

    classes: tuple[tuple[str, bool], ...]
    tags: tuple[int, ...]
    here: tuple[int, ...]
    unsure: int
    regions: int
    changed: int
    taggers: tuple[Tagger, ...]
    days: tuple[Day, ...]


def read_tagging(project: Project, here: Mapping[str, object]) -> Tagging:
    """``here`` holds the content hashes of images that can be read."""
    tags, classes, history = project.tags(), project.classes(), project.history()
    counts = Counter(tags.values())
    present = Counter(class_id for key, class_id in tags.items() if key in here)
    days, changed = _days(history)
    return Tagging(
        tuple((one.name, one.is_good) for one in classes),
        tuple(counts[one.id] for one in classes),
        tuple(present[one.id] for one in classes),
        len(project.unsure()),
        len(project.regions()),
        changed,
        _taggers(history, tags, classes),
        days,
    )


def _taggers(
    history: Sequence[HistoryEntry], tags: Mapping[str, int], classes: Sequence[ClassRecord]
) -> tuple[Tagger, ...]:
    last = {entry.sha256: entry for entry in history if entry.action == "tag" and entry.sha256 in tags}
    given: dict[str, list[HistoryEntry]] = {entry.by: [] for entry in history}
    for entry in last.values():
        given[entry.by].append(entry)
    entries = Counter(entry.by for entry in history)
    found = []
    for name, mine in given.items():
        of_class = Counter(tags[entry.sha256] for entry in mine)
        times = [entry.at for entry in mine]
        by_class = tuple(of_class[one.id] for one in classes)
        found.append(Tagger(name, by_class, min(times, default=None), max(times, default=None), entries[name]))
    return tuple(sorted(found, key=lambda one: (-sum(one.given), one.name)))


def _days(history: Sequence[HistoryEntry]) -> tuple[tuple[Day, ...], int]:
    """What was done on each day by each person, and of how many images the tag was changed."""
    tagged: Counter[tuple[str, str]] = Counter()
    changed, removed = tagged.copy(), tagged.copy()
    last: dict[str, int] = {}
    again: set[str] = set()
    for entry in history:
        if entry.action not in TAG_ACTIONS:
            continue
        key = (f"{entry.at:%Y-%m-%d}", entry.by)
        values = json.loads(entry.detail)
        # That nobody can tell is no tag.
        had = values["before"] not in (None, UNSURE)
        if entry.action != "tag":
            removed[key] += had
            continue
        (changed if had else tagged)[key] += 1
        if last.setdefault(entry.sha256, values["after"]) != values["after"]:
            again.add(entry.sha256)
        last[entry.sha256] = values["after"]
    keys = sorted({*tagged, *changed, *removed})
    return tuple(Day(day, by, tagged[day, by], changed[day, by], removed[day, by]) for day, by in keys), len(again)
