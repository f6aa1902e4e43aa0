"""Tags, predictions, heatmaps and export of a project, as both faces use them."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from command_line import run_fresh
from labeling_bench import KINDS, LabelingBench, opened
from PIL import Image
from tiny_micm import CONV
from tiny_model import last
from workbench import write_image

from micm_desktop.export import runtime
from micm_desktop.export.rules import Rules
from micm_desktop.fewshot.decision import decide
from micm_desktop.fewshot.tile_trial import TileTrial
from micm_desktop.images.decode import decode_image
from micm_desktop.labeling import ExportResult, Reason
from micm_desktop.labeling.deciding import DecisionSettings
from micm_desktop.labeling.tiling import marked_boxes
from micm_desktop.micm.checkpoint import save_encoder
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import Cancelled, JobControl, UserError


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    yield from opened(tmp_path, labeled, patch_encoder)


@pytest.fixture
def started(bench: LabelingBench) -> LabelingBench:
    bench.start()
    return bench


def test_reasons_in_the_order_that_work_goes(bench: LabelingBench) -> None:
    labeling = bench.labeling

    def reason() -> Reason | None:
        assert (labeling.predict() is None) == (labeling.why_no_predictions() is not None)
        return labeling.why_no_predictions()

    assert reason() is Reason.NO_IMAGES
    labeling.project.add_folder(bench.pictures)
    assert reason() is Reason.NO_IMAGES
    bench.scan()
    assert reason() is Reason.NO_FEATURES and not labeling.has_features()
    labeling.project.register_encoder(bench.encoder, "tiny", "{}")
    bench.compute()
    assert reason() is Reason.NO_TAGS and labeling.has_features()
    bench.tag("good")
    assert reason() is Reason.ONE_CLASS
    labeling.project.add_class("a class without a tag")
    assert reason() is Reason.ONE_CLASS
    bench.tag("pit")
    assert reason() is None
    assert [record.name for record in bench.predictions().classes] == ["good", "pit"]


def test_predictions_are_one_value_for_all_images(started: LabelingBench) -> None:
    started.tag(*KINDS)
    found = started.predictions()
    assert found.class_index.shape == found.confidence.shape == found.unknown.shape == (18,)
    assert found.probabilities.shape == (18, 3)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)
    decided = decide(found.probabilities, found.unknown, found.policy)
    np.testing.assert_array_equal(found.class_index, decided.class_index)
    np.testing.assert_array_equal(found.outcome, decided.outcome)
    np.testing.assert_array_equal(found.risk, decided.risk)
    np.testing.assert_array_equal(found.confidence, found.probabilities[np.arange(18), found.class_index])
    tagged = started.labeling.tag_classes() > 0
    names = np.array(started.verdicts())[tagged]
    truth = np.array([image.path.parent.name for image in started.labeling.images])[tagged]
    assert (names == truth).mean() > 0.5, "the support set is mostly judged as it was tagged"


def test_a_tag_is_on_disk_when_it_returns(started: LabelingBench) -> None:
    ids = started.tag("good")
    expected = started.labeling.tag_classes()
    assert sorted(expected) == [0] * 16 + [ids["good"]] * 2
    started.reopen()
    np.testing.assert_array_equal(started.labeling.tag_classes(), expected)


def test_untag_undo_and_redo(started: LabelingBench) -> None:
    ids = started.tag(*KINDS)
    labeling, before = started.labeling, started.probabilities()
    tags = labeling.tag_classes()

    moved = labeling.tag(started.rows("good")[:2], ids["stain"])
    removed = labeling.tag(started.rows("pit")[:1], None)
    after, changed = labeling.tag_classes(), started.probabilities()
    assert (after != tags).sum() == 3 and after[started.rows("pit")[0]] == 0
    assert changed.shape == (18, 2), "good has no tag left"

    undone = [labeling.take_back(change.action_id).action_id for change in (removed, moved)]
    np.testing.assert_array_equal(labeling.tag_classes(), tags)
    np.testing.assert_array_equal(started.probabilities(), before)
    for action_id in reversed(undone):
        labeling.take_back(action_id)
    np.testing.assert_array_equal(labeling.tag_classes(), after)
    np.testing.assert_array_equal(started.probabilities(), changed)
    assert [entry.action for entry in labeling.project.history()].count("untag") >= 2


def test_a_picture_under_two_names_counts_once(started: LabelingBench) -> None:
    started.tag(*KINDS)
    first, copy = started.labeling.images[started.rows("good")[0]].path, started.pictures / "good" / "copy.png"
    alone = dict(zip(started.labeling.images, started.probabilities(), strict=True))
    shutil.copy(first, copy)
    started.scan()
    rows = [started.row(first.name), started.row("copy.png")]
    tags = started.labeling.tag_classes()
    assert tags[rows[0]] == tags[rows[1]] > 0, "a tag belongs to the content"

    started.labeling.tag(rows, int(tags[rows[0]]))
    assert len(started.labeling.project.tags()) == 6
    found = started.probabilities()
    np.testing.assert_array_equal(found[rows[0]], found[rows[1]])
    for image, probabilities in zip(started.labeling.images, found, strict=True):
        if image in alone:
            np.testing.assert_allclose(probabilities, alone[image], atol=1e-6)
    assert started.compute()[-1].total == 0, "nor is it embedded twice"


def test_images_without_features_have_no_prediction(started: LabelingBench) -> None:
    started.tag(*KINDS)
    new = decode_image(started.labeling.images[0].path)[::-1]
    import cv2

    (started.pictures / "new.png").write_bytes(cv2.imencode(".png", new)[1].tobytes())
    (started.pictures / "broken.png").write_bytes(b"")
    started.scan()
    found, row, broken = started.predictions(), started.row("new.png"), started.row("broken.png")
    for missing in (row, broken):
        assert (found.class_index[missing], found.confidence[missing], found.unknown[missing]) == (-1, 0, False)
    assert (found.class_index >= 0).sum() == 18
    assert started.labeling.missing_features() == 1

    started.compute()
    found = started.predictions()
    assert found.class_index[row] >= 0 and found.class_index[broken] == -1
    assert started.labeling.missing_features() == 0


def test_a_row_means_the_same_image_until_the_new_list_is_taken(started: LabelingBench) -> None:
    """A worker may have read new images already while a key is pressed."""
    labeling = started.labeling
    first = labeling.images[0].sha256
    shutil.copy(started.pictures / "stain" / labeling.images[-1].path.name, started.pictures / "0.png")
    (started.pictures / "0.png").write_bytes((started.pictures / "0.png").read_bytes() + b" ")
    assert labeling.read_images() is None
    list(labeling.scan(JobControl()))
    read = labeling.read_images()
    assert read is not None and len(read.images) == len(labeling.images) + 1
    kind = labeling.project.add_class("kind").id
    labeling.tag([0], kind)
    assert labeling.project.tags() == {first: kind}
    labeling.use_images(read)
    assert labeling.images[0].sha256 != first and labeling.tag_classes().tolist().index(kind) == 1


def test_an_unreadable_image_is_passed_over_when_tagging(started: LabelingBench) -> None:
    whole = (started.pictures / "good" / "good_000.png").read_bytes()
    (started.pictures / "cut.png").write_bytes(whole[: len(whole) // 2])
    started.scan()
    kind = started.labeling.project.add_class("good").id
    change = started.labeling.tag([started.row("cut.png"), started.row("good_000.png")], kind)
    assert len(change.after) == 1
    assert started.labeling.tag_classes()[started.row("cut.png")] == 0


def test_explanation_before_and_after_tagging(started: LabelingBench) -> None:
    labeling, image = started.labeling, started.labeling.images[3]
    before = labeling.explain(image)
    assert (before.sha256, before.class_name, before.runner_up) == (image.sha256, "", "")
    np.testing.assert_array_equal(before.heatmap, before.attention)
    assert before.attention.min() == 0 and before.attention.max() == 1

    started.tag(*KINDS)
    for row, verdict in enumerate(started.verdicts()):
        after = labeling.explain(labeling.images[row])
        assert after.class_name == verdict and after.runner_up in set(KINDS) - {verdict}
        assert after.heatmap.shape == after.attention.shape == (4, 4)
        assert after.heatmap.min() >= 0 and after.heatmap.max() <= 1
        assert after.heads.shape == (2, 4, 4) and after.rollout.shape == (4, 4)
    np.testing.assert_array_equal(labeling.explain(image).attention, before.attention)


def test_examples_are_the_nearest_tagged_images_and_never_the_image_itself(started: LabelingBench) -> None:
    labeling = started.labeling
    started.tag(*KINDS, each=4)
    tags = labeling.project.tags()
    kinds = {image.sha256: image.path.parent.name for image in labeling.images}
    for image in labeling.images:
        shown = labeling.explain(image)
        names = [example.class_name for example in shown.examples]
        if not shown.unknown:
            assert names == 3 * [shown.class_name] + [shown.runner_up]
            similar = [example.similarity for example in shown.examples[:3]]
            assert similar == sorted(similar, reverse=True)
        for example in shown.examples:
            assert example.sha256 in tags and example.sha256 != image.sha256
            assert kinds[example.sha256] == example.class_name
            assert -1 <= example.similarity <= 1 + 1e-5
            for pair in example.pairs:
                assert -1 <= pair.similarity <= 1 + 1e-5
                assert all(0 < value < 1 for value in (*pair.here, *pair.there))


def test_the_only_tagged_image_of_a_class_gets_examples_of_the_other_alone(started: LabelingBench) -> None:
    started.tag("good", "pit", each=1)
    row = started.row("good_000.png")
    shown = started.labeling.explain(started.labeling.images[row])
    assert [example.class_name for example in shown.examples] == ["pit"], "an image is no example of itself"


def test_examples_follow_the_tags(started: LabelingBench) -> None:
    labeling, image = started.labeling, started.labeling.images[started.row("good_005.png")]
    ids = started.tag("good", "pit", each=2)
    before = labeling.explain(image)
    gone = before.examples[0]
    labeling.project.tag([gone.sha256], None)
    assert gone.sha256 not in {example.sha256 for example in labeling.explain(image).examples}
    labeling.project.restore_tags({gone.sha256: ids[gone.class_name]})
    assert labeling.explain(image).examples == before.examples


def test_an_unknown_image_is_explained_by_the_nearest_of_any_class(started: LabelingBench) -> None:
    write_image(started.pictures / "odd.png", seed=3, size=96)
    started.scan()
    started.compute()
    started.tag("good", "pit", each=5)
    row = started.row("odd.png")
    assert started.predictions().unknown[row]
    shown = started.labeling.explain(started.labeling.images[row])
    assert shown.unknown and len(shown.examples) == 4
    similar = [example.similarity for example in shown.examples]
    assert similar == sorted(similar, reverse=True)


def test_an_encoder_that_knows_what_is_salient_shows_it_before_the_first_tag(
    started: LabelingBench, tmp_path: Path
) -> None:
    labeling, image = started.labeling, started.labeling.images[3]
    torch.manual_seed(0)
    knowing = tmp_path / "knowing.safetensors"
    save_encoder(knowing, MicmNetwork(replace(CONV, saliency=True)).eval(), {"steps": 5, "surfaces": 100})
    labeling.project.register_encoder(knowing, "knowing", "{}")
    shown = labeling.explain(image)
    assert not np.array_equal(shown.heatmap, shown.attention)
    assert shown.heatmap.shape == (4, 4) and shown.heatmap.max() == 1 and shown.class_name == ""


def test_export_needs_two_classes(started: LabelingBench, tmp_path: Path) -> None:
    out = tmp_path / "model.onnx"
    for tag in (None, "good"):
        if tag:
            started.tag(tag)
        with pytest.raises(UserError, match="at least two classes need a tag"):
            list(started.labeling.export(out, JobControl()))
    started.tag("pit")
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(started.labeling.export(out, control))
    assert not out.exists()


def test_the_exported_file_says_what_the_window_says(started: LabelingBench, tmp_path: Path) -> None:
    """Also where a tag's defect is marked, which changes the map: what lies outside the box is known to be ground."""
    started.tag("stain", each=3)
    ids = started.tag("good", "pit")
    marked, other = (started.labeling.images[row] for row in started.rows("pit")[:2])
    unmarked = started.labeling.explain(other).heatmap
    started.labeling.mark(marked, ids["pit"], (30, 30, 60, 60))
    assert np.abs(started.labeling.explain(other).heatmap - unmarked).max() > 1e-3
    result = last(started.labeling.export(tmp_path / "モデル.onnx", JobControl()), ExportResult)
    assert result.classes == ("stain", "good", "pit")
    assert result.support == {"stain": 3, "good": 2, "pit": 2}
    assert (result.parity_images, result.bytes) == (18, result.model_file.stat().st_size)
    assert started.labeling.missing_views() == [], "it learned from views without being asked"

    model, window = runtime.load(result.model_file), started.predictions()
    for row, image in enumerate(started.labeling.images):
        verdict, explained = model.judge(decode_image(image.path)), started.labeling.explain(image)
        assert verdict.class_name == window.classes[window.class_index[row]].name
        assert verdict.unknown == window.unknown[row]
        np.testing.assert_allclose(verdict.probabilities, window.probabilities[row], atol=1e-4)
        np.testing.assert_allclose(verdict.heatmap, explained.heatmap, atol=1e-3)


def test_marked_regions_tell_whether_defects_are_large_enough(started: LabelingBench) -> None:
    labeling = started.labeling
    assert labeling.resolution() is None
    image = labeling.images[started.rows("pit")[0]]
    assert (image.width, image.height) == (96, 96)
    labeling.project.add_region(image.sha256, None, 10, 10, 70, 40)
    found = labeling.resolution()
    # 60 of 96 pixels across, of an input of 32 pixels with patches of 8.
    assert found is not None and (found.smallest, found.smallest_patches) == (20, 2.5) and not found.sentence()
    labeling.project.add_region(image.sha256, None, 0, 0, 30, 12)
    found = labeling.resolution()
    assert found is not None and found.regions == 2 and found.smallest_patches == 1.25
    # Two tiles an edge have 56 pixels, in which 30 of 96 are 17.5.
    assert found.grid == 2 and "2 x 2 tiles" in found.sentence()


def test_a_project_in_tiles(started: LabelingBench, tmp_path: Path) -> None:
    labeling = started.labeling
    with pytest.raises(UserError, match="two classes"):
        list(labeling.try_tiles(JobControl()))
    ids = started.tag("good", "pit", each=3)
    assert not [event for event in labeling.try_tiles(JobControl()) if isinstance(event, TileTrial)], "none is good"
    labeling.project.change_class(ids["good"], is_good=True)
    trial = last(labeling.try_tiles(JobControl()), TileTrial)
    assert trial.images == 6 and trial.count in (2, 3, 4) and 0 <= trial.whole <= 1
    pit = labeling.images[started.rows("pit")[0]]
    labeling.mark(pit, None, (60, 60, 90, 90))
    labeling.mark(pit, None, (0, 0, 5, 5))
    assert marked_boxes(labeling.project, labeling.images) == {pit.path: [(60, 60, 90, 90), (0, 0, 5, 5)]}

    labeling.set_decision(DecisionSettings({ids["pit"]: 80.0}, defect_share=0.1, rules=Rules(smallest_area=0.01)))
    out = tmp_path / "tiles.onnx"
    result = last(labeling.export(out, JobControl(), tiles=2), ExportResult)
    assert result.support == {"good": 3, "pit": 3} and result.parity_max_abs_diff < 1e-3
    model = runtime.load(out)
    assert model.info.tiles == 2 and model.verify().ok
    assert (
        model.info.policy is not None
        and model.info.policy.costs == (1, 80)
        and model.info.policy.shares[1] == pytest.approx(0.1)
    )
    assert model.info.rules.smallest_area == 0.01
    assert [model.judge(decode_image(labeling.images[row].path)).class_name for row in started.rows("pit")[:3]]
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(labeling.export(tmp_path / "no.onnx", control, tiles=2))
    assert not (tmp_path / "no.onnx").exists()


def test_a_marked_box_is_clamped_to_its_image(started: LabelingBench) -> None:
    labeling = started.labeling
    image = labeling.images[started.rows("pit")[0]]
    marked = labeling.mark(image, None, (90, 50, -20, 200))
    assert (marked.xmin, marked.ymin, marked.xmax, marked.ymax) == (0, 50, 90, 96)
    moved = labeling.change_region(image, marked.id, None, (80, 80, 120, 90))
    assert (moved.xmin, moved.ymin, moved.xmax, moved.ymax) == (80, 80, 96, 90)
    for box in ((96.0, 0.0, 120.0, 50.0), (float("nan"), 0.0, 5.0, 5.0)):
        with pytest.raises(UserError, match="empty"):
            labeling.mark(image, None, box)
    labeling.remove_region(marked.id)
    labeling.take_back(labeling.project.steps()[-1].action_id)
    started.reopen()
    assert started.labeling.project.regions() == [moved]


def test_a_turned_photograph_is_marked_as_it_is_seen(started: LabelingBench) -> None:
    picture = Image.new("RGB", (60, 40), "gray")
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by a quarter
    picture.save(started.pictures / "turned.jpg", exif=exif)
    started.scan()
    image = started.labeling.images[started.row("turned.jpg")]
    assert decode_image(image.path).shape[:2] == (60, 40)
    marked = started.labeling.mark(image, None, (0, 0, 500, 500))
    assert (marked.xmax, marked.ymax) == (40, 60)


def test_the_nearest_tagged_images_without_a_network(started: LabelingBench) -> None:
    labeling = started.labeling
    image = labeling.images[started.rows("pit")[0]]
    assert labeling.nearest_tagged(image) == []
    started.tag("good", "pit", "stain", each=3)
    found = labeling.nearest_tagged(image, 20)
    assert len(found) == 8 and image.sha256 not in {one.sha256 for one in found}
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    embeddings = labeling._embeddings
    assert embeddings is not None
    first, last_of_all = (embeddings.values[embeddings.rows[one.sha256]] for one in (found[0], found[-1]))
    own = embeddings.values[embeddings.rows[image.sha256]]
    assert found[0].similarity == pytest.approx(float(own @ first), abs=1e-5)
    assert np.linalg.norm(own - first) < np.linalg.norm(own - last_of_all)
    assert labeling.nearest_tagged(image, 2) == found[:2]
    names = {other.sha256: other.path.parent.name for other in labeling.images}
    assert all(one.class_name == names[one.sha256] for one in found)


def test_what_to_tag_next_in_a_project(bench: LabelingBench) -> None:
    labeling = bench.labeling
    assert labeling.suggest() == [], "no features yet"
    bench.start()
    first = labeling.suggest(count=4)
    assert first[0].why == "typical" and first == labeling.suggest(count=4)
    bench.tag("good", "pit", each=3)
    tags = labeling.tag_classes()
    for queue in ("mixed", "uncertain", "diverse", "odd", "rare"):
        found = labeling.suggest(queue)
        assert len(found) > 6, queue
        assert not tags[[suggestion.row for suggestion in found]].any()
    between = labeling.suggest("uncertain", 1)[0]
    assert between.first is not None and between.second is not None
    assert {between.first.name, between.second.name} == {"good", "pit"}
    assert between.share + between.other == pytest.approx(1, abs=1e-5)


def test_likely_mistakes_in_a_project_name_the_tag_and_what_speaks_against_it(started: LabelingBench) -> None:
    ids = started.tag(*KINDS, each=5)
    started.labeling.tag([started.rows("pit")[0]], ids["good"])
    tags = started.labeling.tag_classes()
    found = started.labeling.suggest("mistakes")
    assert found and [doubt.other - doubt.share for doubt in found] == sorted(
        doubt.other - doubt.share for doubt in found
    )
    for doubt in found:
        assert doubt.first is not None and doubt.second is not None and doubt.share > doubt.other
        assert doubt.second.id == tags[doubt.row] != doubt.first.id


def test_copies_and_missing_images_are_not_suggested_twice(started: LabelingBench) -> None:
    picture = started.pictures / "good" / "good_000.png"
    shutil.copy(picture, started.pictures / "copy.png")
    gone = started.pictures / "pit" / "pit_000.png"
    gone.unlink()
    started.scan()
    for queue in ("mixed", "diverse"):
        suggested = [started.labeling.images[found.row] for found in started.labeling.suggest(queue)]
        assert len({image.sha256 for image in suggested}) == len(suggested) > 10
        assert gone.name not in {image.path.name for image in suggested}


TAGGING = """
import sys
from pathlib import Path
from micm_desktop.labeling import Labeling
labeling = Labeling.open(Path(sys.argv[1]))
labeling.load_features()
print(len(labeling.predict().class_index))
assert labeling.suggest() and labeling.nearest_tagged(labeling.images[0])
print({name.partition(".")[0] for name in sys.modules} & {"torch", "sklearn", "ot", "pandas"} or "light")
"""


def test_judging_with_features_loads_no_torch(started: LabelingBench) -> None:
    """Torch is half a gigabyte, and seconds, that whoever only tags need not wait for."""
    started.tag("good", "pit")
    folder = started.labeling.project.folder
    started.labeling.close()
    outcome = run_fresh(folder, code=TAGGING)
    assert outcome.code == 0, outcome.stderr
    assert outcome.stdout.split() == ["18", "light"]
