"""One update of student, teacher and centers from one batch of images."""

import torch
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.device import autocast
from micm_desktop.micm.losses import update_center
from micm_desktop.micm.schedules import cosine, linear, warmup_cosine
from micm_desktop.micm.step import StepResult, compute_losses, draw_step_views, update_teacher
from micm_desktop.micm.training_state import TrainingState


def train_step(
    pixels: Tensor,
    state: TrainingState,
    config: PretrainConfig,
    device: torch.device,
    scaler: torch.amp.GradScaler,
    progress: float,
) -> tuple[StepResult, float]:
    """Train on one batch, (B, S, S, 3) uint8. Returns what the step showed, and its learning rate.

    ``progress`` of the run in [0, 1) is where the schedules are read.
    """
    # Seeded by the step, so that a resumed run draws what an unbroken one would have drawn.
    torch.manual_seed(config.seed * 1_000_003 + state.step)
    encoder = state.student.network.config
    views = draw_step_views(pixels, encoder, config, (config.seed, state.step), device)
    temperature = linear(*config.teacher_temperature, 0.3, progress)
    with autocast(device):
        result = compute_losses(
            state.student, state.teacher, views, config, temperature, state.class_center, state.patch_center
        )
    rate = warmup_cosine(config.learning_rate, config.final_learning_rate, config.warmup, progress)
    decay = cosine(*config.weight_decay, progress)
    for group in state.optimizer.param_groups:
        group["lr"] = max(rate, 1e-7) * group["rate_scale"]
        group["weight_decay"] = decay if group["decays"] else 0.0
    state.optimizer.zero_grad(set_to_none=True)
    scaler.scale(result.loss).backward()  # type: ignore[no-untyped-call]
    scaler.unscale_(state.optimizer)
    if progress < config.freeze_prototypes:
        state.student.head.prototypes.grad = None
    torch.nn.utils.clip_grad_norm_(state.student.parameters(), config.gradient_clip)
    scaler.step(state.optimizer)
    scaler.update()
    update_teacher(state.teacher, state.student, cosine(*config.teacher_momentum, progress))
    state.class_center = update_center(state.class_center, result.teacher_class_logits, config.center_momentum)
    if len(result.teacher_patch_logits):
        state.patch_center = update_center(state.patch_center, result.teacher_patch_logits, config.center_momentum)
    return result, rate
