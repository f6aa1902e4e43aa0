#!/usr/bin/env python3
"""Do heatmaps show what the verdict rests on? Deletion and insertion curves, and a check with randomised weights.

Usage: faithfulness.py LABELED [--encoder starter] [--shots 5] [--per-class 30] [--images 24] [--steps 8] [--theirs]
LABELED holds one sub-folder per class and boxes.csv. Deletion (Petsiuk et al. 2018, RISE): the hottest places are
blurred first, and the predicted class's probability should fall at once: a small area under the curve is good.
Insertion: a blurred image gets its hottest places back first: a large area is good. Intervals are of the paired
difference to the random map, 95 %. "The margin, taken apart" is the class's logit less the runner-up's as a sum over
places: exact for those parts of the feature that are sums or maxima over places; the class token is left out.
Randomised weights (Adebayo et al. 2018): every tensor's values are shuffled, and a map that explains the network must
change; the rank correlation with the map before should be near 0.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from explained import ExplainedSet, explained_set
from grad_cam import FrozenImageNet, read
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.explain.attention import attention_heat, telling
from micm_desktop.explain.evidence import class_heat, evidence_map, patch_bank_of, patch_map, untagged_heat
from micm_desktop.explain.maps import as_map
from micm_desktop.fewshot.features import FeatureExtractor, pooled_parts
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder
from micm_desktop.micm.network import Encoding

PLACES = 14
"""Rows and columns of places that are blurred or revealed."""
BLUR = 1 / 20
"""Standard deviation of the blur, in edges of the image."""
Probabilities = Callable[[Tensor], Tensor]


def blurred(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), BLUR * max(image.shape[:2])), np.uint8)


def order_of(heat: Tensor, rng: np.random.Generator) -> NDArray[np.int64]:
    """The places of a map (h, w), the hottest first; equally hot ones in random order."""
    places = F.interpolate(heat[None, None], size=(PLACES, PLACES), mode="bilinear", align_corners=False)
    values = places.flatten().double().numpy()
    return np.lexsort((rng.random(len(values)), -values))


def composed(image: NDArray[np.uint8], under: NDArray[np.uint8], places: NDArray[np.int64]) -> Tensor:
    """``image`` with ``under`` at the given places, (1, H, W, 3)."""
    grid = np.zeros(PLACES**2, np.uint8)
    grid[places] = 1
    size = (image.shape[1], image.shape[0])
    mask = cv2.resize(grid.reshape(PLACES, PLACES), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    return torch.from_numpy(np.where(mask[:, :, None], under, image))[None]


def areas(
    probabilities: Probabilities, pixels: Tensor, maps: Mapping[str, Tensor], steps: int, rng: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """Areas under the deletion and the insertion curve of each map's order, in [0, 1]."""
    image = pixels[0].numpy()
    under = blurred(image)

    def likely(pixels: Tensor) -> Tensor:
        with torch.inference_mode():
            return probabilities(pixels)[0]

    whole, gone = likely(pixels), likely(torch.from_numpy(under)[None])
    best = int(whole.argmax())
    shares = np.linspace(0, 1, steps + 1)
    found = {}
    for name, heat in maps.items():
        order = order_of(heat, rng)
        cuts = [order[: round(share * len(order))] for share in shares[1:-1]]
        deletion = [float(likely(composed(image, under, cut))[best]) for cut in cuts]
        insertion = [float(likely(composed(under, image, cut))[best]) for cut in cuts]
        ends = float(whole[best]), float(gone[best])
        found[name] = (
            float(np.trapezoid([ends[0], *deletion, ends[1]], shares)),
            float(np.trapezoid([ends[1], *insertion, ends[0]], shares)),
        )
    return found


def references(rng: np.random.Generator) -> dict[str, Tensor]:
    rows, columns = np.mgrid[:PLACES, :PLACES] - (PLACES - 1) / 2
    blob = np.exp(-(rows**2 + columns**2) / (2 * (PLACES / 4) ** 2))
    return {
        "random": torch.from_numpy(rng.random((PLACES, PLACES)).astype(np.float32)),
        "blob in the centre": torch.from_numpy(blob.astype(np.float32)),
    }


@torch.inference_mode()
def our_probabilities(chosen: ExplainedSet, pixels: Tensor) -> Tensor:
    """As the model's, without what only its heatmap needs."""
    extractor, model = chosen.embedded.extractor, chosen.model
    parts = extractor.parts(extractor.encode(extractor.prepare(pixels)))
    embedding = torch.from_numpy(chosen.embedded.transform(torch.cat(parts, dim=1).numpy()))
    return (embedding @ model.weight.T + model.bias).softmax(dim=1)


def margin_map(chosen: ExplainedSet, encodings: Sequence[Encoding], probabilities: Tensor) -> Tensor:
    """What each place adds to the predicted class's logit less the runner-up's, of one image: (h, w).

    Each part of the embedding is (pooled / its norm - mean) / norm: for given norms it is linear in what is pooled.
    """
    transform, model = chosen.embedded.transform, chosen.model
    first, second = probabilities[0].topk(2).indices
    direction = model.weight[first] - model.weight[second]
    maps: list[Tensor] = []
    start, used = 0, 0
    encoding_of = [one for one in encodings for _ in pooled_parts(one)]
    for name, size, weight, pooled, one in zip(
        transform.names, transform.sizes, transform.weights, raw_parts(encodings), encoding_of, strict=True
    ):
        if weight:
            centred = F.normalize(pooled, dim=1)[0] - torch.from_numpy(transform.mean[start : start + size])
            per_unit = direction[used : used + size] * weight**0.5 / centred.norm() / pooled.norm()
            if name == "salient" and one.saliency is not None:
                shares = one.saliency.logits.softmax(dim=1)[0]
                maps.append(as_map((shares * (one.saliency.patches[0] @ per_unit))[None, :, None]))
            elif name == "last_stage":
                places = one.last_stage[0].flatten(1)
                added = torch.zeros(places.shape[1]).index_add_(0, places.argmax(dim=1), pooled[0] * per_unit)
                maps.append(as_map(added[None, :, None]))
            used += size
        start += size
    # A sum of places stays the same when each is shared out among as many finer ones.
    edge = max(one.shape[2] for one in maps)
    return torch.stack([F.interpolate(one, size=(edge, edge)) * (one.shape[2] / edge) ** 2 for one in maps]).sum(0)[
        0, 0
    ]


def raw_parts(encodings: Sequence[Encoding]) -> list[Tensor]:
    """The feature's parts before they are normalised, each (1, D_i)."""
    return [part for one in encodings for part in pooled_parts(one)]


@torch.inference_mode()
def our_maps(chosen: ExplainedSet, pixels: Tensor) -> dict[str, Tensor]:
    encodings = chosen.model.encode(pixels, attention=True)
    judged = chosen.model.judge(encodings)
    return {
        "class evidence": judged.heatmap[0],
        "the margin, taken apart": margin_map(chosen, encodings, judged.probabilities),
        "where the head sees a defect": untagged_heat(chosen.embedded.extractor, encodings)[0],
        "attention": attention_heat(telling(chosen.embedded.extractor, encodings))[0],
    }


def print_curves(title: str, found: Mapping[str, list[tuple[float, float]]]) -> None:
    print(f"\n| {title} | deletion ↓ | insertion ↑ |\n|---|---|---|")
    random = np.array(found["random"])
    for name, values in found.items():
        means = np.array(values).mean(axis=0)
        half = 1.96 * (np.array(values) - random).std(axis=0, ddof=1) / len(random) ** 0.5
        cells = (f"{mean:.3f}" + (f" ± {one:.3f}" if one else "") for mean, one in zip(means, half, strict=True))
        print(f"| {name} | {' | '.join(cells)} |")


def shuffled(encoder: LoadedEncoder, seed: int) -> LoadedEncoder:
    """The same networks, each tensor of their weights shuffled."""
    generator = torch.Generator().manual_seed(seed)
    networks = [encoder.network] + ([encoder.base] if encoder.base is not None else [])
    with torch.no_grad():
        for network in networks:
            for value in network.parameters():
                value.copy_(value.flatten()[torch.randperm(value.numel(), generator=generator)].view_as(value))
    return replace(encoder)


@torch.inference_mode()
def maps_for(
    extractor: FeatureExtractor, chosen: ExplainedSet, pixels: list[Tensor], best: list[Tensor]
) -> dict[str, list[Tensor]]:
    """Evidence and attention of some images by an extractor, for given classes."""
    labels = chosen.support_labels
    paths = [
        [path for path, own in zip(chosen.support_paths, labels, strict=True) if own == label]
        for label in range(len(chosen.embedded.classes))
    ]
    bank = patch_bank_of(extractor, paths)
    found: dict[str, list[Tensor]] = {"class evidence": [], "attention": []}
    for one, label in zip(pixels, best, strict=True):
        encodings = extractor.encode(extractor.prepare(one), attention=True, heat=True)
        evidence = evidence_map(patch_map(encodings), label, bank.patches, bank.empty, bank.mean)
        found["class evidence"].append(class_heat(extractor, encodings, evidence)[0])
        found["attention"].append(attention_heat(telling(extractor, encodings))[0])
    return found


def print_sanity(chosen: ExplainedSet, encoder: str, pixels: list[Tensor]) -> None:
    with torch.inference_mode():
        best = [chosen.model(one).probabilities.argmax(dim=1) for one in pixels]
    before = maps_for(chosen.embedded.extractor, chosen, pixels, best)
    random = FeatureExtractor(shuffled(load_encoder(encoder), 0), every_part=False).eval()
    after = maps_for(random, chosen, pixels, best)
    print("\n| shuffled weights | rank correlation with the map before |\n|---|---|")
    for name in before:
        values = [
            spearmanr(one.flatten().numpy(), other.flatten().numpy()).statistic
            for one, other in zip(before[name], after[name], strict=True)
        ]
        print(f"| {name} | {np.nanmean(values):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--per-class", type=int, default=30)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--theirs", action="store_true", help="also of the frozen ImageNet network's verdict")
    args = parser.parse_args()
    chosen = explained_set(args.labeled, load_encoder(args.encoder), args.shots, args.per_class)
    baseline = FrozenImageNet(chosen.embedded.paths, chosen.support_paths, chosen.support_labels)
    rows = chosen.queries[np.linspace(0, len(chosen.queries) - 1, min(args.images, len(chosen.queries))).astype(int)]
    rng = np.random.default_rng(0)

    def verdict(image: Tensor) -> Tensor:
        return our_probabilities(chosen, image)

    ours: dict[str, list[tuple[float, float]]] = {}
    theirs: dict[str, list[tuple[float, float]]] = {}
    ends: list[list[float]] = []
    pixels = [read(chosen.embedded.paths[row]) for row in rows]
    for one in pixels:
        grad_cam = {"Grad-CAM of the frozen ImageNet network": baseline.grad_cam(one)[0][0]}
        plain = references(rng)
        maps = our_maps(chosen, one)
        for name, value in areas(verdict, one, maps | grad_cam | plain, args.steps, rng).items():
            ours.setdefault(name, []).append(value)
        with torch.inference_mode():
            whole, gone = verdict(one)[0], verdict(torch.from_numpy(blurred(one[0].numpy()))[None])[0]
        ends.append([float(whole.max()), float(gone[whole.argmax()])])
        if args.theirs:
            for name, value in areas(baseline.probabilities, one, grad_cam | plain, args.steps, rng).items():
                theirs.setdefault(name, []).append(value)
    print(f"{args.labeled.name}, {Path(args.encoder).name}: {len(rows)} images, {args.steps} steps")
    whole_mean, gone_mean = np.mean(ends, axis=0)
    print(f"probability of the class: {whole_mean:.2f} as the image is, {gone_mean:.2f} with all of it blurred")
    print_curves("our verdict", ours)
    if theirs:
        print_curves("the frozen ImageNet network's verdict", theirs)
    print_sanity(chosen, args.encoder, pixels)


if __name__ == "__main__":
    main()
