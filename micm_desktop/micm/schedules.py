"""Schedules over the progress of a run, which is 0 at its start and 1 at its end."""

import math
from dataclasses import dataclass
from typing import Literal

from micm_desktop.micm.config import PretrainConfig

TEMPERATURE_WARMUP = 0.3
"""Share of stage 1 over which the teacher's temperature goes from its first value to its second."""
SLOWEST_RATE = 1e-7


@dataclass(frozen=True)
class StepSettings:
    """What the schedules say at one point of a run."""

    stage: Literal[1, 2]
    learning_rate: float
    weight_decay: float
    teacher_temperature: float
    teacher_momentum: float
    prototypes_frozen: bool


def settings_at(config: PretrainConfig, progress: float) -> StepSettings:
    """The settings at ``progress`` in [0, 1) of the run. Each stage has schedules of its own, over its own share.

    Stage 2 begins where stage 1's temperature ended, and its learning rate rises and falls again: at the end of
    stage 1's cosine neither student nor teacher would move any more.
    """
    border = 1 - config.stage2_share
    if progress < border:
        stage: Literal[1, 2] = 1
        done = progress / border
        peak = config.learning_rate
        temperature = linear(*config.teacher_temperature, TEMPERATURE_WARMUP, done)
    else:
        stage = 2
        done = (progress - border) / config.stage2_share if config.stage2_share else 1.0
        peak = config.learning_rate * config.stage2_learning_rate
        temperature = config.teacher_temperature[1]
    rate = warmup_cosine(peak, min(peak, config.final_learning_rate), config.warmup, done)
    return StepSettings(
        stage,
        max(rate, SLOWEST_RATE),
        cosine(*config.weight_decay, done),
        temperature,
        cosine(*config.teacher_momentum, done),
        stage == 1 and done < config.freeze_prototypes,
    )


def cosine(start: float, end: float, progress: float) -> float:
    """Half a cosine from ``start`` to ``end``; ``progress`` is clipped to [0, 1]."""
    progress = min(max(progress, 0.0), 1.0)
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * progress))


def warmup_cosine(peak: float, end: float, warmup: float, progress: float) -> float:
    """Linear from 0 to ``peak`` over the share ``warmup`` of the run, then a cosine to ``end``."""
    if progress < warmup:
        return peak * progress / warmup
    return cosine(peak, end, (progress - warmup) / (1 - warmup))


def linear(start: float, end: float, share: float, progress: float) -> float:
    """Linear from ``start`` to ``end`` over the first ``share`` of the run, then constant."""
    return start + (end - start) * (min(progress / share, 1.0) if share > 0 else 1.0)
