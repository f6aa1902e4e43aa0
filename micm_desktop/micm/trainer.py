"""Pretraining as a generator of events: whoever runs it draws them, prints them or collects them."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm import checkpoint
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.micm.device import describe, peak_memory_mb, resolve_device, use_threads
from micm_desktop.micm.events import Done, Event, Started
from micm_desktop.micm.presets import choose, image_facts, keep_choices
from micm_desktop.micm.state_file import restore_state, saved_config
from micm_desktop.micm.tagged import TaggedImages
from micm_desktop.micm.training_loop import TrainingLoop
from micm_desktop.micm.training_state import base_with_saliency, new_state
from micm_desktop.progress import Cancelled, JobControl, UserError

MIN_IMAGES = 16
CACHE_MARGIN = 1.25
"""Images are kept this much larger than the crop, so that a crop of part of an image still holds detail."""
LARGEST_KEPT = 160
"""Edge in pixels that implanted defects are drawn at, where the images have as many."""


def pretrain(
    images: Sequence[Path],
    out: Path,
    config: PretrainConfig,
    control: JobControl,
    *,
    resume: bool = False,
    tagged: Mapping[Path, int] | None = None,
) -> Iterator[Event]:
    """Pretrain on ``images`` and write the teacher to ``out``.

    ``tagged`` gives the class of those images that have one: they teach nothing, but show what was learned, where two
    classes or more have two images each.

    With ``resume`` a training state left beside ``out`` is continued with the same schedules; the state is deleted when
    the run completes. On :meth:`JobControl.cancel` the state and the encoder so far are written, and the last event is
    ``Done(completed=False)``. Raises UserError for too few images, an unusable init or device, ProcessingError where
    training went wrong from its beginning and no remedy helped; OSError where the disk refuses.
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
    cache = PixelCache(out.with_suffix(".pixels.tmp"), kept_edge(config, image_facts(images).edge))
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
        among = TaggedImages.among(cache.paths, tagged or {})
        loop = TrainingLoop(cache, state, config, device, control, state_file, source, among)
        yield Started(
            count, len(cache.failed), loop.expected_steps(), state.step, describe(device), tuple(cache.failed)
        )
        yield from loop.events()
        yield from _finish(loop, out, started)
    finally:
        cache.delete()


def kept_edge(config: PretrainConfig, edge: int) -> int:
    """Edge in pixels at which images of about ``edge`` pixels (0 where unknown) are kept while training.

    Never enlarged beyond the crop: an implanted defect would be sharper than the image it lies in.
    """
    wanted = max(round(config.crop_size * CACHE_MARGIN), LARGEST_KEPT if config.lambda_implant else 0)
    return max(config.crop_size, min(wanted, edge)) if edge else wanted


def _finish(loop: TrainingLoop, out: Path, started: float) -> Iterator[Event]:
    config, state, count = loop.config, loop.state, len(loop.cache.paths)
    completed = not loop.control.cancelled
    epochs = state.step / loop.steps_per_epoch
    training = {
        "images": count,
        "epochs": round(epochs, 2),
        "steps": state.step,
        "objective": config.objective,
        "seed": config.seed,
        "source_hash": loop.source,
        "completed": completed,
        "init": config.init,
        "torch": torch.__version__,
        "config": config.to_dict(),
    }
    if not completed:
        yield loop.checkpoint()
    checkpoint.save_encoder(out, state.teacher.network, training, base=base_with_saliency(state))
    seconds, memory = time.perf_counter() - started, peak_memory_mb(loop.device)
    yield Done(out, completed, math.floor(epochs), count, loop.images_per_second, loop.losses, memory, seconds)
    # Only now: where whoever takes the encoder over fails, the run can still be resumed.
    if completed:
        loop.state_file.unlink(missing_ok=True)
