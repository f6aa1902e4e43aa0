"""The image feature: pooling against slow loops, and files in, rows out."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from picture_files import noise
from PIL import Image
from tiny_features import encoder_of, extractor_of, features_of
from tiny_micm import CONV, PATCH, randomise
from torch import nn

from micm_desktop.fewshot import features as module
from micm_desktop.fewshot.embedding import fit_transform, part_sizes
from micm_desktop.fewshot.features import (
    BATCH,
    FeatureBatch,
    FeatureExtractor,
    extract_features,
    fold_batch_norms,
    pooled_parts,
)
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.saliency import Saliency
from micm_desktop.progress import Cancelled, JobControl

SALIENT = replace(CONV, saliency=True)


def extractor(config: EncoderConfig = PATCH) -> FeatureExtractor:
    torch.manual_seed(0)
    made = MicmNetwork(config)
    randomise(made, scale=0.1)
    return extractor_of(made.eval())


def encoding() -> Encoding:
    generator = torch.Generator().manual_seed(0)
    return Encoding(
        torch.randn(2, 3, generator=generator),
        torch.randn(2, 4, 3, generator=generator),
        torch.randn(2, 5, 4, generator=generator).softmax(dim=2),
        torch.randn(2, 6, 2, 2, generator=generator),
        torch.randn(2, 7, 2, 2, generator=generator),
        torch.randn(2, 4, 4, 4, generator=generator),
        Saliency(torch.randn(2, 4, generator=generator), torch.randn(2, 4, 10, generator=generator)),
    )


def write(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        paths.append(folder / f"{number:03d}.png")
        Image.fromarray(np.roll(noise(20 + number, 24), number, axis=1)).save(paths[-1])
    return paths


def collect(paths: list[Path], made: FeatureExtractor) -> list[FeatureBatch]:
    return list(extract_features(made, paths, JobControl()))


def test_parts_are_pooled_as_they_should_be() -> None:
    given = encoding()
    saliency = given.saliency
    assert saliency is not None
    class_token, attended, stem, last_stage, salient = pooled_parts(given)
    assert torch.equal(class_token, given.class_token)
    for image in range(2):
        for d in range(3):
            total = 0.0
            for patch in range(4):
                weight = sum(given.attention[image, head, patch].item() for head in range(5)) / 5
                total += weight * given.patch_tokens[image, patch, d].item()
            assert attended[image, d].item() == pytest.approx(total, abs=1e-5)
        for channel in range(6):
            values = given.stem[image, channel].flatten().tolist()
            assert stem[image, channel].item() == pytest.approx(sum(values) / 4, abs=1e-5)
        for channel in range(7):
            assert last_stage[image, channel].item() == max(given.last_stage[image, channel].flatten().tolist())
        chances = [math.exp(logit) for logit in saliency.logits[image].tolist()]
        for channel in range(10):
            values = saliency.patches[image, :, channel].tolist()
            expected = sum(a * b for a, b in zip(chances, values, strict=True)) / sum(chances)
            assert salient[image, channel].item() == pytest.approx(expected, abs=1e-5)
    without = given._replace(last_stage=given.last_stage[:, :0], saliency=None)
    assert [part.shape[1] for part in pooled_parts(without)] == [3, 3, 6]


@pytest.mark.parametrize("config", [PATCH, CONV, SALIENT], ids=["patch", "conv", "saliency"])
def test_every_part_of_a_feature_has_length_1(config: EncoderConfig) -> None:
    features = torch.from_numpy(features_of(extractor(config), [noise(30, 40), noise(64, 64)]))
    for part in torch.split(features, list(part_sizes(config).values()), dim=1):
        torch.testing.assert_close(part.norm(dim=1), torch.ones(2), atol=1e-4, rtol=0)


def test_folded_batch_norms_change_nothing() -> None:
    torch.manual_seed(0)
    made = MicmNetwork(replace(CONV, saliency=True))
    randomise(made, scale=0.1)
    for norm in made.modules():
        if isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None and norm.running_var is not None:
            nn.init.normal_(norm.running_mean, std=0.3)
            nn.init.uniform_(norm.running_var, 0.5, 2)
    made.eval()
    folded, images = fold_batch_norms(made), torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        expected, found = made.encode(images), folded.encode(images)
    assert expected.saliency is not None and found.saliency is not None
    for name in ("class_token", "stem", "fine", "last_stage"):
        torch.testing.assert_close(getattr(found, name), getattr(expected, name), atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(found.saliency.logits, expected.saliency.logits, atol=1e-3, rtol=1e-3)

    def norms(network: MicmNetwork) -> int:
        return sum(type(one) is nn.BatchNorm2d for one in network.modules())

    assert norms(made) > 50 and norms(folded) == 2, "those before the saliency head's first convolution stay"


def test_a_stem_whose_parts_run_in_another_order_is_left_alone() -> None:
    """Its norms come before the convolutions, and hold the activation."""
    config = replace(
        CONV,
        stem_model="resnetv2_18",
        finest_channels=64,
        fine_channels=128,
        stem_channels=256,
        last_stage_channels=512,
    )
    torch.manual_seed(0)
    made = MicmNetwork(config).eval()
    with torch.inference_mode():
        images = torch.randn(1, 3, 64, 64)
        expected, found = made.encode(images), fold_batch_norms(made).encode(images)
    torch.testing.assert_close(found.last_stage, expected.last_stage, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("training", [{}, {"steps": 5}], ids=["unseen", "pretrained"])
def test_parts_that_count_for_nothing_are_not_computed(training: dict[str, int]) -> None:
    torch.manual_seed(0)
    made = MicmNetwork(CONV)
    randomise(made, scale=0.1)
    encoder = encoder_of(made.eval(), training)
    images = [noise(64, 64), noise(30, 50)]
    whole = features_of(FeatureExtractor(encoder), images)
    economical = FeatureExtractor(encoder, every_part=False)
    found = features_of(economical, images)
    tokens = 2 * CONV.dim
    np.testing.assert_array_equal(found[:, tokens:], whole[:, tokens:])
    if training:
        np.testing.assert_array_equal(found, whole)
    else:
        assert not found[:, :tokens].any() and whole[:, :tokens].any()
    transform = fit_transform(whole, encoder.branch_infos)
    np.testing.assert_array_equal(transform(found), transform(whole))
    inputs = economical.prepare(torch.from_numpy(images[0])[None])
    with torch.inference_mode():
        assert economical.encode(inputs, attention=True)[0].attention.sum() == pytest.approx(CONV.heads, abs=1e-3)


@pytest.mark.parametrize("config", [PATCH, CONV], ids=["patch", "conv"])
def test_images_of_any_size_make_features_of_one_size(config: EncoderConfig) -> None:
    made = extractor(config)
    images = [noise(5, 9), noise(64, 64), noise(200, 30)]
    features = features_of(made, images)
    assert features.shape == (3, sum(part_sizes(config).values()))
    assert features.dtype == np.float32
    for row, image in enumerate(images):
        np.testing.assert_allclose(features_of(made, [image])[0], features[row], atol=1e-4)


def test_many_pixels_pass_the_network_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    made, images = extractor(), [noise(20, 20 + seed) for seed in range(5)]
    together = features_of(made, images)
    monkeypatch.setattr(module, "CPU_PIXELS", 2 * PATCH.image_size**2)
    np.testing.assert_allclose(features_of(made, images), together, atol=1e-5)


def test_files_become_rows_in_their_order(tmp_path: Path) -> None:
    paths, made = write(tmp_path, 2 * BATCH + 3), extractor()
    batches = collect(paths, made)
    assert [row for batch in batches for row in batch.rows] == list(range(len(paths)))
    features = np.concatenate([batch.features for batch in batches])
    for row in (0, BATCH, 2 * BATCH + 2):
        alone = features_of(made, [np.array(Image.open(paths[row]))])[0]
        np.testing.assert_allclose(features[row], alone, atol=1e-4)


def test_unreadable_files_are_named_and_the_others_done(tmp_path: Path) -> None:
    paths, made = write(tmp_path, BATCH + 4), extractor()
    broken = {2, BATCH, BATCH + 3}
    for row in broken:
        paths[row].write_bytes(b"broken")
    batches = collect(paths, made)
    rows = [row for batch in batches for row in batch.rows]
    assert rows == [row for row in range(len(paths)) if row not in broken]
    failed = {row: problem for batch in batches for row, problem in batch.failed.items()}
    assert failed.keys() == broken
    assert all(failed[row].path == paths[row] for row in broken)
    assert sum(len(batch.features) for batch in batches) == len(rows)


def test_a_batch_of_unreadable_files_alone(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    (batch,) = collect([tmp_path / "a.png"], extractor())
    assert batch.features.shape == (0, sum(part_sizes(PATCH).values()))
    assert batch.rows == ()
    assert list(batch.failed) == [0]


def test_no_files_at_all() -> None:
    assert collect([], extractor()) == []


def test_cancelling_stops_before_the_next_batch(tmp_path: Path) -> None:
    control = JobControl()
    batches = extract_features(extractor(), write(tmp_path, 2 * BATCH), control)
    next(batches)
    control.cancel()
    with pytest.raises(Cancelled):
        next(batches)
