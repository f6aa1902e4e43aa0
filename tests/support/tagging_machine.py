"""Any sequence of class, tag and region actions, undo and redo leaves the store as a plain dict would be, as the
journal tells.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from micm_desktop.progress import UserError
from micm_desktop.project.records import UNSURE, ClassRecord, RegionRecord, TagChange
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

CONTENTS = st.sampled_from([f"{letter * 64}" for letter in "abcdef"])
NUMBERS = st.integers(0, 5)
"""Which of the classes that there are."""


@dataclass(frozen=True)
class State:
    """What the store is to hold. ``tags`` hold UNSURE too; ``regions`` by number."""

    classes: tuple[ClassRecord, ...] = ()
    tags: Mapping[str, int] = field(default_factory=dict)
    regions: Mapping[int, RegionRecord] = field(default_factory=dict)


class TaggingByMachine(RuleBasedStateMachine):
    changes = Bundle("changes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.project = Project.open(self.folder)
        self.states = [State()]
        self.at = 0

    @property
    def state(self) -> State:
        return self.states[self.at]

    def reach(self, state: State) -> None:
        """The state after an action that is no undo; an action that changes nothing is none."""
        if state != self.state:
            self.states[self.at + 1 :] = [state]
            self.at += 1

    def chosen(self, number: int) -> ClassRecord:
        return self.state.classes[number % len(self.state.classes)]

    @initialize()
    def first_class(self) -> None:
        self.reach(State((self.project.add_class("first"),)))

    @rule(name=st.sampled_from(["傷", "Dent", "dent", "stain"]))
    def add_class(self, name: str) -> None:
        if any(name.casefold() == record.name.casefold() for record in self.state.classes):
            self.refused(lambda: self.project.add_class(name))
        else:
            self.reach(replace(self.state, classes=(*self.state.classes, self.project.add_class(name))))

    @precondition(lambda self: self.state.classes)
    @rule(number=NUMBERS, is_good=st.booleans(), color=st.sampled_from(["#000000", "#ffffff"]))
    def change_class(self, number: int, is_good: bool, color: str) -> None:
        before = self.chosen(number)
        after = self.project.change_class(before.id, is_good=is_good, color=color)
        assert after == replace(before, is_good=is_good, color=color)
        self.reach(replace(self.state, classes=tuple(after if one == before else one for one in self.state.classes)))

    @precondition(lambda self: self.state.classes)
    @rule(number=NUMBERS)
    def remove_class(self, number: int) -> None:
        removed = self.chosen(number)
        self.project.remove_class(removed.id)
        self.reach(self.without(removed, None))

    @precondition(lambda self: len(self.state.classes) > 1)
    @rule(number=NUMBERS, other=NUMBERS)
    def merge_class(self, number: int, other: int) -> None:
        removed, into = self.chosen(number), self.chosen(other)
        if removed == into:
            self.refused(lambda: self.project.merge_class(removed.id, into.id))
            return
        assert self.project.merge_class(removed.id, into.id) == into
        self.reach(self.without(removed, into.id))

    def without(self, removed: ClassRecord, into: int | None) -> State:
        moved = {sha256: into if tag == removed.id else tag for sha256, tag in self.state.tags.items()}
        return State(
            tuple(record for record in self.state.classes if record != removed),
            {sha256: tag for sha256, tag in moved.items() if tag is not None},
            {
                number: replace(region, class_id=into) if region.class_id == removed.id else region
                for number, region in self.state.regions.items()
            },
        )

    @precondition(lambda self: self.state.classes)
    @rule(target=changes, contents=st.lists(CONTENTS), number=NUMBERS, kind=st.sampled_from(["tag", "untag", "unsure"]))
    def tag(self, contents: list[str], number: int, kind: str) -> TagChange:
        wanted = {"tag": self.chosen(number).id, "untag": None, "unsure": UNSURE}[kind]
        change = self.project.tag(contents, wanted)
        assert change.before == {sha256: self.state.tags.get(sha256) for sha256 in contents}
        assert change.after == dict.fromkeys(contents, wanted)
        self.reach(self.tagged(change.after))
        return change

    @rule(change=changes, forwards=st.booleans())
    def restore(self, change: TagChange, forwards: bool) -> None:
        wanted = change.after if forwards else change.before
        known = {record.id for record in self.state.classes} | {None, UNSURE}
        if set(wanted.values()) - known:
            self.refused(lambda: self.project.restore_tags(wanted))
        else:
            self.project.restore_tags(wanted)
            self.reach(self.tagged(wanted))

    def tagged(self, wanted: Mapping[str, int | None]) -> State:
        tags = {**self.state.tags, **wanted}
        return replace(self.state, tags={sha256: tag for sha256, tag in tags.items() if tag is not None})

    @rule(content=CONTENTS, number=st.none() | NUMBERS)
    def mark(self, content: str, number: int | None) -> None:
        class_id = None if number is None or not self.state.classes else self.chosen(number).id
        region = self.project.add_region(content, class_id, 0, 0, 1.5, 2)
        assert region == RegionRecord(region.id, content, class_id, 0, 0, 1.5, 2)
        self.reach(replace(self.state, regions={**self.state.regions, region.id: region}))

    @precondition(lambda self: self.state.regions)
    @rule(which=NUMBERS, number=st.none() | NUMBERS, edge=st.integers(0, 9))
    def change_region(self, which: int, number: int | None, edge: int) -> None:
        before = self.state.regions[sorted(self.state.regions)[which % len(self.state.regions)]]
        class_id = None if number is None or not self.state.classes else self.chosen(number).id
        after = self.project.change_region(before.id, class_id, edge, 1, edge + 2, 2)
        assert after == RegionRecord(before.id, before.sha256, class_id, edge, 1, edge + 2, 2)
        self.reach(replace(self.state, regions={**self.state.regions, before.id: after}))

    @precondition(lambda self: self.state.regions)
    @rule(number=NUMBERS)
    def unmark(self, number: int) -> None:
        left = dict(self.state.regions)
        chosen = sorted(left)[number % len(left)]
        del left[chosen]
        self.project.remove_region(chosen)
        self.reach(replace(self.state, regions=left))

    @rule(times=st.integers(1, 3))
    def undo(self, times: int) -> None:
        for _ in range(min(times, self.at)):
            self.project.take_back(replay(self.project.steps())[0][-1].latest)
            self.at -= 1

    @rule(times=st.integers(1, 3))
    def redo(self, times: int) -> None:
        for _ in range(min(times, len(self.states) - 1 - self.at)):
            self.project.take_back(replay(self.project.steps())[1][-1].latest)
            self.at += 1

    def refused(self, action: Callable[[], object]) -> None:
        try:
            action()
        except UserError:
            return
        raise AssertionError("what cannot be was taken")

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.folder)

    @invariant()
    def store_is_the_model(self) -> None:
        unsure = dict.fromkeys(self.project.unsure(), UNSURE)
        assert self.project.tags() | unsure == self.state.tags
        assert tuple(self.project.classes()) == self.state.classes
        assert self.project.regions() == [self.state.regions[number] for number in sorted(self.state.regions)]

    @invariant()
    def the_journal_knows_what_can_be_undone(self) -> None:
        done, undone = replay(self.project.steps())
        assert (len(done), len(undone)) == (self.at, len(self.states) - 1 - self.at)

    @invariant()
    def journal_replays_to_the_same_tags(self) -> None:
        replayed: dict[str, int] = {}
        for entry in self.project.history():
            if entry.action in ("tag", "untag", "unsure"):
                detail = json.loads(entry.detail)
                assert replayed.get(entry.sha256) == detail["before"]
                assert (detail["after"] is None) == (entry.action == "untag")
                assert (detail["after"] == UNSURE) == (entry.action == "unsure")
                if detail["after"] is None:
                    del replayed[entry.sha256]
                else:
                    replayed[entry.sha256] = detail["after"]
        assert replayed == self.state.tags

    @invariant()
    def journal_replays_to_the_same_regions(self) -> None:
        replayed: dict[int, object] = {}
        for entry in self.project.history():
            if entry.action.startswith("region_"):
                detail = json.loads(entry.detail)
                number = (detail["after"] or detail["before"])["id"]
                assert replayed.pop(number, None) == detail["before"]
                if detail["after"] is not None:
                    replayed[number] = detail["after"]
        assert replayed == {number: asdict(region) for number, region in self.state.regions.items()}

    def teardown(self) -> None:
        self.project.close()
        shutil.rmtree(self.folder)
