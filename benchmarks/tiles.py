#!/usr/bin/env python3
"""Small defects in large images: the whole image squeezed to the network's input, against tiles.

Usage: tiles.py LABELED [--background good] [--encoder starter] [--cell 500] [--good 20] [--defects 20]
                [--test 30]
LABELED holds one sub-folder per class. Images of 2,000 x 1,500 pixels are composed of crops of the background class,
each turned or mirrored at random and brought to --cell pixels; those with a defect hold one crop of another class.
Training and test images are made of different crops.
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
from micm_desktop.fewshot.tiled_folder import TiledFolder, embed_tiles
from micm_desktop.fewshot.tiles import fit_tiles
from micm_desktop.images.boxes import Box
from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import relative_name
from micm_desktop.micm.checkpoint import LoadedEncoder, load_encoder
from micm_desktop.progress import JobControl

CLASSES = ("good", "defect")
GOOD = np.array([True, False])
WIDTH, HEIGHT = 2000, 1500
METHODS = ("ridge", "logistic")


def crop(path: Path, boxes: Sequence[Box], cell: int, turns: int) -> tuple[NDArray[np.uint8], list[Box]]:
    """A crop (cell, cell, 3) in one of eight positions, and the ``boxes`` on it."""
    image = decode_image(path)
    down, across = cell / image.shape[0], cell / image.shape[1]
    image = cv2.resize(image, (cell, cell), interpolation=cv2.INTER_AREA)
    found = [(x0 * across, y0 * down, x1 * across, y1 * down) for x0, y0, x1, y1 in boxes]
    if turns >= 4:
        image, found = image[:, ::-1], [(cell - x1, y0, cell - x0, y1) for x0, y0, x1, y1 in found]
    for _ in range(turns % 4):
        image, found = np.rot90(image), [(y0, cell - x1, y1, cell - x0) for x0, y0, x1, y1 in found]
    return image, found


def compose(
    background: Sequence[Path], defect: Path | None, boxes: Sequence[Box], cell: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], list[Box]]:
    """One image (1500, 2000, 3), and the ``boxes`` of the defect in it."""
    across, down = WIDTH // cell, HEIGHT // cell
    chosen = rng.permutation(len(background))[: across * down]
    cells = [crop(background[row], (), cell, int(rng.integers(8)))[0] for row in chosen]
    place, found = int(rng.integers(len(cells))), []
    if defect is not None:
        cells[place], found = crop(defect, boxes, cell, int(rng.integers(8)))
    left, top = place % across * cell, place // across * cell
    rows = [np.concatenate(cells[row * across : (row + 1) * across], axis=1) for row in range(down)]
    return np.concatenate(rows), [(x0 + left, y0 + top, x1 + left, y1 + top) for x0, y0, x1, y1 in found]


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
            on_crop = known.get(relative_name(defect, root), []) if defect is not None else []
            image, found = compose(background, defect, on_crop, cell, rng)
            path = out / f"{CLASSES[label]}-{number:03d}.png"
            path.write_bytes(cv2.imencode(".png", image[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
            paths.append(path)
            labels.append(label)
            if found:
                boxes[path] = found
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
                name = "whole" if count == 1 else f"{count} x {count} tiles" + ", defects marked" * regions
                for method in METHODS:
                    head, _ = fit_tiles(partial(fit_head, method), train.embeddings, train.labels, GOOD, marked)
                    wrong = head.logits(test).argmax(axis=1) != truth
                    misses, alarms = wrong[args.test :].mean(), wrong[: args.test].mean()
                    figures = [f"{100 * value:.0f}" for value in (1 - wrong.mean(), misses, alarms)]
                    print(f"| {name}, {method} | {' | '.join(figures)} | {spent:.0f} |", flush=True)
        for method in METHODS:
            trial = try_tiles(
                partial(fit_head, method),
                {count: one.embeddings for count, one in trained.items()},
                trained[1].labels,
                GOOD,
                {count: one.marked for count, one in trained.items()},
            )
            print(f"{method}: {trial.sentence()}")
    if args.keep is not None:
        np.savez(args.keep, labels=np.array(labels), truth=np.array(truth), **kept)


if __name__ == "__main__":
    main()
