"""One update of student, teacher and centers from one batch of images."""

import torch
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.device import autocast
from micm_desktop.micm.losses import update_center
from micm_desktop.micm.optimiser import set_rates
from micm_desktop.micm.schedules import StepSettings
from micm_desktop.micm.step import StepResult, compute_losses, draw_step_views, update_teacher
from micm_desktop.micm.training_state import TrainingState


def train_step(
    pixels: Tensor,
    state: TrainingState,
    config: PretrainConfig,
    settings: StepSettings,
    device: torch.device,
    scaler: torch.amp.GradScaler,
) -> StepResult:
    """Train on one batch, (B, S, S, 3) uint8; ``config`` holds the weights of the stage that the run is in."""
    # Seeded by the step, so that a resumed run draws what an unbroken one would have drawn.
    torch.manual_seed(config.seed * 1_000_003 + state.step)
    encoder = state.student.network.config
    views = draw_step_views(pixels, encoder, config, (config.seed, state.step), device)
    temperature = settings.teacher_temperature
    with autocast(device):
        result = compute_losses(
            state.student, state.teacher, views, config, temperature, state.class_center, state.patch_center
        )
    set_rates(state.optimizer, settings)
    state.optimizer.zero_grad(set_to_none=True)
    scaler.scale(result.loss).backward()  # type: ignore[no-untyped-call]
    scaler.unscale_(state.optimizer)
    if settings.prototypes_frozen:
        state.student.head.prototypes.grad = None
    torch.nn.utils.clip_grad_norm_(state.student.parameters(), config.gradient_clip)
    scaler.step(state.optimizer)
    scaler.update()
    update_teacher(state.teacher, state.student, settings.teacher_momentum)
    targets = result.targets
    state.class_center = update_center(state.class_center, targets.class_logits, config.center_momentum)
    if len(targets.patch_logits):
        state.patch_center = update_center(state.patch_center, targets.patch_logits, config.center_momentum)
    return result
