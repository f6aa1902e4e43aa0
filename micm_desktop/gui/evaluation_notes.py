"""What to do about each note of an evaluation: a button and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from micm_desktop.evaluation.notes import Note, NoteKind
    from micm_desktop.labeling.evaluation_values import Evaluation

Way = Literal["images", "pretrain", "label", "decide", "tag_test", "tag_class", "set_aside"]
"""A page; the Label page with test images, or with images that may be of a class; or the dialog of the test set."""

WAYS: "Mapping[NoteKind, Way]" = {
    "no_images": "images",
    "tags_unreadable": "images",
    "test_unreadable": "images",
    "no_features": "label",
    "no_features_of": "pretrain",
    "one_class": "label",
    "no_held_out": "label",
    "single_tag": "label",
    "few": "label",
    "few_defects": "label",
    "few_good": "label",
    "learning_few": "label",
    "learning_unsure": "label",
    "tag_first": "label",
    "test_untagged": "tag_test",
    "test_partly_tagged": "tag_test",
    "not_in_test": "tag_test",
    "no_line": "decide",
    "one_side": "label",
    "rules_apart": "decide",
    "encoder_saw": "pretrain",
    "learning_best": "tag_class",
    "held_out": "set_aside",
}

OF_JUDGED: "frozenset[NoteKind]" = frozenset(("few", "few_defects", "few_good", "one_side", "learning_unsure"))
"""More judged images would help: with a test set those are its own."""


@dataclass(frozen=True)
class Step:
    """Where a button leads; ``name``: of the class to tag, empty for none."""

    way: Way
    name: str = ""


class NoteWords(QObject):
    """Use :data:`note_words`."""

    def step(self, note: "Note", evaluation: "Evaluation") -> Step | None:
        """What to do about one of the notes of ``evaluation``, where there is something."""
        way = WAYS.get(note.kind)
        if note.kind in OF_JUDGED and evaluation.source == "locked":
            untagged = any(one.kind == "test_partly_tagged" for one in evaluation.notes)
            way = "tag_test" if untagged else "set_aside"
        if way == "set_aside" and any(one.kind == "test_untagged" for one in evaluation.notes):
            # There is a test set; what it lacks are tags.
            way = "tag_test"
        return None if way is None else Step(way, str(note.values.get("name", "")))

    def button(self, step: Step | None) -> str:
        """The button's text; empty for none."""
        if step is None:
            return ""
        return {
            "images": self.tr("Look at the images"),
            "pretrain": self.tr("Pretrain"),
            "label": self.tr("Tag images"),
            "decide": self.tr("Decide"),
            "tag_test": self.tr("Tag the test images"),
            "tag_class": self.tr("Tag more of it"),
            "set_aside": self.tr("Set images aside…"),
        }[step.way]


note_words = NoteWords()
