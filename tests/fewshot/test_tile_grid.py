"""Tiles cover the image, overlap, and never enlarge it."""

import pytest

from micm_desktop.fewshot.tile_grid import GRIDS, OVERLAP, grids_for, tile_grid
from micm_desktop.micm.config import EncoderConfig

CONFIGS = [EncoderConfig(image_size=size) for size in (64, 128, 224)]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("count", [1, *GRIDS])
def test_tiles_cover_the_image_and_overlap(config: EncoderConfig, count: int) -> None:
    grid = tile_grid([config], count)
    corners = grid.corners()
    assert len(corners) == grid.tiles == count**2 and grid.tile == config.image_size
    assert corners[0] == (0, 0) and corners[-1] == (grid.edge - grid.tile,) * 2
    assert all(top % config.patch_size == left % config.patch_size == 0 for top, left in corners)
    assert count == 1 or OVERLAP * grid.tile <= grid.tile - grid.step < grid.tile / 2
    assert corners == sorted(corners), "row by row"
    assert grid.centres()[0] == pytest.approx((grid.tile / 2 / grid.edge,) * 2)


def test_a_grid_is_that_of_the_largest_input() -> None:
    assert tile_grid(CONFIGS, 2) == tile_grid(CONFIGS[2:], 2)


@pytest.mark.parametrize(("edge", "counts"), [(383, []), (384, [2]), (543, [2]), (1500, [2, 3, 4])])
def test_no_grid_enlarges_the_image(edge: int, counts: list[int]) -> None:
    assert [grid.count for grid in grids_for(CONFIGS, edge)] == counts
