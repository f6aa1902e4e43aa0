"""Collapse: how it is noticed, what it is called, and what is done about it.

A collapsed network says the same of every image. The effective rank does not show that: it ignores scale, and constant
tokens with a little noise have a high one. So the tokens' spread is compared with what this run has had before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.monitor import StepSignals

Kind = Literal["constant", "undecided", "one-group", "lost", "no-number"]

MOST_ANSWERS = 3
"""Collapses that are answered; with the next one the run ends."""
NOTICED_WITHIN = 0.02
"""Share of the run's steps within which a collapse is noticed; good states are kept as far apart."""
LONGEST_WINDOW = 16
LOST_WINDOW = 4
"""Batches at least that a view consistency is averaged over: it is a count of few images."""

COLLAPSED_SPREAD, GOOD_SPREAD = 0.05, 0.25
"""Shares of the largest spread that the run has had."""
COLLAPSED_INDECISION, GOOD_INDECISION = 0.995, 0.98
COLLAPSED_VARIETY, GOOD_VARIETY = 0.1, 0.25
COLLAPSED_CONSISTENCY, TRUSTED_CONSISTENCY = 1.5, 8.0
"""Multiples of chance: lost where it once was trusted."""

SAFE_TEMPERATURE = 0.04
TEMPERATURE_STEP, MOMENTUM_STEP, RATE_STEP = 0.75, 0.5, 0.3


@dataclass
class CollapseWatch:
    """The signals of the last batches, and the best that the run has had. Saved with the training state."""

    recent: list[StepSignals] = field(default_factory=list)
    best_spread: float = 0.0
    best_consistency: float = 0.0

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "CollapseWatch":
        """Back from :func:`dataclasses.asdict` and JSON."""
        return cls(**values | {"recent": [StepSignals(*signals) for signals in values["recent"]]})

    def observe(self, signals: StepSignals, total_steps: int) -> Kind | None:
        """Take in a batch of a run of ``total_steps``; what is wrong with the last ones, or None."""
        window = window_for(total_steps)
        self.recent = [*self.recent, signals][-max(window, LOST_WINDOW) :]
        mean = _mean(self.recent[-window:])
        self.best_spread = max(self.best_spread, mean.spread)
        lost = self._lost()
        if len(self.recent) < window:
            return None
        if mean.spread < COLLAPSED_SPREAD * self.best_spread:
            return "constant"
        if mean.indecision > COLLAPSED_INDECISION:
            return "undecided"
        if mean.variety < COLLAPSED_VARIETY:
            return "one-group"
        return "lost" if lost else None

    def good(self) -> bool:
        """Whether the last batch looked so well that its state is worth going back to."""
        last = self.recent[-1]
        return (
            last.spread >= GOOD_SPREAD * self.best_spread
            and last.indecision <= GOOD_INDECISION
            and last.variety >= GOOD_VARIETY
        )

    def mean(self) -> StepSignals:
        """Mean signals of the last batches, of which there must be one."""
        return _mean(self.recent)

    def forget(self) -> None:
        """After going back: the last batches were another network's."""
        self.recent = []

    def _lost(self) -> bool:
        if len(self.recent) < LOST_WINDOW:
            return False
        mean = _mean(self.recent)
        self.best_consistency = max(self.best_consistency, mean.view_consistency)
        trusted = self.best_consistency >= TRUSTED_CONSISTENCY * mean.chance
        return trusted and mean.view_consistency < COLLAPSED_CONSISTENCY * mean.chance


def window_for(total_steps: int) -> int:
    """Batches that are averaged: half of what :data:`NOTICED_WITHIN` allows, at least 1."""
    return min(max(round(total_steps * NOTICED_WITHIN / 2), 1), LONGEST_WINDOW)


def steps_between_good_states(total_steps: int) -> int:
    """A collapse that is noticed began after the last good state but one."""
    return max(round(total_steps * NOTICED_WITHIN), 1)


def in_words(kind: Kind) -> str:
    """What was seen, for someone who knows the product and no machine learning."""
    match kind:
        case "constant":
            return "The network began to see the same in every image."
        case "undecided":
            return "The network no longer told the images apart: its answer was the same for every one."
        case "one-group":
            return "The network began to put all images into one group."
        case "lost":
            return "The network no longer recognised an image when it saw another part of it."
        case "no-number":
            return "Training became unstable: the loss is no longer a number."


def remedied(config: PretrainConfig, answers: int) -> PretrainConfig:
    """The run's settings after ``answers`` collapses; each makes them more careful than the one before."""
    if answers == 0:
        return config
    cooler = TEMPERATURE_STEP ** (answers - 1)
    first, last = config.teacher_momentum
    begin, end = (min(value, SAFE_TEMPERATURE) * cooler for value in config.teacher_temperature)
    return replace(
        config,
        centering="sinkhorn",
        teacher_temperature=(begin, end),
        teacher_momentum=(1 - (1 - first) * MOMENTUM_STEP**answers, last),
        learning_rate=config.learning_rate * RATE_STEP**answers,
    )


def remedy_in_words(good_step: int, config: PretrainConfig) -> str:
    """What was done: ``config`` as :func:`remedied` made it, from the state of ``good_step``."""
    return (
        f"Training went back to what it knew at step {good_step} and goes on more carefully: in smaller steps (learning"
        f" rate {config.learning_rate:.2g}), with a teacher that changes more slowly (momentum"
        f" {config.teacher_momentum[0]:.4g}) and decides more clearly (temperature"
        f" {config.teacher_temperature[0]:.2g}, Sinkhorn centering)."
    )


def _mean(signals: Sequence[StepSignals]) -> StepSignals:
    return StepSignals(*np.mean(signals, axis=0).tolist())
