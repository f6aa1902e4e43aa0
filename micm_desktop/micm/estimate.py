"""How long a run will take, and how often it will see each image: measured by a few of its own steps, before it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import torch
from torch import Tensor

from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.images.pixel_cache import DECODE_THREADS
from micm_desktop.micm.config import PretrainConfig, fit_crops
from micm_desktop.micm.device import resolve_device, use_threads
from micm_desktop.micm.prefetch import Prefetch
from micm_desktop.micm.presets import choose, image_facts
from micm_desktop.micm.schedules import settings_at
from micm_desktop.micm.trainer import kept_edge
from micm_desktop.micm.training_state import new_state
from micm_desktop.micm.update import drawer, train_step
from micm_desktop.progress import JobControl, UserError

WARM_UP_STEPS = 1
MOST_STEPS = 8
ENOUGH_SECONDS = 3.0
"""Timed steps end after this long, or after ``MOST_STEPS``."""


@dataclass(frozen=True)
class Estimate:
    """What a run will be like. ``epochs``: passes over the images in the time granted, or as many as were asked for.

    ``seconds``: of training; ``reading_seconds``: before it, for decoding every image once.
    """

    images: int
    seconds_per_step: float
    images_per_second: float
    epochs: float
    seconds: float
    reading_seconds: float

    reasons: tuple[str, ...] = ()
    """What was decided for the run, in sentences."""

    def sentence(self) -> str:
        """The estimate in words."""
        reading = f" after about {duration(self.reading_seconds)} of reading" if self.reading_seconds >= 5 else ""
        speed = f"About {self.images_per_second:.3g} images a second"
        said = f"{speed}: training takes about {duration(self.seconds)}{reading}"
        if self.epochs < 0.95:
            one_pass = self.seconds / self.epochs / 60
            return (
                f"{said} and sees only {self.epochs:.0%} of the {self.images:,} images. For one pass over all of them"
                f" grant {one_pass:.1f} minutes."
            )
        return f"{said} and sees each of the {self.images:,} images about {self.epochs:.3g} times."


def estimate(images: Sequence[Path], config: PretrainConfig, control: JobControl) -> Estimate:
    """Time a few real steps (views, forward, backward, update) on the first of ``images``.

    Builds a network of its own, which takes the memory of one, and leaves nothing behind. Raises UserError where the
    run itself would: unusable init or device, no readable images; Cancelled after :meth:`JobControl.cancel`.
    """
    device = resolve_device(config.device)
    use_threads(config.threads)
    choice = choose(config, image_facts(images), device.type, torch.get_num_threads())
    config = choice.config.for_objective()
    state = new_state(config, device)
    config = fit_crops(config, state.student.network.config.patch_size)
    pixels, seconds_per_image = _first_images(images, config, control)
    scaler = torch.amp.GradScaler(device.type, enabled=False)
    settings = settings_at(config, 0.5)
    times: list[float] = []
    with Prefetch(drawer(state, config, device, lambda _: pixels)) as steps:
        while len(times) < WARM_UP_STEPS + MOST_STEPS and sum(times[WARM_UP_STEPS:]) < ENOUGH_SECONDS:
            control.safe_point()
            began = time.perf_counter()
            # Reading the loss waits for the device.
            train_step(steps.take(len(times)), state, config, settings, device, scaler).loss.item()
            times.append(time.perf_counter() - began)
    step = median(times[WARM_UP_STEPS:])
    found = extrapolate(config, len(images), step, len(pixels), seconds_per_image)
    return replace(found, reasons=choice.reasons)


def extrapolate(
    config: PretrainConfig, count: int, seconds_per_step: float, images_per_step: int, seconds_per_image: float
) -> Estimate:
    """What a run of ``count`` images is like whose steps take this long.

    ``images_per_step``: images that the timed steps held; ``seconds_per_image``: of decoding one.
    """
    steps_per_epoch = max(1, count // config.batch_size)
    by_epochs = config.epochs * steps_per_epoch * seconds_per_step if config.epochs is not None else float("inf")
    by_minutes = config.minutes * 60 if config.minutes is not None else float("inf")
    seconds = min(by_epochs, by_minutes)
    epochs = seconds / (steps_per_epoch * seconds_per_step)
    reading = count * seconds_per_image / DECODE_THREADS
    return Estimate(count, seconds_per_step, images_per_step / seconds_per_step, epochs, seconds, reading)


def duration(seconds: float) -> str:
    """A time span for people: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _first_images(images: Sequence[Path], config: PretrainConfig, control: JobControl) -> tuple[Tensor, float]:
    """The first readable images, at most one batch, (B, S, S, 3) uint8, and the seconds that decoding one took."""
    size = kept_edge(config, image_facts(images).edge)
    pixels: list[np.ndarray] = []
    began = time.perf_counter()
    tried = 0
    for path in images[: 4 * config.batch_size]:
        control.safe_point()
        tried += 1
        image = try_decode(path)
        if not isinstance(image, UnreadableImage):
            pixels.append(cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA))
        if len(pixels) == config.batch_size:
            break
    if len(pixels) < 2:
        raise UserError("Of the first images fewer than two can be read. Check the files, or choose another folder.")
    return torch.from_numpy(np.stack(pixels)), (time.perf_counter() - began) / tried
