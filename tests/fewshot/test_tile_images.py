"""Tiles hold what lies there in the image, and joined maps say of each place what its tiles say."""

from pathlib import Path

import cv2
import numpy as np
import torch
from picture_files import noise
from tiny_features import extractor_of
from tiny_micm import PATCH, randomise

from micm_desktop.fewshot.tile_grid import TileGrid, tile_grid
from micm_desktop.fewshot.tile_images import cut, extract_tiles, stitch
from micm_desktop.micm.network import MicmNetwork
from micm_desktop.progress import JobControl

GRID = TileGrid(3, 32, 24)


def test_tiles_of_an_image_of_the_grids_size_are_its_pixels() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, GRID.edge, GRID.edge, 3), np.uint8)
    tiles = cut(torch.from_numpy(images), GRID).numpy().reshape(2, 9, 32, 32, 3)
    for tile, (top, left) in enumerate(GRID.corners()):
        np.testing.assert_allclose(tiles[:, tile], images[:, top : top + 32, left : left + 32], atol=1e-3)


def test_an_image_is_squeezed_once_before_it_is_cut() -> None:
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(50, axis=0)
    tiles = cut(torch.from_numpy(ramp[None]), GRID)
    squeezed = cv2.resize(ramp[:1, :, 0].astype(np.float32), (GRID.edge, 1), interpolation=cv2.INTER_AREA)[0]
    np.testing.assert_allclose(tiles[1, 0, :, 0].numpy(), squeezed[24:56], atol=1.5)


def test_what_is_joined_again_is_the_map_that_was_cut() -> None:
    whole = np.random.default_rng(0).normal(size=(2, 10, 10)).astype(np.float32)  # 4 places a tile, one every 3
    tiles = [whole[:, top // 8 : top // 8 + 4, left // 8 : left // 8 + 4] for top, left in GRID.corners()]
    joined = stitch(torch.from_numpy(np.stack(tiles, axis=1).reshape(-1, 4, 4)), GRID, 4)
    np.testing.assert_allclose(joined.numpy(), whole, atol=1e-6)


def test_where_tiles_overlap_their_mean_counts() -> None:
    maps = torch.zeros(9, 4, 4)
    maps[4] = 1.0
    joined = stitch(maps, GRID, 4)[0]
    assert joined[5, 5] == 1 and joined[0, 0] == 0
    # Column 3 is seen by the first and the second tile of a row, and by both for rows 3 and 6.
    assert joined[5, 3] == 0.5 and joined[3, 3] == 0.25


def test_maps_of_another_size_are_brought_to_the_grids() -> None:
    joined = stitch(torch.full((9, 2, 2), 0.7), GRID, 4)
    np.testing.assert_allclose(joined.numpy(), 0.7, atol=1e-6)
    assert joined.shape == (1, 10, 10)


def test_features_of_tiles_are_those_of_the_cut_pieces(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = MicmNetwork(PATCH)
    randomise(network, scale=0.1)
    extractor = extractor_of(network.eval())
    grid = tile_grid([PATCH], 2)
    image = noise(grid.edge, grid.edge)
    image = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
    paths = [tmp_path / "whole.png", tmp_path / "broken.png", *(tmp_path / f"{n}.png" for n in range(4))]
    paths[0].write_bytes(cv2.imencode(".png", image)[1].tobytes())
    paths[1].write_bytes(b"")
    for path, (top, left) in zip(paths[2:], grid.corners(), strict=True):
        piece = image[top : top + grid.tile, left : left + grid.tile]
        path.write_bytes(cv2.imencode(".png", piece)[1].tobytes())
    whole, broken = extract_tiles(extractor, paths[:2], grid, JobControl())
    assert whole.rows == (0,) and whole.features.shape[0] == 4
    assert broken.rows == () and list(broken.failed) == [1]
    pieces = [next(extract_tiles(extractor, [path], tile_grid([PATCH], 1), JobControl())) for path in paths[2:]]
    expected = np.concatenate([piece.features for piece in pieces])
    np.testing.assert_allclose(whole.features, expected, atol=1e-4)
    assert not np.allclose(expected[0], expected[3], atol=1e-3)
