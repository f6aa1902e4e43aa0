"""The size of marked defects in what the network sees, and what is offered where it is too small."""

import pytest

from micm_desktop.fewshot.resolution import Region, measure
from micm_desktop.micm.config import EncoderConfig

CONFIG = EncoderConfig(image_size=224)


def region(width: float, height: float, image: tuple[int, int] = (2240, 2240)) -> Region:
    return Region(width, height, *image)


def test_sizes_are_those_after_squeezing() -> None:
    # 224 of 2240 pixels across is a tenth of the input; 100 of 1120 down is less.
    found = measure([region(224, 100, (2240, 1120)), region(448, 10), region(896, 10)], [CONFIG])
    assert found is not None and found.regions == 3
    assert found.smallest == pytest.approx(22.4) and found.median == pytest.approx(44.8)
    assert found.smallest_patches == pytest.approx(1.4) and found.median_patches == pytest.approx(2.8)


def test_two_patches_are_enough() -> None:
    found = measure([region(320, 1)], [CONFIG])
    assert found is not None and not found.too_small
    assert (found.sentence(), found.grid, found.larger_input) == ("", 0, 0)


@pytest.mark.parametrize(
    ("pixels", "grid", "larger"),
    [
        (190, 2, 384),  # 19 pixels of 224; two tiles an edge have 384 pixels and show it as 32.6
        (170, 3, 432),  # two tiles would show it as 29.1
        (110, 4, 656),
        (100, 0, 720),  # four tiles would show it as 31.4
    ],
)
def test_the_fewest_tiles_and_the_smallest_input_that_do(pixels: float, grid: int, larger: int) -> None:
    found = measure([region(pixels, pixels)], [CONFIG])
    assert found is not None and found.too_small
    assert (found.grid, found.larger_input) == (grid, larger)
    assert f"{found.smallest:.0f} pixels" in found.sentence() and f"{larger} pixels" in found.sentence()
    assert (f"{grid} x {grid} tiles" in found.sentence()) == bool(grid)


def test_nothing_is_offered_that_the_images_have_no_pixels_for() -> None:
    found = measure([region(20, 20, (300, 300))], [CONFIG])
    assert found is not None and found.too_small and found.grid == found.larger_input == 0
    assert "from nearer" in found.sentence()


def test_a_slip_of_the_hand_is_no_defect_and_empty_boxes_are_none() -> None:
    found = measure([region(1, 1), *[region(400, 400)] * 9, region(0, 30)], [CONFIG])
    assert found is not None and found.regions == 10 and not found.too_small
    assert measure([region(0, 30)], [CONFIG]) is None and measure([], [CONFIG]) is None


def test_the_finer_of_two_networks_counts() -> None:
    found = measure([region(320, 320)], [EncoderConfig(image_size=128), CONFIG])
    assert found is not None and found.smallest == pytest.approx(32)
