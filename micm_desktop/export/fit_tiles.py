"""A labeled folder becomes a model file that cuts images into tiles."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch

from micm_desktop.explain.evidence import PatchBank, build_patch_bank, chosen_for_bank, patch_map
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_writer import export_model, samples_of, spread
from micm_desktop.export.rules import Rules
from micm_desktop.export.target import ONE_FILE, Tagged, Target
from micm_desktop.export.tiled_model import TiledInspectionModel
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.decision import Policy, default_policy, estimate_defect_share
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.head import Array, softmax
from micm_desktop.fewshot.labeled_folder import LabeledFolder, draw_support
from micm_desktop.fewshot.tile_grid import TileGrid, grids_for
from micm_desktop.fewshot.tile_images import read_tiles
from micm_desktop.fewshot.tile_trial import MIN_TAGS, TileTrial, try_tiles
from micm_desktop.fewshot.tiled_folder import TiledFolder, embed_tiles, smaller_edge
from micm_desktop.fewshot.tiles import TILED_METHODS, Good, check_tiled_method, chosen_tiles, fit_tiles
from micm_desktop.images.boxes import Box
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress

NO_RULES = Rules()
CHECKED = 20
"""Images that the model file is compared on: each costs as much as all of its tiles."""
LARGE = 2
"""Times the input's pixels along an edge; of smaller images little is lost when they are squeezed."""
TRIED_OF_A_CLASS, TRIED = 10, 60
"""Images that tiles are tried on: enough to show a clear gain, in a minute or two."""


def tiled_bank(extractor: FeatureExtractor, tiles: Sequence[Sequence[tuple[Path, int]]], grid: TileGrid) -> PatchBank:
    """Bank of the tiles of each of C classes, each by its image's path and its number; unreadable ones are passed over.

    Raises UserError where a class has none that can be read.
    """
    maps = []
    for of_class in tiles:
        found = []
        for path, tile in chosen_for_bank(of_class):
            inputs = read_tiles(extractor, path, grid)
            if not isinstance(inputs, UnreadableImage):
                with torch.inference_mode():
                    found.append(patch_map(extractor.encode([part[tile : tile + 1] for part in inputs]))[0])
        maps.append(found)
    return build_patch_bank(maps)


def tiled_model(
    folder: TiledFolder, good: Good, method: str, decide_by: Callable[[Array], Policy] | None = None
) -> tuple[TiledInspectionModel, Policy]:
    """Fit all images of ``folder``; and how its verdicts are decided: as ``decide_by`` says for their probabilities
    (N, C) under equal class shares, by the default costs without it. Raises UserError where an image has gone."""
    fit = partial(fit_head, method)
    tiled, _ = fit_tiles(fit, folder.embeddings, folder.labels, good, folder.marked)
    chosen = chosen_tiles(fit, folder.embeddings, folder.labels, good, folder.marked)
    tiles: list[list[tuple[Path, int]]] = [[] for _ in folder.classes]
    for path, label, of_image in zip(folder.paths, folder.labels.tolist(), chosen, strict=True):
        tiles[label] += [(path, tile) for tile in of_image]
    bank = tiled_bank(folder.extractor, tiles, folder.grid)
    kinds = tuple(good.tolist())
    probabilities = softmax(tiled.logits(folder.embeddings))
    if decide_by is None:
        policy = default_policy(kinds, estimate_defect_share(probabilities, kinds))
    else:
        policy = decide_by(probabilities)
    return TiledInspectionModel(folder.extractor, folder.transform, tiled, bank, folder.grid, policy), policy


def choose_tiles(
    encoder: LoadedEncoder,
    folder: LabeledFolder,
    good: Good,
    method: str,
    boxes: Mapping[Path, Sequence[Box]],
    control: JobControl,
) -> Iterator[Progress | TileTrial]:
    """Try whole images against tiles on a few of each class; the last value is the result.

    Gives none where tiles are out of the question: no class is good, the images have less than ``LARGE`` times the
    input's pixels along an edge, or there are too few of them. Raises UserError, Cancelled.
    """
    rows = _few_of_each(folder)
    paths = [folder.paths[row] for row in rows]
    edge = smaller_edge(paths)
    grids = grids_for([branch.network.config for branch in encoder.branches], edge)
    labels = [folder.labels[row] for row in rows]
    known = good.any() and not good.all() and method in TILED_METHODS
    if not known or not grids or edge < LARGE * grids[0].tile or _too_few(labels, folder):
        return
    found: dict[int, TiledFolder] = {}
    counts = [1, *(grid.count for grid in grids)]
    for number, count in enumerate(counts):
        for event in embed_tiles(encoder, folder.classes, paths, labels, boxes, count, control):
            if isinstance(event, TiledFolder):
                found[count] = event
            else:
                yield Progress(number * len(paths) + event.done, len(counts) * len(paths))
    if _too_few(found[1].labels.tolist(), folder):
        return
    yield try_tiles(
        partial(fit_head, method),
        {count: one.embeddings for count, one in found.items()},
        found[1].labels,
        good,
        {count: one.marked for count, one in found.items()},
    )


def _too_few(labels: Sequence[int], folder: LabeledFolder) -> bool:
    return min(labels.count(index) for index in range(len(folder.classes))) < MIN_TAGS


def _few_of_each(folder: LabeledFolder) -> list[int]:
    """Rows of a few images of each class, spread over them; of the files that can be read."""
    each = max(MIN_TAGS, min(TRIED_OF_A_CLASS, TRIED // len(folder.classes)))
    rows: list[int] = []
    for index in range(len(folder.classes)):
        members = [row for row, label in enumerate(folder.labels) if label == index]
        count = min(each, len(members))
        rows += [members[number * len(members) // count] for number in range(count)]
    return rows


def fit_folder_in_tiles(
    encoder: LoadedEncoder,
    folder: LabeledFolder,
    good: Good,
    method: str,
    count: int,
    shots: int | None,
    seed: int,
    boxes: Mapping[Path, Sequence[Box]],
    out: Path,
    control: JobControl,
    target: Target = ONE_FILE,
) -> Iterator[Progress | TiledFolder | ExportResult]:
    """Fit ``shots`` images a class (all with None) in ``count`` × ``count`` tiles, export and check.

    The last value is the export. Raises UserError, OSError, Cancelled.
    """
    check_tiled_method(method)
    support = draw_support(np.array(folder.labels), folder.classes, shots, seed)
    paths, labels = [folder.paths[row] for row in support], [folder.labels[row] for row in support]
    embedded = None
    for event in embed_tiles(encoder, folder.classes, paths, labels, boxes, count, control):
        yield event
        if isinstance(event, TiledFolder):
            embedded = event
    assert embedded is not None
    yield from export_tiled(embedded, good, method, encoder.sha256, out, control, target=target)


def export_tiled(
    folder: TiledFolder,
    good: Good,
    method: str,
    encoder_hash: str,
    out: Path,
    control: JobControl,
    *,
    decide_by: Callable[[Array], Policy] | None = None,
    rules: Rules = NO_RULES,
    target: Target = ONE_FILE,
) -> Iterator[Progress | ExportResult]:
    """Fit all images of ``folder``, write the model file and check it; ``decide_by`` as in :func:`tiled_model`.

    Raises UserError, OSError, Cancelled.
    """
    model, policy = tiled_model(folder, good, method, decide_by)
    by_class = {
        name: [path for path, label in zip(folder.paths, folder.labels, strict=True) if label == index]
        for index, name in enumerate(folder.classes)
    }
    yield from export_model(
        model,
        folder.classes,
        {name: len(paths) for name, paths in by_class.items()},
        unknown_threshold=model.unknown_threshold,
        policy=policy,
        rules=rules,
        encoder_hash=encoder_hash,
        sample_paths=samples_of(by_class.values()),
        parity_paths=spread(folder.paths)[:CHECKED],
        out=out,
        control=control,
        target=target,
        tagged=Tagged(folder.paths, tuple(folder.labels.tolist()), (True,) * len(folder.paths), method),
    )
