"""One update of student, teacher and centers from one batch of images."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.device import autocast
from micm_desktop.micm.distributed import ALONE, Group
from micm_desktop.micm.draws import Drawn, Views, draw, draw_mask
from micm_desktop.micm.implant_loss import implant_terms
from micm_desktop.micm.losses import update_center
from micm_desktop.micm.micro_batch import backward, is_out_of_memory
from micm_desktop.micm.network import ConvStem
from micm_desktop.micm.optimiser import set_rates
from micm_desktop.micm.schedules import StepSettings
from micm_desktop.micm.step import StepResult, update_teacher, weighted_sum
from micm_desktop.micm.training_state import TrainingState
from micm_desktop.progress import ProcessingError


def drawer(
    state: TrainingState,
    config: PretrainConfig,
    device: torch.device,
    batch: Callable[[int], Tensor],
    group: Group = ALONE,
) -> Callable[[int], Drawn]:
    """A function from the number of a step to what it looks at.

    ``batch`` gives its images, (B, S, S, 3) uint8, of all processes of ``group``.
    """
    encoder = state.student.network.config
    implants_on = state.base.config if state.base is not None and state.student.implants is not None else None
    return lambda step: draw(batch(step), step, encoder, config, device, implants_on, group.share)


def train_step(
    drawn: Drawn,
    state: TrainingState,
    config: PretrainConfig,
    settings: StepSettings,
    device: torch.device,
    scaler: torch.amp.GradScaler,
    *,
    measure_gradients: bool = False,
    group: Group = ALONE,
) -> StepResult:
    """Train on what was drawn; ``config`` holds the weights of the stage that the run is in.

    Where the device's memory is too small for it, ``state.micro_batch`` is halved until it is not; raises
    ProcessingError where it is too small for a single image, or where other processes of ``group`` train with it.
    """
    crops = len(drawn.global_crops) * group.size
    mask = draw_mask(crops, state.student.network.config, config, (config.seed, drawn.step), device)
    views = Views(drawn.global_crops, drawn.local_crops, mask)
    set_rates(state.optimizer, settings)
    while (
        result := _try_gradients(drawn, views, state, config, settings, device, scaler, measure_gradients, group)
    ) is None:
        # Here, not where it was caught: the error holds on to all that filled the memory.
        _halve(state, drawn.images, device, group)
    student = state.student
    group.add_gradients(
        student.network.parameters(),
        (parameter for name, parameter in student.named_parameters() if not name.startswith("network.")),
    )
    group.average_statistics(student.network)
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


def _try_gradients(
    drawn: Drawn,
    views: Views,
    state: TrainingState,
    config: PretrainConfig,
    settings: StepSettings,
    device: torch.device,
    scaler: torch.amp.GradScaler,
    measure_gradients: bool,
    group: Group,
) -> StepResult | None:
    """Losses and fresh gradients of a batch; None where the memory was not enough."""
    # Seeded by the step, so that a resumed run draws what an unbroken one would have drawn.
    seed = config.seed * 1_000_003 + drawn.step
    # Each process drops its own paths.
    seed += 104_729 * group.share.number
    torch.manual_seed(seed)
    state.optimizer.zero_grad(set_to_none=True)
    try:
        result = backward(
            state.student,
            state.teacher,
            views,
            config,
            settings.teacher_temperature,
            (state.class_center, state.patch_center),
            scaler.scale,
            state.micro_batch or drawn.images,
            seed,
            measure_gradients=measure_gradients,
            group=group,
        )
        implants = _implant_terms(drawn, state, config, device)
        if implants:
            loss = weighted_sum(implants, config)
            scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            result = replace(result, loss=result.loss + loss, terms=result.terms | implants)
    except RuntimeError as problem:
        if is_out_of_memory(problem):
            return None
        raise
    return result


def _halve(state: TrainingState, batch: int, device: torch.device, group: Group) -> None:
    if not group.alone:
        # The others wait for this step's tokens, and would get them twice.
        raise ProcessingError(
            "The memory of a device is too small for its share of the batch. Start one process alone, which passes a"
            " batch in parts. The encoder you had before is unchanged."
        )
    images = min(state.micro_batch or batch, batch)
    if images == 1:
        raise ProcessingError(
            "The memory of the device that trains is too small even for one image at a time. Close other programs that"
            " use it, or train on the CPU. The encoder you had before is unchanged."
        )
    state.micro_batch = images // 2
    state.optimizer.zero_grad(set_to_none=True)
    if device.type == "cuda":
        torch.cuda.empty_cache()


def _implant_terms(
    drawn: Drawn, state: TrainingState, config: PretrainConfig, device: torch.device
) -> dict[str, Tensor]:
    """The terms of the saliency head; none where the run has no such head."""
    if drawn.implanted is None or state.student.implants is None or state.base is None:
        return {}
    assert isinstance(state.base.stem, ConvStem)
    with autocast(device, config.half_precision):
        windows, shares = drawn.implanted.windows, drawn.implanted.shares
        return implant_terms(state.base.stem, state.student.implants, windows, shares)
