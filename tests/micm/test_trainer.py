"""A pretraining run: the order of its events, its result, and what it refuses."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_micm import CONV, PATCH, run_to_end, same_weights, steps, tiny_run, write_images
from torch import Tensor

from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.encoder_file import read_encoder_info
from micm_desktop.micm.events import Checkpoint, Done, EpochEnd, Started, Step
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.micm.trainer import MIN_IMAGES, pretrain
from micm_desktop.progress import JobControl, ProcessingError, Progress, UserError


def weights(path: Path) -> dict[str, Tensor]:
    return load_encoder(path).network.state_dict()


def test_events_come_in_order(pictures: list[Path], tmp_path: Path) -> None:
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(checkpoint_seconds=1e-6))
    kinds = [type(event) for event in events]
    first = kinds.index(Started)
    assert set(kinds[:first]) == {Progress}
    epoch = [Step, Checkpoint] * 2 + [Step, EpochEnd, Checkpoint]
    assert kinds[first + 1 :] == [*epoch, *epoch, Done]
    assert [step.step for step in steps(events)] == [1, 2, 3, 4, 5, 6]
    assert [step.epoch for step in steps(events)] == [0, 0, 0, 1, 1, 1]
    assert [event.step for event in events if isinstance(event, Checkpoint)] == [1, 2, 3, 4, 5, 6]


def test_what_the_events_say(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    events = run_to_end(pictures, out, tiny_run(mask_probability=1.0))
    started = next(event for event in events if isinstance(event, Started))
    assert (started.images, started.unreadable, started.total_steps, started.first_step) == (24, 0, 6, 0)
    for step in steps(events):
        assert step.total_steps == 6
        assert step.losses.keys() == {"total", "cls", "patch", "pixel"}
        assert all(math.isfinite(value) and value > 0 for value in step.losses.values())
        assert step.losses["total"] == pytest.approx(sum(step.losses[name] for name in ("cls", "patch", "pixel")))
        assert step.images_per_second > 0
    assert [step.seconds_left > 0 for step in steps(events)] == [True] * 5 + [False]
    for epoch, end in enumerate(event for event in events if isinstance(event, EpochEnd)):
        assert end.epoch == epoch
        mine = [step.losses["pixel"] for step in steps(events) if step.epoch == epoch]
        assert end.losses["pixel"] == pytest.approx(np.mean(mine))
        assert 1 <= end.monitor["effective_rank"] <= PATCH.dim
        assert 0 <= end.monitor["teacher_entropy"] <= math.log(12) + 1e-4
        assert 0 <= end.monitor["view_consistency"] <= 1
    done = events[-1]
    assert isinstance(done, Done)
    assert (done.encoder, done.completed, done.epochs, done.images) == (out, True, 2, 24)
    assert done.losses == steps(events)[-1].losses
    assert done.seconds > 0
    assert done.peak_memory_mb > 0


def test_the_encoder_says_how_it_was_made_and_nothing_else_is_left(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    run_to_end(pictures, out, tiny_run(seed=3, checkpoint_seconds=1e-6))
    assert list(tmp_path.iterdir()) == [out]
    info = read_encoder_info(out)
    assert info.config == PATCH
    expected = {"images": 24, "epochs": 2.0, "steps": 6, "objective": "micm", "seed": 3, "completed": True}
    assert info.training.items() >= expected.items()
    assert info.training["config"]["encoder"]["dim"] == PATCH.dim
    assert len(info.training["source_hash"]) == 64


@pytest.mark.parametrize(
    ("objective", "zero", "same_by_hand"),
    [
        ("mim", ("cls", "patch"), {"lambda_cls": 0, "lambda_patch": 0, "mask_probability": 1.0, "local_crops": 0}),
        ("cl", ("patch", "pixel"), {"lambda_patch": 0, "lambda_pixel": 0, "mask_probability": 0.0}),
    ],
)
def test_other_objectives_are_the_same_loop_with_other_weights(
    objective: str, zero: tuple[str, ...], same_by_hand: dict[str, Any], pictures: list[Path], tmp_path: Path
) -> None:
    events = run_to_end(pictures, tmp_path / "named.safetensors", tiny_run(objective=objective))
    for step in steps(events):
        assert {name for name, value in step.losses.items() if value == 0} == set(zero)
    run_to_end(pictures, tmp_path / "by_hand.safetensors", tiny_run(**same_by_hand))
    same_weights(tmp_path / "named.safetensors", tmp_path / "by_hand.safetensors")


def test_hidden_pixels_are_learned_from_visible_ones(tmp_path: Path) -> None:
    """Each image has a colour of its own: guessing the mean of all leaves the loss where it was."""
    pictures = []
    for number, color in enumerate(np.random.default_rng(0).integers(0, 256, (24, 3), np.uint8)):
        pictures.append(tmp_path / f"{number}.png")
        Image.fromarray(np.full((8, 8, 3), color)).save(pictures[-1])
    config = tiny_run(objective="mim", epochs=25, learning_rate=1e-2, drop_path=0.0, color_jitter=0.0)
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", config)
    means = [event.losses["pixel"] for event in events if isinstance(event, EpochEnd)]
    assert np.mean(means[-3:]) < 0.4 * means[0]


def test_a_run_by_time_ends_when_its_time_is_over(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(epochs=None, minutes=0.02)
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", config)
    started = next(event for event in events if isinstance(event, Started))
    assert started.total_steps == 0  # not known yet
    last = steps(events)[-1]
    assert last.step == last.total_steps > 1
    assert last.seconds_left == 0
    assert events[-1].completed  # type: ignore[union-attr]
    assert list(tmp_path.iterdir()) == [tmp_path / "encoder.safetensors"]


def test_fewer_images_than_a_batch(pictures: list[Path], tmp_path: Path) -> None:
    events = run_to_end(pictures[:17], tmp_path / "encoder.safetensors", tiny_run(batch_size=64))
    assert len(steps(events)) == 2
    assert events[-1].completed  # type: ignore[union-attr]


def test_crops_that_are_no_whole_patches(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    run_to_end(pictures, out, tiny_run(epochs=1, crop_size=27, local_crop_size=13))
    config = read_encoder_info(out).training["config"]
    assert (config["crop_size"], config["local_crop_size"]) == (32, 16)


def test_too_few_images_are_counted(pictures: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"")
    with pytest.raises(UserError, match=f"at least {MIN_IMAGES}.* {MIN_IMAGES - 1} .*1 could not be read"):
        run_to_end([*pictures[: MIN_IMAGES - 1], broken], tmp_path / "encoder.safetensors", tiny_run())
    assert list(tmp_path.iterdir()) == [broken]


def test_broken_images_are_named_and_the_others_used(pictures: list[Path], tmp_path: Path) -> None:
    empty, text, gone = tmp_path / "empty.png", tmp_path / "words.bmp", tmp_path / "gone.jpg"
    empty.write_bytes(b"")
    text.write_text("no picture")
    events = run_to_end([empty, *pictures, text, gone], tmp_path / "encoder.safetensors", tiny_run(epochs=1))
    started = next(event for event in events if isinstance(event, Started))
    assert (started.images, started.unreadable) == (24, 3)
    assert {problem.path for problem in started.problems} == {empty, text, gone}
    assert all(problem.reason for problem in started.problems)
    assert events[-1].images == 24  # type: ignore[union-attr]


def test_reading_is_counted_to_its_end(tmp_path: Path) -> None:
    pictures = write_images(tmp_path / "many", 40)
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(epochs=1))
    counted = [event for event in events if isinstance(event, Progress)]
    assert counted[-1] == Progress(40, 40)
    assert [event.done for event in counted] == sorted(event.done for event in counted)


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_old_encoder(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    save_encoder(out, MicmNetwork(PATCH), {})
    before = out.read_bytes()
    with pytest.raises(ProcessingError, match="unstable"):
        run_to_end(pictures, out, tiny_run(epochs=20, learning_rate=1e30, warmup=0.0))
    assert out.read_bytes() == before
    assert list(tmp_path.iterdir()) == [out]


def test_training_starts_from_a_given_encoder(pictures: list[Path], tmp_path: Path) -> None:
    start, out = tmp_path / "start.safetensors", tmp_path / "encoder.safetensors"
    torch.manual_seed(5)
    save_encoder(start, MicmNetwork(PATCH), {})
    control = JobControl()
    control_events = pretrain(pictures, out, tiny_run(init=str(start), image_size=32), control)
    for event in control_events:
        if isinstance(event, Started):
            control.cancel()  # before the first step
    same_weights(start, out)


def test_a_pretrained_conv_stem_keeps_what_is_frozen(pictures: list[Path], tmp_path: Path) -> None:
    start, out = tmp_path / "start.safetensors", tmp_path / "encoder.safetensors"
    torch.manual_seed(5)
    save_encoder(start, MicmNetwork(CONV), {})
    run_to_end(pictures, out, tiny_run(init=str(start), epochs=1, crop_size=64, local_crop_size=32, batch_size=12))
    before, after = weights(start), weights(out)
    moved = {name for name, value in before.items() if not torch.equal(after[name], value)}
    assert not any("running" in name or "num_batches" in name for name in moved)
    assert not any(name.startswith("stem.last.") for name in moved)
    stages = {int(name.split(".")[2]) for name in moved if name.startswith("stem.body.")}
    assert stages == set(range(4, 14))
    assert {"stem.projection.weight", "class_token", "norm.weight"} <= moved


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"init": "timm:vit_nonsense"}, "vit_nonsense"),
        ({"init": "nowhere.safetensors"}, "nowhere.safetensors"),
        ({"device": "abacus"}, "abacus"),
    ],
)
def test_what_cannot_be_used_is_named(
    changes: dict[str, str], named: str, pictures: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=named):
        run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(**changes))
    assert list(tmp_path.iterdir()) == []
