"""Label-free signals that say whether a run learns, or collapses."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.micm.step import Targets

RANK_IMAGES = 256
"""Images whose class tokens the effective rank is taken of."""


class StepSignals(NamedTuple):
    """What the teacher's outputs on one batch say.

    ``spread`` of the class tokens (:func:`token_spread`); ``indecision``, the mean entropy of an image's distribution
    over the prototypes, and ``variety``, the entropy of their mean, both as shares of log K; ``view_consistency``
    (:func:`view_consistency`) and its ``chance``.
    """

    spread: float
    indecision: float
    variety: float
    view_consistency: float
    chance: float


def measure(targets: Targets) -> Tensor:
    """The values of :class:`StepSignals`, (5,), still on their device."""
    distributions = targets.class_distributions.float()
    most = math.log(distributions.shape[1])
    first, second = targets.class_tokens.chunk(2)
    rows = -(distributions * distributions.clamp_min(1e-12).log()).sum(dim=1).mean() / most
    mean = distributions.mean(dim=0)
    return torch.stack(
        [
            token_spread(targets.class_tokens),
            rows,
            -(mean * mean.clamp_min(1e-12).log()).sum() / most,
            _consistency(first, second),
            first.new_tensor(1 / len(first), dtype=torch.float32),
        ]
    )


def token_spread(tokens: Tensor) -> Tensor:
    """Mean squared distance of L2-normalised tokens (N, D) from their mean: 0 where all are one, at most 1.

    Unlike :func:`effective_rank` it tells constant tokens with a little noise from tokens that differ.
    """
    directions = F.normalize(tokens.float(), dim=1)
    return (directions - directions.mean(dim=0)).square().sum(dim=1).mean()


def effective_rank(features: Tensor) -> float:
    """exp of the entropy of the normalised singular values (Roy & Vetterli 2007). features (N, D) -> [1, min(N, D)].

    1 for constant or one-dimensional features: a collapse.
    """
    centred = (features - features.mean(dim=0)).float()
    values = torch.linalg.svdvals(centred)
    total = values.sum()
    if total <= 1e-12:
        return 1.0
    p = values / total
    return float(torch.exp(-(p * p.clamp_min(1e-12).log()).sum()))


def mean_entropy(distributions: Tensor) -> float:
    """Entropy (nats) of the mean of the rows of (M, K): log K when all prototypes are used, 0 in a collapse."""
    mean = distributions.mean(dim=0)
    return float(-(mean * mean.clamp_min(1e-12).log()).sum())


def view_consistency(first: Tensor, second: Tensor) -> float:
    """Share of images whose nearest neighbour among the other view's features is their own other view.

    first, second (N, D), row by row two views of one image -> [0, 1]; chance is 1/N.
    """
    return float(_consistency(first, second))


def _consistency(first: Tensor, second: Tensor) -> Tensor:
    similarity = F.normalize(first.float(), dim=1) @ F.normalize(second.float(), dim=1).T
    return (similarity.argmax(dim=1) == torch.arange(len(first), device=first.device)).float().mean()


@dataclass
class EpochSignals:
    """What one pass over the images has shown so far."""

    losses: dict[str, list[float]] = field(default_factory=dict)
    signals: list[StepSignals] = field(default_factory=list)
    tokens: list[Tensor] = field(default_factory=list)
    distributions: list[Tensor] = field(default_factory=list)

    def add(self, losses: dict[str, float], signals: StepSignals, targets: Targets) -> None:
        for name, value in losses.items():
            self.losses.setdefault(name, []).append(value)
        self.signals.append(signals)
        first, _ = targets.class_tokens.chunk(2)
        self.tokens = [*self.tokens, first.float().cpu()][-max(1, RANK_IMAGES // len(first)) :]
        self.distributions.append(targets.class_distributions.mean(dim=0, keepdim=True).cpu())

    def mean_losses(self) -> dict[str, float]:
        return {name: float(np.mean(values)) for name, values in self.losses.items()}

    def monitor(self) -> dict[str, float]:
        return {
            "effective_rank": effective_rank(torch.cat(self.tokens)),
            "teacher_entropy": mean_entropy(torch.cat(self.distributions)),
            "view_consistency": float(np.mean([signal.view_consistency for signal in self.signals])),
            "spread": float(np.mean([signal.spread for signal in self.signals])),
        }
