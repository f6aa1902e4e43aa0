"""One update of student, teacher and centers from one batch of images."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.device import autocast
from micm_desktop.micm.implant_loss import implant_terms, implanted_windows
from micm_desktop.micm.implants import implanted_pairs
from micm_desktop.micm.losses import update_center
from micm_desktop.micm.network import ConvStem
from micm_desktop.micm.optimiser import set_rates
from micm_desktop.micm.schedules import StepSettings
from micm_desktop.micm.step import StepResult, compute_losses, draw_step_views, update_teacher, weighted_sum
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
    implants = _implant_terms(pixels, state, config, device)
    if implants:
        loss = weighted_sum(implants, config)
        scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        result = replace(result, loss=result.loss + loss, terms=result.terms | implants)
    scaler.unscale_(state.optimizer)
    if settings.prototypes_frozen:
        state.student.head.prototypes.grad = None
    # Apart, so that a large gradient of one does not slow the other, with which it shares no weights.
    own = list(state.student.implants.parameters()) if state.student.implants is not None else []
    rest = [parameter for name, parameter in state.student.named_parameters() if not name.startswith("implants.")]
    for parameters in (rest, own):
        torch.nn.utils.clip_grad_norm_(parameters, config.gradient_clip)
    scaler.step(state.optimizer)
    scaler.update()
    update_teacher(state.teacher, state.student, settings.teacher_momentum)
    targets = result.targets
    state.class_center = update_center(state.class_center, targets.class_logits, config.center_momentum)
    if len(targets.patch_logits):
        state.patch_center = update_center(state.patch_center, targets.patch_logits, config.center_momentum)
    return result


def _implant_terms(
    pixels: Tensor, state: TrainingState, config: PretrainConfig, device: torch.device
) -> dict[str, Tensor]:
    """The terms of the saliency head; none where the run has no such head."""
    if state.student.implants is None or state.base is None:
        return {}
    assert isinstance(state.base.stem, ConvStem)
    rng = np.random.default_rng((config.seed, state.step, 1))
    pairs = implanted_pairs(pixels.numpy(), config.implant_pairs, rng)
    seed = int(rng.integers(2**62))
    windows, shares = implanted_windows(pairs, state.base.config, config.implant_size, seed, device)
    with autocast(device):
        return implant_terms(state.base.stem, state.student.implants, windows, shares)
