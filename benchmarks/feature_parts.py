#!/usr/bin/env python3
"""Few-shot accuracy of each part of the image feature, and of mixtures of the parts.

Usage: feature_parts.py LABELED [--encoder starter] [--episodes 300] [--ways 5] [--mix salient=1,last_stage=2 ...]
LABELED is a folder with one sub-folder per class; `generated` stands for the sample set, made on the spot. Of a file
that holds two networks the parts of both are shown, whatever its verdict: those of the one that the run began from
have "base." before their names.
Nearest prototype by cosine, parts centred on the whole unlabeled set, as `micm-desktop evaluate` does.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform, part_sizes
from micm_desktop.fewshot.episode_scores import run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig
from micm_desktop.fewshot.features import FeatureExtractor, extract_features
from micm_desktop.fewshot.labeled_folder import read_labeled_folder
from micm_desktop.images.samples import write_sample_set
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl

MIXTURES = (
    "last_stage=2,salient=1",
    "class_token=1,last_stage=1",
    "base.last_stage=2,base.salient=1",
    "base.last_stage=1,base.salient=1",
    "base.last_stage=1,base.salient=2",
    "class_token=1,last_stage=1,base.last_stage=1.33,base.salient=0.67",
)


def read_mixture(text: str) -> dict[str, float]:
    return {name: float(share) for name, share in (item.split("=") for item in text.split(","))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled")
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--episodes", type=int, default=300)
    parser.add_argument("--ways", type=int, default=5)
    parser.add_argument("--mix", nargs="*", default=MIXTURES)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(args.labeled)
        if args.labeled == "generated":
            root = Path(folder) / "images"
            write_sample_set(root, per_class=60)
        labeled = read_labeled_folder(root)
        encoder = load_encoder(args.encoder)
        networks = [("", encoder.network.config)]
        if encoder.base is not None:
            networks.append(("base.", encoder.base.config))
            encoder = replace(encoder, training={**encoder.training, "verdict": {"use": "both"}})
        batches = list(extract_features(FeatureExtractor(encoder), labeled.paths, JobControl()))
    features = np.concatenate([batch.features for batch in batches])
    labels = np.array(labeled.labels)[[row for batch in batches for row in batch.rows]]
    shipped = fit_transform(features, encoder.branch_infos)
    names = [prefix + name for prefix, config in networks for name in part_sizes(config)]
    mixtures = {name: {name: 1.0} for name in names} | {text: read_mixture(text) for text in args.mix}
    transforms: dict[str, EmbeddingTransform] = {}
    for title, shares in mixtures.items():
        weights = np.array([shares.get(name, 0.0) for name in names])
        if weights.any() and shares.keys() <= set(names):
            transforms[title] = replace(shipped, weights=tuple((weights / weights.sum()).tolist()))
    print(f"| {args.labeled}, {Path(args.encoder).name} | 1 shot | 5 shots |\n|---|---|---|")
    for title, transform in transforms.items():
        embeddings = transform(features)
        accuracy = [
            run_episodes(
                embeddings, labels, EpisodeConfig(ways=args.ways, shots=shots, episodes=args.episodes)
            ).result.accuracy
            for shots in (1, 5)
        ]
        print(f"| {title} | {100 * accuracy[0]:.1f} | {100 * accuracy[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
