"""One training step of MICM's stage 1: views -> student and teacher -> the three losses."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from micm_desktop.micm.augment import crop_views, jitter
from micm_desktop.micm.config import EncoderConfig, PretrainConfig
from micm_desktop.micm.losses import (
    class_loss,
    patch_loss,
    pixel_loss,
    sinkhorn_distribution,
    teacher_distribution,
)
from micm_desktop.micm.masking import draw_masks
from micm_desktop.micm.network import MicmNetwork, ProjectionHead


@dataclass(frozen=True)
class Views:
    """``global_crops`` (2B, 3, H, W), first all first crops, then all second; ``local_crops`` (L·B, 3, h, w).

    Normalised. ``mask`` (2B, N), True where the student's global crop is hidden.
    """

    global_crops: Tensor
    local_crops: Tensor
    mask: Tensor


@dataclass(frozen=True)
class StepResult:
    """``loss`` is the weighted sum; ``terms`` its unweighted parts; logits and tokens are the teacher's, detached."""

    loss: Tensor
    terms: dict[str, Tensor]
    teacher_class_logits: Tensor
    teacher_patch_logits: Tensor
    teacher_class_tokens: Tensor
    teacher_distributions: Tensor


class PretrainNetwork(nn.Module):
    """The network with the two heads that pretraining needs. Student and teacher have the same shape."""

    def __init__(self, encoder: EncoderConfig, config: PretrainConfig, drop_path: float = 0.0) -> None:
        super().__init__()
        self.network = MicmNetwork(encoder, drop_path)
        self.head = ProjectionHead(encoder.dim, config.head_hidden, config.head_bottleneck, config.prototypes)
        self.pixel_head = nn.Linear(encoder.dim, 3 * encoder.patch_size**2)


def draw_step_views(
    pixels: Tensor, encoder: EncoderConfig, config: PretrainConfig, seed: tuple[int, ...], device: torch.device
) -> Views:
    """Views of a batch, the same for the same ``seed``. pixels (B, S, S, 3) uint8."""
    rng = np.random.default_rng(seed)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    images = pixels.to(device, non_blocking=True).permute(0, 3, 1, 2).float() / 255
    mean = images.new_tensor(encoder.mean).view(1, 3, 1, 1)
    std = images.new_tensor(encoder.std).view(1, 3, 1, 1)

    def view(size: int, scale: tuple[float, float], solarize: float) -> Tensor:
        turned = config.right_angle_rotations
        crop = crop_views(images, size, scale, generator, right_angle_rotations=turned)
        return (jitter(crop, generator, strength=config.color_jitter, solarize=solarize) - mean) / std

    global_crops = torch.cat([view(config.crop_size, config.global_scale, p) for p in (0.0, 0.2)])
    local = [view(config.local_crop_size, config.local_scale, 0.0) for _ in range(config.local_crops)]
    mask = draw_masks(
        len(global_crops),
        config.crop_size // encoder.patch_size,
        config.mask_probability,
        config.mask_ratio,
        config.mask_ratio_spread,
        rng,
    )
    local_crops = torch.cat(local) if local else global_crops[:0]
    return Views(global_crops, local_crops, torch.from_numpy(mask).to(device))


def compute_losses(
    student: PretrainNetwork,
    teacher: PretrainNetwork,
    views: Views,
    config: PretrainConfig,
    teacher_temperature: float,
    class_center: Tensor,
    patch_center: Tensor,
) -> StepResult:
    """The weighted loss of one step. Terms whose weight is 0 are not computed.

    class_center and patch_center: (K,), used with ``centering="ema"``.
    """
    batch = len(views.global_crops) // 2
    mask = views.mask
    tokens = student.network(views.global_crops, mask if mask.any() else None)
    zero = tokens.class_token.sum() * 0.0
    terms = {"cls": zero, "patch": zero, "pixel": zero}
    with torch.no_grad():
        target = teacher.network(views.global_crops)
        class_logits = teacher.head(target.class_token)
        patch_logits = teacher.head(target.patch_tokens[mask]) if config.lambda_patch else class_logits[:0]

    def distribution(logits: Tensor, center: Tensor) -> Tensor:
        if config.centering == "sinkhorn":
            return sinkhorn_distribution(logits, teacher_temperature) if len(logits) else logits
        return teacher_distribution(logits, center, teacher_temperature)

    class_target = distribution(class_logits, class_center)
    if config.lambda_cls:
        logits = [student.head(tokens.class_token)]
        if len(views.local_crops):
            logits.append(student.head(student.network(views.local_crops).class_token))
        by_view = torch.cat(logits).reshape(-1, batch, config.prototypes)
        terms["cls"] = class_loss(by_view, class_target.reshape(2, batch, -1), config.student_temperature)
    if config.lambda_patch:
        hidden = student.head(tokens.patch_tokens[mask])
        terms["patch"] = patch_loss(hidden, distribution(patch_logits, patch_center), config.student_temperature)
    if config.lambda_pixel:
        rebuilt = student.pixel_head(tokens.patch_tokens[mask])
        terms["pixel"] = pixel_loss(rebuilt, views.global_crops, mask, student.network.config.patch_size)
    loss = (
        config.lambda_cls * terms["cls"] + config.lambda_patch * terms["patch"] + config.lambda_pixel * terms["pixel"]
    )
    return StepResult(loss, terms, class_logits, patch_logits, target.class_token, class_target)


@torch.no_grad()
def update_teacher(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """teacher ← momentum · teacher + (1 - momentum) · student, for parameters; buffers are copied."""
    for mine, theirs in zip(teacher.parameters(), student.parameters(), strict=True):
        mine.lerp_(theirs.detach().to(mine.dtype), 1 - momentum)
    for kept, new in zip(teacher.buffers(), student.buffers(), strict=True):
        kept.copy_(new)
