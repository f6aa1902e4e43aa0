"""N-way K-shot episodes over images that are cut into tiles."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.episode_scores import Z95, EpisodeResult
from micm_desktop.fewshot.episodes import EpisodeConfig, draw_episodes
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.tiles import Good, check_tiled_method, fit_tiles


def run_tiled_episodes(
    embeddings: Array, labels: Labels, good: Good, marked: Sequence[Sequence[int]], config: EpisodeConfig
) -> EpisodeResult:
    """Accuracy over the episodes that there are without tiles, too: embeddings (N, T, E), labels (N,), good (C,).

    ``marked`` names the tiles with a region of each image. Raises UserError as
    :func:`~micm_desktop.fewshot.episodes.draw_episodes`, and where the method fits no tiles.
    """
    check_tiled_method(config.method)
    fit = partial(fit_head, config.method)
    accuracies, balanced = [], []
    for episode in draw_episodes(labels, config):
        regions = [marked[row] for row in episode.support]
        head, _ = fit_tiles(fit, embeddings[episode.support], episode.labels, good[episode.classes], regions)
        right = head.logits(embeddings[episode.queries]).argmax(axis=1) == episode.truth
        accuracies.append(right.mean())
        balanced.append(np.mean([right[episode.truth == label].mean() for label in np.unique(episode.truth)]))
    spread = np.std(accuracies, ddof=1) if len(accuracies) > 1 else 0.0
    interval = float(Z95 * spread / np.sqrt(len(accuracies)))
    return EpisodeResult(config.shots, float(np.mean(accuracies)), interval, float(np.mean(balanced)))
