"""Views of tagged images: the same for the same pixels, and as large as the networks see."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from micm_desktop.fewshot.embedding import VIEWS
from micm_desktop.fewshot.features import FeatureExtractor, extract_batch, read_prepared
from micm_desktop.fewshot.views import VIEW_EDGE, augmented, extract_views, prepared_views
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import Cancelled, JobControl


@pytest.fixture(scope="module")
def extractor(patch_encoder: Path) -> FeatureExtractor:
    return FeatureExtractor(load_encoder(patch_encoder), every_part=False).eval()


def test_views_differ_and_are_the_same_for_the_same_pixels() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 56, 3), np.uint8)
    first, again = augmented(image), augmented(image.copy())
    assert first.shape == (VIEWS, 40, 40, 3) and first.dtype == torch.uint8
    assert torch.equal(first, again) and not torch.equal(first[0], first[1])
    image[0, 0] ^= 255
    assert not torch.equal(first, augmented(image))


def test_views_are_no_smaller_than_the_networks_input() -> None:
    large = np.zeros((600, 500, 3), np.uint8)
    assert augmented(large).shape[1] == VIEW_EDGE and augmented(large, 448).shape[1] == 448


def test_views_of_a_plain_image_change_light_alone() -> None:
    plain = np.full((50, 50, 3), 100, np.uint8)
    views = augmented(plain).float()
    assert views.std(dim=(1, 2, 3)).max() < 1
    assert ((views.mean(dim=(1, 2, 3)) - 100).abs() < 25).all()


def test_features_of_views_lie_near_those_of_the_image(labeled: Path, extractor: FeatureExtractor) -> None:
    paths = sorted(labeled.rglob("*.png"))[:2]
    found = dict(extract_views(extractor, paths, JobControl()))
    for number, path in enumerate(paths):
        inputs = read_prepared(extractor, path)
        assert not isinstance(inputs, UnreadableImage)
        own, views = extract_batch(extractor, [inputs])[0], found[number]
        assert views is not None and views.shape == (VIEWS, len(own))
        cosines = views @ own / np.linalg.norm(views, axis=1) / np.linalg.norm(own)
        assert (cosines > 0.7).all() and (cosines < 0.99999).any()


def test_unreadable_files_are_passed_over_and_cancelling_ends(tmp_path: Path, extractor: FeatureExtractor) -> None:
    broken, good = tmp_path / "壊れた.png", tmp_path / "良い.png"
    broken.write_bytes(b"no image")
    good.write_bytes(cv2.imencode(".png", np.full((20, 20, 3), 90, np.uint8))[1].tobytes())
    assert isinstance(prepared_views(extractor, broken), UnreadableImage)
    found = dict(extract_views(extractor, [broken, good], JobControl()))
    assert found[0] is None and found[1] is not None
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(extract_views(extractor, [good], control))
