"""What a preset means on the images, the device and the time at hand.

A run is only as good as the times that it sees each image, so the time granted decides how costly its views may be:
they grow, from small global crops alone to large ones with ten local crops, as long as every image is still seen often
enough. The choice follows from its inputs alone, never from a stopwatch: the same run is chosen again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from micm_desktop.images.header import BadHeader, read_header
from micm_desktop.micm.config import PretrainConfig

MINUTES = {"quick": 5.0, "standard": 30.0, "thorough": 120.0}
SAMPLED_FILES = 32

ENOUGH_PASSES = 20
"""Views become more costly only while each image is seen at least this often."""
MOST_PASSES = 800
"""Passes over the images after which a run ends even where time is left: half of what the paper takes for 38,000."""
NOMINAL_SPEED = {"cpu": 16.0, "mps": 100.0, "cuda": 500.0}
"""Images per second with the smallest views; on a CPU for each thread. Rough (an H100 took 935): it only picks the
views, and the estimate before the start is measured."""

DETAIL_PIXELS = 10
"""Edge in pixels that the smallest useful detail should have in a crop: most of one patch."""
LARGEST_CROP = 224


@dataclass(frozen=True)
class ImageFacts:
    """How many images, and the median of their smaller edges in pixels; 0 where unknown."""

    count: int
    edge: int = 0


@dataclass(frozen=True)
class Choice:
    """A run with everything decided, and sentences for the user on what was decided and why."""

    config: PretrainConfig
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Views:
    """Crops of one image: two global ones of ``crop`` pixels, and local ones."""

    crop: int
    local_crops: int
    local_crop: int

    @property
    def cost(self) -> float:
        """Pixels per image, in units of the smallest views."""
        return (2 * self.crop**2 + self.local_crops * self.local_crop**2) / (2 * 96**2)


LADDER = (
    Views(96, 0, 48),
    Views(96, 2, 48),
    Views(128, 4, 64),
    Views(160, 6, 80),
    Views(192, 8, 96),
    Views(224, 10, 96),
)
LOWEST_STEP = {"quick": 0, "standard": 1, "thorough": 2}


def image_facts(paths: Sequence[Path]) -> ImageFacts:
    """Count and size of images, by the headers of a few of them. Unreadable files are passed over."""
    step = max(1, len(paths) // SAMPLED_FILES)
    edges = []
    for path in paths[::step]:
        try:
            header = read_header(path.read_bytes())
        except (OSError, BadHeader):
            continue
        edges.append(min(header.width, header.height))
    return ImageFacts(len(paths), round(median(edges)) if edges else 0)


def choose(config: PretrainConfig, facts: ImageFacts, device: str, threads: int = 1) -> Choice:
    """The run with its time, views, batch, prototypes and momentum decided.

    ``device`` is a torch device's type. What in ``config`` is not as :class:`PretrainConfig` begins stays as it is. The
    preset gives the time where none is granted, and the least views; a longer time gives larger ones.
    """
    values: dict[str, Any] = {}
    reasons = []
    minutes = config.minutes
    if minutes is None and config.epochs is None:
        minutes = values["minutes"] = MINUTES[config.preset]
    speed = NOMINAL_SPEED.get(device, NOMINAL_SPEED["cpu"]) * (max(1, threads) if device == "cpu" else 1)
    budget = speed * minutes * 60 / max(1, facts.count) if minutes is not None else 0.0
    views = _views(config, facts, budget)
    values |= {"crop_size": views.crop, "local_crops": views.local_crops, "local_crop_size": views.local_crop}
    if 0 < config.detail * views.crop < 2 * DETAIL_PIXELS:
        # A smaller crop would leave the detail out more often than not.
        values["global_scale"] = (0.6, 1.0)
    batch = _batch_size(facts.count, device)
    values |= {"batch_size": batch, "prototypes": _prototypes(batch, facts.count)}
    chosen = replace(config, **_open(config, values))
    passes = chosen.epochs or 0
    if minutes is not None:
        seen = budget / Views(chosen.crop_size, chosen.local_crops, chosen.local_crop_size).cost
        passes = round(seen)
        if seen > MOST_PASSES and config.epochs is None:
            chosen = replace(chosen, epochs=MOST_PASSES)
            reasons.append(
                f"In {minutes:g} minutes the {facts.count:,} images would be seen more than {MOST_PASSES} times, which"
                " teaches nothing new: the run ends after that many passes."
            )
            passes = MOST_PASSES
    steps = passes * max(1, facts.count // chosen.batch_size)
    chosen = replace(chosen, **_open(config, {"teacher_momentum": (_momentum(steps), 1.0)}))
    crops = f"two crops of {chosen.crop_size} px"
    if chosen.local_crops:
        crops += f" and {chosen.local_crops} of {chosen.local_crop_size} px"
    reasons.insert(0, f"Each image is shown as {crops}, {chosen.batch_size} images at a time.")
    return Choice(chosen, tuple(reasons))


def keep_choices(config: PretrainConfig, saved: PretrainConfig) -> PretrainConfig:
    """A run that goes on: what ``config`` leaves open is as in the run that is resumed."""
    kept = _open(config, {name: getattr(saved, name) for name in PretrainConfig.__dataclass_fields__})
    if config.minutes is not None or config.epochs is not None:
        # An end that was asked for anew takes the place of the old one.
        kept |= {"minutes": config.minutes, "epochs": config.epochs}
        if config.minutes is not None and config.epochs is None and saved.minutes is not None:
            # Passes that ended the run before its time were choose's decision, not the user's.
            kept["epochs"] = saved.epochs
    return replace(config, **kept)


def _views(config: PretrainConfig, facts: ImageFacts, budget: float) -> Views:
    lowest = LOWEST_STEP[config.preset]
    # Views larger than the images hold nothing more.
    largest = max(LADDER[0].crop, _whole_patches(facts.edge)) if facts.edge else LARGEST_CROP
    views = LADDER[lowest]
    for step in LADDER[lowest + 1 :]:
        if step.crop <= largest and budget / step.cost >= ENOUGH_PASSES:
            views = step
    if config.detail:
        crop = max(views.crop, min(LARGEST_CROP, _whole_patches(DETAIL_PIXELS / config.detail), largest))
        # A local crop holds a tenth to four tenths of the area: of a small detail it shows nothing.
        local_crops = views.local_crops if config.detail * crop >= 2 * DETAIL_PIXELS else 0
        views = Views(crop, local_crops, views.local_crop)
    return replace(views, crop=min(views.crop, largest))


def _batch_size(count: int, device: str) -> int:
    if device == "cpu":
        return PretrainConfig.batch_size
    # A tenth of the images: fewer steps than that in a pass teach less.
    return min(256, max(PretrainConfig.batch_size, _power_of_two(count / 10)))


def _prototypes(batch: int, count: int) -> int:
    """As many as a batch can fill (8 an image, patches included) and the images can tell apart."""
    return max(64, min(8192, _power_of_two(8 * batch), _power_of_two(count)))


def _momentum(steps: int) -> float:
    """Start of the teacher's momentum: an average over a sixtieth of the run, between short runs' and the paper's."""
    return min(0.996, max(PretrainConfig.teacher_momentum[0], 1 - 60 / max(1, steps)))


def _power_of_two(value: float) -> int:
    return 1 << int(math.log2(max(1.0, value)))


def _whole_patches(pixels: float) -> int:
    return math.ceil(pixels / 16) * 16


def _open(config: PretrainConfig, values: dict[str, Any]) -> dict[str, Any]:
    """Those of ``values`` that ``config`` leaves as they begin."""
    fresh = PretrainConfig()
    return {name: value for name, value in values.items() if getattr(config, name) == getattr(fresh, name)}
