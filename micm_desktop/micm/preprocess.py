"""From decoded images to the network's input. The model file holds this same computation."""

import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.micm.config import EncoderConfig


def prepare(images: Tensor, config: EncoderConfig) -> Tensor:
    """Squeeze to the square input with anti-aliasing, then normalise.

    images (B, H, W, 3) uint8 RGB -> (B, 3, image_size, image_size) float32.
    """
    planes = images.permute(0, 3, 1, 2).float()
    size = (config.image_size, config.image_size)
    resized = F.interpolate(planes, size=size, mode="bilinear", antialias=True, align_corners=False) / 255
    mean = torch.tensor(config.mean, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(config.std, device=images.device).view(1, 3, 1, 1)
    return (resized - mean) / std
