"""Label-free signals that say whether a run learns, or collapses."""

import torch
from torch import Tensor
from torch.nn import functional as F


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
    similarity = F.normalize(first.float(), dim=1) @ F.normalize(second.float(), dim=1).T
    return float((similarity.argmax(dim=1) == torch.arange(len(first), device=first.device)).float().mean())
