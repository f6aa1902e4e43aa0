"""Heat is drawn where it is, and nowhere else."""

import cv2
import numpy as np
import pytest
from picture_files import noise

from micm_desktop.explain.overlay import COLOR_MAP, overlay


def test_an_image_without_heat_stays_as_it_is() -> None:
    image = noise(60, 80)
    assert np.array_equal(overlay(image, np.zeros((4, 5), np.float32)), image)


def test_heat_in_a_corner_leaves_the_rest_alone() -> None:
    image, heat = noise(80, 80), np.zeros((8, 8), np.float32)
    heat[0, 0] = 1
    drawn = overlay(image, heat)
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    assert np.array_equal(drawn[20:], image[20:])
    assert np.array_equal(drawn[:, 20:], image[:, 20:])
    assert (drawn[:5, :5] != image[:5, :5]).any()


@pytest.mark.parametrize("opacity", [0.0, 0.3, 0.6, 1.0])
def test_full_heat_blends_the_map_s_brightest_colour_by_the_opacity(opacity: float) -> None:
    image = np.full((6, 7, 3), 40, np.uint8)
    drawn = overlay(image, np.ones((2, 2), np.float32), opacity)
    color = cv2.applyColorMap(np.full((1, 1), 255, np.uint8), COLOR_MAP)[0, 0, ::-1].astype(float)
    expected = 40 * (1 - opacity) + color * opacity
    assert np.abs(drawn - expected).max() <= 1


def test_colours_are_rgb() -> None:
    """The map's middle is a warm red-orange: more red than blue."""
    drawn = overlay(np.zeros((4, 4, 3), np.uint8), np.full((2, 2), 0.6, np.float32), 1.0)
    assert drawn[0, 0, 0] > drawn[0, 0, 2] + 20


def test_values_outside_0_and_1_are_clipped() -> None:
    image = noise(20, 20)
    assert np.array_equal(overlay(image, np.full((2, 2), -3, np.float32)), image)
    assert np.array_equal(overlay(image, np.full((2, 2), 9, np.float32)), overlay(image, np.ones((2, 2), np.float32)))


def test_the_image_itself_is_not_drawn_on() -> None:
    image = noise(20, 20)
    before = image.copy()
    overlay(image, np.ones((2, 2), np.float32))
    assert np.array_equal(image, before)
