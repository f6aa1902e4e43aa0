"""A folder with one sub-folder per class, its images cut into tiles and embedded."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micm_desktop.fewshot.embedding import EmbeddingTransform, fit_transform
from micm_desktop.fewshot.features import FeatureExtractor
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.tile_grid import TileGrid, tile_grid
from micm_desktop.fewshot.tile_images import extract_tiles
from micm_desktop.fewshot.tiles import tile_of
from micm_desktop.images.boxes import Box
from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.images.header import BadHeader, read_header
from micm_desktop.micm.checkpoint import LoadedEncoder
from micm_desktop.progress import JobControl, Progress, UserError

SAMPLED_FILES = 16
"""Files whose size is read: those of a folder mostly come from one camera."""


@dataclass(frozen=True)
class TiledFolder:
    """The readable images of a labeled folder in tiles: embeddings (N, T, E), labels (N,), and what could not be read.

    ``marked`` names the tiles of each image that hold one of its marked regions.
    """

    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    labels: Labels
    embeddings: Array
    marked: tuple[tuple[int, ...], ...]
    grid: TileGrid
    extractor: FeatureExtractor
    transform: EmbeddingTransform
    failed: tuple[UnreadableImage, ...]


def embed_tiles(
    encoder: LoadedEncoder,
    classes: Sequence[str],
    paths: Sequence[Path],
    labels: Sequence[int],
    boxes: Mapping[Path, Sequence[Box]],
    count: int,
    control: JobControl,
) -> Iterator[Progress | TiledFolder]:
    """Cut ``paths`` into ``count`` × ``count`` tiles and embed these; the last value is the result.

    The centre is that of all tiles. Raises UserError where no image can be read, Cancelled.
    """
    extractor = FeatureExtractor(encoder, every_part=False)
    grid = tile_grid([branch.network.config for branch in encoder.branches], count)
    rows: list[int] = []
    features: list[Array] = []
    failed: list[UnreadableImage] = []
    for batch in extract_tiles(extractor, paths, grid, control):
        failed += batch.failed.values()
        if batch.rows:
            rows += batch.rows
            features.append(batch.features)
        yield Progress(len(rows) + len(failed), len(paths))
    if not rows:
        raise UserError("None of the images could be read. Check the files.")
    joined = np.concatenate(features)
    transform = fit_transform(joined, encoder.branch_infos)
    readable = tuple(paths[row] for row in rows)
    yield TiledFolder(
        tuple(classes),
        readable,
        np.array(labels, np.int64)[rows],
        transform(joined).reshape(len(rows), grid.tiles, -1),
        tuple(marked_tiles(path, boxes.get(path, ()), grid) for path in readable),
        grid,
        extractor,
        transform,
        tuple(failed),
    )


def marked_tiles(path: Path, boxes: Sequence[Box], grid: TileGrid) -> tuple[int, ...]:
    """The tiles of an image file that hold its ``boxes``."""
    image = try_decode(path) if boxes else None
    if image is None or isinstance(image, UnreadableImage):
        return ()
    size = image.shape[1], image.shape[0]
    return tuple(sorted({tile_of(box, size, grid) for box in boxes}))


def smaller_edge(paths: Sequence[Path]) -> int:
    """The smallest edge in pixels of a few of ``paths``, by their headers; 0 where none can be read."""
    edges = []
    for path in paths[:: max(1, len(paths) // SAMPLED_FILES)]:
        with suppress(OSError, BadHeader):
            header = read_header(path.read_bytes())
            edges.append(min(header.width, header.height))
    return min(edges, default=0)
