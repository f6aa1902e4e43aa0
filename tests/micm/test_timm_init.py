"""Weights of timm models, written to local files, become networks that compute with them."""

import time
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from safetensors.torch import save_file
from tiny_micm import randomise, run_to_end, tiny_run, write_images
from torch import Tensor

from micm_desktop.micm import timm_weights
from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.config import EncoderConfig, PretrainConfig, fit_crops
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.micm.timm_init import network_from_timm
from micm_desktop.micm.timm_vit import convert, obstacle
from micm_desktop.micm.timm_weights import weights_file
from micm_desktop.progress import UserError

VIT = "test_vit"
CNN = "test_resnet"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(timm_weights, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return tmp_path


def put_weights(name: str, seed: int = 0) -> Any:
    """A timm model whose weights lie where the program looks for them."""
    torch.manual_seed(seed)
    model = timm.create_model(name, pretrained=False).eval()
    randomise(model, seed, scale=0.02)
    weights_file(name).parent.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), weights_file(name))
    return model


def as_ours(model: Any, network: MicmNetwork, images: Tensor) -> Tensor:
    """What MICM's order of things makes of timm's own modules: patches alone first, the class token in the decoder."""
    prefix = 0 if model.no_embed_class else model.num_prefix_tokens
    patches = model.patch_embed(images).reshape(len(images), -1, model.embed_dim)
    tokens = model.norm_pre(patches + model.pos_embed[:, prefix:])
    blocks, first = list(model.blocks), network.config.encoder_blocks
    for block in blocks[:first]:
        tokens = block(tokens)
    entering = network.class_token
    if model.cls_token is not None:
        entering = model.norm_pre(model.cls_token + (model.pos_embed[:, :1] if prefix else 0.0))
    tokens = torch.cat([entering.expand(len(images), -1, -1), tokens], dim=1)
    for block in blocks[first:]:
        tokens = block(tokens)
    if isinstance(model.norm, torch.nn.Identity) and isinstance(model.fc_norm, torch.nn.Identity):
        return network.norm(tokens)
    return model.fc_norm(model.norm(tokens))


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("vit_tiny_patch16_224", {}, None),
        (VIT, {}, None),
        (VIT, {"init_values": 1e-5, "no_embed_class": True}, None),
        (VIT, {"qk_norm": True}, None),
        (VIT, {"act_layer": "quick_gelu", "qkv_bias": False}, None),
        (VIT, {"act_layer": "gelu_tanh", "mlp_ratio": 3.7361}, None),
        (VIT, {"pre_norm": True, "norm_layer": torch.nn.LayerNorm}, None),
        (VIT, {"reg_tokens": 4}, "4 register tokens were left out"),
        (VIT, {"class_token": False, "global_pool": "avg"}, "no class token"),
        (VIT, {"final_norm": False}, "without a norm"),
        ("test_vit2", {}, "1 register token was left out"),
        ("test_vit3", {}, "no class token"),
        ("deit_tiny_distilled_patch16_224", {}, "1 distillation token was left out"),
    ],
    ids=str,
)
@torch.no_grad()
def test_blocks_compute_what_timm_s_own_compute(name: str, changes: dict[str, Any], said: str | None) -> None:
    torch.manual_seed(0)
    model: Any = timm.create_model(name, pretrained=False, **changes).eval()
    randomise(model, scale=0.05)
    assert obstacle(model) is None
    network, notes = convert(model)
    network.eval()
    config = network.config
    assert config.decoder_blocks == max(1, len(model.blocks) // 3)
    images = torch.randn(2, 3, config.image_size, config.image_size)
    found, expected = network(images), as_ours(model, network, images)
    torch.testing.assert_close(found.class_token, expected[:, 0], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found.patch_tokens, expected[:, 1:], rtol=1e-3, atol=1e-4)
    assert (said is None and not notes) or (said is not None and any(said in note for note in notes))


@torch.no_grad()
def test_a_model_for_large_images_works_at_a_smaller_size_with_its_positions_interpolated() -> None:
    model: Any = timm.create_model(VIT, pretrained=False, img_size=448)
    columns = torch.linspace(-1, 1, 28)
    model.pos_embed[:, 1:] = columns.repeat(28).view(1, -1, 1)
    network, notes = convert(model)
    assert network.config.image_size == 224
    assert any("448" in note and "224" in note for note in notes)
    kept = network.encoder_position[0, :, 0].view(14, 14)
    torch.testing.assert_close(kept, kept[:1].expand(14, 14))
    torch.testing.assert_close(kept[0], torch.linspace(-1, 1, 14), atol=0.05, rtol=0)


@pytest.mark.parametrize("name", [VIT, CNN, "test_convnext", "test_efficientnet"])
def test_a_local_file_is_taken_and_the_encoder_made_of_it_needs_no_weights_elsewhere(name: str, cache: Path) -> None:
    put_weights(name)
    network = network_from_timm(name).network.eval()
    weights_file(name).unlink()
    save_encoder(cache / "encoder.safetensors", network, {})
    loaded = load_encoder(cache / "encoder.safetensors").network
    assert loaded.config == network.config
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        before, after = network.encode(images), loaded.encode(images)
    compared = 0
    for mine, theirs in zip(before, after, strict=True):
        if isinstance(mine, torch.Tensor):
            assert torch.equal(mine, theirs)
            compared += 1
        else:
            assert mine == theirs and not mine, "what nobody asked for, and saliency that no timm network has"
    assert compared >= 5


@pytest.mark.parametrize("name", [CNN, "test_convnext", "test_efficientnet"])
@torch.no_grad()
def test_a_cnn_becomes_the_stem_and_keeps_its_last_stage(name: str, cache: Path) -> None:
    model = put_weights(name)
    start = network_from_timm(name)
    network = start.network.eval()
    config = network.config
    assert (config.stem, config.stem_model) == ("conv", name)
    assert any("untrained" in note for note in start.notes)
    images = torch.randn(2, 3, 96, 64)
    encoding = network.encode(images)
    torch.testing.assert_close(encoding.last_stage, model.forward_features(images), rtol=1e-3, atol=1e-5)
    assert encoding.fine.shape == (2, config.fine_channels, 12, 8)
    assert encoding.stem.shape == (2, config.stem_channels, 6, 4)
    assert encoding.last_stage.shape == (2, config.last_stage_channels, 3, 2)


def test_a_tagged_name_is_another_file_and_the_same_network(cache: Path) -> None:
    tagged = next(name for name in timm.list_pretrained(f"{CNN}*"))
    assert "." in tagged
    put_weights(tagged)
    assert network_from_timm(tagged).network.config.stem_model == CNN


@pytest.mark.parametrize("name", [VIT, CNN])
def test_pretraining_starts_from_it_and_leaves_the_batch_statistics(name: str, cache: Path, tmp_path: Path) -> None:
    put_weights(name)
    before = network_from_timm(name).network.state_dict()
    images = write_images(tmp_path / "images", 16)
    out = tmp_path / "encoder.safetensors"
    run_to_end(images, out, tiny_run(init=f"timm:{name}", epochs=1, crop_size=64, local_crop_size=32))
    after = load_encoder(out).network
    assert isinstance(after.stem, ConvStem) == (name == CNN)
    after_weights = after.state_dict()
    same = {key for key, value in before.items() if torch.equal(value, after_weights[key])}
    moved = set(before) - same
    assert any(key.startswith("decoder.") for key in moved)
    assert any(key.startswith("stem.") for key in moved)
    assert not any("running" in key or key.startswith("stem.last.") for key in moved)


def test_the_message_names_a_place_and_a_file_put_there_is_found(cache: Path) -> None:
    began = time.perf_counter()
    with pytest.raises(UserError) as refused:
        network_from_timm(VIT)
    assert time.perf_counter() - began < 10
    place = weights_file(VIT)
    said = str(refused.value)
    assert place.name in said and str(place.parent) in said and "huggingface.co/timm/test_vit" in said
    assert place.parent.is_dir()
    put_weights(VIT)
    assert network_from_timm(VIT).network.config.dim == 64


def test_a_hub_that_does_not_answer_is_given_up_within_seconds(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    # A name that no server has: the client's own retries on it would take a minute.
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "https://hub.invalid")
    began = time.perf_counter()
    with pytest.raises(UserError, match=r"hub\.invalid does not answer"):
        network_from_timm(VIT)
    assert time.perf_counter() - began < 15


@pytest.mark.parametrize("content", [b"not weights", None], ids=["damaged", "another model's"])
def test_a_file_that_does_not_fit_is_named(content: bytes | None, cache: Path) -> None:
    put_weights(CNN)
    if content is None:
        weights_file(CNN).rename(weights_file(VIT))
    else:
        weights_file(VIT).write_bytes(content)
    with pytest.raises(UserError, match=r"test_vit\.safetensors does not hold"):
        network_from_timm(VIT)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_such_model", "no model named"),
        ("test_vit.no_such_tag", "no_such_tag"),
        ("test_vit4", "RmsNorm"),
        ("test_vit_relpos", "no plain vision transformer"),
        ("test_maxvit", "any size"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(name: str, reason: str, cache: Path) -> None:
    if name in ("test_vit_relpos", "test_maxvit") and not timm.is_model(name):
        pytest.skip(f"timm {timm.__version__} has no {name}")
    if timm.is_model(name) and "tag" not in name:
        put_weights(name)
    with pytest.raises(UserError, match=reason):
        network_from_timm(name)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"img_size": (96, 160)}, "square"),
        ({"depth": 1}, "one block"),
        ({"pos_embed": "none"}, "position"),
        ({"scale_attn_norm": True}, "attention"),
        ({"proj_bias": False}, "attention"),
        ({"act_layer": "relu"}, "ReLU"),
        ({"block_fn": timm.models.vision_transformer.ResPostBlock, "init_values": 1e-5}, "ResPostBlock"),
        ({"mlp_layer": timm.layers.SwiGLU}, "SwiGLU"),
    ],
    ids=str,
)
def test_a_transformer_that_does_not_fit_is_told_why(changes: dict[str, Any], reason: str) -> None:
    found = obstacle(timm.create_model(VIT, pretrained=False, **changes))
    assert found is not None
    assert reason in found


def test_settings_of_older_files_mean_the_shipped_stem_and_plain_blocks() -> None:
    old = {"stem": "conv", "image_size": 64, "patch_size": 16, "dim": 32, "heads": 2}
    assert EncoderConfig.from_dict(old) == EncoderConfig(image_size=64, dim=32, heads=2)
    network = MicmNetwork(EncoderConfig.from_dict(old))
    assert (network.config.stem_model, network.config.last_stage_channels) == ("mobilenetv2", 1280)
    assert not any(part in key for key in network.state_dict() for part in ("ls1", "q_norm", "pre_norm"))


def test_crops_become_whole_patches() -> None:
    fitted = fit_crops(PretrainConfig(crop_size=96, local_crop_size=48), 14)
    assert (fitted.crop_size, fitted.local_crop_size) == (98, 56)
