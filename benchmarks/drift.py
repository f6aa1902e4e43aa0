"""How often the comparison of two folders is wrong, and how often it finds what was changed.

Random images of one set are dealt into two folders. As they are, any difference that is named is a false alarm; then
the second folder gets less light, or lacks one class. Light is taken away from the pixels, and all is measured anew.

    python benchmarks/drift.py /path/to/neu-surface --cache /tmp/drift
"""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import find_images
from micm_desktop.inventory.drift import Drift, compare_inventories
from micm_desktop.inventory.taking import Inventory, take_inventory
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl

GAINS = (1.0, 0.95, 0.9)


def darkened(images: Path, gain: float, out: Path) -> Path:
    """``images`` with ``gain`` times their light, saved as PNG below ``out``."""
    folder = out / f"{images.name}-{gain}"
    for path in find_images(images):
        target = (folder / path.relative_to(images)).with_suffix(".png")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.rint(decode_image(path) * gain).astype(np.uint8)
            target.write_bytes(cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes())
    return folder


def whole(folder: Path, cache: Path) -> Inventory:
    *_, found = take_inventory(folder, load_encoder("starter"), cache / f"{folder.name}.jsonl", JobControl())
    assert isinstance(found, Inventory)
    return found


def part(inventory: Inventory, rows: np.ndarray) -> Inventory:
    """The inventory as if only ``rows`` were there; none of them is a copy of another."""
    assert inventory.embeddings is not None
    return replace(
        inventory,
        measures=tuple(inventory.measures[row] for row in rows),
        files=tuple(inventory.files[row] for row in rows),
        equal=(), near=(), pairs=(), bursts=(),
        grouped=tuple(range(len(rows))),
        embeddings=inventory.embeddings[rows],
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path, help="a folder with a sub-folder for each class")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/drift"))
    parser.add_argument("--count", type=int, default=150, help="images of each folder")
    parser.add_argument("--repeats", type=int, default=100, help="comparisons of each kind; false alarms twice as many")
    args = parser.parse_args()
    sets = {gain: whole(darkened(args.images, gain, args.cache), args.cache) for gain in GAINS}
    usual = sets[1.0]
    assert usual.grouped == tuple(range(len(usual.measures))), "the set is too large: not all of it was embedded"
    copies = {row for group in (*usual.equal, *usual.near) for row in group[1:]}
    distinct = np.array([row for row in range(len(usual.measures)) if row not in copies])
    classes = np.array([one.path.split("/")[0] for one in usual.measures])
    names = sorted(set(classes.tolist()))
    rng = np.random.default_rng(0)
    print(f"{args.images.name}: {len(distinct)} different images, {args.count} in each folder")

    def report(name: str, drifts: list[Drift]) -> None:
        figures = Counter(one.figure for drift in drifts for one in drift.found)
        told = ", ".join(f"{figure} {100 * count / len(drifts):.0f} %" for figure, count in figures.most_common())
        anything = np.mean([bool(drift.found) for drift in drifts])
        print(f"{name:<28} {100 * anything:5.1f} % of {len(drifts):4d}   {told}", flush=True)

    def dealt() -> tuple[np.ndarray, np.ndarray]:
        chosen = rng.permutation(distinct)
        return chosen[: args.count], chosen[args.count : 2 * args.count]

    for gain in GAINS:
        drifts = []
        for _ in range(args.repeats * (2 if gain == 1.0 else 1)):
            first, second = dealt()
            drifts.append(compare_inventories(part(usual, first), part(sets[gain], second)))
        report("nothing changed" if gain == 1.0 else f"{100 * (1 - gain):.0f} % less light", drifts)
        if gain != 1.0:
            changes = [one.change for drift in drifts for one in drift.differences if one.figure == "brightness"]
            print(f"    change of brightness as measured: median {100 * np.expm1(np.median(changes)):.1f} %")
    drifts = []
    for turn in range(args.repeats):
        chosen = rng.permutation(distinct)
        first, rest = chosen[: args.count], chosen[args.count :]
        rest = rest[classes[rest] != names[turn % len(names)]]
        drifts.append(compare_inventories(part(usual, first), part(usual, rest[: args.count])))
    report("one class missing", drifts)


if __name__ == "__main__":
    main()
