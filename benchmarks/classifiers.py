#!/usr/bin/env python3
"""Every classifier on the same episodes: accuracy, calibration, unknowns, costs; balanced, and 50 good to 1.

Usage: classifiers.py LABELED [--encoder starter] [--episodes 600] [--imbalance 50]
LABELED holds one sub-folder per class. Accuracy at imbalance weighs each class the same. Cost: of 1,000 parts, in false
alarms, a miss being 50 and a question to a person a half; in brackets that of the most probable class. Only ``auto``
learns from views of the tagged images.
"""

import argparse
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.classify import READY_METHODS
from micm_desktop.fewshot.episode_scores import EpisodeScores, run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.tiles import good_classes, only_good_class
from micm_desktop.fewshot.views import views_of
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl, Progress

HEADER = ("shots", "queries", "method", "accuracy", "calibration error", "unknown AUROC (by probability)", "cost")


def cells(scores: EpisodeScores, imbalance: int) -> tuple[str, ...]:
    """The figures of one row."""
    result, unknown, costs = scores.result, scores.unknown, scores.costs
    accuracy = result.balanced_accuracy if imbalance else result.accuracy
    told = "" if unknown is None else f"{100 * unknown.auroc:.1f} ({100 * unknown.auroc_max_probability:.1f})"
    return (
        f"{100 * accuracy:.1f} ± {100 * result.ci95:.1f}",
        f"{100 * scores.calibration.fitted:.1f}",
        told,
        f"{costs.cost:.0f} ({costs.cost_most_probable:.0f})",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--episodes", type=int, default=600)
    parser.add_argument("--imbalance", type=int, default=50)
    args = parser.parse_args()
    *_, embedded = embed_folder(load_encoder(args.encoder), read_labeled_folder(args.labeled), JobControl())
    assert isinstance(embedded, EmbeddedFolder)
    *_, views = views_of(embedded, np.arange(len(embedded.paths)), JobControl())
    assert not isinstance(views, Progress)
    good = only_good_class(good_classes(embedded.classes))
    print(f"{args.labeled.name}, {Path(args.encoder).name}\n\n| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}")
    for shots in (1, 5):
        for imbalance in (0, args.imbalance):
            for method in (one for one in READY_METHODS if one != "local"):
                config = EpisodeConfig(
                    shots=shots, episodes=args.episodes, method=method, imbalance=imbalance, good=good
                )
                scores = run_episodes(embedded.embeddings, embedded.labels, config, views)
                drawn = f"{imbalance}:1" if imbalance else "balanced"
                print(f"| {shots} | {drawn} | {method} | {' | '.join(cells(scores, imbalance))} |", flush=True)


if __name__ == "__main__":
    main()
