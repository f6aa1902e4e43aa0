#!/usr/bin/env python3
"""Few-shot accuracy of each part of the image feature, and of mixtures of the parts.

Usage: feature_parts.py LABELED [--encoder starter] [--episodes 300] [--ways 5]
LABELED is a folder with one sub-folder per class; `generated` stands for the sample set, made on the spot.
Nearest prototype by cosine, parts centred on the whole unlabeled set, as `micm-desktop evaluate` does.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.embedding import PART_WEIGHTS, PARTS, EmbeddingTransform, part_sizes
from micm_desktop.fewshot.episodes import run_episodes
from micm_desktop.fewshot.features import extract_features
from micm_desktop.fewshot.labeled_folder import read_labeled_folder
from micm_desktop.images.samples import write_sample_set
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl

MIXTURES = {
    **{name: tuple(float(part == name) for part in PARTS) for name in PARTS},
    "all equal": (1, 1, 1, 1),
    "stem + last stage": (0, 0, 1, 1),
    "1 : 1 : 2 : 12": (1, 1, 2, 12),
    "1 : 1 : 2 : 24": (1, 1, 2, 24),
    "as shipped": tuple(PART_WEIGHTS.values()),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled")
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--episodes", type=int, default=300)
    parser.add_argument("--ways", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(args.labeled)
        if args.labeled == "generated":
            root = Path(folder) / "images"
            write_sample_set(root, per_class=60)
        labeled = read_labeled_folder(root)
        network = load_encoder(args.encoder).network
        batches = list(extract_features(network, labeled.paths, JobControl()))
    features = np.concatenate([batch.features for batch in batches])
    labels = np.array(labeled.labels)[[row for batch in batches for row in batch.rows]]
    sizes = part_sizes(network.config)
    base = EmbeddingTransform(sizes, (1.0,) * len(sizes), features.mean(axis=0))
    print(f"| {args.labeled}, {Path(args.encoder).name} | 1 shot | 5 shots |\n|---|---|---|")
    for name, weights in MIXTURES.items():
        share = np.array(weights[: len(sizes)], float)
        embeddings = replace(base, weights=tuple(share / share.sum()))(features)
        accuracy = [
            run_episodes(
                embeddings,
                labels,
                ways=args.ways,
                shots=shots,
                queries=15,
                episodes=args.episodes,
                method="prototype",
                seed=0,
            ).accuracy
            for shots in (1, 5)
        ]
        print(f"| {name} | {100 * accuracy[0]:.1f} | {100 * accuracy[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
