"""A vision transformer of timm taken apart: its blocks are split into encoder and decoder, its class token is moved."""

from typing import Any

import torch
from timm.layers.activations import GELU, GELUTanh, QuickGELU
from timm.layers.attention import Attention
from timm.layers.mlp import Mlp
from timm.layers.patch_embed import PatchEmbed
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models.vision_transformer import Block, VisionTransformer
from torch import Tensor, nn

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import MicmNetwork

DECODER_SHARE = 3
"""One block in this many becomes a decoder block, as in the paper's 8 + 4."""
MAX_IMAGE_SIZE = 224
"""Models for larger images work at this edge in pixels: the cost grows with the square of the patches."""
ACTIVATIONS: dict[type, str] = {nn.GELU: "gelu", GELU: "gelu", QuickGELU: "quick_gelu", GELUTanh: "gelu_tanh"}


def obstacle(model: VisionTransformer) -> str | None:
    """Why the transformer does not fit our network, as a clause; None where it does."""
    embed, block = model.patch_embed, model.blocks[0]
    if type(embed) is not PatchEmbed or not isinstance(embed.norm, nn.Identity):
        return f"its patches are made by {type(embed).__name__}, not by one linear layer"
    if embed.img_size is None or embed.img_size[0] != embed.img_size[1] or len(set(embed.patch_size)) > 1:
        return "its image or its patches are not square"
    if len(model.blocks) < 2:
        return "it has one block, and encoder and decoder need one each"
    if model.pos_embed is None:
        return "it has no position embedding that is added to the patches"
    if type(block) is not Block:
        return f"its blocks are of the kind {type(block).__name__}"
    if type(block.attn) is not Attention or not isinstance(block.attn.norm, nn.Identity):
        return "its attention is of a kind of its own"
    if getattr(block.attn, "gate", None) is not None or block.attn.proj.bias is None:
        return "its attention is of a kind of its own"
    if block.attn.num_heads * block.attn.head_dim != model.embed_dim:
        return "its attention is not as wide as its tokens"
    if type(block.mlp) is not Mlp or not isinstance(block.mlp.norm, nn.Identity):
        return f"its blocks have layers of the kind {type(block.mlp).__name__}"
    if type(block.mlp.act) not in ACTIVATIONS:
        return f"its activation is {type(block.mlp.act).__name__}"
    if not isinstance(block.norm1, nn.LayerNorm):
        return f"its norms are of the kind {type(block.norm1).__name__}"
    return None


def convert(model: Any) -> tuple[MicmNetwork, tuple[str, ...]]:
    """The network with the transformer's weights, and sentences on what was left out or starts untrained."""
    config, notes = _config(model), []
    network = MicmNetwork(config)
    source: dict[str, Tensor] = model.state_dict()
    weights = {}
    for key, value in source.items():
        if key.startswith("blocks."):
            _, index, rest = key.split(".", 2)
            position = int(index) - config.encoder_blocks
            weights[f"decoder.{position}.{rest}" if position >= 0 else f"encoder.{index}.{rest}"] = value
    weights["stem.projection.weight"] = source["patch_embed.proj.weight"]
    weights["stem.projection.bias"] = source.get("patch_embed.proj.bias", torch.zeros(config.dim))
    # Where the pooled tokens are normalised, not each one, the tokens are normalised by the same weights.
    norm = model.norm if isinstance(model.norm, nn.LayerNorm) else model.fc_norm
    if isinstance(norm, nn.LayerNorm):
        weights |= {f"norm.{key}": value for key, value in norm.state_dict().items()}
    else:
        notes.append("It ends without a norm; ours starts untrained.")
    if config.pre_norm:
        weights |= {f"pre_norm.{key}": value for key, value in model.norm_pre.state_dict().items()}
    positions, class_position = _positions(model, config)
    weights["encoder_position"] = positions
    weights["decoder_position"] = torch.zeros_like(network.decoder_position)
    if model.cls_token is None:
        notes.append("It has no class token; ours starts untrained.")
    else:
        # Ours enters later and is not normalised before it does, so its norm is part of it.
        entering = source["cls_token"] + class_position
        weights["class_token"] = model.norm_pre(entering).detach()
    if dropped := model.num_prefix_tokens - (model.cls_token is not None):
        kind = "register" if model.num_reg_tokens else "distillation"
        notes.append(f"Its {dropped} {kind} token{'s were' if dropped > 1 else ' was'} left out.")
    if model.patch_embed.img_size[0] > config.image_size:
        notes.append(f"It was made for {model.patch_embed.img_size[0]} px and works at {config.image_size} px here.")
    # What timm's models do not have keeps the start that the network gave it.
    missing, unexpected = network.load_state_dict(weights, strict=False)
    started_here = {"mask_embedding", "class_token", "norm.weight", "norm.bias"}
    assert not unexpected and set(missing) <= started_here, (missing, unexpected)
    return network, tuple(notes)


def _config(model: Any) -> EncoderConfig:
    depth, block, dim = len(model.blocks), model.blocks[0], model.embed_dim
    decoder = max(1, depth // DECODER_SHARE)
    patch = model.patch_embed.patch_size[0]
    hidden = block.mlp.fc1.out_features
    ratio = hidden / dim
    return EncoderConfig(
        stem="patch",
        image_size=min(model.patch_embed.grid_size[0], MAX_IMAGE_SIZE // patch) * patch,
        patch_size=patch,
        dim=dim,
        heads=block.attn.num_heads,
        encoder_blocks=depth - decoder,
        decoder_blocks=decoder,
        # Rounding must not lose a unit where the quotient is no exact number.
        mlp_ratio=ratio if int(dim * ratio) == hidden else (hidden + 0.5) / dim,
        qkv_bias=block.attn.qkv.bias is not None,
        qk_norm=not isinstance(block.attn.q_norm, nn.Identity),
        layer_scale=not isinstance(block.ls1, nn.Identity),
        pre_norm=not isinstance(model.norm_pre, nn.Identity),
        activation=ACTIVATIONS[type(block.mlp.act)],
        norm_eps=block.norm1.eps,
        mean=tuple(model.pretrained_cfg["mean"]),
        std=tuple(model.pretrained_cfg["std"]),
    )


def _positions(model: Any, config: EncoderConfig) -> tuple[Tensor, Tensor]:
    """Positions of the patches on our grid, (1, N, D), and that of the class token, (1, 1, D)."""
    embedding: Tensor = model.pos_embed.detach()
    prefix = 0 if model.no_embed_class else model.num_prefix_tokens
    class_position = embedding[:, :1] if prefix else torch.zeros(1, 1, config.dim)
    patches = embedding[:, prefix:]
    if model.patch_embed.grid_size[0] != config.grid:
        patches = resample_abs_pos_embed(patches, [config.grid, config.grid], num_prefix_tokens=0)
    return patches, class_position
