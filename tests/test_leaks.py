"""Nothing that learns or chooses sees the locked test set: all is as if its images had never been there.

One project has locked images, with wrong tags and marked regions; the other one never had these files.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from labeling_bench import KINDS, LabelingBench
from safetensors.numpy import load_file
from tiny_micm import PATCH, tiny_run
from tiny_model import last

from micm_desktop.export import runtime
from micm_desktop.fewshot.tile_trial import TileTrial
from micm_desktop.images.decode import decode_image
from micm_desktop.labeling import ExportResult
from micm_desktop.labeling.embedded import read_embeddings
from micm_desktop.labeling.evaluating import evaluate
from micm_desktop.labeling.evaluation_values import Evaluation
from micm_desktop.labeling.judging import fit_tags
from micm_desktop.labeling.tiling import marked_boxes, tagged_folder
from micm_desktop.micm.encoder_file import Verdict
from micm_desktop.micm.events import Done, Told
from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.records import ImageRecord

SET_ASIDE = ("good_005.png", "pit_005.png")
"""Sixteen are left, as many as pretraining needs."""


@dataclass(frozen=True)
class Pair:
    locked: LabelingBench
    without: LabelingBench

    def free(self) -> list[tuple[int, int]]:
        """Rows of the same images in both."""
        rows = {image.relative_path: row for row, image in enumerate(self.locked.labeling.images)}
        return [(rows[image.relative_path], row) for row, image in enumerate(self.without.labeling.images)]


def names(bench: LabelingBench) -> dict[str, str]:
    return {image.sha256: image.relative_path for image in bench.labeling.images}


def set_aside(bench: LabelingBench) -> list[ImageRecord]:
    return [bench.labeling.images[bench.row(name)] for name in SET_ASIDE]


def tag(bench: LabelingBench) -> None:
    """Three tags of each kind, one of which is of good parts, and a region."""
    ids = bench.tag(*KINDS, each=3)
    bench.labeling.project.change_class(ids["good"], is_good=True)
    bench.labeling.mark(bench.labeling.images[bench.rows("pit")[0]], None, (10, 10, 70, 40))


@pytest.fixture(scope="module")
def pair(labeled: Path, patch_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    root = tmp_path_factory.mktemp("leaks")
    benches = []
    for name in ("locked", "without"):
        (root / name).mkdir()
        benches.append(LabelingBench(root / name, labeled, patch_encoder))
    made = Pair(*benches)
    for name in SET_ASIDE:
        (made.without.pictures / name.partition("_")[0] / name).unlink()
    for bench in benches:
        bench.start()
    project = made.locked.labeling.project
    hidden = set_aside(made.locked)
    project.lock([image.sha256 for image in hidden], "list")
    for bench in benches:
        tag(bench)
    ids = {record.name: record.id for record in project.classes()}
    for image in hidden:
        project.tag([image.sha256], ids["good" if image.path.name.startswith("pit") else "stain"])
        made.locked.labeling.mark(image, None, (0, 0, 4, 4))
    yield made
    for bench in benches:
        bench.labeling.close()


def test_predictions_line_and_shares(pair: Pair) -> None:
    found, expected = pair.locked.predictions(), pair.without.predictions()
    here, there = (list(rows) for rows in zip(*pair.free(), strict=True))
    np.testing.assert_allclose(found.probabilities[here], expected.probabilities[there], atol=1e-5)
    np.testing.assert_allclose(found.oddity[here], expected.oddity[there], atol=1e-5)
    np.testing.assert_allclose(found.policy.shares, expected.policy.shares, atol=1e-5)
    np.testing.assert_array_equal(found.unknown[here], expected.unknown[there])
    np.testing.assert_allclose(found.held_out.probabilities, expected.held_out.probabilities, atol=1e-5)
    assert found.held_out.keys == expected.held_out.keys
    seen = [found.probabilities[pair.locked.row(name)] for name in SET_ASIDE]
    assert np.isclose(np.sum(seen, axis=1), 1).all(), "locked images are judged, as any other"


def test_what_is_learned_does_change_without_the_lock(pair: Pair, tmp_path: Path) -> None:
    """That the others pass is not for want of an effect."""
    copy = tmp_path / "copy"
    shutil.copytree(pair.locked.labeling.project.folder, copy)
    before = pair.locked.probabilities()
    opened = type(pair.locked.labeling).open(copy)
    opened.load_features()
    opened.project.unlock()
    after = opened.predict()
    opened.close()
    assert after is not None and np.abs(after.probabilities - before).max() > 0.02


@pytest.mark.parametrize("method", ["opta", "soft-kmeans", "logistic"])
def test_methods_that_look_at_all_images(pair: Pair, method: str) -> None:
    fitted = []
    for bench in (pair.locked, pair.without):
        labeling = bench.labeling
        found = fit_tags(labeling.project, labeling.current_embeddings(), labeling.decision, method)
        assert found is not None
        fitted.append(found)
    np.testing.assert_allclose(fitted[0].head.weight, fitted[1].head.weight, atol=1e-4)
    assert fitted[0].head.unknown_threshold == pytest.approx(fitted[1].head.unknown_threshold, abs=1e-5)


def test_what_to_tag_next(pair: Pair) -> None:
    for queue in ("mixed", "uncertain", "diverse", "odd", "mistakes"):
        found, expected = (
            [(bench.labeling.images[one.row].relative_path, one.why) for one in bench.labeling.suggest(queue)]  # type: ignore[arg-type]
            for bench in (pair.locked, pair.without)
        )
        assert found == expected
        assert not {Path(name).name for name, _ in found} & set(SET_ASIDE)


def test_examples_and_explanations(pair: Pair) -> None:
    row = pair.locked.rows("pit")[3]
    image = pair.locked.labeling.images[row]
    same = next(one for one in pair.without.labeling.images if one.sha256 == image.sha256)
    nearest = [bench.labeling.nearest_tagged(image, 20) for bench in (pair.locked, pair.without)]
    assert [one.sha256 for one in nearest[0]] == [one.sha256 for one in nearest[1]]
    shown, expected = pair.locked.labeling.explain(image), pair.without.labeling.explain(same)
    np.testing.assert_allclose(shown.heatmap, expected.heatmap, atol=1e-4)
    assert [one.sha256 for one in shown.examples] == [one.sha256 for one in expected.examples]
    assert shown.risk == pytest.approx(expected.risk, abs=1e-5)


@pytest.mark.slow
def test_the_model_file(pair: Pair, tmp_path: Path) -> None:
    files = []
    for name, bench in (("a", pair.locked), ("b", pair.without)):
        result = last(bench.labeling.export(tmp_path / f"{name}.onnx", JobControl()), ExportResult)
        assert result.support == dict.fromkeys(KINDS, 3) and result.parity_images == 16
        files.append(runtime.load(result.model_file))
    picture = decode_image(pair.locked.labeling.images[0].path)
    one, other = (file.judge(picture) for file in files)
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)
    assert files[0].info.unknown_threshold == pytest.approx(files[1].info.unknown_threshold, abs=1e-5)


def test_tiles_regions_and_runs_side_by_side(pair: Pair) -> None:
    labeling = pair.locked.labeling
    folder, _ = tagged_folder(labeling.project, labeling.images)
    assert len(folder.paths) == 9 and not {path.name for path in folder.paths} & set(SET_ASIDE)
    assert [path.name for path in marked_boxes(labeling.project, labeling.images)] == [
        labeling.images[pair.locked.rows("pit")[0]].path.name
    ]
    trials = [last(bench.labeling.try_tiles(JobControl()), TileTrial) for bench in (pair.locked, pair.without)]
    assert trials[0] == trials[1]
    found, expected = (bench.labeling.resolution() for bench in (pair.locked, pair.without))
    assert found == expected and found is not None and found.regions == 1
    record = labeling.project.encoders()[0].id
    runs = [bench.labeling.compare_runs([record], JobControl())[0].held_out for bench in (pair.locked, pair.without)]
    assert runs[0] == runs[1] and runs[0] is not None and runs[0].tagged == 9


def test_leave_one_out_beside_a_test_set(pair: Pair) -> None:
    found = [
        last(evaluate(bench.labeling, JobControl(), by="leave-one-out"), Evaluation)
        for bench in (pair.locked, pair.without)
    ]
    assert found[0].judged is not None and found[1].judged is not None
    np.testing.assert_allclose(found[0].judged.probabilities, found[1].judged.probabilities, atol=1e-5)
    assert found[0].learning == found[1].learning
    assert found[0].judged.keys == found[1].judged.keys and len(found[0].judged) == 9


def test_pretraining_and_its_verdict(pair: Pair) -> None:
    runs, told, again = [], [], []
    for bench in (pair.locked, pair.without):
        events = list(bench.labeling.pretrain(tiny_run(encoder=PATCH, init=str(bench.encoder), epochs=1), JobControl()))
        assert isinstance(events[-1], Done)
        runs.append(events[-1])
        told.append([event.sentence for event in events if type(event) is Told])
        number = bench.labeling.project.encoders()[-1].id
        again.append(last(bench.labeling.judge_run_again(number, JobControl()), Verdict))
        # The encoder of before stays the one that the other tests use.
        bench.labeling.project.activate_encoder(bench.labeling.project.encoders()[0].id)
    assert told == [["2 images of the test set are left out: nothing may learn from them."], []]
    assert [run.images for run in runs] == [16, 16]
    weights = [load_file(run.encoder) for run in runs]
    assert weights[0].keys() == weights[1].keys()
    for name, value in weights[0].items():
        np.testing.assert_array_equal(value, weights[1][name], err_msg=name)
    assert runs[0].verdict == runs[1].verdict and runs[0].verdict is not None
    assert again[0] == again[1] and again[0].figures["tagged"] == 9


def test_embeddings_of_another_test_set_are_refused(pair: Pair, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(pair.locked.labeling.project.folder, copy)
    labeling = type(pair.locked.labeling).open(copy)
    embeddings = read_embeddings(labeling.project, labeling.encoder_info(), labeling.distinct_images())
    labeling.project.unlock()
    with pytest.raises(UserError, match="test set has changed"):
        fit_tags(labeling.project, embeddings, labeling.decision)
    labeling.project.lock([image.sha256 for image in labeling.images if image.path.name == "good_004.png"], "list")
    everything = [image.sha256 for image in labeling.images if image.sha256 not in labeling.project.ever_learned_from()]
    labeling.project.lock(everything, "list")
    found = read_embeddings(labeling.project, labeling.encoder_info(), labeling.distinct_images())
    assert found is not None and found.free == 18 - len(labeling.project.locked())
    labeling.close()
