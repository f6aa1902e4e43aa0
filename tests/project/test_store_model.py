"""The whole store beside a plain model of it: labels, image files that move, change and come back, a second process'
connection, a test set, backups and label files, in any order.

MICM_MODEL_EXAMPLES=1000 looks longer.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test
from tagging_machine import NUMBERS, State, TaggingByMachine
from workbench import write_image

from micm_desktop.images.decode import content_hash
from micm_desktop.progress import JobControl
from micm_desktop.project import label_file, opening
from micm_desktop.project.store import Project

SEEDS = st.integers(0, 3)
PLACES = st.sampled_from(["a.png", "b.png", "sub/a.png", "傷.png"])


class Store(TaggingByMachine):
    """Adds to tags, classes, regions, undo and redo whatever else happens to a project."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = self.folder / "pictures"
        self.pictures.mkdir()
        self.moves = 0
        self.locked: set[str] = set()
        self.saved: tuple[list[State], int, set[str], Path] | None = None

    @initialize()
    def first_pictures(self) -> None:
        """After the first class: a folder with a picture."""
        write_image(self.pictures / "a.png", 0)
        self.record = self.project.add_folder(self.pictures)
        self.scan()

    def scan(self) -> None:
        for _ in self.project.scan(JobControl()):
            pass

    def found(self) -> Mapping[str, str]:
        """Content of each readable image file, as the disk has it."""
        return {
            path.relative_to(self.pictures).as_posix(): content_hash(path.read_bytes())
            for path in self.pictures.rglob("*.png")
        }

    # --- files

    @rule(place=PLACES, seed=SEEDS)
    def write(self, place: str, seed: int) -> None:
        """A new picture, another content under the same name, or the old content come back."""
        write_image(self.pictures / place, seed)
        self.scan()

    @rule(place=PLACES, to=PLACES)
    def move(self, place: str, to: str) -> None:
        if (self.pictures / place).exists() and place != to:
            (self.pictures / to).parent.mkdir(exist_ok=True)
            (self.pictures / place).replace(self.pictures / to)
            self.scan()

    @rule(place=PLACES)
    def delete(self, place: str) -> None:
        (self.pictures / place).unlink(missing_ok=True)
        self.scan()

    @rule()
    def move_the_folder(self) -> None:
        self.moves += 1
        new = self.folder / f"pictures {self.moves}"
        self.pictures.rename(new)
        self.pictures = new
        self.project.relocate_folder(self.record.id, new)
        self.scan()

    @rule()
    def unplug_the_drive(self) -> None:
        """All images are missing, and are there again as soon as the drive is."""
        away = self.folder / "away"
        self.pictures.rename(away)
        self.scan()
        assert {image.status for image in self.project.images()} <= {"missing"}
        away.rename(self.pictures)
        self.scan()

    @rule()
    def add_the_folder_again(self) -> None:
        assert self.project.add_folder(self.pictures).id == self.record.id

    # --- others

    @rule(contents=st.lists(st.sampled_from("abc"), min_size=1, max_size=2), number=NUMBERS)
    @precondition(lambda self: self.state.classes)
    def another_program_tags(self, contents: list[str], number: int) -> None:
        other = Project.open(self.folder)
        keys = [letter * 64 for letter in contents]
        wanted = self.chosen(number).id
        other.tag(keys, wanted)
        other.close()
        self.reach(self.tagged(dict.fromkeys(keys, wanted)))

    @rule()
    def an_onlooker_sees_the_same(self) -> None:
        other = Project.look_into(self.folder)
        assert other.tags() == self.project.tags() and other.history() == self.project.history()
        self.refused(lambda: other.add_class("never"))
        other.close()

    # --- the test set

    @rule(content=st.sampled_from("abcdefgh"))
    def lock(self, content: str) -> None:
        key = content * 64
        if key in self.tagged_once() - self.locked:
            self.refused(lambda: self.project.lock([key], "list"))
        else:
            assert self.project.lock([key], "list") == (key not in self.locked)
            self.locked.add(key)

    @rule()
    def unlock(self) -> None:
        assert self.project.unlock() == len(self.locked)
        self.locked = set()

    def tagged_once(self) -> set[str]:
        return {entry.sha256 for entry in self.project.history() if entry.action == "tag"}

    # --- backups and label files

    @rule()
    def back_up(self) -> None:
        file = self.project.back_up()
        self.saved = list(self.states), self.at, set(self.locked), file

    @precondition(lambda self: self.saved is not None)
    @rule()
    def restore(self) -> None:
        assert self.saved is not None
        states, self.at, locked, file = self.saved
        self.states, self.locked = list(states), set(locked)
        self.project.close()
        opening.restore(self.folder, file)
        self.project = Project.open(self.folder)
        self.project.relocate_folder(self.record.id, self.pictures)
        self.scan()

    @rule()
    def labels_out_and_in(self) -> None:
        """Into the project they came from: nothing is new, and nothing disagrees."""
        text = label_file.to_text(self.project.label_lines())
        file = self.folder / "labels.csv"
        file.write_text(text, encoding="utf-8", newline="")
        lines = label_file.read_lines(file)
        before = len(self.project.history())
        found = self.project.take_up_labels(lines)
        assert (found.added, found.conflicts) == (0, ()) and len(self.project.history()) == before
        assert len(lines) == found.unchanged and found.missing == ()

    # --- what must hold

    @invariant()
    def images_are_those_on_the_disk(self) -> None:
        known = {image.relative_path: image for image in self.project.images()}
        there = {name: image.sha256 for name, image in known.items() if image.status == "ok"}
        assert there == self.found()
        assert all(image.status in ("ok", "missing") for image in known.values())

    @invariant()
    def the_test_set_is_the_model(self) -> None:
        assert self.project.locked() == self.locked
        tags = self.project.tags()
        expected = {key: tag for key, tag in tags.items() if key not in self.locked}
        assert self.project.support_tags() == expected


def test_the_store_is_its_model() -> None:
    examples = int(os.environ.get("MICM_MODEL_EXAMPLES", "6"))
    few = settings(max_examples=examples, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(Store, settings=settings(few, suppress_health_check=list(HealthCheck)))


@pytest.mark.slow
def test_the_store_is_its_model_at_length() -> None:
    many = settings(max_examples=30, stateful_step_count=35, deadline=None)
    run_state_machine_as_test(Store, settings=settings(many, suppress_health_check=list(HealthCheck)))
