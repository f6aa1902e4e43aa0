"""The network's input is a plain anti-aliased resize."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from tiny_micm import PATCH
from torch import Tensor
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from micm_desktop.micm import preprocess
from micm_desktop.micm.preprocess import prepare

SIZE = PATCH.image_size


def grey_levels(image: NDArray[np.uint8]) -> Tensor:
    """What ``prepare`` makes of one image, with the normalisation undone: (SIZE, SIZE, 3) in [0, 255]."""
    prepared = prepare(torch.from_numpy(image)[None], PATCH)
    assert prepared.shape == (1, 3, SIZE, SIZE)
    assert prepared.dtype == torch.float32
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (PATCH.mean, PATCH.std))
    return ((prepared[0] * std + mean) * 255).permute(1, 2, 0)


def smooth_noise(height: int, width: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 256, (height // 4 + 1, width // 4 + 1, 3), np.uint8)
    return np.array(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("shape", [(1, 1), (32, 32), (50, 17), (200, 300)])
def test_a_constant_image_stays_constant(shape: tuple[int, int]) -> None:
    image = np.empty((*shape, 3), np.uint8)
    image[:] = (13, 128, 250)
    expected = torch.tensor([13.0, 128.0, 250.0]).expand(SIZE, SIZE, 3)
    torch.testing.assert_close(grey_levels(image), expected, rtol=0, atol=1e-2)


@pytest.mark.parametrize("shape", [(32, 32), (7, 9), (100, 140), (321, 64), (600, 800)])
def test_the_same_as_pillow_s_bilinear_resize(shape: tuple[int, int]) -> None:
    image = smooth_noise(*shape)
    expected = np.asarray(Image.fromarray(image).resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    assert np.abs(grey_levels(image).numpy() - expected).max() <= 1


def test_fine_lines_are_averaged_not_skipped() -> None:
    lines = np.zeros((320, 320, 3), np.uint8)
    lines[:, ::2] = 200
    found = grey_levels(lines)[:, 1:-1]
    torch.testing.assert_close(found, torch.full_like(found, 100.0), rtol=0, atol=2)


def test_a_very_long_image() -> None:
    image = np.zeros((300, 20_000, 3), np.uint8)
    image[:, 10_000:] = 255
    found = grey_levels(image)
    assert found[:, : SIZE // 2 - 1].abs().max() < 0.01
    assert (found[:, SIZE // 2 + 1 :] - 255).abs().max() < 0.01


def test_size_and_normalisation_are_the_encoder_s() -> None:
    config = replace(PATCH, image_size=48, mean=(0.5, 0.5, 0.5), std=(0.5, 0.25, 0.125))
    white = torch.full((2, 10, 10, 3), 255, dtype=torch.uint8)
    prepared = prepare(white, config)
    assert prepared.shape == (2, 3, 48, 48)
    assert prepared[1, :, 5, 5].tolist() == pytest.approx([1.0, 2.0, 4.0], abs=1e-4)


@pytest.mark.parametrize("shape", [(300, 20_000), (2500, 2400), (20_000, 300)])
def test_a_large_image_is_resized_in_strips_to_the_same(shape: tuple[int, int]) -> None:
    image = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (1, *shape, 3), np.uint8))
    assert shape[0] * shape[1] > preprocess.STRIP_PIXELS
    planes = image.permute(0, 3, 1, 2).float()
    whole = F.interpolate(planes, size=(SIZE, SIZE), mode="bilinear", antialias=True, align_corners=False)
    found = grey_levels(image[0].numpy())
    torch.testing.assert_close(found, whole[0].permute(1, 2, 0), atol=1e-3, rtol=0)


def test_a_large_image_needs_little_memory_beside_its_own() -> None:
    """61 megapixels are 183 MB; as floating-point numbers they would be 732."""
    image = torch.zeros(1, 7700, 8000, 3, dtype=torch.uint8)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        prepare(image, PATCH)
    held, peak = 0, 0
    for event in found.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            peak = max(peak, held)
    assert 0 < peak < 150e6


def test_a_batch_is_its_images_one_by_one() -> None:
    images = torch.from_numpy(np.stack([smooth_noise(40, 60), smooth_noise(40, 60)[::-1]]))
    together = prepare(images, PATCH)
    for row in range(2):
        torch.testing.assert_close(together[row], prepare(images[row : row + 1], PATCH)[0])
