"""Rare patches: scores and weights against slow loops, statistics of image files, and the map's one clear case."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from picture_files import noise
from PIL import Image
from tiny_features import made_up_statistics
from tiny_micm import CONV, PATCH, randomise
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.fewshot import rarity as module
from micm_desktop.fewshot.rarity import (
    NEIGHBOURS,
    SHARPNESS,
    PatchStatistics,
    RarityPool,
    fit_patch_statistics,
    load_statistics,
    patch_vectors,
    rarity,
    rarity_weights,
    save_statistics,
)
from micm_desktop.images.decode import decode_image
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import Encoding, MicmNetwork
from micm_desktop.micm.preprocess import prepare
from micm_desktop.micm.saliency import Saliency
from micm_desktop.progress import Cancelled, JobControl, Progress, UserError


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def encoding(images: int = 2, grid: int = 4, fine: int = 3, stem: int = 5, dim: int = 6) -> Encoding:
    patches = grid**2
    return Encoding(
        normal(images, dim),
        normal(images, patches, dim, seed=1),
        normal(images, 2, patches).softmax(dim=2),
        normal(images, stem, grid, grid, seed=2),
        normal(images, 7, grid // 2, grid // 2, seed=3),
        normal(images, fine, 2 * grid, 2 * grid, seed=4),
    )


def network(config: EncoderConfig) -> MicmNetwork:
    torch.manual_seed(0)
    made = MicmNetwork(config)
    randomise(made, scale=0.1)
    return made.eval()


def write(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        paths.append(folder / f"{number:03d}.png")
        Image.fromarray(np.roll(noise(40, 44), number, axis=1)).save(paths[-1])
    return paths


def statistics_of(made: MicmNetwork, paths: list[Path], seed: int = 0) -> PatchStatistics:
    *_, result = fit_patch_statistics(made, paths, JobControl(), seed=seed)
    assert isinstance(result, PatchStatistics)
    return result


def all_patches(made: MicmNetwork, paths: list[Path]) -> Tensor:
    with torch.inference_mode():
        inputs = torch.cat([prepare(torch.from_numpy(decode_image(path))[None], made.config) for path in paths])
        return patch_vectors(made.encode(inputs)).flatten(0, 1).double().clone()


def test_pooling_against_a_slow_loop() -> None:
    given, statistics = encoding(), made_up_statistics(8)
    found, found_map = RarityPool(statistics)(given), RarityPool(statistics).rarity_map(given)
    assert found.shape == (2, 8) and found_map.shape == (2, 4, 4)
    bank = statistics.bank.tolist()
    for image in range(2):
        patches, scores = [], []
        for row in range(4):
            for column in range(4):
                fine = [
                    sum(given.fine[image, c, 2 * row + i, 2 * column + j].item() for i in (0, 1) for j in (0, 1)) / 4
                    for c in range(3)
                ]
                raw = fine + [given.stem[image, c, row, column].item() for c in range(5)]
                scaled = [
                    (value - mean) / std
                    for value, mean, std in zip(raw, statistics.mean.tolist(), statistics.std.tolist(), strict=True)
                ]
                length = math.sqrt(sum(value**2 for value in scaled))
                patch = [value / length for value in scaled]
                distances = sorted(1 - sum(a * b for a, b in zip(patch, other, strict=True)) for other in bank)
                patches.append(patch)
                scores.append(sum(distances[:NEIGHBOURS]) / NEIGHBOURS)
        assert found_map[image].flatten().tolist() == pytest.approx(scores, abs=1e-4)
        mean = sum(scores) / 16
        deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / 16)
        raised = [math.exp(SHARPNESS * (score - mean) / deviation) for score in scores]
        for channel in range(8):
            expected = sum(w * patch[channel] for w, patch in zip(raised, patches, strict=True)) / sum(raised)
            assert found[image, channel].item() == pytest.approx(expected, abs=1e-3)


def test_under_the_patch_stem_the_tokens_are_the_patches() -> None:
    given = encoding()
    assert torch.equal(patch_vectors(given._replace(stem=given.stem[:, :0])), given.patch_tokens)


def test_saliency_stands_in_for_rarity_where_the_network_has_learned_it() -> None:
    saliency = Saliency(normal(2, 16, seed=7), normal(2, 16, 8, seed=8))
    given, pool = encoding()._replace(saliency=saliency), RarityPool(made_up_statistics(8))
    for image in range(2):
        raised = [math.exp(value) for value in saliency.logits[image].tolist()]
        for channel in range(8):
            values = saliency.patches[image, :, channel].tolist()
            expected = sum(w * value for w, value in zip(raised, values, strict=True)) / sum(raised)
            assert pool(given)[image, channel].item() == pytest.approx(expected, abs=1e-4)
    torch.testing.assert_close(pool.rarity_map(given), saliency.logits.sigmoid().reshape(2, 4, 4))


def test_a_patch_like_nothing_in_the_bank_is_the_rarest() -> None:
    common, odd = F.normalize(normal(8), dim=0), F.normalize(normal(8, seed=5), dim=0)
    patches = common.repeat(1, 9, 1)
    patches[0, 4] = odd
    scores = rarity(patches, common.repeat(20, 1))
    assert scores.argmax() == 4
    assert scores[0, 0].item() == pytest.approx(0, abs=1e-5)
    assert scores[0, 4].item() == pytest.approx(1 - float(common @ odd), abs=1e-5)


def test_a_bank_of_fewer_patches_than_neighbours() -> None:
    scores = rarity(F.normalize(normal(1, 3, 4), dim=2), F.normalize(normal(2, 4, seed=1), dim=1))
    assert scores.shape == (1, 3) and scores.isfinite().all()


def test_an_even_image_is_weighted_evenly() -> None:
    torch.testing.assert_close(rarity_weights(torch.full((2, 8), 0.3)), torch.full((2, 8), 1 / 8))


@pytest.mark.parametrize("config", [PATCH, CONV], ids=["patch", "conv"])
def test_statistics_of_few_images_hold_all_their_patches(config: EncoderConfig, tmp_path: Path) -> None:
    made, paths = network(config), write(tmp_path, 5)
    found, patches = statistics_of(made, paths), all_patches(made, paths)
    std = patches.std(dim=0, correction=0).clamp_min(1e-4)
    torch.testing.assert_close(found.mean.double(), patches.mean(dim=0), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(found.std.double(), std, atol=1e-4, rtol=1e-3)
    assert found.bank.shape == patches.shape
    torch.testing.assert_close(found.bank.norm(dim=1), torch.ones(len(patches)), atol=1e-4, rtol=0)
    expected = F.normalize((patches - patches.mean(dim=0)) / std, dim=1)
    closest = (found.bank.double() @ expected.T).amax(dim=0)
    torch.testing.assert_close(closest, torch.ones_like(closest), atol=1e-2, rtol=0)


def test_a_large_set_is_sampled_evenly_and_by_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, paths = network(PATCH), write(tmp_path, 9)
    monkeypatch.setattr(module, "BANK_IMAGES", 3)
    monkeypatch.setattr(module, "BANK_SIZE", 7)
    found = statistics_of(made, paths)
    assert found.bank.shape == (7, PATCH.dim)
    chosen = all_patches(made, [paths[0], paths[3], paths[6]])
    torch.testing.assert_close(found.mean.double(), chosen.mean(dim=0), atol=1e-4, rtol=1e-3)
    again, other = statistics_of(made, paths), statistics_of(made, paths, seed=1)
    assert torch.equal(found.bank, again.bank) and not torch.equal(found.bank, other.bank)
    assert torch.equal(found.mean, other.mean)


def test_a_network_that_knows_what_is_salient_reads_no_image(tmp_path: Path) -> None:
    made = network(replace(CONV, saliency=True))
    (found,) = fit_patch_statistics(made, [tmp_path / "none.png"], JobControl())
    assert isinstance(found, PatchStatistics)
    with torch.inference_mode():
        encoding = made.encode(torch.zeros(1, 3, 64, 64))
    assert encoding.saliency is not None
    assert torch.equal(RarityPool(found)(encoding), encoding.saliency.pooled())


def test_broken_images_are_passed_over(tmp_path: Path) -> None:
    made, paths = network(PATCH), write(tmp_path, 3)
    whole = statistics_of(made, paths[1:])
    paths[0].write_bytes(b"")
    found = statistics_of(made, paths)
    torch.testing.assert_close(found.mean, whole.mean)
    for path in paths:
        path.write_bytes(b"")
    with pytest.raises(UserError, match="None of the images could be read"):
        statistics_of(made, paths)


def test_equal_pixels_everywhere_make_finite_statistics(tmp_path: Path) -> None:
    made, path = network(CONV), tmp_path / "flat.png"
    Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(path)
    found = statistics_of(made, [path, path])
    assert found.bank.isfinite().all() and (found.std > 0).all()


def test_progress_and_cancel(tmp_path: Path) -> None:
    made, paths, control = network(PATCH), write(tmp_path, 3), JobControl()
    events = fit_patch_statistics(made, paths, control)
    assert [next(events), next(events)] == [Progress(0, 3), Progress(1, 3)]
    control.cancel()
    with pytest.raises(Cancelled):
        next(events)


def test_statistics_survive_their_file(tmp_path: Path) -> None:
    given = [made_up_statistics(8), made_up_statistics(5, seed=1)]
    save_statistics(tmp_path / "統計.safetensors", given)
    for saved, loaded in zip(given, load_statistics(tmp_path / "統計.safetensors"), strict=True):
        for name in ("mean", "std", "bank"):
            assert torch.equal(getattr(saved, name), getattr(loaded, name))
    (tmp_path / "統計.safetensors").write_bytes(b"broken")
    with pytest.raises(UserError, match="damaged"):
        load_statistics(tmp_path / "統計.safetensors")
