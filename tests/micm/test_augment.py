"""Views: their shapes and range, what a crop keeps, and that chance comes from the generator alone."""

import pytest
import torch
from torch import Tensor

from micm_desktop.micm.augment import crop_views, jitter


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(count: int = 6, size: int = 40) -> Tensor:
    return torch.rand(count, 3, size, size, generator=generator(9))


def coordinates(count: int, size: int = 64) -> Tensor:
    """Images whose first channel is the column and second the row, both in [0, 1]."""
    ramp = (torch.arange(size) + 0.5) / size
    columns, rows = ramp.view(1, -1).expand(size, -1), ramp.view(-1, 1).expand(-1, size)
    return torch.stack([columns, rows, torch.zeros(size, size)]).expand(count, -1, -1, -1)


@pytest.mark.parametrize("size", [16, 40, 56])
def test_crops_have_the_size_asked_for_and_stay_within_the_image_s_range(size: int) -> None:
    crops = crop_views(images(), size, (0.1, 1.0), generator())
    assert crops.shape == (6, 3, size, size)
    assert crops.min() >= 0
    assert crops.max() <= 1


def test_the_same_generator_draws_the_same_crops() -> None:
    first, again, other = (crop_views(images(), 32, (0.2, 0.8), generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    first, again, other = (jitter(images(), generator(seed), solarize=0.5) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_crop_of_everything_is_the_image_or_its_mirror_image() -> None:
    whole = images(24)
    crops = crop_views(whole, 40, (1.0, 1.0), generator(), right_angle_rotations=False)
    mirrored = 0
    for crop, image in zip(crops, whole, strict=True):
        if torch.allclose(crop, image.flip(2), atol=1e-4):
            mirrored += 1
        else:
            torch.testing.assert_close(crop, image, rtol=0, atol=1e-4)
    assert 4 < mirrored < 20


def test_rotations_and_mirror_images_make_all_eight_poses() -> None:
    image = images(1)
    crops = crop_views(image.expand(200, -1, -1, -1), 40, (1.0, 1.0), generator())
    poses = [image[0].rot90(k, (1, 2)) for k in range(4)]
    poses += [pose.flip(2) for pose in poses]
    counts = [0] * 8
    for crop in crops:
        matching = [number for number, pose in enumerate(poses) if torch.allclose(crop, pose, atol=1e-4)]
        assert len(matching) == 1
        counts[matching[0]] += 1
    assert min(counts) > 10


@pytest.mark.parametrize("scale", [(0.1, 0.1), (0.3, 0.3), (0.75, 0.75), (0.95, 0.95), (0.2, 0.9)])
def test_a_crop_keeps_the_share_of_the_area_that_was_asked_for(scale: tuple[float, float]) -> None:
    crops = crop_views(coordinates(300), 32, scale, generator(), right_angle_rotations=False)
    # The outermost pixels' centres are half an output pixel inside the crop.
    width = (crops[:, 0].amax(dim=(1, 2)) - crops[:, 0].amin(dim=(1, 2))) * 32 / 31
    height = (crops[:, 1].amax(dim=(1, 2)) - crops[:, 1].amin(dim=(1, 2))) * 32 / 31
    area, aspect = width * height, width / height
    assert area.min() > scale[0] - 0.03
    assert area.max() < scale[1] + 0.03
    assert aspect.min() > 3 / 4 - 0.05
    assert aspect.max() < 4 / 3 + 0.05
    if scale[0] < scale[1]:
        assert area.max() - area.min() > 0.8 * (scale[1] - scale[0])


def test_crops_lie_all_over_the_image() -> None:
    crops = crop_views(coordinates(300), 16, (0.2, 0.2), generator())
    centers = crops[:, :2].mean(dim=(2, 3))
    assert centers.amin(dim=0).max() < 0.3
    assert centers.amax(dim=0).min() > 0.7


def test_every_image_of_a_batch_gets_a_crop_of_its_own() -> None:
    crops = crop_views(images(1).expand(8, -1, -1, -1), 32, (0.2, 0.8), generator())
    for row in range(8):
        for other in range(row):
            assert not torch.equal(crops[row], crops[other])


def test_jitter_keeps_shape_and_range() -> None:
    views = jitter(images(), generator(), strength=0.9, grayscale=0.5, blur=0.5, solarize=0.5)
    assert views.shape == images().shape
    assert views.min() >= 0
    assert views.max() <= 1


def test_jitter_with_nothing_turned_on_changes_nothing() -> None:
    views = jitter(images(), generator(), strength=0.0, grayscale=0.0, blur=0.0)
    torch.testing.assert_close(views, images())


def test_brightness_contrast_and_saturation_stay_within_the_strength() -> None:
    flat = torch.full((400, 3, 8, 8), 0.5)
    brightness = jitter(flat, generator(), strength=0.2, grayscale=0, blur=0)[:, 0, 0, 0] / 0.5
    assert 0.8 <= brightness.min() < 0.82
    assert 1.18 < brightness.max() <= 1.2


def test_grayscale_makes_equal_channels_by_its_probability() -> None:
    views = jitter(images(400, 8), generator(), strength=0.0, grayscale=0.25, blur=0.0)
    grey = (views.amax(dim=1) - views.amin(dim=1)).amax(dim=(1, 2)) < 1e-5
    assert grey.float().mean().item() == pytest.approx(0.25, abs=0.07)
    expected = (images(400, 8) * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(dim=1)
    torch.testing.assert_close(views[grey][:, 0], expected[grey])
    torch.testing.assert_close(views[~grey], images(400, 8)[~grey])


def test_solarize_inverts_the_bright_pixels_by_its_probability() -> None:
    views = jitter(images(400, 8), generator(), strength=0.0, grayscale=0.0, blur=0.0, solarize=0.25)
    solarized = (views <= 0.5 + 1e-6).all(dim=3).all(dim=2).all(dim=1)
    assert solarized.float().mean().item() == pytest.approx(0.25, abs=0.07)
    original = images(400, 8)
    torch.testing.assert_close(views[solarized], torch.minimum(original, 1 - original)[solarized])
    torch.testing.assert_close(views[~solarized], original[~solarized])


def test_blur_smooths_without_changing_brightness() -> None:
    original = images(32)
    views = jitter(original, generator(), strength=0.0, grayscale=0.0, blur=1.0)
    assert (views.std(dim=(2, 3)) < original.std(dim=(2, 3))).all()
    torch.testing.assert_close(views.mean(dim=(2, 3)), original.mean(dim=(2, 3)), rtol=0, atol=0.02)
    flat = torch.full((4, 3, 16, 16), 0.3)
    torch.testing.assert_close(jitter(flat, generator(), strength=0.0, grayscale=0.0, blur=1.0), flat)
