"""Class evidence: how much each patch speaks for one class and against its rival.

The classifier is linear over the embedding's parts, and each part is pooled from patches. So each patch is taken as if
it were the whole image: its token, centred and normalised like the pooled part, is projected onto the difference of
the two classes' weights.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.micm.network import Encoding


def evidence_map(encoding: Encoding, direction: Tensor, mean: Tensor, sizes: Sequence[int]) -> Tensor:
    """Signed evidence, (B, h, w), positive where a patch speaks for the class.

    direction (B, D): weight of the class minus weight of its rival; mean (D,): the embedding's centre; sizes:
    dimensions of the parts. The class token has no place in the image and is left out.
    """
    grid = round(encoding.patch_tokens.shape[1] ** 0.5)
    patches = [encoding.patch_tokens.transpose(1, 2).reshape(-1, sizes[1], grid, grid)]
    if encoding.stem.shape[1]:
        patches += [encoding.stem, encoding.last_stage]
    total: Tensor | None = None
    start = sizes[0]
    for tokens, size in zip(patches, sizes[1:], strict=True):
        part = slice(start, start + size)
        local = F.normalize(F.normalize(tokens, dim=1) - mean[part].view(1, -1, 1, 1), dim=1)
        score = (local * direction[:, part, None, None]).sum(dim=1, keepdim=True)
        if score.shape[-1] != grid:
            score = F.interpolate(score, size=(grid, grid), mode="bilinear", align_corners=False)
        total = score if total is None else total + score
        start += size
    assert total is not None
    return total.squeeze(1)


def to_heat(evidence: Tensor) -> Tensor:
    """(B, h, w) signed evidence -> heat in [0, 1]: negative evidence is 0, the strongest of each image is 1."""
    positive = evidence.clamp_min(0)
    return positive / positive.amax(dim=(1, 2), keepdim=True).clamp_min(1e-6)


def attention_heat(attention: Tensor) -> Tensor:
    """Mean over heads of (B, heads, N), scaled to [0, 1] within each image -> (B, h, w)."""
    grid = round(attention.shape[2] ** 0.5)
    mean = attention.mean(dim=1).reshape(-1, grid, grid)
    low, high = mean.amin(dim=(1, 2), keepdim=True), mean.amax(dim=(1, 2), keepdim=True)
    return torch.where(high > low, (mean - low) / (high - low).clamp_min(1e-12), torch.zeros_like(mean))
