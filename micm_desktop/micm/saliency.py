"""Where an image looks as if something had been implanted in it: a small head on a stem that stays as it is.

The stem keeps what an ImageNet network knows of small structure; only the head learns, from implanted defects in the
user's own images (implants.py), which of it is unusual there. Patches pooled by it describe the defect, not the layout.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH = 128


class Saliency(NamedTuple):
    """``logits`` (B, N), above 0 where a defect is likelier than not; ``patches`` (B, N, D), what the stem sees there,
    each channel standardised over the images that the head was trained on. ``half``, on request: the logits (B, M) of
    the same images at half their size, where a mark that was too large to be one is small enough."""

    logits: Tensor
    patches: Tensor
    half: Tensor | None = None

    def pooled(self) -> Tensor:
        """The patches, weighted by the softmax of their logits: (B, D)."""
        return (self.logits.softmax(dim=1).unsqueeze(2) * self.patches).sum(dim=1)


class SaliencyHead(nn.Module):
    """Convolutions over a stem's maps at stride 4, 8 and 16; works at stride 8, answers at stride 16."""

    def __init__(self, channels: tuple[int, int, int]) -> None:
        super().__init__()
        _, fine, coarse = channels
        self.input_norm = nn.BatchNorm2d(sum(channels), affine=False)
        self.patch_norm = nn.BatchNorm2d(fine + coarse, affine=False)
        self.layers = nn.Sequential(
            *_convolution(sum(channels), stride=1), *_convolution(WIDTH, stride=2), *_convolution(WIDTH, stride=1)
        )
        self.answer = nn.Conv2d(WIDTH, 1, 1)

    def forward(self, finest: Tensor, fine: Tensor, coarse: Tensor) -> Saliency:
        """(B, C'', 4h, 4w), (B, C', 2h, 2w), (B, C, h, w) -> answers for the N = h·w places of stride 16."""
        logits = self.answer(self.describe(finest, fine, coarse)).flatten(1)
        patches = self.patch_norm(torch.cat([F.avg_pool2d(fine, 2), coarse], dim=1).float())
        return Saliency(logits, patches.flatten(2).transpose(1, 2))

    def describe(self, finest: Tensor, fine: Tensor, coarse: Tensor) -> Tensor:
        """What the head makes of each place: (B, 128, h, w)."""
        enlarged = F.interpolate(coarse, scale_factor=2.0, mode="nearest")
        maps = torch.cat([F.avg_pool2d(finest, 2), fine, enlarged], dim=1)
        out: Tensor = self.layers(self.input_norm(maps.float()))
        return out


def _convolution(channels: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(channels, WIDTH, 3, stride, 1, bias=False), nn.BatchNorm2d(WIDTH), nn.GELU()]
