"""Dynamic balance: how much is hidden and how much the class loss counts, by what training shows.

Both begin low. The hidden share rises by the clock; the class loss rises while the class tokens keep their spread.
After that the gradients of the class loss and of the rest are kept within a factor of two of each other, the class loss
counts less while its tokens draw together or its answers lose their variety, and more is hidden where views are
recognised too easily. Off by default: a fixed balance stays until this one has beaten it.
"""

from dataclasses import dataclass, replace
from typing import Any

from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.monitor import StepSignals
from micm_desktop.micm.schedules import linear

ADJUST_SHARE = 0.02
"""Share of the run between two adjustments."""
RAMP = 0.1
"""Share of the run over which both rise."""
FIRST_HIDDEN, FIRST_WEIGHT = 1 / 3, 0.25
WEIGHT_RISE = 0.15
LEAST_WEIGHT, MOST_WEIGHT = 0.25, 2.0
LEAST_HIDDEN, MOST_HIDDEN = 0.5, 1.6
MOST_MASKED = 0.75
"""Share of an image's patches that is hidden at most."""

HELD_SPREAD, SHRUNK_SPREAD = 0.8, 0.5
"""Shares of the best spread of the run: it holds above the first, and has shrunk below the second."""
LOW_VARIETY, HIGH_INDECISION = 0.5, 0.98
STRONGER = 2.0
"""Ratio of gradient norms from which on one side is too strong."""
EASY, HARD = 0.9, 3.0
"""View consistency above which more is hidden; multiple of chance below which less is."""
FACTOR, HIDDEN_STEP = 1.25, 0.1


@dataclass(frozen=True)
class BalanceState:
    """Factors on the config's ``lambda_cls`` and ``mask_ratio``, and why they are what they are, in sentences."""

    weight: float = FIRST_WEIGHT
    hidden: float = FIRST_HIDDEN
    reasons: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "BalanceState":
        """Back from :func:`dataclasses.asdict` and JSON."""
        return cls(values["weight"], values["hidden"], tuple(values["reasons"]))

    def applied(self, config: PretrainConfig) -> PretrainConfig:
        """The config with these factors."""
        masked = min(config.mask_ratio * self.hidden, MOST_MASKED)
        return replace(config, lambda_cls=config.lambda_cls * self.weight, mask_ratio=masked)


@dataclass(frozen=True)
class BalanceSignals:
    """What an adjustment looks at: progress in [0, 1), the last batches' mean ``signals``, the best spread of the run,
    and the norms of the weighted gradients of the class loss and of the other terms at the decoder's output."""

    progress: float
    signals: StepSignals
    best_spread: float
    class_gradient: float
    other_gradient: float


def adjust(state: BalanceState, seen: BalanceSignals) -> BalanceState:
    """The next balance; ``reasons`` are empty where nothing changes."""
    weight, why_weight = _weight(state, seen)
    hidden, why_hidden = _hidden(state, seen)
    changed = ((why_weight, weight != state.weight), (why_hidden, hidden != state.hidden))
    return BalanceState(weight, hidden, tuple(why for why, is_new in changed if is_new))


def _weight(state: BalanceState, seen: BalanceSignals) -> tuple[float, str]:
    spread = seen.signals.spread
    if spread < SHRUNK_SPREAD * seen.best_spread:
        why = "Images look more alike to the network than before, so telling them apart counts less."
        return _less(state.weight), why
    if seen.signals.variety < LOW_VARIETY or seen.signals.indecision > HIGH_INDECISION:
        return _less(state.weight), "The network's answers lose their variety, so telling images apart counts less."
    if seen.progress < RAMP:
        holds = spread >= HELD_SPREAD * seen.best_spread
        raised = min(state.weight + WEIGHT_RISE, max(state.weight, 1.0))
        return raised if holds else state.weight, "Telling images apart counts more, step by step."
    if seen.class_gradient > STRONGER * seen.other_gradient > 0:
        return _less(state.weight), "Telling images apart outweighed the rest, so it counts less."
    if 0 < STRONGER * seen.class_gradient < seen.other_gradient:
        return min(state.weight * FACTOR, MOST_WEIGHT), "The rest outweighed telling images apart, so that counts more."
    return state.weight, ""


def _hidden(state: BalanceState, seen: BalanceSignals) -> tuple[float, str]:
    if seen.progress < RAMP:
        ramp = linear(FIRST_HIDDEN, 1.0, RAMP - ADJUST_SHARE, seen.progress)
        return max(state.hidden, ramp), "More of each image is hidden, step by step."
    hidden = max(state.hidden, LEAST_HIDDEN)
    if seen.signals.view_consistency > EASY:
        return min(hidden + HIDDEN_STEP, MOST_HIDDEN), "Images are recognised easily, so more of them is hidden."
    if seen.signals.view_consistency < HARD * seen.signals.chance:
        return max(hidden - HIDDEN_STEP, LEAST_HIDDEN), "Images are hardly recognised, so less of them is hidden."
    return hidden, "More of each image is hidden, step by step."


def _less(weight: float) -> float:
    return max(weight / FACTOR, LEAST_WEIGHT)


def in_words(config: PretrainConfig) -> str:
    """What an adjustment came to; ``config`` as :meth:`BalanceState.applied` made it."""
    return (
        f"Now {round(100 * config.mask_ratio)} % of a masked image is hidden, and telling images apart has the weight"
        f" {config.lambda_cls:.2f}."
    )
