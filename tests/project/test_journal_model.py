"""Any sequence of class, tag and region actions leaves the store as plain dicts would be, as the journal tells."""

import json
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, RegionRecord, TagChange
from micm_desktop.project.store import Project

CONTENTS = st.sampled_from([f"{letter * 64}" for letter in "abcdef"])


class TaggingByMachine(RuleBasedStateMachine):
    live = Bundle("live")
    changes = Bundle("changes")
    boxes = Bundle("boxes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.project = Project.open(self.folder)
        self.classes: dict[int, ClassRecord] = {}
        self.tags: dict[str, int] = {}
        self.regions: dict[int, RegionRecord] = {}

    @initialize(target=live)
    def first_class(self) -> int:
        return self.add("first")

    def add(self, name: str) -> int:
        added = self.project.add_class(name)
        self.classes[added.id] = added
        return added.id

    @rule(target=live, name=st.sampled_from(["傷", "Dent", "dent", "stain"]))
    def add_class(self, name: str) -> object:
        if any(name.casefold() == record.name.casefold() for record in self.classes.values()):
            try:
                self.project.add_class(name)
            except UserError:
                return multiple()
            raise AssertionError("a duplicate name was taken")
        return self.add(name)

    @rule(class_id=live, is_good=st.booleans())
    def change_class(self, class_id: int, is_good: bool) -> None:
        self.classes[class_id] = self.project.change_class(class_id, is_good=is_good)

    @rule(class_id=consumes(live))
    def remove_class(self, class_id: int) -> None:
        self.project.remove_class(class_id)
        del self.classes[class_id]
        self.tags = {sha256: tag for sha256, tag in self.tags.items() if tag != class_id}
        for region in self.regions.values():
            self.regions[region.id] = self.without(region, class_id)

    @rule(target=boxes, content=CONTENTS, class_id=st.none() | live, edge=st.integers(0, 9))
    def mark(self, content: str, class_id: int | None, edge: int) -> RegionRecord:
        region = self.project.add_region(content, class_id, edge, 0, edge + 1, 2)
        self.regions[region.id] = region
        return region

    @rule(target=boxes, box=boxes, class_id=st.none() | live, edge=st.integers(0, 9))
    def change_region(self, box: RegionRecord, class_id: int | None, edge: int) -> object:
        if box.id not in self.regions:
            return multiple()
        self.regions[box.id] = self.project.change_region(box.id, class_id, edge, 1, edge + 2, 2)
        return self.regions[box.id]

    @rule(box=boxes)
    def unmark(self, box: RegionRecord) -> None:
        if self.regions.pop(box.id, None) is not None:
            self.project.remove_region(box.id)

    @rule(box=boxes)
    def restore_region(self, box: RegionRecord) -> None:
        wanted = box if box.class_id in self.classes else replace(box, class_id=None)
        assert self.project.restore_region(box) == wanted
        self.regions[box.id] = wanted

    @staticmethod
    def without(region: RegionRecord, class_id: int) -> RegionRecord:
        return replace(region, class_id=None) if region.class_id == class_id else region

    @rule(target=changes, contents=st.lists(CONTENTS), class_id=st.none() | live)
    def tag(self, contents: list[str], class_id: int | None) -> TagChange:
        change = self.project.tag(contents, class_id)
        assert change.before == {sha256: self.tags.get(sha256) for sha256 in contents}
        assert change.after == dict.fromkeys(contents, class_id)
        self.apply(change.after)
        return change

    @rule(change=changes, forwards=st.booleans())
    def restore(self, change: TagChange, forwards: bool) -> None:
        wanted = change.after if forwards else change.before
        if {class_id for class_id in wanted.values() if class_id is not None} - set(self.classes):
            try:
                self.project.restore_tags(wanted)
            except UserError:
                return
            raise AssertionError("a removed class was taken")
        self.project.restore_tags(wanted)
        self.apply(wanted)

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.folder)

    def apply(self, wanted: dict[str, int | None]) -> None:
        self.tags |= {sha256: tag for sha256, tag in wanted.items() if tag is not None}
        for sha256 in [sha256 for sha256, tag in wanted.items() if tag is None]:
            self.tags.pop(sha256, None)

    @invariant()
    def store_is_the_model(self) -> None:
        assert self.project.tags() == self.tags
        assert self.project.classes() == list(self.classes.values())
        assert self.project.regions() == [self.regions[number] for number in sorted(self.regions)]

    @invariant()
    def journal_replays_to_the_same_tags(self) -> None:
        replayed: dict[str, int] = {}
        for entry in self.project.history():
            if entry.action in ("tag", "untag"):
                detail = json.loads(entry.detail)
                assert replayed.get(entry.sha256) == detail["before"]
                assert (detail["after"] is None) == (entry.action == "untag")
                if detail["after"] is None:
                    del replayed[entry.sha256]
                else:
                    replayed[entry.sha256] = detail["after"]
        assert replayed == self.tags

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
        assert replayed == {number: asdict(region) for number, region in self.regions.items()}

    def teardown(self) -> None:
        self.project.close()
        shutil.rmtree(self.folder)


TestTaggingByMachine = TaggingByMachine.TestCase
TestTaggingByMachine.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
