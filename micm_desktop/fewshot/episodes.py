"""N-way K-shot episodes over labeled embeddings: the field's protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.progress import UserError


@dataclass(frozen=True)
class EpisodeResult:
    """Mean accuracy over episodes in [0, 1] and half of its 95 % confidence interval."""

    shots: int
    accuracy: float
    ci95: float


def usable_classes(labels: Labels, shots: int, queries: int) -> list[int]:
    """Classes with images enough for a support set and queries."""
    values, counts = np.unique(labels, return_counts=True)
    return [int(value) for value, count in zip(values, counts, strict=True) if count >= shots + queries]


def run_episodes(
    embeddings: Array, labels: Labels, *, ways: int, shots: int, queries: int, episodes: int, method: str, seed: int
) -> EpisodeResult:
    """Draw ``episodes``, fit each support set and score its queries. embeddings (N, D), labels (N,).

    ``opta`` sees the episode's queries as its unlabeled images. All classes are taken where there are fewer than
    ``ways``. Raises UserError where fewer than two classes are usable.
    """
    usable = usable_classes(labels, shots, queries)
    if len(usable) < 2:
        raise UserError(
            f"Episodes of {shots} shots and {queries} queries need two classes of {shots + queries} images;"
            f" {len(usable)} found. Use fewer --shots or --queries, or more images."
        )
    ways = min(ways, len(usable))
    rng = np.random.default_rng(seed)
    members = {label: np.flatnonzero(labels == label) for label in usable}
    truth = np.repeat(np.arange(ways), queries)
    accuracies = np.empty(episodes)
    for episode in range(episodes):
        chosen = [rng.permutation(members[int(c)])[: shots + queries] for c in rng.choice(usable, ways, replace=False)]
        support = embeddings[np.concatenate([rows[:shots] for rows in chosen])]
        query = embeddings[np.concatenate([rows[shots:] for rows in chosen])]
        head = fit_head(method, support, np.repeat(np.arange(ways), shots), ways, query)
        accuracies[episode] = (head.logits(query).argmax(axis=1) == truth).mean()
    spread = accuracies.std(ddof=1) if episodes > 1 else 0.0
    return EpisodeResult(shots, float(accuracies.mean()), float(1.96 * spread / np.sqrt(episodes)))


def skipped_classes(labels: Labels, names: Sequence[str], shots: Sequence[int], queries: int) -> list[str]:
    """Names of the classes that are too small for the largest of ``shots``."""
    usable = set(usable_classes(labels, max(shots), queries))
    return [name for index, name in enumerate(names) if index not in usable]
