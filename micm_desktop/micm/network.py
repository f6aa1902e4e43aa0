"""The MICM network: a stem, an encoder that sees patch tokens only, a decoder with a delayed class token.

Source: Zhang et al., "MICM: Rethinking Unsupervised Pretraining for Enhanced Few-shot Learning", ACM MM 2024,
arXiv:2408.13385. The ``conv`` stem is a hybrid vision transformer (Dosovitskiy et al. 2021).
"""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, cast

import torch
from timm.layers.create_act import get_act_layer
from timm.layers.norm import LayerNorm
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models.vision_transformer import Block
from torch import Tensor, nn
from torch.nn import functional as F

from micm_desktop.micm.cnn import build_stages
from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.saliency import Saliency, SaliencyHead

CPU_CHUNK = 16
"""Images that pass a convolutional stem at once on a CPU: larger activations leave the cache and the heap's free
lists, and took up to five times as long."""
LAYER_SCALE = 1e-5
"""Start of a layer scale that is trained from nothing, as DINOv2 and DeiT III use it."""


class StemOutput(NamedTuple):
    """``tokens`` (B, N, D); ``maps`` (B, C, h, w), the stem's own features; ``fine`` (B, C', 2h, 2w), the same at twice
    the detail, and ``finest`` (B, C'', 4h, 4w). The ``patch`` stem has no channels in any of them, at (h, w).
    """

    tokens: Tensor
    maps: Tensor
    fine: Tensor
    finest: Tensor


class Tokens(NamedTuple):
    """``class_token`` (B, D) and ``patch_tokens`` (B, N, D) after the decoder's norm."""

    class_token: Tensor
    patch_tokens: Tensor


class Encoding(NamedTuple):
    """All that features and heatmaps are made of, for B images with N = h·w patches.

    ``class_token`` (B, D); ``patch_tokens`` (B, N, D); ``attention`` (B, heads, N), class token to patches in the
    last decoder block, summing to 1 over N; ``stem`` (B, 96, h, w), ``last_stage`` (B, 1280, ceil(h/2), ceil(w/2)) and
    ``fine`` (B, 32, 2h, 2w), with the channels that the config says, all 0 under the ``patch`` stem. ``saliency`` is
    None where the network has not learned it. ``decoder``, on request: the whole attention of each decoder block, (B,
    heads, N+1, N+1), class token first, each row summing to 1.
    """

    class_token: Tensor
    patch_tokens: Tensor
    attention: Tensor
    stem: Tensor
    last_stage: Tensor
    fine: Tensor
    saliency: Saliency | None = None
    decoder: tuple[Tensor, ...] = ()


class PatchStem(nn.Module):
    """Linear patch embedding, (B, 3, H, W) -> (B, N, D)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.projection = nn.Conv2d(3, config.dim, config.patch_size, config.patch_size)

    def forward(self, images: Tensor) -> StemOutput:
        tokens = self.projection(images)
        maps = tokens[:, :0]
        return StemOutput(tokens.flatten(2).transpose(1, 2), maps, maps, maps)

    def last_stage(self, maps: Tensor) -> Tensor:
        return maps[:, :, ::2, ::2]


class ConvStem(nn.Module):
    """A convolutional network up to stride 16 and a 1×1 projection, (B, 3, H, W) -> (B, N, D).

    ``last`` (its remaining stages, stride 32) is not trained: its pooled output is one part of the image feature.
    Batch-norm statistics are frozen while ``frozen_statistics`` is set, as they are for pretrained weights; then the
    stages up to stride 4 are not trained either: edges and textures that any image has.
    """

    frozen_statistics: bool = False

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        stages = build_stages(config.stem_model)
        self.body = stages.body
        self.last = stages.last.requires_grad_(False)
        self._frozen, self._fine = stages.frozen, stages.fine
        self.projection = nn.Conv2d(config.stem_channels, config.dim, 1)

    def train(self, mode: bool = True) -> "ConvStem":
        super().train(mode)
        if self.frozen_statistics:
            self.body.eval()
        self.last.eval()
        return self

    def forward(self, images: Tensor) -> StemOutput:
        chunks = torch.split(images, CPU_CHUNK) if self.training and images.device.type == "cpu" else (images,)
        maps, fine, finest = (torch.cat(part) for part in zip(*map(self.pyramid, chunks), strict=True))
        return StemOutput(self.projection(maps).flatten(2).transpose(1, 2), maps, fine, finest)

    def pyramid(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Maps at stride 16, 8 and 4: (B, C, h, w), (B, C', 2h, 2w), (B, C'', 4h, 4w)."""
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen_statistics):
            early = self.body[: self._frozen](images)
        fine: Tensor = self.body[self._frozen : self._fine](early)
        maps: Tensor = self.body[self._fine :](fine)
        return maps, fine, early

    def last_stage(self, maps: Tensor) -> Tensor:
        out: Tensor = self.last(maps) if len(self.last) else maps[:, :0, ::2, ::2]
        return out


class MicmNetwork(nn.Module):
    """Stem -> encoder blocks over patch tokens -> class token prepended -> decoder blocks -> norm.

    Student and teacher are two of these. ``forward`` takes normalised images (B, 3, H, W) of any size and an optional
    boolean mask (B, N), True where the patch is hidden; N = ceil(H/p)·ceil(W/p) patches, row by row. A size that is no
    multiple of the patch is filled up with the mean colour, and positions are interpolated over the grid.
    """

    def __init__(self, config: EncoderConfig, drop_path: float = 0.0) -> None:
        super().__init__()
        self.config = config
        patches = config.grid**2
        self.stem: PatchStem | ConvStem = ConvStem(config) if config.stem == "conv" else PatchStem(config)
        self.mask_embedding = nn.Parameter(torch.zeros(1, 1, config.dim))
        self.class_token = nn.Parameter(torch.zeros(1, 1, config.dim))
        self.encoder_position = nn.Parameter(torch.zeros(1, patches, config.dim))
        self.decoder_position = nn.Parameter(torch.zeros(1, patches + 1, config.dim))
        depth = config.encoder_blocks + config.decoder_blocks
        rates = torch.linspace(0, drop_path, depth).tolist()
        blocks = [_block(config, rate) for rate in rates]
        norm = partial(LayerNorm, eps=config.norm_eps)
        self.pre_norm = norm(config.dim) if config.pre_norm else nn.Identity()
        self.encoder = nn.ModuleList(blocks[: config.encoder_blocks])
        self.decoder = nn.ModuleList(blocks[config.encoder_blocks :])
        self.norm = norm(config.dim)
        self.saliency = SaliencyHead(config.pyramid_channels) if config.saliency else None
        self.apply(_initialise)
        for embedding in (self.mask_embedding, self.class_token, self.encoder_position, self.decoder_position):
            nn.init.trunc_normal_(embedding, std=0.02)

    def forward(self, images: Tensor, mask: Tensor | None = None) -> Tokens:
        tokens, _ = self._before_decoder(images, mask)
        for block in self.decoder:
            tokens = block(tokens)
        out = self.norm(tokens)
        return Tokens(out[:, 0], out[:, 1:])

    def encode(self, images: Tensor, *, tokens: bool = True, decoder: bool = False, half: bool = False) -> Encoding:
        """Features and attention of unmasked, normalised images (B, 3, H, W).

        Without ``tokens`` the transformer, which takes longer than a ``conv`` stem, is left out: class token, patch
        tokens and attention are 0. With ``decoder`` the whole attention of its decoder is kept; with ``half`` a network
        that knows what is salient answers at half the size too.
        """
        whole: list[Tensor] = []
        if tokens:
            now, stem = self._before_decoder(images, None)
            blocks = [cast(Block, block) for block in self.decoder]
            before = now
            for block in blocks:
                if decoder:
                    whole.append(full_attention(block, now))
                before, now = now, block(now)
            attention = class_attention(blocks[-1], before)
            out = self.norm(now)
        else:
            stem = self.stem(_fill_up(images, self.config.patch_size))
            attention = torch.zeros_like(stem.tokens[:, None, :, 0]).expand(-1, self.config.heads, -1)
            out = torch.zeros_like(stem.tokens[:, :1]).expand(-1, stem.tokens.shape[1] + 1, -1)
        last_stage = self.stem.last_stage(stem.maps)
        found = self.saliency(stem.finest, stem.fine, stem.maps) if self.saliency is not None else None
        if found is not None and half:
            found = found._replace(half=self._saliency_at_half_size(images))
        return Encoding(out[:, 0], out[:, 1:], attention, stem.maps, last_stage, stem.fine, found, tuple(whole))

    def _saliency_at_half_size(self, images: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> logits (B, M) of M = (H/2p)·(W/2p) places, rounded down to whole patches."""
        assert self.saliency is not None
        patch = self.config.patch_size
        size = [max(1, edge // (2 * patch)) * patch for edge in images.shape[2:]]
        smaller = F.interpolate(images, size=size, mode="bilinear", antialias=True, align_corners=False)
        stem: StemOutput = self.stem(smaller)
        found: Saliency = self.saliency(stem.finest, stem.fine, stem.maps)
        return found.logits

    def before_last_block(self, images: Tensor) -> Tensor:
        """What enters the last decoder block, class token first: unmasked images (B, 3, H, W) -> (B, N+1, D)."""
        tokens, _ = self._before_decoder(images, None)
        for block in self.decoder[:-1]:
            tokens = block(tokens)
        return tokens

    def _before_decoder(self, images: Tensor, mask: Tensor | None) -> tuple[Tensor, StemOutput]:
        patch = self.config.patch_size
        images = _fill_up(images, patch)
        grid = (images.shape[2] // patch, images.shape[3] // patch)
        if mask is not None and self.config.stem == "conv":
            # A convolution looks across patch borders: what is to be predicted must not be in its input at all.
            images = blank_masked(images, mask, patch)
        stem: StemOutput = self.stem(images)
        tokens = stem.tokens
        if mask is not None:
            tokens = torch.where(mask.unsqueeze(2), self.mask_embedding.to(tokens.dtype), tokens)
        tokens = self.pre_norm(tokens + self._position(self.encoder_position, grid, prefix=0))
        class_token = self.class_token.expand(tokens.shape[0], -1, -1).to(tokens.dtype)
        if not self.config.delayed_class_token:
            tokens = torch.cat([class_token, tokens], dim=1)
        for block in self.encoder:
            tokens = block(tokens)
        if self.config.delayed_class_token:
            tokens = torch.cat([class_token, tokens], dim=1)
        return tokens + self._position(self.decoder_position, grid, prefix=1), stem

    def _position(self, embedding: Tensor, grid: tuple[int, int], prefix: int) -> Tensor:
        if grid == (self.config.grid, self.config.grid):
            return embedding
        resized: Tensor = resample_abs_pos_embed(embedding, list(grid), num_prefix_tokens=prefix)
        return resized


def resized(network: MicmNetwork, image_size: int) -> MicmNetwork:
    """The same network for a square input of ``image_size`` pixels, rounded up to whole patches: its positions are
    interpolated once, and learned on from there. ``network`` itself where the size is its own already.
    """
    config = network.config.for_size(image_size)
    if config == network.config:
        return network
    made = MicmNetwork(config)
    weights = network.state_dict()
    for name, prefix in (("encoder_position", 0), ("decoder_position", 1)):
        grid = [config.grid, config.grid]
        weights[name] = resample_abs_pos_embed(weights[name], grid, num_prefix_tokens=prefix)
    made.load_state_dict(weights)
    return made


def without_saliency(network: MicmNetwork) -> MicmNetwork:
    """The same network, as if it had never learned what is salient."""
    made = MicmNetwork(replace(network.config, saliency=False))
    made.load_state_dict({name: value for name, value in network.state_dict().items() if name in made.state_dict()})
    if isinstance(made.stem, ConvStem) and isinstance(network.stem, ConvStem):
        made.stem.frozen_statistics = network.stem.frozen_statistics
    return made.train(network.training)


class Standardise(nn.Module):
    """Zero mean and unit variance of each feature over the batch, (M, D) -> (M, D); one row passes unchanged."""

    def forward(self, tokens: Tensor) -> Tensor:
        if len(tokens) < 2:
            return tokens
        variance, mean = torch.var_mean(tokens.float(), dim=0, correction=0)
        return ((tokens - mean) * (variance + 1e-5).rsqrt()).to(tokens.dtype)


class ProjectionHead(nn.Module):
    """Shared by class and patch tokens: MLP D -> hidden -> hidden -> bottleneck, L2-normalised, then prototypes.

    ``forward``: (M, D) -> logits (M, K) in [-1, 1], the cosine with each weight-normalised prototype, in float32.
    Each layer is standardised over the M tokens (DINO's ``use_bn_in_head``): without it the part that all images share
    outweighs what tells them apart, and runs of a few hundred steps end where they began, at uniform outputs.
    """

    def __init__(self, dim: int, hidden: int, bottleneck: int, prototypes: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(dim, hidden),
            Standardise(),
            nn.GELU(),
            nn.Linear(hidden, hidden),
            Standardise(),
            nn.GELU(),
            nn.Linear(hidden, bottleneck),
            Standardise(),
        )
        self.prototypes = nn.Parameter(torch.empty(prototypes, bottleneck))
        self.apply(_initialise)
        nn.init.normal_(self.prototypes)

    def forward(self, tokens: Tensor) -> Tensor:
        # Under autocast the softmax over thousands of prototypes loses too much in half precision.
        directions = F.normalize(self.mlp(tokens).float(), dim=-1)
        with torch.autocast(tokens.device.type, enabled=False):
            return F.linear(directions, F.normalize(self.prototypes.float(), dim=-1))


def class_attention(block: Block, tokens: Tensor) -> Tensor:
    """Attention of the class token (position 0) to the patches in ``block``.

    tokens (B, N+1, D), the block's input -> (B, heads, N), each row summing to 1 over the patches.
    """
    query, key = _queries_and_keys(block, tokens)
    return _attend(query[:, :, :1], key[:, :, 1:]).squeeze(2)


def full_attention(block: Block, tokens: Tensor) -> Tensor:
    """What each token attends to in ``block``: its input (B, T, D) -> (B, heads, T, T), each row summing to 1."""
    return _attend(*_queries_and_keys(block, tokens))


def _queries_and_keys(block: Block, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Scaled queries, and keys, of ``block``: its input (B, T, D) -> each (B, heads, T, D / heads)."""
    attention: Any = block.attn
    heads = attention.num_heads
    normed = block.norm1(tokens)
    batch, length, dim = normed.shape
    qkv = attention.qkv(normed).reshape(batch, length, 3, heads, dim // heads)
    query = attention.q_norm(qkv[:, :, 0].transpose(1, 2))
    key = attention.k_norm(qkv[:, :, 1].transpose(1, 2))
    return query * attention.scale, key


def _attend(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.transpose(2, 3)).softmax(dim=-1)


def blank_masked(images: Tensor, mask: Tensor, patch_size: int) -> Tensor:
    """Set the pixels of masked patches to 0 (the mean, after normalisation). images (B, 3, H, W), mask (B, N)."""
    grid = (images.shape[2] // patch_size, images.shape[3] // patch_size)
    hidden = mask.view(-1, 1, *grid).repeat_interleave(patch_size, 2).repeat_interleave(patch_size, 3)
    return images.masked_fill(hidden, 0.0)


def _block(config: EncoderConfig, drop_path: float) -> Block:
    return Block(
        config.dim,
        config.heads,
        mlp_ratio=config.mlp_ratio,
        qkv_bias=config.qkv_bias,
        qk_norm=config.qk_norm,
        init_values=LAYER_SCALE if config.layer_scale else None,
        drop_path=drop_path,
        act_layer=nn.GELU if config.activation == "gelu" else get_act_layer(config.activation),
        norm_layer=partial(LayerNorm, eps=config.norm_eps),  # type: ignore[arg-type]
    )


def _fill_up(images: Tensor, patch_size: int) -> Tensor:
    below, right = -images.shape[2] % patch_size, -images.shape[3] % patch_size
    return F.pad(images, (0, right, 0, below)) if below or right else images


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
