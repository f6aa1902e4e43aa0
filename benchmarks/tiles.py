#!/usr/bin/env python3
"""Small defects in large images: the whole image squeezed to the network's input, against tiles.

Usage: tiles.py LABELED [--background good] [--encoder starter] [--cell 500] [--good 20] [--defects 20]
                [--test 30]
LABELED holds one sub-folder per class. Images of 2,000 x 1,500 pixels are composed of crops of the background class,
each enlarged or shrunk to --cell pixels; those with a defect hold one crop of another class. Training and test images
are made of different crops.
With LABELED/boxes.csv, tiles are also learned with the defects of the training images marked.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.explain.localization import read_boxes
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.labeled_folder import read_labeled_folder
from micm_desktop.fewshot.tile_images import extract_tiles
from micm_desktop.fewshot.tile_trial import try_tiles
from micm_desktop.fewshot.tiled_folder import Box, TiledFolder, embed_tiles
from micm_desktop.fewshot.tiles import fit_tiles
from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import relative_name
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder
from micm_desktop.progress import JobControl

CLASSES = ("good", "defect")
GOOD = np.array([True, False])
WIDTH, HEIGHT = 2000, 1500
FIT = partial(fit_head, "ridge")


def compose(
    background: Sequence[Path], defect: Path | None, cell: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """One image (1500, 2000, 3), and the left and top of the defect's crop in it."""
    across, down = WIDTH // cell, HEIGHT // cell
    cells = [decode_image(background[int(row)]) for row in rng.integers(len(background), size=across * down)]
    place = int(rng.integers(len(cells)))
    if defect is not None:
        cells[place] = decode_image(defect)
    cells = [cv2.resize(one, (cell, cell), interpolation=cv2.INTER_AREA) for one in cells]
    rows = [np.concatenate(cells[row * across : (row + 1) * across], axis=1) for row in range(down)]
    return np.concatenate(rows), (place % across * cell, place // across * cell)


def write_images(
    out: Path,
    root: Path,
    background: Sequence[Path],
    defects: Sequence[Path],
    counts: tuple[int, int],
    cell: int,
    seed: int,
) -> tuple[list[Path], list[int], dict[Path, list[Box]]]:
    """``counts`` good and defective images below ``out``: paths, labels, and the marked defects in their pixels."""
    rng = np.random.default_rng(seed)
    known = read_boxes(root / "boxes.csv") if (root / "boxes.csv").exists() else {}
    paths, labels, boxes = [], [], {}
    out.mkdir(parents=True)
    for label, count in enumerate(counts):
        for number in range(count):
            defect = defects[number * len(defects) // count] if label else None
            image, (left, top) = compose(background, defect, cell, rng)
            path = out / f"{CLASSES[label]}-{number:03d}.png"
            path.write_bytes(cv2.imencode(".png", image[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
            paths.append(path)
            labels.append(label)
            if defect is not None and (found := known.get(relative_name(defect, root))):
                scale = cell / decode_image(defect).shape[0]
                boxes[path] = [
                    (x0 * scale + left, y0 * scale + top, x1 * scale + left, y1 * scale + top)
                    for x0, y0, x1, y1 in found
                ]
    return paths, labels, boxes


def embedded(
    encoder: LoadedEncoder, paths: Sequence[Path], labels: Sequence[int], boxes: dict[Path, list[Box]], count: int
) -> TiledFolder:
    *_, found = embed_tiles(encoder, CLASSES, paths, labels, boxes, count, JobControl())
    assert isinstance(found, TiledFolder)
    return found


def tiles_of(train: TiledFolder, paths: Sequence[Path]) -> tuple[NDArray[np.float32], float]:
    """Embeddings (N, T, E) of further images, and the milliseconds that one took, decoding included."""
    start = time.perf_counter()
    batches = list(extract_tiles(train.extractor, paths, train.grid, JobControl()))
    spent = time.perf_counter() - start
    values = train.transform(np.concatenate([batch.features for batch in batches]))
    return values.reshape(len(paths), train.grid.tiles, -1), 1000 * spent / len(paths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labeled", type=Path)
    parser.add_argument("--background", default="good")
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--cell", type=int, default=500)
    parser.add_argument("--grids", type=int, nargs="*", default=[2, 4])
    parser.add_argument("--good", type=int, default=20)
    parser.add_argument("--defects", type=int, default=20)
    parser.add_argument("--test", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="Write the embeddings to this .npz file.")
    args = parser.parse_args()
    folder = read_labeled_folder(args.labeled)
    encoder = load_encoder(args.encoder)
    rng = np.random.default_rng(args.seed)
    background, defects = [], []
    for path, label in zip(folder.paths, folder.labels, strict=True):
        (background if folder.classes[label] == args.background else defects).append(path)
    background, defects = ([paths[row] for row in rng.permutation(len(paths))] for paths in (background, defects))
    half, part = len(background) // 2, len(defects) // 2
    kept: dict[str, NDArray[np.float32]] = {}
    print(f"| {args.labeled.name}, {Path(args.encoder).name} | accuracy | misses | false alarms | ms an image |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        counts, fresh = (args.good, args.defects), (args.test, args.test)
        paths, labels, boxes = write_images(
            Path(place) / "train", args.labeled, background[:half], defects[:part], counts, args.cell, args.seed
        )
        others, truth, _ = write_images(
            Path(place) / "test", args.labeled, background[half:], defects[part:], fresh, args.cell, args.seed + 1
        )
        trained: dict[int, TiledFolder] = {}
        for count in (1, *args.grids):
            train = trained[count] = embedded(encoder, paths, labels, boxes, count)
            test, spent = tiles_of(train, others)
            kept |= {f"train{count}": train.embeddings, f"test{count}": test}
            kept |= {f"marked{count}": np.array([found[0] if found else -1 for found in train.marked], np.float32)}
            for regions in (False, True) if boxes and count > 1 else (False,):
                marked = train.marked if regions else [()] * len(paths)
                head, _ = fit_tiles(FIT, train.embeddings, train.labels, GOOD, marked)
                wrong = head.logits(test).argmax(axis=1) != truth
                misses, alarms = wrong[args.test :].mean(), wrong[: args.test].mean()
                name = "whole" if count == 1 else f"{count} x {count} tiles" + ", defects marked" * regions
                figures = [f"{100 * value:.0f}" for value in (1 - wrong.mean(), misses, alarms)]
                print(f"| {name} | {' | '.join(figures)} | {spent:.0f} |", flush=True)
        trial = try_tiles(
            FIT,
            {count: one.embeddings for count, one in trained.items()},
            trained[1].labels,
            GOOD,
            {count: [()] * len(paths) for count in trained},
        )
        print(trial.sentence())
    if args.keep is not None:
        np.savez(args.keep, labels=np.array(labels), truth=np.array(truth), **kept)


if __name__ == "__main__":
    main()
