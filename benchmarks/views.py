#!/usr/bin/env python3
"""What augmented views of the tagged images are worth, and at one tag per class what unlabeled images are.

Usage: views.py LABELED [--encoder starter] [--per-class 45] [--episodes 100]
LABELED holds one sub-folder per class. The first table is ridge regression with 0 to all views. In the second, at one
tag per class, unlabeled images (the queries) are as many of each class, or between 30 and 100 % of that (*mildly
uneven*), or between 5 and 100 % (*uneven*); each class weighs the same in the accuracy. ± is half of the 95 % interval
of the paired difference to the first column.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.embedding import VIEWS
from micm_desktop.fewshot.episodes import Episode, EpisodeConfig, draw_episodes
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, LabeledFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.opta import fit_opta
from micm_desktop.fewshot.ridge import fit_ridge, fit_self_trained
from micm_desktop.fewshot.views import views_of
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl, Progress

SHOTS = (1, 2, 5, 10)
UNEVEN = {"even": 1.0, "mildly uneven": 0.3, "uneven": 0.05}
"""Smallest share of its queries that a class keeps."""


def some_of_each(folder: LabeledFolder, count: int) -> LabeledFolder:
    """At most ``count`` images of each class, evenly over the paths."""
    rows: list[int] = []
    labels = np.array(folder.labels)
    for label in range(len(folder.classes)):
        members = np.flatnonzero(labels == label)
        rows += members[:: max(1, len(members) // count)][:count].tolist()
    return LabeledFolder(folder.classes, tuple(folder.paths[r] for r in rows), tuple(folder.labels[r] for r in rows))


def by_class(logits: Array, truth: Labels) -> float:
    right = logits.argmax(axis=1) == truth
    return float(np.mean([right[truth == label].mean() for label in np.unique(truth)]))


def row(found: Mapping[str, Sequence[float]]) -> str:
    """Means in %, and paired differences to the first."""
    first, cells = np.array(next(iter(found.values()))), []
    for values in found.values():
        change = np.array(values) - first
        interval = f" ± {196 * change.std() / len(change) ** 0.5:.1f}" if change.any() else ""
        cells.append(f"{100 * np.mean(values):.1f}{interval}")
    return " | ".join(cells)


def queries_of(episode: Episode, least: float, rng: np.random.Generator) -> tuple[Labels, Labels]:
    """Queries and their classes, of each class a random part."""
    kept = []
    for label in range(len(episode.classes)):
        members = np.flatnonzero(episode.truth == label)
        kept.append(members[: max(1, round(len(members) * rng.uniform(least, 1.0)))])
    rows = np.concatenate(kept)
    return episode.queries[rows], episode.truth[rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--per-class", type=int, default=45)
    parser.add_argument("--episodes", type=int, default=100)
    args = parser.parse_args()
    folder = some_of_each(read_labeled_folder(args.labeled), args.per_class)
    *_, embedded = embed_folder(load_encoder(args.encoder), folder, JobControl())
    assert isinstance(embedded, EmbeddedFolder)
    *_, views = views_of(embedded, np.arange(len(embedded.paths)), JobControl())
    assert not isinstance(views, Progress)
    embeddings, labels = embedded.embeddings, embedded.labels
    print(f"{args.labeled.name}, {Path(args.encoder).name}, {len(labels)} images, {args.episodes} episodes\n")
    print(f"| tags per class | {' | '.join(f'{count} views' for count in range(VIEWS + 1))} |")
    print("|---" * (VIEWS + 2) + "|")
    for shots in SHOTS:
        found: dict[str, list[float]] = {str(count): [] for count in range(VIEWS + 1)}
        for episode in draw_episodes(labels, EpisodeConfig(shots=shots, episodes=args.episodes)):
            tagged, ways = episode.support, len(episode.classes)
            for count in range(VIEWS + 1):
                head = fit_ridge(embeddings[tagged], episode.labels, ways, views[tagged][:, :count]).head
                found[str(count)].append(by_class(head.logits(embeddings[episode.queries]), episode.truth))
        print(f"| {shots} | {row(found)} |", flush=True)
    print("\n| unlabeled images | ridge, views | self-trained, views | OpTA | `auto`, views |\n|---|---|---|---|---|")
    for name, least in UNEVEN.items():
        rng = np.random.default_rng(5)
        found = {"ridge": [], "self": [], "opta": [], "auto": []}
        for episode in draw_episodes(labels, EpisodeConfig(shots=1, episodes=args.episodes)):
            queries, truth = queries_of(episode, least, rng)
            support, seen, unlabeled = embeddings[episode.support], views[episode.support], embeddings[queries]
            tags, ways = episode.labels, len(episode.classes)
            heads = {
                "ridge": fit_ridge(support, tags, ways, seen).head,
                "self": fit_self_trained(support, tags, ways, unlabeled, seen),
                "opta": fit_opta(support, tags, ways, unlabeled),
                "auto": fit_head("auto", support, tags, ways, unlabeled, seen),
            }
            for method, head in heads.items():
                found[method].append(by_class(head.logits(unlabeled), truth))
        print(f"| {name} | {row(found)} |", flush=True)


if __name__ == "__main__":
    main()
