"""What is to be said beside the figures of a project's evaluation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from micm_desktop.evaluation.judged import Judged
from micm_desktop.evaluation.learning_curve import LEAST_TAGS, LearningCurve
from micm_desktop.evaluation.notes import Note
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.fewshot.expected import Expected, clopper_pearson
from micm_desktop.labeling.embedded import Embeddings
from micm_desktop.labeling.judging import Fitted
from micm_desktop.labeling.pretraining import known_mark
from micm_desktop.project.records import ClassRecord
from micm_desktop.project.set_aside import SetAside

if TYPE_CHECKING:
    from micm_desktop.labeling.workspace import Labeling

FEW = 20
"""Judged images below which shares say little."""
LARGE = 0.05
"""What may be missed, or be a false alarm, even if none was: above this there are few images of that side."""


def why_nothing(labeling: "Labeling", embeddings: Embeddings | None) -> Note:
    """Why there are no verdicts at all."""
    if not labeling.distinct_images():
        return Note("no_images")
    return Note("no_features") if embeddings is None else Note("one_class")


def of_tags(labeling: "Labeling", embeddings: Embeddings) -> list[Note]:
    """Tags that do not count."""
    without = sum(key not in embeddings.rows for key in labeling.project.support_tags())
    return [Note("tags_unreadable", {"count": without})] if without else []


def of_test_set(labeling: "Labeling", embeddings: Embeddings, found: SetAside, tested: int, used: bool) -> list[Note]:
    """About the test set: ``tested`` of its images are judged, or would be; ``used`` where they are."""
    said = []
    locked = found.locked
    tagged = sum(key in locked for key in labeling.project.tags())
    if locked and not tagged:
        said.append(Note("test_untagged", {"locked": len(locked)}))
    elif tagged < len(locked):
        said.append(Note("test_partly_tagged", {"locked": len(locked), "tagged": tagged}))
    if tested < tagged:
        said.append(Note("test_unreadable", {"count": tagged - tested}))
    if used and tested:
        said += _of_encoder(labeling, found)
    if found.unlocked_images:
        last = max(event.at for event in found.events if not event.locked)
        said.append(Note("unlocked", {"count": found.unlocked_images, "date": f"{last.astimezone():%Y-%m-%d}"}))
    return said


def _of_encoder(labeling: "Labeling", found: SetAside) -> list[Note]:
    record = labeling.project.active_encoder()
    if record is None:
        return []
    if not record.path.is_relative_to(labeling.project.folder):
        return [Note("encoder_foreign")]
    seen = len(found.after(known_mark(record)))
    return [Note("encoder_saw", {"count": seen})] if seen else []


def of_judged(judged: Judged, classes: Sequence[ClassRecord], fitted: Fitted, by_test_set: bool) -> list[Note]:
    """About the images that are judged."""
    said = []
    there, trained = set(judged.labels.tolist()), len(fitted.classes)
    if len(judged) < FEW:
        said.append(Note("few", {"count": len(judged)}))
    absent = ", ".join(record.name for index, record in enumerate(classes[:trained]) if index not in there)
    if absent:
        said.append(Note("not_in_test" if by_test_set else "single_tag", {"names": absent}))
    strange = np.flatnonzero(judged.labels >= trained)
    if len(strange):
        names = ", ".join(record.name for record in classes[trained:])
        passed = int((judged.outcome[strange] == Outcome.GOOD).sum())
        said.append(Note("untrained", {"count": len(strange), "names": names, "passed": passed}))
    if not by_test_set:
        said.append(Note("held_out"))
    return said


def of_outcomes(expected: Expected | None, two_sided: bool, rules: Rules) -> list[Note]:
    """About misses and false alarms."""
    said = [] if rules == Rules() else [Note("rules_apart")]
    if expected is None:
        return [*said, Note("one_side" if two_sided else "no_line")]
    defects, good = expected.missed.total, expected.false_alarms.total
    if (high := clopper_pearson(0, defects).high) > LARGE:
        said.append(Note("few_defects", {"count": defects, "high": high}))
    if (high := clopper_pearson(0, good).high) > LARGE:
        said.append(Note("few_good", {"count": good, "high": high}))
    return said


def of_learning(curve: LearningCurve | None, classes: Sequence[ClassRecord]) -> list[Note]:
    """What more tags would bring, and whether that can be told."""
    if curve is None:
        return [Note("learning_few", {"least": LEAST_TAGS})]
    said = []
    first = ", ".join(classes[one.class_index].name for one in curve.gains if one.gain is None)
    if first:
        said.append(Note("tag_first", {"names": first}))
    if curve.best is None:
        return [*said, Note("learning_unsure", {"count": curve.images})]
    best = curve.gains[curve.best]
    assert best.gain is not None and best.low is not None and best.high is not None
    name = classes[curve.best].name
    values: dict[str, int | float | str] = {
        "more": best.more,
        "name": name,
        "gain": best.gain,
        "low": best.low,
        "high": best.high,
    }
    said.append(Note("learning_best", values))
    if curve.rivals:
        said.append(Note("learning_rivals", {"names": ", ".join(classes[index].name for index in curve.rivals)}))
    return said
