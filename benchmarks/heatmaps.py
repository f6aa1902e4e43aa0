#!/usr/bin/env python3
"""Where heatmaps point: the pointing game and the share of heat inside marked defects, beside Grad-CAM.

Usage: heatmaps.py LABELED [--encoder starter] [--shots 5] [--per-class 60] [--marked]
LABELED holds one sub-folder per class and boxes.csv. Each map is that of the predicted class, be it right or wrong;
Grad-CAM explains the frozen ImageNet network's own prediction from the same tags. Below, what the maps cost: processor
time on one thread beside that of the bare pass through the networks in use, in turns.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from explained import ExplainedSet, explained_set
from grad_cam import FrozenImageNet, read
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.explain.attention import attention_heat, head_heats, rollout_heat, telling
from micm_desktop.explain.evidence import evidence_map, patch_map, untagged_heat
from micm_desktop.explain.localization import Pointing, box_mask, pointing, score_localization
from micm_desktop.explain.maps import smooth, standardise, to_heat
from micm_desktop.micm.checkpoint import load_encoder


def distance_to_mean(maps: Tensor) -> Tensor:
    """1 - cosine of each place to the image's mean: (B, D, h, w) -> (B, h, w)."""
    mean = F.normalize(maps.mean(dim=(2, 3), keepdim=True), dim=1)
    return 1 - (F.normalize(maps, dim=1) * mean).sum(dim=1)


TURNS = 25


@torch.inference_mode()
def print_times(chosen: ExplainedSet) -> None:
    """Milliseconds of processor time: median of ``TURNS`` turns over as many images."""
    torch.set_num_threads(1)
    extractor, model = chosen.embedded.extractor, chosen.model

    def explained(pixels: Tensor) -> None:
        encodings = model.encode(pixels, attention=True)
        model.judge(encodings)
        untagged_heat(extractor, encodings)
        of = telling(extractor, encodings)
        attention_heat(of), head_heats(of), rollout_heat(of)

    jobs: dict[str, Callable[[Tensor], object]] = {
        "bare pass": lambda pixels: extractor.encode(extractor.prepare(pixels)),
        "verdict and its heatmap, as in the model file": model,
        "all maps that the window shows": explained,
    }
    rows = chosen.queries[np.linspace(0, len(chosen.queries) - 1, TURNS).astype(int)]
    images = [read(chosen.embedded.paths[row]) for row in rows]
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for turn, pixels in enumerate([images[0], *images]):
        for name, job in jobs.items():
            start = time.process_time()
            job(pixels)
            if turn:
                taken[name].append(time.process_time() - start)
    bare = float(np.median(taken["bare pass"]))
    print("\n| processor time | ms | of a bare pass |\n|---|---|---|")
    for name, values in taken.items():
        print(f"| {name} | {1000 * np.median(values):.0f} | {np.median(values) / bare:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--per-class", type=int, default=60)
    parser.add_argument("--marked", action="store_true", help="the tags' own boxes are known, too")
    args = parser.parse_args()
    chosen = explained_set(args.labeled, load_encoder(args.encoder), args.shots, args.per_class, marked=args.marked)
    embedded, model = chosen.embedded, chosen.model
    baseline = FrozenImageNet(embedded.paths, chosen.support_paths, chosen.support_labels)
    found: dict[str, list[Pointing]] = {}
    right = [0, 0]
    for row in chosen.queries:
        pixels = read(embedded.paths[row])
        with torch.inference_mode():
            encodings = model.encode(pixels, attention=True)
            output = model.judge(encodings)
            maps, best = patch_map(encodings), output.probabilities.argmax(dim=1)
            evidence = evidence_map(maps, best, model.patches, model.empty, model.patch_mean)
            attending = telling(embedded.extractor, encodings)
            drawn = {
                "class evidence, as shipped": output.heatmap,
                "patch evidence alone": to_heat(smooth(standardise(evidence))),
                "saliency alone, no tags": untagged_heat(embedded.extractor, encodings),
                "attention": attention_heat(attending),
                "attention rollout": rollout_heat(attending),
                "distance to the image's mean": to_heat(standardise(distance_to_mean(maps))),
            }
        drawn["Grad-CAM, frozen ImageNet network"], guessed = baseline.grad_cam(pixels)
        right[0] += int(best[0] == embedded.labels[row])
        right[1] += int(guessed[0] == embedded.labels[row])
        mask = box_mask(chosen.boxes[row], (pixels.shape[1], pixels.shape[2]))
        for name, one in drawn.items():
            found.setdefault(name, []).append(pointing(one[0].numpy(), mask))
    count = len(chosen.queries)
    chance = score_localization(next(iter(found.values()))).chance
    print(f"{args.labeled.name}, {Path(args.encoder).name}: {count} images, chance {chance:.2f}")
    print(f"right classes: ours {right[0] / count:.2f}, frozen ImageNet network {right[1] / count:.2f}\n")
    print("| map | pointing game | heat inside |\n|---|---|---|")
    for name, scores in found.items():
        score = score_localization(scores)
        print(f"| {name} | {score.pointing_game:.2f} | {score.heat_inside:.2f} |")
    print_times(chosen)


if __name__ == "__main__":
    main()
