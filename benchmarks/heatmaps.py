#!/usr/bin/env python3
"""Where heatmaps point: the pointing game and the share of heat inside marked defects, beside Grad-CAM.

Usage: heatmaps.py LABELED [--encoder starter] [--shots 5] [--per-class 60]
LABELED holds one sub-folder per class and boxes.csv. Each map is that of the predicted class, be it right or wrong;
Grad-CAM explains the frozen ImageNet network's own prediction from the same tags.
"""

import argparse
from pathlib import Path

import torch
from explained import explained_set
from grad_cam import FrozenImageNet, read
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.explain.attention import attention_heat, rollout_heat, telling
from micm_desktop.explain.evidence import evidence_map, patch_map, untagged_heat
from micm_desktop.explain.localization import Pointing, box_mask, pointing, score_localization
from micm_desktop.explain.maps import smooth, standardise, to_heat
from micm_desktop.micm.checkpoint import load_encoder


def distance_to_mean(maps: Tensor) -> Tensor:
    """1 - cosine of each place to the image's mean: (B, D, h, w) -> (B, h, w)."""
    mean = F.normalize(maps.mean(dim=(2, 3), keepdim=True), dim=1)
    return 1 - (F.normalize(maps, dim=1) * mean).sum(dim=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--per-class", type=int, default=60)
    args = parser.parse_args()
    chosen = explained_set(args.labeled, load_encoder(args.encoder), args.shots, args.per_class)
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


if __name__ == "__main__":
    main()
