"""Pretraining as a generator of events: whoever runs it draws them, prints them or collects them."""

import json
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
from micm_desktop.micm.config import EncoderConfig, PretrainConfig, fit_crops, with_preset
from micm_desktop.micm.device import autocast, describe, peak_memory_mb, resolve_device
from micm_desktop.micm.encoder_file import FORMAT_VERSION
from micm_desktop.micm.events import Checkpoint, Done, EpochEnd, Event, Started, Step
from micm_desktop.micm.losses import update_center
from micm_desktop.micm.network import ConvStem, MicmNetwork
from micm_desktop.micm.schedules import cosine, linear, warmup_cosine
from micm_desktop.micm.step import PretrainNetwork, StepResult, compute_losses, draw_step_views, update_teacher
from micm_desktop.micm.timm_init import network_from_timm
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, UserError

MIN_IMAGES = 16
CACHE_MARGIN = 1.25
"""Images are kept this much larger than the crop, so that a crop of part of an image still holds detail."""
MONITOR_IMAGES = 256
MAY_CHANGE = frozenset({"preset", "minutes", "epochs", "local_crops", "device", "checkpoint_seconds"})
"""Settings that a resumed run may be given anew: they say how long and where it runs. ``preset`` sets local crops."""


@dataclass
class TrainingState:
    """All that changes while training; saved and restored as one file."""

    student: PretrainNetwork
    teacher: PretrainNetwork
    optimizer: torch.optim.AdamW
    class_center: Tensor
    patch_center: Tensor
    step: int = 0
    elapsed: float = 0.0


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
        first, second = result.teacher_class_tokens.chunk(2)
        self.tokens = [*self.tokens, first.float().cpu()][-max(1, MONITOR_IMAGES // len(first)) :]
        self.distributions.append(result.teacher_distributions.mean(dim=0, keepdim=True).cpu())
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
    config = with_preset(config).for_objective()
    device = resolve_device(config.device)
    started = time.perf_counter()
    cache = PixelCache(out.with_suffix(".pixels.tmp"), round(config.crop_size * CACHE_MARGIN))
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
        state = _new_state(config, device)
        config = fit_crops(config, state.student.network.config.patch_size)
        state_file = out.with_suffix(".state.safetensors")
        source = cache.digest()
        if resume and state_file.exists():
            _restore(state, config, state_file, source)
        expected = _expected_steps(state, config, count)
        yield Started(count, len(cache.failed), expected, state.step, describe(device), tuple(cache.failed))
        yield from _train(cache, state, config, device, control, state_file, source, out, started)
    finally:
        cache.delete()


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
        result, rate = _optimise(pixels, state, config, device, scaler, progress)
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
        yield Step(state.step, total, epoch, losses, rate, speed, left)
        if state.step % steps_per_epoch == 0:
            yield EpochEnd(epoch, signals.mean_losses(), signals.monitor())
            signals = EpochSignals()
        if time.perf_counter() - saved_at > config.checkpoint_seconds:
            _save(state, config, state_file, source)
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
        _save(state, config, state_file, source)
        yield Checkpoint(state_file, state.step)
    checkpoint.save_encoder(out, state.teacher.network, training)
    seconds = time.perf_counter() - started
    yield Done(out, completed, math.floor(epochs), count, speed, last_losses, peak_memory_mb(device), seconds)
    # Only now: where whoever takes the encoder over fails, the run can still be resumed.
    if completed:
        state_file.unlink(missing_ok=True)


def _optimise(
    pixels: Tensor,
    state: TrainingState,
    config: PretrainConfig,
    device: torch.device,
    scaler: torch.amp.GradScaler,
    progress: float,
) -> tuple[StepResult, float]:
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


def _progress(state: TrainingState, config: PretrainConfig, steps_per_epoch: int) -> float:
    if config.minutes is not None:
        return state.elapsed / (config.minutes * 60)
    assert config.epochs is not None
    return state.step / (config.epochs * steps_per_epoch)


def _expected_steps(state: TrainingState, config: PretrainConfig, count: int) -> int:
    if config.minutes is None and config.epochs is not None:
        return config.epochs * max(1, count // config.batch_size)
    progress = _progress(state, config, 1)
    return round(state.step / progress) if progress > 0 else 0


def _new_state(config: PretrainConfig, device: torch.device) -> TrainingState:
    encoder, network = config.encoder, None
    if config.init.startswith("timm:"):
        network = network_from_timm(config.init.removeprefix("timm:"))
    elif config.init != "none":
        network = checkpoint.load_encoder(config.init).network
    if network is not None:
        encoder = network.config
    student = build_student(encoder, config, network).to(device)
    teacher = build_student(encoder, config, network).to(device)
    teacher.load_state_dict(student.state_dict())
    teacher.requires_grad_(False).eval()
    student.train()
    center = torch.zeros(config.prototypes, device=device)
    return TrainingState(student, teacher, _optimizer(student, config), center, center.clone())


def build_student(encoder: EncoderConfig, config: PretrainConfig, pretrained: MicmNetwork | None) -> PretrainNetwork:
    """A network with its heads; the weights of ``pretrained`` are taken over, its batch statistics stay frozen."""
    network = PretrainNetwork(encoder, config, config.drop_path)
    if pretrained is not None:
        network.network.load_state_dict(pretrained.state_dict())
        if isinstance(network.network.stem, ConvStem):
            network.network.stem.frozen_statistics = True
    return network


def _optimizer(student: PretrainNetwork, config: PretrainConfig) -> torch.optim.AdamW:
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in student.named_parameters():
        if parameter.requires_grad:
            in_pretrained_stem = config.init != "none" and name.startswith("network.stem.body.")
            scale = config.stem_learning_rate if in_pretrained_stem else 1.0
            groups.setdefault((scale, parameter.ndim > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "rate_scale": scale, "decays": decays}
            for (scale, decays), parameters in groups.items()
        ],
        lr=config.learning_rate,
    )


def _save(state: TrainingState, config: PretrainConfig, path: Path, source: str) -> None:
    tensors = {f"student.{name}": value for name, value in state.student.state_dict().items()}
    tensors |= {f"teacher.{name}": value for name, value in state.teacher.state_dict().items()}
    tensors |= {"center.class": state.class_center, "center.patch": state.patch_center}
    for index, values in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in values.items()}
    metadata = {
        "format": checkpoint.STATE_FORMAT,
        "format_version": str(FORMAT_VERSION),
        "config": json.dumps(config.to_dict()),
        "progress": json.dumps({"step": state.step, "elapsed": state.elapsed, "source_hash": source}),
    }
    checkpoint.write_tensors(path, tensors, metadata)


def saved_config(out: Path) -> PretrainConfig:
    """Settings of the run whose training state lies beside ``out``. Raises UserError where it cannot be read."""
    path = out.with_suffix(".state.safetensors")
    _, metadata = checkpoint.read_tensors(path, checkpoint.STATE_FORMAT)
    try:
        return PretrainConfig.from_dict(json.loads(metadata["config"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise UserError(f"The settings inside {path} are damaged. Start a new run.") from problem


def _restore(state: TrainingState, config: PretrainConfig, path: Path, source: str) -> None:
    tensors, metadata = checkpoint.read_tensors(path, checkpoint.STATE_FORMAT)
    saved, before = json.loads(metadata["progress"]), json.loads(metadata["config"])
    now = json.loads(json.dumps(config.to_dict()))
    changed = [name for name in now if name not in MAY_CHANGE and before.get(name, now[name]) != now[name]]
    if changed:
        named = ", ".join(changed)
        raise UserError(f"{path} was made with other settings ({named}). Use those, or start again without --resume.")
    if saved["source_hash"] != source:
        raise UserError(f"{path} belongs to a run on other images. Start again without --resume.")

    def part(prefix: str) -> dict[str, Tensor]:
        return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}

    try:
        state.student.load_state_dict(part("student."))
        state.teacher.load_state_dict(part("teacher."))
    except RuntimeError as problem:
        raise UserError(f"{path} was made with other settings. Start again without --resume.") from problem
    optimizer = state.optimizer.state_dict()
    moments: dict[int, dict[str, Tensor]] = {}
    for key, value in part("optimizer.").items():
        index, name = key.split(".", 1)
        moments.setdefault(int(index), {})[name] = value
    optimizer["state"] = moments
    state.optimizer.load_state_dict(optimizer)
    device = state.class_center.device
    state.class_center, state.patch_center = tensors["center.class"].to(device), tensors["center.patch"].to(device)
    state.step, state.elapsed = saved["step"], saved["elapsed"]
