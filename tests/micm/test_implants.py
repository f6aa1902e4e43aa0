"""Implanted pairs: two windows of different images that share a mark, and nothing where nothing was put."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micm_desktop.images.samples import render_varied_surface
from micm_desktop.micm.implants import VISIBLE, ImplantedPairs, implanted_pairs


def surfaces(count: int, size: int) -> np.ndarray:
    return np.stack([render_varied_surface(np.random.default_rng([5, index]), size=size) for index in range(count)])


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return surfaces(8, 96)


def test_pairs_are_windows_of_half_the_edge(images: np.ndarray) -> None:
    pairs = implanted_pairs(images, 6, np.random.default_rng(0))
    assert pairs.windows.shape == (12, 48, 48, 3) and pairs.windows.dtype == np.uint8
    assert pairs.marked.shape == (12, 48, 48) and pairs.marked.dtype == np.bool_


def test_same_rng_same_pairs(images: np.ndarray) -> None:
    first, second = (implanted_pairs(images, 6, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.windows, second.windows) and np.array_equal(first.marked, second.marked)
    other = implanted_pairs(images, 6, np.random.default_rng(4))
    assert not np.array_equal(first.windows, other.windows)


def windows_of(image: np.ndarray, edge: int) -> np.ndarray:
    """Every window of an image in each of its 8 orientations, (M, edge, edge, 3)."""
    view = np.lib.stride_tricks.sliding_window_view(image, (edge, edge), axis=(0, 1))
    straight = np.moveaxis(view.reshape(-1, 3, edge, edge), 1, 3)
    return np.concatenate(
        [np.rot90(turned, turn, axes=(1, 2)) for turned in (straight, straight[:, :, ::-1]) for turn in range(4)]
    )


def test_outside_the_mark_a_window_is_as_in_its_image(images: np.ndarray) -> None:
    small = images[:, ::3, ::3]
    pairs = implanted_pairs(small, 4, np.random.default_rng(1))
    every = np.concatenate([windows_of(image, pairs.windows.shape[1]) for image in small]).astype(np.int16)
    for window, marked in zip(pairs.windows.astype(np.int16), pairs.marked, strict=True):
        difference = np.abs(every - window).mean(axis=3)
        # A soft border changes pixels by less than counts as marked, so that much is allowed everywhere.
        fits = ((difference <= VISIBLE + 1) | marked).all(axis=(1, 2))
        assert fits.any()


def test_most_marks_show_in_both_members(images: np.ndarray) -> None:
    shown = np.concatenate(
        [implanted_pairs(images, 8, np.random.default_rng(seed)).marked.sum(axis=(1, 2)) for seed in range(10)]
    )
    assert (shown >= 4).mean() > 0.9
    assert (shown < 0.35 * 48 * 48).all()


def test_the_two_members_are_of_different_images() -> None:
    tones = np.array([20, 90, 160, 230], np.uint8)
    plain = np.broadcast_to(tones[:, None, None, None], (4, 64, 64, 3))
    pairs = implanted_pairs(plain, 4, np.random.default_rng(0))
    background = np.median(pairs.windows.reshape(8, -1), axis=1)
    assert (background[:4] != background[4:]).all()


def test_an_image_of_two_colours_keeps_mostly_its_two_colours() -> None:
    rng = np.random.default_rng(0)
    boards = np.repeat((rng.random((6, 8, 8, 1)) > 0.5).repeat(8, 1).repeat(8, 2), 3, axis=3).astype(np.uint8) * 255
    pairs = implanted_pairs(boards, 30, np.random.default_rng(2))
    inside = pairs.windows[pairs.marked]
    pure = ((inside == 0) | (inside == 255)).all(axis=1).mean()
    assert pure > 0.4


@settings(max_examples=25, deadline=None)
@given(count=st.integers(2, 6), size=st.integers(16, 70), pairs=st.integers(1, 9), seed=st.integers(0, 2**31))
def test_any_images_give_what_was_asked_for(count: int, size: int, pairs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    made: ImplantedPairs = implanted_pairs(rng.integers(0, 256, (count, size, size, 3), np.uint8), pairs, rng)
    assert len(made.windows) == len(made.marked) == 2 * pairs


def test_one_flat_colour_is_stained() -> None:
    pairs = implanted_pairs(np.full((3, 64, 64, 3), 128, np.uint8), 5, np.random.default_rng(0))
    assert pairs.marked.any(axis=(1, 2)).all()
