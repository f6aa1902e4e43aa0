"""An encoder of two networks: its features, heatmaps and model file are made of those that are in use, and no other."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from picture_files import noise
from tiny_features import features_of
from tiny_model import export_tiny
from torch.nn import functional as F

from micm_desktop.explain.attention import attention_heat, telling, telling_attention
from micm_desktop.explain.evidence import patch_map, untagged_heat
from micm_desktop.export import runtime
from micm_desktop.fewshot.embedding import feature_size
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.images.decode import decode_image
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder, save_encoder
from micm_desktop.micm.encoder_file import Use, Verdict


@pytest.fixture(scope="module")
def file(patch_encoder: Path, conv_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny ``conv`` encoder as the new network, the tiny ``patch`` encoder as what it began from."""
    new, base = load_encoder(conv_encoder), load_encoder(patch_encoder)
    path = tmp_path_factory.mktemp("branches") / "both.safetensors"
    save_encoder(path, new.network, new.training, base=base.network, base_training={"surfaces": 9})
    return path


def judged(file: Path, use: Use) -> LoadedEncoder:
    loaded = load_encoder(file)
    return LoadedEncoder(
        loaded.network,
        loaded.training | {"verdict": Verdict(use, "", {}).to_dict()},
        loaded.sha256,
        loaded.base,
        loaded.base_training,
    )


def extractor(encoder: LoadedEncoder) -> FeatureExtractor:
    return FeatureExtractor(encoder).eval()


def test_features_of_both_are_those_of_one_beside_those_of_the_other(file: Path) -> None:
    images = [noise(40, 50), noise(64, 64)]
    found = {use: features_of(extractor(judged(file, use)), images) for use in ("new", "base", "both")}
    np.testing.assert_allclose(found["both"], np.concatenate([found["new"], found["base"]], axis=1), atol=1e-5)
    for use, values in found.items():
        assert values.shape[1] == feature_size(judged(file, use).branch_infos)


@torch.inference_mode()
def test_heatmaps_are_of_the_networks_in_use(file: Path) -> None:
    pixels = torch.from_numpy(noise(64, 64))[None]
    maps = {}
    for use in ("new", "base", "both"):
        made = extractor(judged(file, use))
        encodings = made.encode(made.prepare(pixels))
        maps[use] = patch_map(encodings)
        standardised = telling_attention(made, encodings)
        assert (standardised is None) == (use == "base"), "the base has not seen the user's images"
        grid = judged(file, use).branches[0].network.config.grid
        attention = attention_heat(telling(made, encodings))
        assert untagged_heat(made, encodings).shape == attention.shape == (1, grid, grid)
        assert standardised is None or standardised.shape == (1, grid, grid)
    enlarged = F.interpolate(maps["base"], size=maps["new"].shape[2:], mode="bilinear", align_corners=False)
    torch.testing.assert_close(maps["both"], torch.cat([maps["new"], enlarged], dim=1))


@pytest.mark.parametrize("use", ["base", pytest.param("both", marks=pytest.mark.slow)])
def test_the_model_file_holds_the_networks_in_use(file: Path, use: Use, labeled: Path, tmp_path: Path) -> None:
    loaded = load_encoder(file)
    path = tmp_path / "encoder.safetensors"
    verdict = Verdict(use, "", {})
    save_encoder(
        path, loaded.network, loaded.training, base=loaded.base, base_training=loaded.base_training, verdict=verdict
    )
    model = export_tiny(path, labeled, tmp_path / "model.onnx")
    assert model.result.parity_max_abs_diff < 1e-4
    convolutions = sum(node.op_type == "Conv" for node in onnx.load(model.file).graph.node)
    assert (convolutions > 10) == (use == "both"), "of a network that is not in use nothing is left"
    image = decode_image(next(labeled.rglob("*.png")))
    with torch.inference_mode():
        expected = model.module(torch.from_numpy(image)[None])
    found = runtime.load(model.file).judge(image)
    np.testing.assert_allclose(found.heatmap, expected.heatmap[0].numpy(), atol=1e-3)
