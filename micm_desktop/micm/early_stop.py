"""When more training would teach nothing new."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.monitor import StepSignals

CHECK_SHARE = 0.025
"""Share of the run between two looks at the signals."""
PATIENCE = 0.25
"""Share of the run in which no signal has improved."""
NEVER_BEFORE = 0.5
SMOOTHED_LOOKS = 4
"""Looks that are averaged: by chance alone one of many is the best so far."""
LEAST_GAIN = 0.005
"""Of accuracy and consistency in points, of the loss as a share of it."""
SHORTEST_MINUTES = 10.0
"""Runs by time from here on are stopped early where the config leaves it open."""
TELLING_TAGS = 20
"""Tagged images from which on their accuracy decides alone, unless all are right."""


def stops_early(config: PretrainConfig) -> bool:
    """Whether the run may end before its time. A run of a number of passes is what was asked for, to the end."""
    if config.early_stop is not None:
        return config.early_stop
    return config.minutes is not None and config.minutes >= SHORTEST_MINUTES


@dataclass
class Plateau:
    """The best that each signal has been, smoothed, and when one was last better. Saved with the training state."""

    best: dict[str, float] = field(default_factory=dict)
    recent: dict[str, list[float]] = field(default_factory=dict)
    improved_at: float = 0.0
    looked_at: float = 0.0

    def is_due(self, progress: float) -> bool:
        """Whether it is time for another look at ``progress`` of the run."""
        return progress - self.looked_at >= CHECK_SHARE

    def look(self, progress: float, signals: Mapping[str, float]) -> bool:
        """Take in the signals; whether the run should end here."""
        self.looked_at = progress
        for name, latest in signals.items():
            self.recent[name] = [*self.recent.get(name, []), latest][-SMOOTHED_LOOKS:]
            value = fmean(self.recent[name])
            if value > self.best.get(name, -math.inf) + LEAST_GAIN:
                self.best[name] = value
                self.improved_at = progress
        return progress >= NEVER_BEFORE and progress - self.improved_at >= PATIENCE

    def forget(self, progress: float) -> None:
        """Begin anew: from ``progress`` on the signals mean something else."""
        self.best, self.recent, self.improved_at = {}, {}, progress


class EarlyStop:
    """Looks at the signals now and then, and says when a run of ``config`` should end.

    The accuracy of ``tagged`` images decides, where they are enough and not all right yet; else the consistency of two
    views and the loss, since either may stand still while the other gains.
    """

    def __init__(self, config: PretrainConfig, plateau: Plateau, tagged: int) -> None:
        self._on = stops_early(config)
        self._last_stage_from = 1 - config.stage2_share if config.stage2_share else 0.0
        self._plateau = plateau
        self._tagged = tagged
        self._losses: list[float] = []
        self._consistency: list[float] = []

    def add(self, losses: Mapping[str, float], signals: StepSignals) -> None:
        """Take in one step."""
        if self._on:
            self._losses.append(losses["total"])
            if losses["cls"] or "pseudo" in losses:
                self._consistency.append(signals.view_consistency)

    def is_due(self, progress: float) -> bool:
        """Whether it is time for another look."""
        return self._on and bool(self._losses) and self._plateau.is_due(progress)

    def look(self, progress: float, accuracy: float | None) -> str | None:
        """Why the run should end at ``progress``, or None. ``accuracy`` of the tagged images, where there are any."""
        by_tags = accuracy is not None and self._tagged >= TELLING_TAGS and accuracy < 1
        signals = {"few_shot_accuracy": accuracy} if by_tags and accuracy is not None else self._label_free()
        self._losses, self._consistency = [], []
        plateau = self._plateau
        if plateau.looked_at < self._last_stage_from <= progress:
            plateau.forget(progress)
        if not plateau.look(progress, signals) or progress < self._last_stage_from:
            return None
        return _in_words(plateau.improved_at, by_tags)

    def _label_free(self) -> dict[str, float]:
        found = {"loss": -math.log(max(fmean(self._losses), 1e-9))}
        if self._consistency:
            found["view_consistency"] = fmean(self._consistency)
        return found


def _in_words(improved_at: float, by_tags: bool) -> str:
    percent = round(100 * improved_at)
    if by_tags:
        return (
            f"The tagged images have not been told apart any better since {percent} % of the planned time, so the run"
            " ends here: more training would teach nothing new."
        )
    return (
        f"The network has not learned anything measurable since {percent} % of the planned time, so the run ends here:"
        " more training would teach nothing new."
    )
