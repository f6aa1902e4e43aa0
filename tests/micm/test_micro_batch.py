"""A batch in parts: the gradients of the whole, and a run that goes on where the memory is too small."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_micm import CONV, PATCH, cancel_after, randomise, run_to_end, same_weights, steps, tiny_run
from torch import Tensor

from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.draws import Views, draw_crops, draw_mask
from micm_desktop.micm.events import Done, Event, Notice
from micm_desktop.micm.micro_batch import backward, is_out_of_memory, split
from micm_desktop.micm.network import MicmNetwork, Tokens
from micm_desktop.micm.step import PretrainNetwork, StepResult
from micm_desktop.micm.training_state import build_student
from micm_desktop.progress import ProcessingError

CPU = torch.device("cpu")
IMAGES = 6
PLAIN = tiny_run(drop_path=0.0, local_crops=2)


def draw_views(pixels: Tensor, encoder: EncoderConfig, config: PretrainConfig) -> Views:
    crops = draw_crops(pixels, encoder, config, (3, 5), CPU)
    return Views(*crops, draw_mask(2 * len(pixels), encoder, config, (3, 5), CPU))


def gradients(config: PretrainConfig, encoder: EncoderConfig, at_once: int) -> tuple[StepResult, dict[str, Tensor]]:
    """Result and gradients of the student, ``at_once`` images of a batch of six passing together."""
    torch.manual_seed(0)
    if encoder is PATCH:
        student, teacher = (PretrainNetwork(encoder, config, config.drop_path) for _ in range(2))
        randomise(student, 1, 0.05)
        randomise(teacher, 2, 0.05)
    else:  # An untrained conv stem makes all tokens alike, and the comparison drowns in rounding.
        trained = load_encoder("starter").network
        encoder = trained.config
        student, teacher = (build_student(encoder, config, trained) for _ in range(2))
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (IMAGES, 80, 80, 3), np.uint8))
    views = draw_views(pixels, encoder, config)
    centers = torch.linspace(-0.1, 0.1, config.prototypes), torch.linspace(0.2, -0.2, config.prototypes)
    scaled: Callable[[Tensor], Tensor] = lambda loss: 8 * loss  # noqa: E731
    result = backward(student.train(), teacher.eval(), views, config, 0.05, centers, scaled, at_once, 11)
    found = {name: value.grad for name, value in student.named_parameters() if value.grad is not None}
    assert all(parameter.grad is None for parameter in teacher.parameters())
    return result, found


@pytest.mark.parametrize("at_once", [1, 2, 4, 5])
@pytest.mark.parametrize(
    ("config", "encoder"),
    [
        (PLAIN, PATCH),
        (replace(PLAIN, centering="ema"), PATCH),
        (replace(PLAIN, local_crops=0, mask_probability=1.0), PATCH),
        (replace(PLAIN, objective="cl").for_objective(), PATCH),
        (replace(PLAIN, objective="mim").for_objective(), PATCH),
        (PLAIN.for_stage2(), PATCH),
        (replace(PLAIN, crop_size=64, local_crop_size=32), CONV),
    ],
    ids=["micm", "ema", "no local crops", "cl", "mim", "stage 2", "conv"],
)
def test_parts_have_the_gradients_of_the_whole(config: PretrainConfig, encoder: EncoderConfig, at_once: int) -> None:
    whole, expected = gradients(config, encoder, IMAGES)
    parted, found = gradients(config, encoder, at_once)
    assert parted.terms.keys() == whole.terms.keys()
    for name, value in whole.terms.items():
        torch.testing.assert_close(parted.terms[name], value, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(parted.targets.class_distributions, whole.targets.class_distributions)
    assert found.keys() == expected.keys()
    largest = max(float(value.abs().max()) for value in expected.values())
    assert largest > 1e-2
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-3, atol=1e-5 * largest, msg=name)


def test_drop_path_leaves_out_the_same_blocks_in_both_passes() -> None:
    """Else the gradients would belong to other tokens than the losses: a part of one image shows it best."""
    config = replace(PLAIN, drop_path=0.9)
    _, found = gradients(config, PATCH, 1)
    _, again = gradients(config, PATCH, 1)
    assert all(torch.equal(again[name], value) for name, value in found.items())


def test_parts_are_small_enough_and_keep_the_order() -> None:
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (IMAGES, 40, 40, 3), np.uint8))
    views = draw_views(pixels, PATCH, PLAIN)
    for at_once in range(1, 8):
        parts = split(views, at_once)
        assert max(len(part.global_crops) for part in parts) <= 2 * at_once
        assert torch.equal(torch.cat([part.global_crops for part in parts]), views.global_crops)
        assert torch.equal(torch.cat([part.local_crops for part in parts]), views.local_crops)
        assert torch.equal(torch.cat([part.mask for part in parts]), views.mask)


class SmallMemory:
    """Plays a device whose memory holds ``crops`` at once: more of them end as they would on a graphics card."""

    def __init__(self, crops: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused: list[int] = []
        original = MicmNetwork.forward

        def forward(network: MicmNetwork, images: Tensor, mask: Tensor | None = None) -> Tokens:
            if len(images) > crops:
                self.refused.append(len(images))
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
            return original(network, images, mask)

        monkeypatch.setattr(MicmNetwork, "forward", forward)


def notices(events: list[Event]) -> list[Notice]:
    return [event for event in events if isinstance(event, Notice)]


def test_too_little_memory_is_answered_by_smaller_parts(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_run(local_crops=0)
    by_hand, found = tmp_path / "by_hand.safetensors", tmp_path / "found.safetensors"
    run_to_end(pictures, by_hand, replace(config, micro_batch=2))
    memory = SmallMemory(4, monkeypatch)
    events = run_to_end(pictures, found, config)
    assert memory.refused == [16, 8], "once found, the size stays"
    (notice,) = notices(events)
    assert notice.step == 1
    assert "in parts of 2 images" in notice.sentence
    assert isinstance(events[-1], Done) and events[-1].completed
    same_weights(by_hand, found)


def test_halving_begins_at_the_images_that_there_are(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = SmallMemory(24, monkeypatch)
    run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(local_crops=0, epochs=1, batch_size=256))
    assert memory.refused == [48], "not once more for 128, 64 and 32 images"


def test_the_size_survives_a_restart(pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, out = tiny_run(local_crops=0), tmp_path / "encoder.safetensors"
    memory = SmallMemory(4, monkeypatch)
    cancel_after(2, pictures, out, config)
    memory.refused.clear()
    events = run_to_end(pictures, out, config, resume=True)
    assert memory.refused == []
    assert not notices(events)
    assert [step.step for step in steps(events)] == [3, 4, 5, 6]


def test_too_little_for_a_single_image_is_said(
    pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallMemory(1, monkeypatch)
    with pytest.raises(ProcessingError, match="too small even for one image"):
        run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run())
    assert list(tmp_path.iterdir()) == []


def test_other_errors_are_not_taken_for_missing_memory() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    with pytest.raises(RuntimeError) as real:
        torch.empty(2**46)
    assert is_out_of_memory(real.value)
    with pytest.raises(RuntimeError) as shapes:
        torch.ones(2, 3) @ torch.ones(2, 3)
    assert not is_out_of_memory(shapes.value)
