"""What a step looks at: it depends on the step's number alone, so that it can be made ahead in a thread."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from micm_desktop.micm.augment import WHOLE, Share, crop_views, jitter
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.device import to_device
from micm_desktop.micm.implant_loss import implanted_windows
from micm_desktop.micm.implants import implanted_pairs
from micm_desktop.micm.masking import draw_masks


@dataclass(frozen=True)
class Views:
    """``global_crops`` (2B, 3, H, W), first all first crops, then all second; ``local_crops`` (L·B, 3, h, w).

    Normalised. ``mask`` (2B, N), True where the student's global crop is hidden.
    """

    global_crops: Tensor
    local_crops: Tensor
    mask: Tensor
    hidden_pixels: Tensor | None = None
    """(M, 3·p²), the masked patches' pixels, where they are not all in ``global_crops``: of several processes."""


@dataclass(frozen=True)
class Implanted:
    """Windows with implanted defects and the marks' shares, as :func:`implanted_windows` gives them."""

    windows: Tensor
    shares: Tensor


@dataclass(frozen=True)
class Drawn:
    """Crops of one step without their mask, whose ratio may follow what training shows; implanted defects, if any."""

    step: int
    images: int
    global_crops: Tensor
    local_crops: Tensor
    implanted: Implanted | None


def draw(
    pixels: Tensor,
    step: int,
    encoder: EncoderConfig,
    config: PretrainConfig,
    device: torch.device,
    implants_on: EncoderConfig | None,
    share: Share = WHOLE,
) -> Drawn:
    """All that step number ``step`` looks at, the same for the same number. pixels (B, S, S, 3) uint8.

    ``implants_on``: the encoder that learns from implanted defects; None where none does. Crops are of the ``share`` of
    the batch alone; defects are implanted in all of it.
    """
    own = pixels[share.rows(len(pixels))]
    global_crops, local_crops = draw_crops(own, encoder, config, (config.seed, step), device, share)
    implanted = None
    if implants_on is not None:
        rng = np.random.default_rng((config.seed, step, 1))
        pairs = implanted_pairs(pixels.numpy(), config.implant_pairs, rng)
        seed = int(rng.integers(2**62))
        implanted = Implanted(*implanted_windows(pairs, implants_on, config.implant_size, seed, device))
    return Drawn(step, len(own), global_crops, local_crops, implanted)


@torch.no_grad()
def draw_crops(
    pixels: Tensor,
    encoder: EncoderConfig,
    config: PretrainConfig,
    seed: tuple[int, ...],
    device: torch.device,
    share: Share = WHOLE,
) -> tuple[Tensor, Tensor]:
    """Global and local crops of a batch or its ``share``, as :class:`Views` holds them. pixels (B, S, S, 3) uint8."""
    generator = torch.Generator().manual_seed(int(np.random.default_rng(seed).integers(2**62)))
    images = to_device(pixels, device).permute(0, 3, 1, 2).float() / 255
    mean = images.new_tensor(encoder.mean).view(1, 3, 1, 1)
    std = images.new_tensor(encoder.std).view(1, 3, 1, 1)

    def view(size: int, scale: tuple[float, float], solarize: float) -> Tensor:
        turned = config.right_angle_rotations
        crop = crop_views(images, size, scale, generator, right_angle_rotations=turned, share=share)
        return (jitter(crop, generator, strength=config.color_jitter, solarize=solarize, share=share) - mean) / std

    global_crops = torch.cat([view(config.crop_size, config.global_scale, p) for p in (0.0, 0.2)])
    local = [view(config.local_crop_size, config.local_scale, 0.0) for _ in range(config.local_crops)]
    return global_crops, torch.cat(local) if local else global_crops[:0]


def draw_mask(
    crops: int, encoder: EncoderConfig, config: PretrainConfig, seed: tuple[int, ...], device: torch.device
) -> Tensor:
    """Mask of ``crops`` global crops, (crops, N)."""
    rng = np.random.default_rng(seed)
    rng.integers(2**62)  # what draw_crops takes
    mask = draw_masks(
        crops,
        config.crop_size // encoder.patch_size,
        config.mask_probability,
        config.mask_ratio,
        config.mask_ratio_spread,
        rng,
    )
    return torch.from_numpy(mask).to(device)
