"""N-way K-shot episodes over images that are cut into tiles."""

from collections.abc import Sequence
from functools import partial

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.episode_scores import EpisodeResult, balanced_accuracy, mean_result
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
        balanced.append(balanced_accuracy(right, episode.truth))
    return mean_result(config.shots, accuracies, balanced)
