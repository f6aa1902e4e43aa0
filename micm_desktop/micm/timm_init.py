"""Start from a vision transformer of timm: its blocks are split into encoder and decoder, its class token is moved."""

from pathlib import Path
from typing import Any

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import UserError
from micm_desktop.project.folders import cache_folder

DECODER_SHARE = 3
"""One block in this many becomes a decoder block, as in the paper's 8 + 4."""


def weights_file(name: str) -> Path:
    """Where the weights of a timm model are looked for before the hub is asked."""
    return cache_folder() / "timm" / f"{name}.safetensors"


def network_from_timm(name: str) -> MicmNetwork:
    """Build and fill a network from ``timm:NAME``.

    Weights come from :func:`weights_file` where that exists, else from timm's hub. Raises UserError for an unknown
    name, a model that is no plain vision transformer, and weights that cannot be had.
    """
    if name not in timm.list_models():
        raise UserError(f"timm has no model named {name!r}. A name that works: vit_small_patch16_224.")
    local = weights_file(name)
    try:
        model = timm.create_model(name, pretrained=not local.is_file())
        if local.is_file():
            model.load_state_dict(load_file(local))
    except (OSError, RuntimeError, ValueError, SafetensorError) as problem:
        raise UserError(
            f"The weights of timm:{name} cannot be had ({type(problem).__name__}). On a computer with internet, load"
            f" the model's model.safetensors from huggingface.co/timm, and put it at {local}"
        ) from problem
    if not isinstance(model, VisionTransformer) or not _is_plain(model):
        raise UserError(
            f"timm:{name} cannot be taken over: only plain vision transformers can, such as vit_small_patch16_224."
        )
    return _convert(model)


def _is_plain(model: Any) -> bool:
    size, patch = model.patch_embed.img_size, model.patch_embed.patch_size
    square = size is not None and size[0] == size[1] and patch[0] == patch[1]
    simple = model.num_prefix_tokens == 1 and model.cls_token is not None and model.pos_embed is not None
    # A model without its own position for the class token, or with scaled layers, does not fit the network's blocks.
    same_blocks = not any("ls1" in key or "q_norm" in key for key in model.state_dict())
    with_class_position = simple and model.pos_embed.shape[1] == model.patch_embed.num_patches + 1
    return bool(square and with_class_position and same_blocks and isinstance(model.norm, nn.LayerNorm))


def _convert(model: Any) -> MicmNetwork:
    depth = len(model.blocks)
    decoder = max(1, depth // DECODER_SHARE)
    config = EncoderConfig(
        stem="patch",
        image_size=model.patch_embed.img_size[0],
        patch_size=model.patch_embed.patch_size[0],
        dim=model.embed_dim,
        heads=model.blocks[0].attn.num_heads,
        encoder_blocks=depth - decoder,
        decoder_blocks=decoder,
        mlp_ratio=model.blocks[0].mlp.fc1.out_features / model.embed_dim,
        mean=tuple(model.pretrained_cfg["mean"]),
        std=tuple(model.pretrained_cfg["std"]),
    )
    network = MicmNetwork(config)
    source: dict[str, Tensor] = model.state_dict()
    weights = {key: value for key, value in source.items() if key.startswith("norm.")}
    for key, value in source.items():
        if key.startswith("blocks."):
            _, index, rest = key.split(".", 2)
            position = int(index) - config.encoder_blocks
            weights[f"decoder.{position}.{rest}" if position >= 0 else f"encoder.{index}.{rest}"] = value
    weights["stem.projection.weight"] = source["patch_embed.proj.weight"]
    weights["stem.projection.bias"] = source["patch_embed.proj.bias"]
    weights["class_token"] = source["cls_token"]
    weights["encoder_position"] = source["pos_embed"][:, 1:]
    weights["decoder_position"] = torch.zeros_like(source["pos_embed"])
    weights["decoder_position"][:, :1] = source["pos_embed"][:, :1]
    # No timm model has a mask embedding; the network's own start stays.
    weights["mask_embedding"] = network.mask_embedding.detach()
    network.load_state_dict(weights)
    return network
