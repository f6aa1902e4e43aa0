#!/usr/bin/env python3
"""How many tags a simulated engineer needs who follows the queues of "what to tag next", beside random tagging.

Usage: suggest.py LABELED ... [--encoder starter ...] [--runs 30] [--queues mixed diverse ...] [--imbalance 50]
One encoder for all folders or one for each; a folder may also be an .npz file of `embeddings` and `labels`.

The engineer tags an image as its folder says. The queue is asked again after every ``--batch`` tags. *none*: begins
without a tag and knows no class before having tagged one. *one each*: begins with one random tag per class, which
count. Accuracy (method auto, mean over classes with --imbalance) on all images that have no tag; with --imbalance N
the engineer sees the largest class, or --good, and of each other one N times fewer images, and is judged on all
images. A run looks at its own random three quarters of the images, so that runs of a queue differ. After the mean half
of the 95 % interval over the runs. *needs*: the number of tags from which on the queue's mean is at least that of
random tagging at 20 tags. --mistakes: 10 random tags per class, a tenth of them wrong.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.fewshot.suggest import QUEUES, suggest, what_is_known
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl

Embeddings = NDArray[np.float32]
Labels = NDArray[np.int64]
GOAL = 20
TAGS = 10
SHARE = 0.75


def embedded(source: str, encoder: str) -> tuple[Embeddings, Labels]:
    if source.endswith(".npz"):
        with np.load(source) as kept:
            return kept["embeddings"], kept["labels"]
    for event in embed_folder(load_encoder(encoder), read_labeled_folder(Path(source)), JobControl()):
        if isinstance(event, EmbeddedFolder):
            return event.embeddings, event.labels
    raise AssertionError("embed_folder ends with the embeddings")


def tags_of(seen: Labels, rows: Sequence[int], labels: Labels) -> tuple[Labels, Labels]:
    """Tags (n,) of the images ``seen``, -1 for none, in the order of the classes (c,) that have one."""
    classes, tags = np.unique(labels[rows], return_inverse=True)
    out = np.full(len(seen), -1, np.int64)
    out[np.searchsorted(seen, rows)] = tags
    return out, classes


def accuracy(embeddings: Embeddings, labels: Labels, rows: Sequence[int], seen: Labels, *, by_class: bool) -> float:
    """Of all images but the tagged ones; a class without a tag is never found."""
    classes, tags = np.unique(labels[rows], return_inverse=True)
    found = np.full(len(labels), classes[0])
    if len(classes) > 1:
        head = fit_head("auto", embeddings[rows], tags.astype(np.int64), len(classes), embeddings[seen])
        found = classes[head.logits(embeddings).argmax(axis=1)]
    right = np.delete(found == labels, rows)
    if not by_class:
        return float(right.mean())
    left = np.delete(labels, rows)
    return float(np.mean([right[left == kind].mean() for kind in np.unique(left)]))


def what_is_seen(labels: Labels, rng: np.random.Generator, imbalance: int, good: int) -> Labels:
    """Rows of the images that the engineer has, in ascending order."""
    rows = []
    for kind in range(labels.max() + 1):
        members = rng.permutation(np.flatnonzero(labels == kind))
        kept = int(SHARE * len(members))
        if imbalance and kind != good:
            kept = max(1, round(SHARE * (labels == good).sum() / imbalance))
        rows.append(members[:kept])
    return np.sort(np.concatenate(rows))


def one_run(
    embeddings: Embeddings,
    labels: Labels,
    queue: str,
    seed: int,
    *,
    one_each: bool,
    batch: int,
    imbalance: int,
    good: int,
) -> NDArray[np.float64]:
    """Accuracy after 1 to ``GOAL`` tags (GOAL,), NaN before the first tag that was not given."""
    rng = np.random.default_rng(seed)
    seen = what_is_seen(labels, rng, imbalance, good)
    order = rng.permutation(seen).tolist()
    rows: list[int] = []
    if one_each:
        rows = [next(row for row in order if labels[row] == kind) for kind in range(labels.max() + 1)]
    out = np.full(GOAL, np.nan)
    if rows:
        out[len(rows) - 1] = accuracy(embeddings, labels, rows, seen, by_class=bool(imbalance))
    while len(rows) < GOAL:
        wanted = min(batch, GOAL - len(rows))
        asked = [row for row in order if row not in rows][:wanted]
        if queue != "random":
            tags, _ = tags_of(seen, rows, labels) if rows else (np.full(len(seen), -1, np.int64), None)
            found = suggest(queue, what_is_known(embeddings[seen], tags), wanted)
            # Where a queue is empty, as uncertain is at first, its follower takes any image.
            asked = [int(seen[pick.row]) for pick in found] or asked
        for row in asked:
            rows.append(row)
            out[len(rows) - 1] = accuracy(embeddings, labels, rows, seen, by_class=bool(imbalance))
    return out


def find_mistakes(embeddings: Embeddings, labels: Labels, seed: int) -> tuple[float, float]:
    """Share of the wrong tags among as many of the first likely mistakes, and among all of them."""
    rng = np.random.default_rng(seed)
    count = int(labels.max()) + 1
    rows = np.concatenate([rng.permutation(np.flatnonzero(labels == kind))[:TAGS] for kind in range(count)])
    wrong = rng.permutation(rows)[: len(rows) // 10]
    tags = np.full(len(labels), -1, np.int64)
    tags[rows] = labels[rows]
    tags[wrong] = (labels[wrong] + rng.integers(1, count, len(wrong))) % count
    found = [pick.row for pick in suggest("mistakes", what_is_known(embeddings, tags), len(rows))]
    return float(np.isin(found[: len(wrong)], wrong).sum() / len(wrong)), float(np.isin(wrong, found).mean())


def half_interval(values: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = 1.96 * values.std(axis=0, ddof=1) / len(values) ** 0.5
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", nargs="+")
    parser.add_argument("--encoder", nargs="+", default=["starter"])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--queues", nargs="+", default=[name for name in QUEUES if name != "mistakes"])
    parser.add_argument("--start", nargs="+", choices=["none", "one each"], default=["none", "one each"])
    parser.add_argument("--mistakes", action="store_true", help="find wrong tags instead")
    parser.add_argument("--imbalance", type=int, default=0)
    parser.add_argument("--good", type=int, help="number of the common class, by name from 0; default: the largest")
    args = parser.parse_args()
    encoders = args.encoder * len(args.labeled) if len(args.encoder) == 1 else args.encoder
    shown = [5, 8, 10, 12, 16, 20]
    for source, encoder in zip(args.labeled, encoders, strict=True):
        embeddings, labels = embedded(source, encoder)
        good = int(np.bincount(labels).argmax()) if args.good is None else args.good
        print(f"\n{source}, {Path(encoder).name}, {len(labels)} images, imbalance {args.imbalance or 'as it is'}")
        if args.mistakes:
            shares = np.array([find_mistakes(embeddings, labels, seed) for seed in range(args.runs)])
            first, found = (
                f"{100 * m:.0f} ± {100 * h:.0f}" for m, h in zip(shares.mean(0), half_interval(shares), strict=True)
            )
            print(f"wrong tags among as many likely mistakes: {first} %; among all likely mistakes: {found} %")
            continue
        print("| start | queue | needs | " + " | ".join(f"{count} tags" for count in shown) + " |\n" + "|---" * 9 + "|")
        for start in args.start:
            goal = 0.0
            for queue in ["random", *args.queues]:
                runs = np.stack(
                    [
                        one_run(
                            embeddings,
                            labels,
                            queue,
                            seed,
                            one_each=start == "one each",
                            batch=args.batch,
                            imbalance=args.imbalance,
                            good=good,
                        )
                        for seed in range(args.runs)
                    ]
                )
                mean, half = runs.mean(axis=0), half_interval(runs)
                goal = float(mean[-1]) if queue == "random" else goal
                below = np.flatnonzero(~(mean >= goal))
                count = 1 + (int(below[-1]) + 1 if len(below) else 0)
                needs = str(count) if count <= GOAL else f"> {GOAL}"
                cells = [
                    "" if np.isnan(mean[count - 1]) else f"{100 * mean[count - 1]:.1f} ± {100 * half[count - 1]:.1f}"
                    for count in shown
                ]
                print(f"| {start} | {queue} | {needs} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
