"""Where the class token looks: the last decoder block's attention, by head and averaged, and rollout over the decoder.

With a delayed class token, which enters before the decoder, nothing of the image is in it before: so rollout over the
decoder's blocks is all of its way, and each place stands for what the encoder made of that place.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from micm_desktop.explain.maps import on_one_grid, standardise, to_range
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.micm.network import Encoding


def mean_attention(attention: Tensor) -> Tensor:
    """Mean over heads of (B, heads, N), laid out as the grid: (B, h, w)."""
    return _as_grid(attention.mean(dim=1))


def rollout(decoder: Sequence[Tensor]) -> Tensor:
    """How much of each place reaches the class token by the way of all decoder blocks: (B, N), summing to 1.

    Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers": the blocks' mean attention over heads, half and
    half with the residual connection, multiplied. ``decoder``: (B, heads, N+1, N+1) of each block, class token first.
    What the class token began with is left out.
    """
    flow: Tensor | None = None
    for attention in decoder:
        mean = attention.mean(dim=1)
        mixed = (mean + torch.eye(mean.shape[1], device=mean.device)) / 2
        flow = mixed if flow is None else mixed @ flow
    assert flow is not None
    patches = flow[:, 0, 1:]
    return patches / patches.sum(dim=1, keepdim=True).clamp_min(1e-12)


def attention_heat(encodings: Sequence[Encoding]) -> Tensor:
    """Attention of the class token, mean over heads and networks, scaled to [0, 1] within each image -> (B, h, w)."""
    return to_range(_mean([mean_attention(encoding.attention) for encoding in encodings]))


def head_heats(encodings: Sequence[Encoding]) -> Tensor:
    """Attention of the class token by each head of one network after the other, each scaled to [0, 1] within each
    image: (heads, B, h, w)."""
    maps = [_as_grid(head).unsqueeze(1) for one in encodings for head in one.attention.unbind(dim=1)]
    return torch.stack([to_range(one.squeeze(1)) for one in on_one_grid(maps)])


def rollout_heat(encodings: Sequence[Encoding]) -> Tensor:
    """:func:`rollout`, mean over networks, scaled to [0, 1] within each image -> (B, h, w).

    The encodings hold the decoder's attention.
    """
    return to_range(_mean([_as_grid(rollout(encoding.decoder)) for encoding in encodings]))


def telling(extractor: FeatureExtractor, encodings: Sequence[Encoding]) -> list[Encoding]:
    """Those of the networks that were pretrained on images of the user's; all where none was.

    A network that never saw them attends to what was salient elsewhere: its attention says little.
    """
    pairs = list(zip(extractor.branches, encodings, strict=True))
    return [one for branch, one in pairs if branch.attention_tells] or list(encodings)


def telling_attention(extractor: FeatureExtractor, encodings: Sequence[Encoding]) -> Tensor | None:
    """Standardised attention of the :func:`telling` networks: (B, h, w); None where none saw images of the user's."""
    if not any(branch.attention_tells for branch in extractor.branches):
        return None
    return _mean([standardise(mean_attention(one.attention)) for one in telling(extractor, encodings)])


def _as_grid(places: Tensor) -> Tensor:
    """(B, N) -> (B, h, w)."""
    grid = round(places.shape[1] ** 0.5)
    return places.reshape(-1, grid, grid)


def _mean(maps: Sequence[Tensor]) -> Tensor:
    """Mean over maps (B, h_i, w_i), on the grid of the first."""
    return torch.cat(on_one_grid([one.unsqueeze(1) for one in maps]), dim=1).mean(dim=1)
