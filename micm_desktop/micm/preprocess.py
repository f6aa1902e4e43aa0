"""From decoded images to the network's input. The model file holds this same computation."""

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.micm.config import EncoderConfig

STRIP_PIXELS = 2**21
"""Pixels that are floating-point numbers at once: as such an image of 250 megapixels would fill 3 GB."""


def prepare(images: Tensor, config: EncoderConfig) -> Tensor:
    """Squeeze to the square input with anti-aliasing, then normalise.

    images (B, H, W, 3) uint8 RGB -> (B, 3, image_size, image_size) float32.
    """
    resized = squeeze(images, config.image_size) / 255
    mean = torch.tensor(config.mean, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(config.std, device=images.device).view(1, 3, 1, 1)
    return (resized - mean) / std


def squeeze(images: Tensor, size: int) -> Tensor:
    """Squeeze to a square with anti-aliasing: (B, H, W, 3) in [0, 255] -> (B, 3, size, size) float32."""
    if torch.compiler.is_exporting() or images.shape[1] * images.shape[2] <= STRIP_PIXELS:
        planes = images.permute(0, 3, 1, 2).float()
    else:
        planes = _narrowed(images, size)
    return F.interpolate(planes, size=(size, size), mode="bilinear", antialias=True, align_corners=False)


def _narrowed(images: Tensor, width: int) -> Tensor:
    """Resized in width alone, strip by strip: (B, H, W, 3) uint8 -> (B, 3, H, width) float32.

    The resize is separable and takes the width first, so that the result is the same.
    """
    rows = max(1, STRIP_PIXELS // images.shape[2])
    strips = [
        F.interpolate(
            strip.permute(0, 3, 1, 2).float(),
            size=(strip.shape[1], width),
            mode="bilinear",
            antialias=True,
            align_corners=False,
        )
        for strip in torch.split(images, rows, dim=1)
    ]
    return torch.cat(strips, dim=2)
