"""Pretraining as a generator of events: whoever runs it draws them, prints them or collects them."""

import json
import math
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import timm
import torch

from micm_desktop import __version__
from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm import checkpoint
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.micm.device import describe, peak_memory_mb, resolve_device, use_threads
from micm_desktop.micm.distributed import Group, joined
from micm_desktop.micm.events import Done, Event, Notice, Started
from micm_desktop.micm.image_set import ImageSet
from micm_desktop.micm.presets import choose, image_facts, keep_choices
from micm_desktop.micm.preview import Previewer
from micm_desktop.micm.state_file import SavedRun, keep_aside, state_path
from micm_desktop.micm.tagged import TaggedImages
from micm_desktop.micm.training_loop import TrainingLoop
from micm_desktop.micm.training_state import base_with_saliency, new_state
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, Progress, UserError

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
    previews: int = 0,
) -> Iterator[Event]:
    """Pretrain on ``images`` and write the teacher to ``out``.

    ``tagged`` gives the class of those images that have one: they teach nothing, but show what was learned, where two
    classes or more have two images each. ``previews``: how many images to show as the network rebuilds them, now and
    then; it changes nothing in what is learned.

    With ``resume`` a training state left beside ``out`` is continued with the same schedules; the state is deleted when
    the run completes. On :meth:`JobControl.cancel` the state and the encoder so far are written, and the last event is
    ``Done(completed=False)``. Without it, such a state is kept under another name. Raises UserError for too few images,
    all of them equal, an unusable init or device, a state of other images or settings; ProcessingError where training
    went wrong from its beginning and no remedy helped, or where the disk has no room for the images or for the result.

    Started by ``torchrun``, every process runs this with the same arguments and gets the same events; the first one
    writes the files, and ``batch_size`` is of one process.
    """
    device = resolve_device(config.device)
    use_threads(config.threads)
    with joined(device) as group:
        yield from _pretrain(images, out, config, control, resume, tagged or {}, previews, device, group)


def _pretrain(
    images: Sequence[Path],
    out: Path,
    config: PretrainConfig,
    control: JobControl,
    resume: bool,
    tagged: Mapping[Path, int],
    previews: int,
    device: torch.device,
    group: Group,
) -> Iterator[Event]:
    started = time.perf_counter()
    state_file = state_path(out)
    saved = SavedRun.read(state_file) if resume and state_file.exists() else None
    facts = image_facts(images)
    if saved is not None:
        config = keep_choices(config, saved.config)
    else:
        config = choose(config, facts, device.type, torch.get_num_threads()).config
    # What is wrong with the settings or with init is said before the images are read, which may take minutes.
    torch.manual_seed(config.seed)
    config = config.for_objective()
    state = new_state(config, device)
    state.processes = group.size
    config = fit_crops(config, state.student.network.config.patch_size)
    if saved is not None:
        saved.check_settings(config)
    # Each process keeps its own: they may run on different computers.
    own = out.with_suffix(".pixels.tmp" if group.first else f".pixels.{group.share.number}.tmp")
    cache = PixelCache(own, saved.edge if saved is not None else kept_edge(config, facts.edge))
    try:
        yield from _read(cache, images, control, max(MIN_IMAGES, 2 * group.size))
        found = ImageSet.of(cache.digests)
        resumed = saved is not None
        if saved is not None:
            saved.restore(state, config, found)
            saved = None  # its tensors are as large as the networks
        begun = json.dumps([config.to_dict(), state.base_hash, state.step]).encode()
        group.check_alike(begun + b"".join(cache.digests), device)
        among = TaggedImages.among(cache.paths, tagged)
        shown = previews if group.first else 0
        previewer = Previewer(cache, state.teacher.network.config, config, shown) if shown else None
        loop = TrainingLoop(cache, state, config, device, control, state_file, found, among, group, previewer)
        count, failed = len(cache.paths), tuple(cache.failed)
        where = describe(device) if group.alone else f"{group.size} processes, each {describe(device)}"
        yield Started(count, len(failed), loop.expected_steps(), state.step, where, failed)
        if group.first and not resumed and state_file.exists():
            yield Notice(0, keep_aside(state_file))
        yield from loop.events()
        yield from _finish(loop, out, started, group)
    finally:
        cache.delete()


def _read(cache: PixelCache, images: Sequence[Path], control: JobControl, least: int) -> Iterator[Progress]:
    """Read ``images``. Raises UserError where they are not enough to learn from: fewer than ``least``."""
    try:
        yield from cache.fill(images, control)
    except Cancelled:
        raise UserError("Pretraining was cancelled while the images were being read; nothing was trained.") from None
    except OSError as problem:
        megabytes = len(images) * cache.size**2 * 3 / 1e6
        raise ProcessingError(
            f"The images could not be kept in {cache.file} while training ({problem.strerror or problem}). That needs"
            f" {megabytes:.1f} MB: free some space there, or let the encoder be written to another disk."
        ) from problem
    count = len(cache.paths)
    if count < least:
        raise UserError(
            f"Pretraining needs at least {least} readable images; {count} were found"
            f" and {len(cache.failed)} could not be read. Add more images of the same product."
        )
    if ImageSet.of(cache.digests).all_equal:
        raise UserError(
            f"All {count} images show exactly the same, so there is nothing to learn from them. Add images that differ."
        )


def kept_edge(config: PretrainConfig, edge: int) -> int:
    """Edge in pixels at which images of about ``edge`` pixels (0 where unknown) are kept while training.

    Never enlarged beyond the crop: an implanted defect would be sharper than the image it lies in.
    """
    wanted = max(round(config.crop_size * CACHE_MARGIN), LARGEST_KEPT if config.lambda_implant else 0)
    return max(config.crop_size, min(wanted, edge)) if edge else wanted


def _finish(loop: TrainingLoop, out: Path, started: float, group: Group) -> Iterator[Event]:
    state, count = loop.state, len(loop.cache.paths)
    completed = not loop.control.cancelled
    epochs = state.step / loop.steps_per_epoch
    if not completed:
        yield from loop.save()
    elif epochs < 1 and not loop.ended_early:
        yield Notice(state.step, _too_short(loop, count))
    loop.cache.delete()  # its room may be what a full disk lacks
    try:
        if group.first:
            base = base_with_saliency(state)
            checkpoint.save_encoder(out, state.teacher.network, _summary(loop, count, completed), base=base)
    except OSError as problem:
        if completed:
            yield from loop.save()  # the file may be in use, with room beside it
        raise ProcessingError(_not_written(out, problem, loop.state_file.exists())) from problem
    seconds, memory = time.perf_counter() - started, peak_memory_mb(loop.device)
    yield Done(out, completed, math.floor(epochs), count, loop.images_per_second, loop.losses, memory, seconds)
    # Only now: where whoever takes the encoder over fails, the run can still be resumed.
    if completed and group.first:
        loop.state_file.unlink(missing_ok=True)


def _summary(loop: TrainingLoop, images: int, completed: bool) -> dict[str, Any]:
    """What the encoder's file says of its training. No times: the same run makes the same file."""
    config, state = loop.config, loop.state
    return {
        "images": images,
        "epochs": round(state.step / loop.steps_per_epoch, 2),
        "steps": state.step,
        "objective": config.objective,
        "seed": config.seed,
        "source_hash": loop.images.digest,
        "completed": completed,
        "collapses": state.answers,
        "init": config.init,
        "versions": {
            "micm-desktop": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "timm": timm.__version__,
        },
        "config": config.to_dict(),
    }


def _too_short(loop: TrainingLoop, count: int) -> str:
    seen = loop.state.step * loop.batch_size
    minutes = loop.state.elapsed / 60 * loop.steps_per_epoch / loop.state.step
    return (
        f"The time was enough for {seen} of the {count} images, once each. To see each of them once, this computer"
        f" needs about {minutes:.1f} minutes; several times that teach much more."
    )


def _not_written(out: Path, problem: OSError, resumable: bool) -> str:
    reason = problem.strerror or problem
    if resumable:
        return (
            f"The finished encoder could not be written to {out} ({reason}). Free some space there, then go on with the"
            " stopped run: no more than its last minute is lost. The encoder you had before is unchanged."
        )
    return (
        f"The finished encoder could not be written to {out} ({reason}), nor could the state of training. Free some"
        " space there and start again. The encoder you had before is unchanged."
    )
