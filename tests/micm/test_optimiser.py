"""What one optimiser step does to each kind of weight, seen in the training states that a run leaves."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tiny_micm import CONV, PATCH, tiny_run
from torch import Tensor

from micm_desktop.micm import draws, trainer, update
from micm_desktop.micm.checkpoint import STATE_FORMAT, load_encoder, read_tensors, save_encoder
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.events import Checkpoint
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.micm.schedules import cosine
from micm_desktop.progress import JobControl

RATE = 1e-2


def states(images: list[Path], folder: Path, config: PretrainConfig, steps: int) -> list[dict[str, Tensor]]:
    """The training state after each of the first ``steps``."""
    found: list[dict[str, Tensor]] = []
    control = JobControl()
    for event in trainer.pretrain(images, folder / "encoder.safetensors", config, control):
        if isinstance(event, Checkpoint) and len(found) < steps:
            found.append(read_tensors(event.path, STATE_FORMAT)[0])
            if len(found) == steps:
                control.cancel()
    return found


def first_step(images: list[Path], folder: Path, encoder: EncoderConfig, **changes: Any) -> dict[str, Tensor]:
    """How much each weight of the network moved in the first step."""
    folder.mkdir()
    start = folder / "start.safetensors"
    torch.manual_seed(5)
    save_encoder(start, MicmNetwork(encoder), {})
    size = {"image_size": encoder.image_size}  # so that positions are not interpolated
    settings = size | {"warmup": 0.0, "learning_rate": RATE, "weight_decay": (0.0, 0.0), "mask_probability": 1.0}
    config = tiny_run(init=str(start), checkpoint_seconds=1e-6, **(settings | changes))
    (state,) = states(images, folder, config, 1)
    before = load_encoder(start).network.state_dict()
    return {name: state[f"student.network.{name}"] - value for name, value in before.items()}


def largest(moves: dict[str, Tensor], prefix: str = "") -> float:
    return max(move.abs().max().item() for name, move in moves.items() if name.startswith(prefix))


def test_the_first_step_is_as_long_as_the_learning_rate(pictures: list[Path], tmp_path: Path) -> None:
    assert largest(first_step(pictures, tmp_path / "run", PATCH)) == pytest.approx(RATE, rel=0.01)


def test_a_pretrained_stem_moves_by_its_share(pictures: list[Path], tmp_path: Path) -> None:
    moves = first_step(
        pictures, tmp_path / "run", CONV, stem_learning_rate=0.25, crop_size=64, local_crop_size=32, local_crops=0
    )
    assert largest(moves, "stem.body.") == pytest.approx(0.25 * RATE, rel=0.01)
    assert largest(moves, "stem.projection.") == pytest.approx(RATE, rel=0.01)
    assert largest(moves, "decoder.") == pytest.approx(RATE, rel=0.01)


def test_weights_decay_but_biases_and_norms_do_not(pictures: list[Path], tmp_path: Path) -> None:
    plain = first_step(pictures, tmp_path / "plain", PATCH)
    decayed = first_step(pictures, tmp_path / "decayed", PATCH, weight_decay=(0.4, 0.4))
    before = load_encoder(tmp_path / "plain" / "start.safetensors").network.state_dict()
    for name, value in before.items():
        expected = value * (-RATE * 0.4 if value.ndim > 1 else 0)
        torch.testing.assert_close(decayed[name] - plain[name], expected, rtol=0, atol=1e-6)


def test_gradients_are_clipped(pictures: list[Path], tmp_path: Path) -> None:
    """AdamW ignores a gradient's length until it is far below its epsilon."""
    assert largest(first_step(pictures, tmp_path / "run", PATCH, gradient_clip=1e-12)) < 1e-3 * RATE


def test_prototypes_stay_frozen_for_their_share_of_the_run(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(freeze_prototypes=0.3, checkpoint_seconds=1e-6)  # 6 steps: at 0, 1/6, 2/6 … of the run
    prototypes = [state["student.head.prototypes"] for state in states(pictures, tmp_path, config, 4)]
    assert [torch.equal(a, b) for a, b in pairwise(prototypes)] == [True, False, False]


def test_the_teacher_follows_the_student_by_the_scheduled_momentum(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run(teacher_momentum=(0.6, 1.0), checkpoint_seconds=1e-6)
    seen = states(pictures, tmp_path, config, 4)
    for step in (1, 2, 3):
        momentum = cosine(0.6, 1.0, step / 6)
        for name in ("network.class_token", "network.decoder.0.attn.qkv.weight", "head.mlp.0.weight"):
            old, student = seen[step - 1][f"teacher.{name}"], seen[step][f"student.{name}"]
            torch.testing.assert_close(seen[step][f"teacher.{name}"], momentum * old + (1 - momentum) * student)


def test_every_image_is_seen_once_an_epoch_in_ever_new_order(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[NDArray[np.uint8]] = []

    def watched(pixels: Tensor, *rest: Any) -> object:
        batches.append(pixels.numpy())
        return draws.draw(pixels, *rest)

    monkeypatch.setattr(update, "draw", watched)
    list(trainer.pretrain(pictures, tmp_path / "encoder.safetensors", tiny_run(), JobControl()))
    assert len(batches) == 7, "the batch after the last is drawn ahead"
    del batches[6:]
    seen = [{image.tobytes() for image in batch} for batch in batches]
    assert [len(batch) for batch in seen] == [8] * 6
    first, second = seen[:3], seen[3:]
    assert len(set.union(*first)) == len(set.union(*second)) == 24
    assert not any(batch in first for batch in second)
