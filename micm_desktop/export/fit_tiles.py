"""A labeled folder becomes a model file that cuts images into tiles."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import torch

from micm_desktop.explain.evidence import PatchBank, build_patch_bank, chosen_for_bank, patch_map
from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.onnx_writer import export_model, spread
from micm_desktop.export.tiled_model import TiledInspectionModel
from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.tile_grid import TileGrid
from micm_desktop.fewshot.tile_images import read_tiles
from micm_desktop.fewshot.tiled_folder import TiledFolder
from micm_desktop.fewshot.tiles import Good, fit_tiles, support_tiles
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import JobControl, Progress

SAMPLES_PER_CLASS = 2
CHECKED = 20
"""Images that the model file is compared on: each costs as much as all of its tiles."""


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


def tiled_model(folder: TiledFolder, good: Good, method: str) -> TiledInspectionModel:
    """Fit all images of ``folder``. Raises UserError for a method that fits no single tiles."""
    fit = partial(fit_head, method)
    tiled, held_out = fit_tiles(fit, folder.embeddings, folder.labels, good, folder.marked)
    chosen = support_tiles(folder.embeddings, folder.labels, good, folder.marked)
    tiles: list[list[tuple[Path, int]]] = [[] for _ in folder.classes]
    for path, label, of_image in zip(folder.paths, folder.labels.tolist(), chosen, strict=True):
        tiles[label] += [(path, tile) for tile in of_image]
    bank = tiled_bank(folder.extractor, tiles, folder.grid)
    return TiledInspectionModel(folder.extractor, folder.transform, tiled, bank, folder.grid)


def export_tiled(
    folder: TiledFolder, good: Good, method: str, encoder_hash: str, out: Path, control: JobControl
) -> Iterator[Progress | ExportResult]:
    """Fit all images of ``folder``, write the model file and check it. Raises UserError, OSError, Cancelled."""
    model = tiled_model(folder, good, method)
    by_class = {
        name: [path for path, label in zip(folder.paths, folder.labels, strict=True) if label == index]
        for index, name in enumerate(folder.classes)
    }
    yield from export_model(
        model,
        folder.classes,
        {name: len(paths) for name, paths in by_class.items()},
        unknown_threshold=model.unknown_threshold,
        encoder_hash=encoder_hash,
        sample_paths=[path for paths in by_class.values() for path in paths[:SAMPLES_PER_CLASS]],
        parity_paths=spread(folder.paths)[:CHECKED],
        out=out,
        control=control,
    )
