"""Encoders and features of a project: pretraining, cancelling, restarting, changing and moving."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from labeling_bench import KINDS, LabelingBench, opened
from tiny_micm import PATCH, tiny_run
from tiny_model import last

from micm_desktop.fewshot import classify
from micm_desktop.file_hash import file_hash
from micm_desktop.labeling import Labeling
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.events import Checkpoint, Done, EpochEnd, Started, Step
from micm_desktop.progress import Cancelled, JobControl, UserError

RUN = tiny_run(encoder=PATCH, epochs=3)


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    for bench in opened(tmp_path, labeled, patch_encoder):
        bench.start()
        bench.tag(*KINDS)
        yield bench


def feature_folders(labeling: Labeling) -> dict[str, bytes]:
    folder = labeling.project.folder / "features"
    return {path.parent.name: path.read_bytes() for path in folder.rglob("features.f32")}


def test_features_survive_a_restart(bench: LabelingBench) -> None:
    before = bench.probabilities()
    bench.reopen()
    assert bench.labeling.predict() is None
    bench.labeling.load_features()
    np.testing.assert_array_equal(bench.probabilities(), before)
    assert bench.compute()[-1].total == 0


def test_a_moved_project_still_predicts(bench: LabelingBench, tmp_path: Path) -> None:
    before = bench.probabilities()
    list(bench.labeling.pretrain(RUN, JobControl()))
    bench.compute()
    trained = bench.probabilities()
    assert not np.array_equal(before, trained)
    old = bench.labeling.project.folder
    bench.labeling.close()
    shutil.move(old, tmp_path / "移動先")
    bench.labeling = Labeling.open(tmp_path / "移動先")
    bench.labeling.load_features()
    np.testing.assert_array_equal(bench.probabilities(), trained)
    record = bench.labeling.project.active_encoder()
    assert record is not None and record.path.is_relative_to(tmp_path / "移動先")
    bench.labeling.explain(bench.labeling.images[0])


def test_predictions_stay_while_the_images_are_away(bench: LabelingBench, tmp_path: Path) -> None:
    before = bench.probabilities()
    shutil.move(bench.pictures, tmp_path / "away")
    bench.scan()
    assert {image.status for image in bench.labeling.images} == {"missing"}
    np.testing.assert_array_equal(bench.probabilities(), before)
    assert len(bench.labeling.project.tags()) == 6


def test_another_encoder_computes_anew_beside_the_old_features(bench: LabelingBench, conv_encoder: Path) -> None:
    labeling, before, old = bench.labeling, bench.probabilities(), feature_folders(bench.labeling)
    first = labeling.project.active_encoder()
    assert first is not None
    labeling.project.register_encoder(conv_encoder, "conv", "{}")
    np.testing.assert_array_equal(bench.probabilities(), before), "the old ones stay in use until the new are there"

    assert bench.compute()[-1].done == 18
    assert not np.array_equal(bench.probabilities(), before)
    assert labeling.encoder_info().sha256 == file_hash(conv_encoder)
    now = feature_folders(labeling)
    assert old.items() <= now.items() and len(now) == 2

    labeling.project.activate_encoder(first.id)
    assert bench.compute()[-1].total == 0
    np.testing.assert_array_equal(bench.probabilities(), before)


def test_features_of_another_encoder_may_arrive_within_a_prediction(
    bench: LabelingBench, conv_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker puts them there at any moment; a prediction is of one encoder or of the other."""
    before = bench.probabilities()
    fit = classify.fit_support

    def fit_while_the_encoder_changes(*arguments: object, **named: object) -> object:
        head = fit(*arguments, **named)  # type: ignore[arg-type]
        monkeypatch.setattr(classify, "fit_support", fit)
        bench.labeling.project.register_encoder(conv_encoder, "conv", "{}")
        bench.compute()
        return head

    monkeypatch.setattr(classify, "fit_support", fit_while_the_encoder_changes)
    np.testing.assert_array_equal(bench.probabilities(), before)
    assert not np.array_equal(bench.probabilities(), before)


def test_features_stay_when_images_are_added(bench: LabelingBench, labeled: Path) -> None:
    old = feature_folders(bench.labeling)
    shutil.copytree(labeled / "scratch", bench.pictures / "scratch")
    bench.scan()
    assert bench.compute()[-1].total == 6, "cached features stay valid"
    (was,), (now,) = old.values(), feature_folders(bench.labeling).values()
    assert now.startswith(was)
    assert len(bench.probabilities()) == 24


def test_cancelled_features_go_on_where_they_were(bench: LabelingBench, conv_encoder: Path) -> None:
    bench.labeling.project.register_encoder(conv_encoder, "conv", "{}")
    control = JobControl()
    events = bench.labeling.compute_features(control)
    assert next(events).done == 0
    control.cancel()
    with pytest.raises(Cancelled):
        list(events)
    assert len(feature_folders(bench.labeling)) == 1, "those of the encoder before"
    control = JobControl()
    with pytest.raises(Cancelled):
        for event in bench.labeling.compute_features(control):
            if event.done:
                control.cancel()
    assert bench.compute()[-1].total == 2, "the first 16 were kept"
    assert bench.labeling.missing_features() == 0


def test_pretraining_registers_its_encoder_and_uses_it(bench: LabelingBench) -> None:
    labeling = bench.labeling
    events = list(labeling.pretrain(RUN, JobControl()))
    done = events[-1]
    assert isinstance(done, Done) and done.completed
    assert (done.epochs, done.images) == (3, 18)
    _, record = labeling.project.encoders()
    assert record.active and record.path == done.encoder and record.path.is_file()
    assert {"images": 18, "epochs": 3, "objective": "micm"}.items() <= json.loads(record.summary).items()
    assert labeling.encoder_info().sha256 == file_hash(done.encoder)
    assert sorted(path.name for path in (labeling.project.folder / "encoders").iterdir()) == [done.encoder.name]
    assert not labeling.can_resume()

    again = last(labeling.pretrain(RUN, JobControl()), Done)
    assert again.encoder != done.encoder and done.encoder.is_file(), "no run overwrites another's encoder"
    assert [record.active for record in labeling.project.encoders()] == [False, False, True]


def test_pretraining_says_what_the_tags_are_worth(bench: LabelingBench) -> None:
    ends = [event for event in bench.labeling.pretrain(RUN, JobControl()) if isinstance(event, EpochEnd)]
    assert len(ends) == 3
    assert all(0 <= end.monitor["few_shot_accuracy"] <= 1 for end in ends)


def test_a_cancelled_run_can_be_resumed_after_a_restart(bench: LabelingBench) -> None:
    labeling, control, events = bench.labeling, JobControl(), []
    for event in labeling.pretrain(RUN, control):
        events.append(event)
        if isinstance(event, Step):
            control.cancel()
    done = events[-1]
    assert isinstance(done, Done) and not done.completed
    assert any(isinstance(event, Checkpoint) for event in events)
    assert len(labeling.project.encoders()) == 1, "half a run's encoder is not used"
    assert labeling.encoder_info().sha256 == file_hash(bench.encoder)

    bench.reopen()
    assert bench.labeling.can_resume()
    chosen_in_the_window = PretrainConfig(preset="thorough", minutes=120)
    resumed = list(bench.labeling.pretrain(chosen_in_the_window, JobControl(), resume=True))
    (start,) = (event for event in resumed if isinstance(event, Started))
    assert start.first_step == 1
    assert isinstance(resumed[-1], Done) and resumed[-1].completed
    assert len(bench.labeling.project.encoders()) == 2 and not bench.labeling.can_resume()


def test_pretraining_takes_one_of_equal_images_and_leaves_broken_ones(bench: LabelingBench) -> None:
    shutil.copy(bench.pictures / "good" / "good_000.png", bench.pictures / "again.png")
    (bench.pictures / "broken.png").write_bytes(b"")
    bench.scan()
    assert last(bench.labeling.pretrain(RUN, JobControl()), Done).images == 18


def test_too_few_images_to_pretrain(bench: LabelingBench) -> None:
    for path in sorted(bench.pictures.rglob("*.png"))[:6]:
        path.unlink()
    bench.scan()
    with pytest.raises(UserError, match="at least 16 readable images; 12 were found"):
        list(bench.labeling.pretrain(RUN, JobControl()))
    assert not bench.labeling.can_resume()


def test_an_encoder_file_that_is_gone_is_named(bench: LabelingBench, tmp_path: Path) -> None:
    done = last(bench.labeling.pretrain(RUN, JobControl()), Done)
    done.encoder.unlink()
    with pytest.raises(UserError, match="There is no encoder file at") as caught:
        bench.compute()
    assert str(done.encoder) in str(caught.value)
    assert bench.labeling.predict() is not None, "what was computed before stays in use"
