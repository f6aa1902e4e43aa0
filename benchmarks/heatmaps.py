#!/usr/bin/env python3
"""Pointing game of single maps and of their sums: is the hottest spot inside a marked defect?

Usage: heatmaps.py LABELED [--encoder starter] [--shots 5] [--images 150]
LABELED holds one sub-folder per class and boxes.csv. The map is that of the predicted class, be it right or wrong.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.explain.evidence import (
    attention_heat,
    class_heat,
    evidence_map,
    patch_bank_of,
    patch_map,
    standardise,
    untagged_heat,
)
from micm_desktop.explain.localization import box_mask, pointing, read_boxes, score_localization
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, draw_support, embed_folder, read_labeled_folder
from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import relative_name
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl


def distance_to_mean(maps: Tensor) -> Tensor:
    """1 - cosine of each place to the image's mean: (B, D, h, w) -> (B, h, w)."""
    mean = F.normalize(maps.mean(dim=(2, 3), keepdim=True), dim=1)
    return 1 - (F.normalize(maps, dim=1) * mean).sum(dim=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--images", type=int, default=150)
    args = parser.parse_args()
    *_, embedded = embed_folder(load_encoder(args.encoder), read_labeled_folder(args.labeled), JobControl())
    assert isinstance(embedded, EmbeddedFolder)
    boxes = read_boxes(args.labeled / "boxes.csv")
    support = draw_support(embedded.labels, embedded.classes, args.shots, 0)
    labels = embedded.labels[support]
    head = fit_head("prototype", embedded.embeddings[support], labels, len(embedded.classes))
    best = head.logits(embedded.embeddings).argmax(axis=1)
    classes = range(len(embedded.classes))
    bank = patch_bank_of(
        embedded.extractor, [[embedded.paths[row] for row in support[labels == index]] for index in classes]
    )
    names = [relative_name(path, args.labeled) for path in embedded.paths]
    rows = [row for row in np.setdiff1d(np.arange(len(names)), support) if names[row] in boxes]
    hits: dict[str, list[tuple[bool, float]]] = {}
    for row in rows[:: max(1, len(rows) // args.images)]:
        image = decode_image(embedded.paths[row])
        with torch.inference_mode():
            encodings = embedded.extractor.encode(embedded.extractor.prepare(torch.from_numpy(image)[None]))
            maps = patch_map(encodings)
            found = evidence_map(maps, torch.tensor(best[row : row + 1]), bank.patches, bank.empty, bank.mean)
            evidence = standardise(found)
            attention = F.interpolate(attention_heat(encodings)[None], size=found.shape[1:], mode="bilinear")[0]
            attention = standardise(attention)
            distance = standardise(distance_to_mean(maps))
            salient = standardise(untagged_heat(encodings))
        drawn = {
            "distance to the image's mean": distance,
            "attention": attention,
            "patch evidence": evidence,
            "saliency, no tags": salient,
            "evidence + saliency": evidence + salient,
            "as shipped": class_heat(embedded.extractor, encodings, found),
            "evidence + attention": evidence + attention,
            "evidence + attention + distance": evidence + attention + distance,
        }
        mask = box_mask(boxes[names[row]], (image.shape[0], image.shape[1]))
        for name, one in drawn.items():
            hits.setdefault(name, []).append(pointing(one[0].numpy(), mask))
    print(f"| {args.labeled.name}, {Path(args.encoder).name} | pointing game | chance | images |\n|---|---|---|---|")
    for name, found_hits in hits.items():
        score = score_localization(found_hits)
        print(f"| {name} | {score.pointing_game:.2f} | {score.chance:.2f} | {score.images} |")


if __name__ == "__main__":
    main()
