"""Pretraining as a generator of events: whoever runs it draws them, prints them or collects them."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm import checkpoint, monitor
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.micm.device import describe, peak_memory_mb, resolve_device, use_threads
from micm_desktop.micm.events import Checkpoint, Done, EpochEnd, Event, Started, Step
from micm_desktop.micm.presets import choose, image_facts, keep_choices
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.step import StepResult
from micm_desktop.micm.training_state import (
    TrainingState,
    base_with_saliency,
    new_state,
    restore_state,
    save_state,
    saved_config,
)
from micm_desktop.micm.update import train_step
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, UserError

MIN_IMAGES = 16
CACHE_MARGIN = 1.25
"""Images are kept this much larger than the crop, so that a crop of part of an image still holds detail."""
LARGEST_KEPT = 160
"""Edge in pixels that implanted defects are drawn at, where the images have as many."""
MONITOR_IMAGES = 256


@dataclass
class EpochSignals:
    """What one pass over the images has shown so far."""

    losses: dict[str, list[float]] = field(default_factory=dict)
    tokens: list[Tensor] = field(default_factory=list)
    distributions: list[Tensor] = field(default_factory=list)
    consistency: list[float] = field(default_factory=list)

    def add(self, losses: dict[str, float], result: StepResult) -> None:
        for name, value in losses.items():
            self.losses.setdefault(name, []).append(value)
        first, second = result.targets.class_tokens.chunk(2)
        self.tokens = [*self.tokens, first.float().cpu()][-max(1, MONITOR_IMAGES // len(first)) :]
        self.distributions.append(result.targets.class_distributions.mean(dim=0, keepdim=True).cpu())
        self.consistency.append(monitor.view_consistency(first, second))

    def mean_losses(self) -> dict[str, float]:
        return {name: float(np.mean(values)) for name, values in self.losses.items()}

    def monitor(self) -> dict[str, float]:
        return {
            "effective_rank": monitor.effective_rank(torch.cat(self.tokens)),
            "teacher_entropy": monitor.mean_entropy(torch.cat(self.distributions)),
            "view_consistency": float(np.mean(self.consistency)),
        }


def pretrain(
    images: Sequence[Path], out: Path, config: PretrainConfig, control: JobControl, *, resume: bool = False
) -> Iterator[Event]:
    """Pretrain on ``images`` and write the teacher to ``out``.

    With ``resume`` a training state left beside ``out`` is continued with the same schedules; the state is deleted when
    the run completes. On :meth:`JobControl.cancel` the state and the encoder so far are written, and the last event is
    ``Done(completed=False)``. Raises UserError for too few images, an unusable init or device, or a loss that is not
    finite; OSError where the disk refuses.
    """
    started = time.perf_counter()
    device = resolve_device(config.device)
    use_threads(config.threads)
    state_file = out.with_suffix(".state.safetensors")
    resume = resume and state_file.exists()
    if resume:
        config = keep_choices(config, saved_config(out))
    else:
        config = choose(config, image_facts(images), device.type, torch.get_num_threads()).config
    config = config.for_objective()
    cache = PixelCache(out.with_suffix(".pixels.tmp"), _kept_edge(config, image_facts(images).edge))
    try:
        try:
            yield from cache.fill(images, control)
        except Cancelled:
            raise UserError(
                "Pretraining was cancelled while the images were being read; nothing was trained."
            ) from None
        count = len(cache.paths)
        if count < MIN_IMAGES:
            raise UserError(
                f"Pretraining needs at least {MIN_IMAGES} readable images; {count} were found"
                f" and {len(cache.failed)} could not be read. Add more images of the same product."
            )
        torch.manual_seed(config.seed)
        state = new_state(config, device)
        config = fit_crops(config, state.student.network.config.patch_size)
        source = cache.digest()
        if resume:
            restore_state(state, config, state_file, source)
        expected = _expected_steps(state, config, count)
        yield Started(count, len(cache.failed), expected, state.step, describe(device), tuple(cache.failed))
        yield from _train(cache, state, config, device, control, state_file, source, out, started)
    finally:
        cache.delete()


def _kept_edge(config: PretrainConfig, edge: int) -> int:
    """Edge in pixels at which images of about ``edge`` pixels (0 where unknown) are kept while training.

    Never enlarged beyond the crop: an implanted defect would be sharper than the image it lies in.
    """
    wanted = max(round(config.crop_size * CACHE_MARGIN), LARGEST_KEPT if config.lambda_implant else 0)
    return max(config.crop_size, min(wanted, edge)) if edge else wanted


def _train(
    cache: PixelCache,
    state: TrainingState,
    config: PretrainConfig,
    device: torch.device,
    control: JobControl,
    state_file: Path,
    source: str,
    out: Path,
    started: float,
) -> Iterator[Event]:
    count = len(cache.paths)
    steps_per_epoch = max(1, count // config.batch_size)
    scaler = torch.amp.GradScaler(device.type, enabled=device.type == "cuda" and not torch.cuda.is_bf16_supported())
    signals = EpochSignals()
    last_losses: dict[str, float] = {}
    first_step, saved_at, trained_since = state.step, time.perf_counter(), state.elapsed
    while (progress := _progress(state, config, steps_per_epoch)) < 1:
        control.wait_if_paused()
        if control.cancelled:
            break
        began = time.perf_counter()
        epoch, position = divmod(state.step, steps_per_epoch)
        order = np.random.default_rng((config.seed, epoch)).permutation(count)
        rows = order[position * config.batch_size : (position + 1) * config.batch_size]
        pixels = torch.from_numpy(cache.pixels[np.sort(rows)])
        settings = settings_at(config, progress)
        if settings.stage == 2 and state.stage == 1:
            state.begin_stage2()
        in_stage = config if settings.stage == 1 else config.for_stage2()
        result = train_step(pixels, state, in_stage, settings, device, scaler)
        losses = {name: value.item() for name, value in (result.terms | {"total": result.loss}).items()}
        if not math.isfinite(losses["total"]):
            raise ProcessingError(
                "Training became unstable: the loss is no longer a number. Start again with another seed or a lower"
                " learning rate; the encoder you had before is unchanged."
            )
        state.step += 1
        state.elapsed += time.perf_counter() - began
        last_losses = losses
        signals.add(losses, result)
        speed = (state.step - first_step) * len(rows) / max(state.elapsed - trained_since, 1e-9)
        after = _progress(state, config, steps_per_epoch)
        total = max(state.step, round(state.step / after))
        left = state.elapsed * (1 - after) / after if after < 1 else 0.0
        yield Step(state.step, total, epoch, losses, settings.learning_rate, speed, left)
        if state.step % steps_per_epoch == 0:
            yield EpochEnd(epoch, signals.mean_losses(), signals.monitor())
            signals = EpochSignals()
        if time.perf_counter() - saved_at > config.checkpoint_seconds:
            save_state(state, config, state_file, source)
            saved_at = time.perf_counter()
            yield Checkpoint(state_file, state.step)
    completed = not control.cancelled
    epochs = state.step / steps_per_epoch
    speed = (state.step - first_step) * min(config.batch_size, count) / max(state.elapsed - trained_since, 1e-9)
    training = {
        "images": count,
        "epochs": round(epochs, 2),
        "steps": state.step,
        "objective": config.objective,
        "seed": config.seed,
        "source_hash": source,
        "completed": completed,
        "init": config.init,
        "torch": torch.__version__,
        "config": config.to_dict(),
    }
    if not completed:
        save_state(state, config, state_file, source)
        yield Checkpoint(state_file, state.step)
    checkpoint.save_encoder(out, state.teacher.network, training, base=base_with_saliency(state))
    seconds = time.perf_counter() - started
    yield Done(out, completed, math.floor(epochs), count, speed, last_losses, peak_memory_mb(device), seconds)
    # Only now: where whoever takes the encoder over fails, the run can still be resumed.
    if completed:
        state_file.unlink(missing_ok=True)


def _progress(state: TrainingState, config: PretrainConfig, steps_per_epoch: int) -> float:
    by_time = state.elapsed / (config.minutes * 60) if config.minutes is not None else 0.0
    by_steps = state.step / (config.epochs * steps_per_epoch) if config.epochs is not None else 0.0
    return max(by_time, by_steps)


def _expected_steps(state: TrainingState, config: PretrainConfig, count: int) -> int:
    """Steps in all; 0 while only the time is known."""
    steps_per_epoch = max(1, count // config.batch_size)
    if config.minutes is None and config.epochs is not None:
        return config.epochs * steps_per_epoch
    progress = _progress(state, config, steps_per_epoch)
    return round(state.step / progress) if progress > 0 else 0
