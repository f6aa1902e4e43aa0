"""The small steps that heatmaps are made of."""

import pytest
import torch
from torch import Tensor

from micm_desktop.explain.maps import as_map, on_one_grid, smooth, standardise, to_heat, to_range


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_smoothing_is_a_weighted_mean_of_the_neighbourhood_and_0_beyond_the_border() -> None:
    maps = normal(2, 3, 4)
    found = smooth(maps)
    weights = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    for row in range(3):
        for column in range(4):
            expected = 0.0
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    if 0 <= row + down < 3 and 0 <= column + right < 4:
                        expected += weights[down + 1][right + 1] / 16 * maps[1, row + down, column + right].item()
            assert found[1, row, column].item() == pytest.approx(expected, abs=1e-5)


def test_standardised_maps_have_zero_mean_and_unit_deviation_and_even_ones_are_zero() -> None:
    maps = torch.cat([normal(2, 5, 5) * 7 + 3, torch.full((1, 5, 5), 2.0)])
    out = standardise(maps)
    torch.testing.assert_close(out.mean(dim=(1, 2)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(out[:2].std(dim=(1, 2), correction=0), torch.ones(2), atol=1e-3, rtol=0)
    assert torch.equal(out[2], torch.zeros(5, 5))


def test_heat_of_each_image_runs_from_0_to_its_own_1() -> None:
    evidence = normal(5, 3, 4)
    evidence[1] *= 100
    heat = to_heat(evidence)
    assert heat.min() == 0
    assert heat.amax(dim=(1, 2)).tolist() == pytest.approx([1] * 5)
    assert ((heat > 0) == (evidence > 0)).all()
    torch.testing.assert_close(to_heat(evidence * 3), heat)


def test_a_range_keeps_the_order_and_an_even_map_has_none() -> None:
    maps = torch.cat([normal(2, 3, 4) - 8, torch.full((1, 3, 4), 0.25)])
    found = to_range(maps)
    assert found[:2].amin(dim=(1, 2)).tolist() == [0, 0] and found[:2].amax(dim=(1, 2)).tolist() == [1, 1]
    assert torch.equal(found[0].flatten().argsort(), maps[0].flatten().argsort())
    assert torch.equal(found[2], torch.zeros(3, 4))


def test_places_are_laid_out_row_by_row_and_brought_to_the_first_grid() -> None:
    patches = normal(2, 16, 3)
    maps = as_map(patches)
    assert torch.equal(maps[1, :, 2, 3], patches[1, 11])
    same, enlarged = on_one_grid([maps, torch.ones(2, 5, 2, 2)])
    assert same is maps and torch.equal(enlarged, torch.ones(2, 5, 4, 4))
