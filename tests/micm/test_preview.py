"""The look at what a run has learned: what it shows, and that training is the same with and without it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_micm import CONV, PATCH, randomise, run_to_end, steps, tiny_run
from torch import nn

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.events import Event, Preview
from micm_desktop.micm.losses import patchify
from micm_desktop.micm.preview import (
    Previewer,
    attend,
    hidden_patches,
    learns_to_rebuild,
    rebuild,
    seconds_between,
    to_pixels,
    unpatchify,
)
from micm_desktop.micm.step import PretrainNetwork
from micm_desktop.micm.training_state import new_state
from micm_desktop.progress import JobControl

CPU = torch.device("cpu")


def previews(events: list[Event]) -> list[Preview]:
    return [event for event in events if isinstance(event, Preview)]


def network(encoder: EncoderConfig, config: PretrainConfig) -> PretrainNetwork:
    made = PretrainNetwork(encoder, config).requires_grad_(False).eval()
    randomise(made)
    return made


def some_pixels(count: int, size: int) -> torch.Tensor:
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))


def as_pixels(hidden: np.ndarray, patch: int) -> np.ndarray:
    return hidden.repeat(patch, axis=1).repeat(patch, axis=2)


@given(grid=st.integers(1, 14), ratio=st.floats(0.01, 1.0), count=st.integers(0, 4), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_as_much_is_hidden_as_in_training(grid: int, ratio: float, count: int, seed: int) -> None:
    hidden = hidden_patches(count, grid, ratio, seed)
    assert hidden.shape == (count, grid, grid) and hidden.dtype == bool
    assert (hidden.sum(axis=(1, 2)) == max(1, round(ratio * grid * grid))).all()
    assert (hidden_patches(count, grid, ratio, seed) == hidden).all()


def test_another_seed_hides_other_parts() -> None:
    assert (hidden_patches(3, 8, 0.3, 0) != hidden_patches(3, 8, 0.3, 1)).any()


def test_patches_are_put_together_as_they_were_cut() -> None:
    images = torch.rand(2, 3, 32, 32)
    assert torch.equal(unpatchify(patchify(images, 8), 4, 8), images)


def test_pixels_come_back_from_the_normalisation() -> None:
    pixels = some_pixels(2, 32)
    values = torch.tensor(PATCH.mean), torch.tensor(PATCH.std)
    normalised = ((pixels / 255 - values[0]) / values[1]).permute(0, 3, 1, 2)
    assert (to_pixels(normalised, PATCH) == pixels.numpy()).all()
    odd = torch.tensor([1e9, -1e9, float("nan")]).view(1, 3, 1, 1)
    assert to_pixels(odd, PATCH).tolist() == [[[[255, 0, 0]]]]


@pytest.mark.parametrize("encoder", [PATCH, CONV], ids=["patch", "conv"])
def test_what_is_seen_stays_and_what_is_hidden_is_the_pixel_head_s(encoder: EncoderConfig) -> None:
    config = tiny_run(encoder=encoder, crop_size=encoder.image_size)
    teacher, pixels = network(encoder, config), some_pixels(3, encoder.image_size)
    hidden = hidden_patches(3, encoder.grid, 0.4, 0)
    teacher.pixel_head.weight.zero_()
    # One colour for every patch: 51, 102 and 204 of 255, normalised.
    colour = (torch.tensor([0.2, 0.4, 0.8]) - torch.tensor(encoder.mean)) / torch.tensor(encoder.std)
    teacher.pixel_head.bias.copy_(colour.repeat_interleave(encoder.patch_size**2))
    originals, rebuilt = rebuild(teacher, pixels, torch.from_numpy(hidden.reshape(3, -1)), config, CPU, 3)
    assert originals.dtype == rebuilt.dtype == np.uint8 and (originals == pixels.numpy()).all()
    covered = as_pixels(hidden, encoder.patch_size)
    assert (rebuilt[~covered] == originals[~covered]).all()
    assert (rebuilt[covered] == [51, 102, 204]).all()


@pytest.mark.parametrize("encoder", [PATCH, CONV], ids=["patch", "conv"])
def test_nothing_of_what_is_hidden_is_looked_at(encoder: EncoderConfig) -> None:
    config = tiny_run(encoder=encoder, crop_size=encoder.image_size)
    teacher, pixels = network(encoder, config), some_pixels(2, encoder.image_size)
    hidden = hidden_patches(2, encoder.grid, 0.5, 0)
    mask, covered = torch.from_numpy(hidden.reshape(2, -1)), as_pixels(hidden, encoder.patch_size)
    _, rebuilt = rebuild(teacher, pixels, mask, config, CPU, 2)
    other = pixels.clone()
    other[torch.from_numpy(covered)] = 255 - other[torch.from_numpy(covered)]
    _, again = rebuild(teacher, other, mask, config, CPU, 2)
    assert (rebuilt == again).all()
    other = pixels.clone()
    other[torch.from_numpy(~covered)] = 255 - other[torch.from_numpy(~covered)]
    _, changed = rebuild(teacher, other, mask, config, CPU, 2)
    assert (changed[covered] != rebuilt[covered]).any(), "the network does look at what is seen"


def test_parts_of_a_batch_give_the_same_picture() -> None:
    config = tiny_run()
    teacher, pixels = network(PATCH, config), some_pixels(3, 40)
    mask = torch.from_numpy(hidden_patches(3, 4, 0.4, 0).reshape(3, -1))
    whole, parts = (rebuild(teacher, pixels, mask, config, CPU, at_once) for at_once in (3, 2))
    for one, other in zip(whole, parts, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1


@pytest.mark.parametrize(
    "changes",
    [{}, {"micro_batch": 3}, {"encoder": CONV, "crop_size": 64, "local_crop_size": 32}],
    ids=["plain", "parts", "conv"],
)
def test_training_is_the_same_bit_for_bit_whether_somebody_looks_or_not(
    changes: dict[str, Any], pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("micm_desktop.micm.preview.seconds_between", lambda cost: 0.0)
    config = tiny_run(**changes)
    plain, watched = tmp_path / "plain.safetensors", tmp_path / "watched.safetensors"
    unseen = run_to_end(pictures, plain, config)
    seen = run_to_end(pictures, watched, config, previews=2)
    assert watched.read_bytes() == plain.read_bytes()
    assert [step.losses for step in steps(seen)] == [step.losses for step in steps(unseen)]
    assert not previews(unseen)
    found = previews(seen)
    assert [preview.step for preview in found] == [step.step for step in steps(seen)]
    size, patch = config.crop_size, config.encoder.patch_size
    for preview in found:
        assert preview.originals.shape == preview.rebuilt.shape == (2, size, size, 3)
        assert preview.hidden.sum(axis=(1, 2)).tolist() == [round(0.4 * (size // patch) ** 2)] * 2
        assert (preview.originals == found[0].originals).all() and (preview.hidden == found[0].hidden).all()
        shown = ~as_pixels(preview.hidden, patch)
        assert (preview.rebuilt[shown] == preview.originals[shown]).all()
    assert (found[0].rebuilt != found[-1].rebuilt).any(), "it changes as the network learns"
    again = previews(run_to_end(pictures, watched, config, previews=2))
    assert all((one.rebuilt == other.rebuilt).all() for one, other in zip(found, again, strict=True))


def test_a_run_that_never_learns_to_rebuild_shows_nothing(pictures: list[Path], tmp_path: Path) -> None:
    events = run_to_end(pictures, tmp_path / "encoder.safetensors", tiny_run(objective="cl", epochs=1), previews=2)
    assert not previews(events)
    assert learns_to_rebuild(tiny_run(objective="mim").for_objective())
    for changes in ({"lambda_pixel": 0.0}, {"mask_ratio": 0.0}, {"mask_probability": 0.0}):
        assert not learns_to_rebuild(tiny_run(**changes))


def test_previews_take_a_hundredth_of_the_time_at_most() -> None:
    assert seconds_between(0.01) == 5
    assert seconds_between(2.0) == 200


def filled(pictures: list[Path], folder: Path) -> PixelCache:
    cache = PixelCache(folder / "pixels.tmp", 40)
    list(cache.fill(pictures, JobControl()))
    return cache


def test_after_one_there_is_a_pause(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run()
    state = new_state(config, CPU)
    previewer = Previewer(filled(pictures, tmp_path), PATCH, config, 2)
    assert previewer.is_due(0.0)
    state.elapsed = 10.0
    assert previewer.make(state, CPU) is not None
    assert not previewer.is_due(10.0) and not previewer.is_due(14.9)
    assert previewer.is_due(10.0 + 100_000)


def test_of_few_images_all_are_shown(pictures: list[Path], tmp_path: Path) -> None:
    preview = Previewer(filled(pictures[:1], tmp_path), PATCH, tiny_run(), 3).make(new_state(tiny_run(), CPU), CPU)
    assert preview is not None and len(preview.rebuilt) == 1


class Full(nn.Module):
    """Takes more memory than there is."""

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return torch.empty(2**60, dtype=torch.uint8)


def test_where_the_memory_is_too_small_training_goes_on_without(pictures: list[Path], tmp_path: Path) -> None:
    config = tiny_run()
    state = new_state(config, CPU)
    previewer = Previewer(filled(pictures, tmp_path), PATCH, config, 2)
    state.teacher.pixel_head = Full()  # type: ignore[assignment]
    assert previewer.make(state, CPU) is None
    assert not previewer.is_due(1e9)


@pytest.mark.parametrize("encoder", [PATCH, CONV], ids=["patch", "conv"])
def test_the_attention_is_that_of_the_teacher_on_whole_images(encoder: EncoderConfig) -> None:
    config = tiny_run(encoder=encoder, crop_size=encoder.image_size)
    teacher = network(encoder, config)
    pixels = some_pixels(3, encoder.image_size)
    seen = attend(teacher, pixels, config, CPU, 2)
    assert seen.shape == (3, encoder.grid, encoder.grid) and seen.dtype == np.float32
    np.testing.assert_allclose(seen.sum(axis=(1, 2)), 1, atol=1e-5)
    np.testing.assert_allclose(attend(teacher, pixels, config, CPU, 3), seen, atol=1e-6)
    assert seen.std(axis=0).max() > 1e-4, "each image has its own"
