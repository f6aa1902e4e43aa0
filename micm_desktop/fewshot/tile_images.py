"""Tiles of images, their features, and maps of tiles joined to maps of images."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from micm_desktop.fewshot.features import READ_THREADS, FeatureBatch, FeatureExtractor, extract_batch
from micm_desktop.fewshot.tile_grid import TileGrid
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.micm.preprocess import squeeze
from micm_desktop.progress import JobControl

READ_AHEAD = 4


def cut(images: Tensor, grid: TileGrid) -> Tensor:
    """Squeeze images to the grid's edge, once, and cut them: (B, H, W, 3) uint8 -> (B·T, tile, tile, 3) float32.

    The T tiles of an image come one after the other, in the order of :meth:`TileGrid.corners`.
    """
    squeezed = squeeze(images, grid.edge).permute(0, 2, 3, 1)
    tiles = [squeezed[:, top : top + grid.tile, left : left + grid.tile] for top, left in grid.corners()]
    return torch.stack(tiles, dim=1).flatten(0, 1)


def read_tiles(extractor: FeatureExtractor, path: Path, grid: TileGrid) -> list[Tensor] | UnreadableImage:
    """The networks' inputs of an image file's tiles, each (T, 3, S, S), or why it cannot be read."""
    image = try_decode(path)
    return image if isinstance(image, UnreadableImage) else extractor.prepare(cut(torch.from_numpy(image)[None], grid))


def extract_tiles(
    extractor: FeatureExtractor, paths: Sequence[Path], grid: TileGrid, control: JobControl
) -> Iterator[FeatureBatch]:
    """Read and embed the tiles of ``paths``, one image after the other: features (T, D) of each. Raises Cancelled."""
    with ThreadPoolExecutor(READ_THREADS) as threads:
        upcoming = [threads.submit(read_tiles, extractor, path, grid) for path in paths[:READ_AHEAD]]
        for row in range(len(paths)):
            control.safe_point()
            found = upcoming.pop(0).result()
            if row + READ_AHEAD < len(paths):
                upcoming.append(threads.submit(read_tiles, extractor, paths[row + READ_AHEAD], grid))
            if isinstance(found, UnreadableImage):
                yield FeatureBatch((), extractor.no_features(), {row: found})
            else:
                tiles = [[part[tile : tile + 1] for part in found] for tile in range(grid.tiles)]
                yield FeatureBatch((row,), extract_batch(extractor, tiles), {})


def stitch(maps: Tensor, grid: TileGrid, patches: int) -> Tensor:
    """Join maps of tiles; where tiles overlap, their mean: (B·T, h, w) -> (B, H, H), ``patches`` places a tile's edge.

    Maps on another grid of places are interpolated.
    """
    if maps.shape[1] != patches:
        maps = F.interpolate(maps.unsqueeze(1), size=(patches, patches), mode="bilinear", align_corners=False)[:, 0]
    rows = maps.reshape(-1, grid.count, grid.count, patches, patches).permute(0, 1, 3, 2, 4)
    placed = rows.reshape(-1, grid.count * patches, grid.count * patches)
    mix = torch.from_numpy(_mixing(grid, patches)).to(maps.device)
    return mix @ placed @ mix.T


def _mixing(grid: TileGrid, patches: int) -> npt.NDArray[np.float32]:
    """(H, count·patches): the mean over the tiles that see a row; the same for columns, since overlaps are products."""
    step = round(grid.step * patches / grid.tile)
    height = patches + (grid.count - 1) * step
    mix = np.zeros((height, grid.count, patches), np.float32)
    for tile in range(grid.count):
        mix[tile * step + np.arange(patches), tile, np.arange(patches)] = 1
    found: npt.NDArray[np.float32] = mix.reshape(height, -1)
    found /= found.sum(axis=1, keepdims=True)
    return found
