"""N-way K-shot episodes over images that are cut into tiles."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.episodes import EpisodeResult
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.tiles import Good, check_tiled_method, fit_tiles
from micm_desktop.progress import UserError


def run_tiled_episodes(
    embeddings: Array,
    labels: Labels,
    good: Good,
    marked: Sequence[Sequence[int]],
    *,
    ways: int,
    shots: int,
    queries: int,
    episodes: int,
    method: str,
    seed: int,
) -> EpisodeResult:
    """As :func:`~micm_desktop.fewshot.episodes.run_episodes`: embeddings (N, T, E), labels (N,), good (C,).

    ``marked`` names the tiles with a region of each image. The same episodes as without tiles. Raises UserError where
    fewer than two classes have images enough, or the method fits no tiles.
    """
    check_tiled_method(method)
    values, counts = np.unique(labels, return_counts=True)
    usable = values[counts >= shots + queries]
    if len(usable) < 2:
        raise UserError(
            f"Episodes of {shots} shots and {queries} queries need two classes of {shots + queries} images;"
            f" {len(usable)} found. Use fewer --shots or --queries, or more images."
        )
    ways = min(ways, len(usable))
    rng = np.random.default_rng(seed)
    members = {int(label): np.flatnonzero(labels == label) for label in usable}
    truth, tags = np.repeat(np.arange(ways), queries), np.repeat(np.arange(ways), shots)
    accuracies = np.empty(episodes)
    for episode in range(episodes):
        drawn = rng.choice(usable, ways, replace=False)
        chosen = [rng.permutation(members[int(label)])[: shots + queries] for label in drawn]
        support = np.concatenate([rows[:shots] for rows in chosen])
        query = embeddings[np.concatenate([rows[shots:] for rows in chosen])]
        regions = [marked[row] for row in support]
        head, _ = fit_tiles(partial(fit_head, method), embeddings[support], tags, good[drawn], regions)
        accuracies[episode] = (head.logits(query).argmax(axis=1) == truth).mean()
    spread = accuracies.std(ddof=1) if episodes > 1 else 0.0
    return EpisodeResult(shots, float(accuracies.mean()), float(1.96 * spread / np.sqrt(episodes)))
