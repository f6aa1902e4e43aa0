"""Weights of a timm vision transformer, written to a local file, become a network that computes with them."""

from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from micm_desktop.micm import timm_init
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.progress import UserError

NAME = "vit_tiny_patch16_224"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(timm_init, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return tmp_path


def test_local_weights_are_split_into_encoder_and_decoder(cache: Path) -> None:
    torch.manual_seed(0)
    original = timm.create_model(NAME, pretrained=False).eval()
    timm_init.weights_file(NAME).parent.mkdir()
    save_file(original.state_dict(), timm_init.weights_file(NAME))
    network = timm_init.network_from_timm(NAME).eval()
    assert (network.config.encoder_blocks, network.config.decoder_blocks, network.config.dim) == (8, 4, 192)
    images = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        tokens = network.stem(images).tokens
        tokens = tokens + network.encoder_position
        torch.testing.assert_close(tokens, original._pos_embed(original.patch_embed(images))[:, 1:])
        for mine, theirs in zip([*network.encoder, *network.decoder], original.blocks, strict=True):
            tokens = mine(tokens)
            assert torch.equal(mine.attn.qkv.weight, theirs.attn.qkv.weight)
        out = network(images)
    assert out.class_token.shape == (1, 192)
    assert out.patch_tokens.shape == (1, 196, 192)


def test_without_hub_the_message_says_where_to_put_the_file(cache: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be had.*vit_tiny_patch16_224\.safetensors"):
        timm_init.network_from_timm(NAME)


def test_a_damaged_file_is_named(cache: Path) -> None:
    timm_init.weights_file(NAME).parent.mkdir()
    timm_init.weights_file(NAME).write_bytes(b"not weights")
    with pytest.raises(UserError, match=r"vit_tiny_patch16_224\.safetensors"):
        timm_init.network_from_timm(NAME)


@pytest.mark.parametrize("name", ["no_such_model", "resnet18"])
def test_other_models_are_refused_in_words(name: str, cache: Path) -> None:
    if name in timm.list_models():
        timm_init.weights_file(name).parent.mkdir()
        save_file(timm.create_model(name, pretrained=False).state_dict(), timm_init.weights_file(name))
    with pytest.raises(UserError, match="vit_small_patch16_224"):
        timm_init.network_from_timm(name)


def test_crops_become_whole_patches() -> None:
    fitted = fit_crops(PretrainConfig(crop_size=96, local_crop_size=48), 14)
    assert (fitted.crop_size, fitted.local_crop_size) == (98, 56)
