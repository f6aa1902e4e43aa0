#!/usr/bin/env python3
"""What each piece of the method is worth: the same short run with one thing changed, over seeds.

Usage: python benchmarks/ablation.py LABELED [LABELED ...] --out RESULTS.jsonl [--groups objective ...] [--seeds 0 1 2]
       [--epochs 3] [--episodes 600] [--threads 0] [--print]
Each run pretrains on all images of LABELED, without labels, for a fixed number of passes, and is scored by nearest
prototypes on the new network's class token, on its attention-weighted patch tokens, and on both, 5-way. A run that is
in RESULTS.jsonl already is not made again, nor is one that only has another name there; --print only prints the table.
Two seeds differ in everything random.

Groups: objective (mim, cl, micm), token (delayed or early class token), mask (ratio 0 to 0.7), stage2 (off, on),
balance (fixed settings, dynamic).
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from micm_desktop.fewshot.episode_scores import run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig
from micm_desktop.fewshot.labeled_folder import LabeledFolder, read_labeled_folder
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.checkpoint import load_encoder, save_encoder
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.network import MicmNetwork, resized
from micm_desktop.micm.preprocess import prepare
from micm_desktop.micm.trainer import pretrain
from micm_desktop.progress import JobControl

IMAGE_SIZE = 128
"""Pixels at which a short run's network looks at images: near its crops, and quick."""
PLAIN = PretrainConfig(lambda_implant=0.0)
GROUPS: dict[str, dict[str, dict[str, Any]]] = {
    "objective": {name: {"objective": name} for name in ("mim", "cl", "micm")},
    "token": {"delayed": {}, "early": {"early": True}},
    "mask": {
        f"{ratio:g}": {
            "mask_ratio": ratio,
            "mask_ratio_spread": min(0.2, ratio),
            "mask_probability": 0.5 if ratio else 0.0,
        }
        for ratio in (0.0, 0.15, 0.3, 0.5, 0.7)
    },
    "stage2": {"off": {}, "on": {"stage2_share": 0.25}},
    "balance": {"fixed": {}, "dynamic": {"dynamic_balance": True}},
}
FEATURES = ("class token", "patches", "both")


def settings(group: str, setting: str) -> tuple[PretrainConfig, bool]:
    """The run that a setting means, and whether its class token is early."""
    changes = dict(GROUPS[group][setting])
    early = changes.pop("early", False)
    return replace(PLAIN, **changes), early


def initial_encoder(folder: Path, *, early: bool) -> Path:
    """The shipped starter at :data:`IMAGE_SIZE`, its class token early or delayed."""
    network = resized(load_encoder("starter").network, IMAGE_SIZE)
    config = replace(network.config, delayed_class_token=not early, saliency=False)
    made = MicmNetwork(config)
    made.load_state_dict({name: value for name, value in network.state_dict().items() if name in made.state_dict()})
    path = folder / ("early.safetensors" if early else "delayed.safetensors")
    save_encoder(path, made, {})
    return path


@torch.inference_mode()
def embed(network: MicmNetwork, paths: tuple[Path, ...]) -> dict[str, NDArray[np.float32]]:
    """Centred, L2-normalised embeddings (N, D) of each of :data:`FEATURES`."""
    tokens, patches = [], []
    for path in paths:
        image = try_decode(path)
        if isinstance(image, UnreadableImage):
            raise SystemExit(f"{image.path}: {image.reason}")
        encoding = network.encode(prepare(torch.from_numpy(image)[None], network.config))
        tokens.append(encoding.class_token)
        patches.append((encoding.attention.mean(dim=1).unsqueeze(2) * encoding.patch_tokens).sum(dim=1))

    def centred(rows: list[torch.Tensor]) -> NDArray[np.float32]:
        unit = F.normalize(torch.cat(rows), dim=1)
        return np.asarray(F.normalize(unit - unit.mean(dim=0), dim=1).numpy())

    token, patch = centred(tokens), centred(patches)
    both = np.concatenate([token, patch], axis=1, dtype=np.float32) * np.float32(0.5**0.5)
    return dict(zip(FEATURES, (token, patch, both), strict=True))


def run(folder: LabeledFolder, config: PretrainConfig, early: bool, episodes: int) -> dict[str, float]:
    """One pretraining run and its scores."""
    with tempfile.TemporaryDirectory() as name:
        config = replace(config, init=str(initial_encoder(Path(name), early=early)))
        out = Path(name) / "encoder.safetensors"
        for _ in pretrain(folder.paths, out, config, JobControl()):
            pass
        features = embed(load_encoder(out).network, folder.paths)
    labels = np.array(folder.labels)
    scores = {}
    for title, embeddings in features.items():
        for shots in (1, 5):
            result = run_episodes(embeddings, labels, EpisodeConfig(shots=shots, episodes=episodes)).result
            scores[f"{title}, {shots}-shot"] = result.accuracy
    return scores


def planned(folders: list[Path], groups: list[str], seeds: list[int]) -> Iterator[tuple[Path, str, str, int]]:
    for seed in seeds:
        for folder in folders:
            for group in groups:
                for setting in GROUPS[group]:
                    yield folder, group, setting, seed


def print_table(rows: list[dict[str, Any]]) -> None:
    columns = [f"{title}, {shots}-shot" for title in FEATURES for shots in (1, 5)]
    print(f"| set | what | setting | seeds | {' | '.join(columns)} |\n|---|---|---|---|{'---|' * len(columns)}")
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["set"], row["group"], row["setting"]), []).append(row["scores"])
    for (name, group, setting), scores in found.items():
        cells = []
        for column in columns:
            values = 100 * np.array([one[column] for one in scores])
            spread = f" ± {values.std(ddof=1):.1f}" if len(values) > 1 else ""
            cells.append(f"{values.mean():.1f}{spread}")
        print(f"| {name} | {group} | {setting} | {len(scores)} | {' | '.join(cells)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--groups", nargs="+", choices=list(GROUPS), default=list(GROUPS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--episodes", type=int, default=600)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.out.read_text().splitlines()] if args.out.exists() else []
    keys = ("set", "group", "setting", "seed", "epochs")
    done = {tuple(row[key] for key in keys) for row in rows}
    for folder, group, setting, seed in planned(args.labeled, args.groups, args.seeds):
        key = (folder.name, group, setting, seed, args.epochs)
        if args.only_print or key in done:
            continue
        same = [
            row["scores"]
            for row in rows
            if settings(row["group"], row["setting"]) == settings(group, setting)
            and (row["set"], row["seed"], row["epochs"]) == (folder.name, seed, args.epochs)
        ]
        config, early = settings(group, setting)
        config = replace(config, seed=seed, epochs=args.epochs, threads=args.threads)
        scores = same[0] if same else run(read_labeled_folder(folder), config, early, args.episodes)
        rows.append(dict(zip(keys, key, strict=True)) | {"scores": scores})
        with args.out.open("a") as stream:
            stream.write(json.dumps(rows[-1]) + "\n")
    print_table(rows)


if __name__ == "__main__":
    main()
