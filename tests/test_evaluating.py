"""How good a project's verdicts are, on one that was really embedded; and what is said where it cannot be told."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from labeling_bench import KINDS, LabelingBench, opened
from tiny_micm import PATCH
from tiny_model import last

from micm_desktop.evaluation.notes import sentence
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.fewshot.expected import expected_outcomes
from micm_desktop.labeling.evaluating import compare_encoders, compare_methods, evaluate
from micm_desktop.labeling.evaluation_values import Comparison, Evaluation
from micm_desktop.labeling.judging import METHOD_SETTING
from micm_desktop.labeling.setting_aside import Locked, lock_share
from micm_desktop.micm.checkpoint import save_encoder
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import Cancelled, JobControl, Progress, UserError


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    yield from opened(tmp_path, labeled, patch_encoder)


@pytest.fixture
def started(bench: LabelingBench) -> LabelingBench:
    bench.start()
    return bench


def tag(bench: LabelingBench, *kinds: str, each: int = 4) -> dict[str, int]:
    ids = bench.tag(*kinds, each=each)
    if "good" in ids:
        bench.labeling.project.change_class(ids["good"], is_good=True)
    return ids


def evaluation(bench: LabelingBench, **options: object) -> Evaluation:
    return last(evaluate(bench.labeling, JobControl(), **options), Evaluation)  # type: ignore[arg-type]


def kinds(found: Evaluation | Comparison) -> set[str]:
    return {note.kind for note in found.notes}


def test_each_tagged_image_without_its_own_tag(started: LabelingBench) -> None:
    tag(started, *KINDS, each=5)
    found = evaluation(started)
    predictions = started.predictions()
    held_out, policy = predictions.held_out, predictions.policy
    assert found.source == "leave-one-out" and found.judged is not None and found.policy == policy
    assert found.judged.keys == held_out.keys and len(found.judged) == 15
    np.testing.assert_array_equal(found.judged.probabilities, held_out.probabilities)
    assert found.expected == expected_outcomes(held_out.probabilities, held_out.labels, held_out.unknown, policy)
    assert found.confusion is not None and found.confusion.counts.sum() == 15
    assert found.confusion.counts.sum(axis=1).tolist() == [5, 5, 5] and found.support == (5, 5, 5)
    (run,) = started.labeling.compare_runs([started.labeling.project.encoders()[0].id], JobControl())
    assert run.held_out is not None and found.most_probable is not None
    # Runs are compared without views, which those that are not in use do not have.
    assert found.most_probable.total == run.held_out.tagged
    assert found.right is not None and found.right.count == np.trace(found.confusion.counts)
    assert found.precision_recall is not None and found.cost is not None and found.reliability is not None
    assert found.cost.missed[found.cost.chosen] == pytest.approx(found.expected.missed.share)  # type: ignore[union-attr]
    assert found.learning is not None and len(found.learning.gains) == 3
    assert {"held_out", "few", "few_defects", "few_good"} <= kinds(found)
    assert (found.encoder_name, found.method) == ("tiny", "auto")
    values = json.loads(json.dumps(found.to_dict()))
    assert values["judged"] == 15 and [one["name"] for one in values["classes"]] == list(KINDS)
    without = evaluation(started, learning=False)
    assert without.learning is None and without.confusion is not None
    np.testing.assert_array_equal(without.confusion.counts, found.confusion.counts)


def test_rows_lead_to_the_images_behind_each_cell(started: LabelingBench) -> None:
    tag(started, *KINDS, each=5)
    found = evaluation(started, learning=False)
    assert found.judged is not None and found.confusion is not None
    names = {image.sha256: image.path.parent.name for image in started.labeling.images}
    seen = 0
    for truth, record in enumerate(found.classes):
        for column in range(found.confusion.counts.shape[1]):
            rows = found.judged.cell(truth, column)
            assert len(rows) == found.confusion.counts[truth, column]
            assert all(names[found.judged.keys[row]] == record.name for row in rows)
            seen += len(rows)
    assert seen == 15
    assert all(names[found.judged.keys[row]] != "good" for row in found.judged.misses(found.good))


def test_the_locked_test_set_judges(started: LabelingBench) -> None:
    labeling = started.labeling
    locked = last(lock_share(labeling, 1 / 3, JobControl()), Locked)
    assert locked.images == 6
    hidden = labeling.project.locked()
    ids = tag(started, *KINDS, each=6)
    found = evaluation(started)
    assert found.source == "locked" and found.judged is not None
    assert set(found.judged.keys) == hidden and found.support == (4, 4, 4)
    predictions = started.predictions()
    rows = {image.sha256: row for row, image in enumerate(labeling.images)}
    for row, key in enumerate(found.judged.keys):
        place = rows[key]
        np.testing.assert_allclose(found.judged.probabilities[row], predictions.probabilities[place], atol=1e-6)
        assert found.judged.outcome[row] == predictions.outcome[place]
        assert labeling.images[place].path.parent.name == found.classes[found.judged.labels[row]].name
    assert "held_out" not in kinds(found) and "encoder_foreign" in kinds(found)
    assert evaluation(started, by="leave-one-out").source == "leave-one-out"

    labeling.tag([rows[next(iter(hidden))]], None)
    assert "test_partly_tagged" in kinds(evaluation(started, learning=False))
    labeling.project.unlock()
    after = evaluation(started)
    assert after.source == "leave-one-out" and len(after.judged or ()) == 17
    unlocked = next(note for note in after.notes if note.kind == "unlocked")
    assert sentence(unlocked).startswith("6 images of a test set were unlocked, the last on 20")
    assert after.to_dict()["test_set"]["events"][1]["locked"] is False
    assert ids


def test_classes_that_only_the_test_set_has_or_lacks(started: LabelingBench) -> None:
    labeling = started.labeling
    stains = started.rows("stain")
    labeling.project.lock([labeling.images[row].sha256 for row in (*stains, *started.rows("pit")[:2])], "list")
    tag(started, *KINDS, each=6)
    found = evaluation(started)
    assert [record.name for record in found.classes] == ["good", "pit", "stain"]
    assert found.trained == 2 and found.support == (6, 4, 0)
    assert found.confusion is not None and found.confusion.counts.shape == (3, 4)
    assert found.by_class[2].recall.count == 0 and found.by_class[2].tagged == 6
    assert {"untrained", "not_in_test", "one_side"} <= kinds(found)
    assert found.judged is not None
    passed = int((found.judged.outcome[found.judged.labels == 2] == Outcome.GOOD).sum())
    untrained = next(note for note in found.notes if note.kind == "untrained")
    assert untrained.values == {"count": 6, "names": "stain", "passed": passed}


@pytest.mark.parametrize("method", ["opta", "logistic"])
def test_a_method_without_leave_one_out_is_fitted_again(started: LabelingBench, method: str) -> None:
    tag(started, *KINDS, each=4)
    started.labeling.project.set_setting(METHOD_SETTING, method)
    found = evaluation(started, learning=False)
    assert found.judged is not None and len(found.judged) == 12
    shown = started.predictions().held_out.probabilities
    assert np.abs(found.judged.probabilities - shown).max() > 1e-4, "those are of another method"


def test_two_methods_on_the_same_tags(started: LabelingBench) -> None:
    tag(started, *KINDS, each=5)
    labeling = started.labeling
    found = last(compare_methods(labeling, "prototype", "logistic", JobControl()), Comparison)
    assert found.paired is not None and len(found.keys) == 15 and found.source == "leave-one-out"
    assert found.paired.first.count == found.first_right.sum() and found.paired.second.count == found.second_right.sum()
    same = last(compare_methods(labeling, "ridge", "ridge", JobControl()), Comparison)
    assert same.paired is not None and same.paired.p_value == 1 and same.paired.better is None
    for method in ("local", "none"):
        with pytest.raises(UserError, match="can be compared"):
            list(compare_methods(labeling, "ridge", method, JobControl()))


def test_two_encoders_on_the_same_tags(started: LabelingBench, tmp_path: Path) -> None:
    tag(started, *KINDS, each=5)
    labeling = started.labeling
    first = labeling.project.encoders()[0]
    torch.manual_seed(0)
    save_encoder(tmp_path / "other.safetensors", MicmNetwork(PATCH).eval(), {})
    second = labeling.project.register_encoder(tmp_path / "other.safetensors", "other", "{}", activate=False)

    def compare() -> Comparison:
        return last(compare_encoders(labeling, first.id, second.id, JobControl()), Comparison)

    missing = compare()
    assert missing.paired is None and kinds(missing) == {"no_features_of"}
    labeling.project.activate_encoder(second.id)
    # Of one image only the first encoder has features.
    spared = labeling.images[started.rows("pit")[0]]
    spared.path.rename(spared.path.with_suffix(".gone"))
    started.scan()
    started.compute()
    spared.path.with_suffix(".gone").rename(spared.path)
    started.scan()
    found = compare()
    assert (found.first, found.second) == ("tiny", "other") and found.paired is not None
    assert len(found.keys) == 14 and spared.sha256 not in found.keys
    assert kinds(found) == {"other_tags", "few"}
    alone = evaluation(started, learning=False)
    assert alone.most_probable is not None and alone.judged is not None
    # Encoders are compared without views, which those that are not in use do not have.
    assert alone.judged.keys == found.keys and found.paired.second.total == alone.most_probable.total
    with pytest.raises(UserError, match="no encoder number 99"):
        list(compare_encoders(labeling, first.id, 99, JobControl()))


def test_an_encoder_that_has_seen_the_test_set_is_named(started: LabelingBench) -> None:
    labeling = started.labeling
    inside = labeling.project.folder / "encoders" / "own.safetensors"
    inside.write_bytes(started.encoder.read_bytes())
    hidden = [labeling.images[started.rows(kind)[5]].sha256 for kind in KINDS]
    labeling.project.lock(hidden[:1], "list")
    mark = labeling.project.test_set().mark
    labeling.project.lock(hidden[1:], "list")
    tag(started, *KINDS, each=6)
    for summary, seen in (("{}", 3), ("not json", 3), (json.dumps({"test_mark": mark}), 2)):
        labeling.project.register_encoder(inside, "own", summary)
        labeling.load_features()
        said = [note for note in evaluation(started, learning=False).notes if note.kind == "encoder_saw"]
        assert [note.values for note in said] == [{"count": seen}]
    labeling.project.register_encoder(inside, "own", json.dumps({"test_mark": labeling.project.test_set().mark}))
    assert not {"encoder_saw", "encoder_foreign"} & kinds(evaluation(started, learning=False))


def test_what_is_missing_is_said_step_by_step(bench: LabelingBench) -> None:
    labeling = bench.labeling

    def nothing() -> set[str]:
        found = evaluation(bench)
        assert found.source == "none" and found.judged is None and found.right is None
        assert all(sentence(note) and note.severity == "stop" for note in found.notes if note.kind != "test_untagged")
        json.dumps(found.to_dict())
        return kinds(found)

    assert nothing() == {"no_images"}
    labeling.project.add_folder(bench.pictures)
    bench.scan()
    assert nothing() == {"no_features"}
    comparison = last(compare_methods(labeling, "ridge", "prototype", JobControl()), Comparison)
    assert comparison.paired is None and kinds(comparison) == {"no_features"}
    labeling.project.register_encoder(bench.encoder, "tiny", "{}")
    bench.compute()
    assert nothing() == {"one_class"}
    ids = tag(bench, "good", each=1)
    assert nothing() == {"one_class"}
    tag(bench, "pit", each=1)
    assert nothing() == {"no_held_out"}
    assert kinds(evaluation(bench, by="locked")) == {"no_test_set"}
    comparison = last(compare_methods(labeling, "ridge", "prototype", JobControl()), Comparison)
    assert comparison.paired is None and kinds(comparison) == {"no_held_out"}
    labeling.project.lock([labeling.images[bench.rows("stain")[0]].sha256], "list")
    assert nothing() == {"no_held_out", "test_untagged"}
    assert kinds(evaluation(bench, by="locked")) == {"test_untagged"}
    labeling.tag(bench.rows("good")[:2], ids["good"])
    found = evaluation(bench)
    assert found.judged is not None and len(found.judged) == 2
    assert {"few", "single_tag", "one_side", "learning_few", "test_untagged"} <= kinds(found)
    assert found.expected is None and found.cost is None and found.precision_recall is None


def test_without_good_classes_and_with_rules(started: LabelingBench) -> None:
    started.tag("pit", "stain", each=3)
    found = evaluation(started, learning=False)
    assert "no_line" in kinds(found) and found.cost is None and found.expected is None
    assert found.by_class and found.reliability is not None
    labeling = started.labeling
    labeling.set_decision(dataclasses.replace(labeling.decision, rules=Rules(smallest_area=0.01)))
    assert "rules_apart" in kinds(evaluation(started, learning=False))


def test_a_class_that_is_removed_takes_its_tags_along(started: LabelingBench) -> None:
    ids = tag(started, *KINDS, each=3)
    started.labeling.project.lock([started.labeling.images[started.rows("stain")[5]].sha256], "list")
    started.labeling.tag(started.rows("stain")[5:], ids["stain"])
    started.labeling.project.remove_class(ids["stain"])
    found = evaluation(started)
    assert found.source == "leave-one-out" and len(found.judged or ()) == 6 and found.trained == 2
    assert "test_untagged" in kinds(found)


def test_images_that_are_gone_or_whose_features_are_damaged_do_not_count(started: LabelingBench) -> None:
    labeling = started.labeling
    labeling.project.lock([labeling.images[row].sha256 for row in started.rows("stain")[4:]], "list")
    ids = tag(started, *KINDS, each=4)
    labeling.tag(started.rows("stain")[4:], ids["stain"])
    gone = [labeling.images[started.rows(kind)[row]] for kind, row in (("good", 0), ("stain", 4))]
    for image in gone:
        image.path.unlink()
    started.scan()
    store = next((labeling.project.folder / "features").rglob("features.f32"))
    values = np.fromfile(store, np.float32).reshape(18, -1)
    hashes = store.with_name("index.txt").read_text().split()
    damaged = labeling.images[started.rows("pit")[0]].sha256
    values[hashes.index(damaged)] = np.nan
    values.tofile(store)
    labeling.load_features()
    found = evaluation(started, by="leave-one-out", learning=False)
    assert found.judged is not None and len(found.judged) == 10
    notes = {note.kind: note.values for note in found.notes}
    assert notes["tags_unreadable"] == {"count": 2} and notes["test_unreadable"] == {"count": 1}
    assert len(evaluation(started, learning=False).judged or ()) == 1


def test_it_tells_how_far_it_is_and_stops_when_told_to(started: LabelingBench) -> None:
    tag(started, *KINDS, each=4)
    viewed = list(started.labeling.compute_views(JobControl()))
    assert len(viewed) == 13
    events = list(evaluate(started.labeling, JobControl()))
    steps = [event for event in events if isinstance(event, Progress)]
    assert [step.done for step in steps] == list(range(1, steps[-1].total + 1))
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(evaluate(started.labeling, control))
