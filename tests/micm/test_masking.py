"""Masks hide as many patches as asked for, in blocks, and depend on nothing but the generator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.micm.masking import block_mask, draw_masks

grids_and_counts = st.integers(1, 16).flatmap(lambda grid: st.tuples(st.just(grid), st.integers(0, grid * grid)))


@given(grids_and_counts, st.integers(0, 2**31))
def test_exactly_as_many_patches_as_asked(grid_and_count: tuple[int, int], seed: int) -> None:
    grid, count = grid_and_count
    mask = block_mask(grid, count, np.random.default_rng(seed))
    assert mask.shape == (grid, grid)
    assert mask.dtype == bool
    assert mask.sum() == count


@pytest.mark.parametrize("count", [-1, 17])
def test_a_count_that_the_grid_cannot_hold_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="16 patches"):
        block_mask(4, count, np.random.default_rng(0))


def test_masks_are_blocks() -> None:
    """Hidden patches have hidden neighbours far more often than where each patch is drawn by itself."""

    def joined(mask: np.ndarray) -> float:
        return float((mask[:, 1:] & mask[:, :-1]).sum() / mask.sum())

    rng = np.random.default_rng(0)
    blocks = [block_mask(14, 60, rng) for _ in range(100)]
    scattered = [rng.permutation(np.arange(196) < 60).reshape(14, 14) for _ in range(100)]
    assert np.mean([joined(m) for m in blocks]) > 1.8 * np.mean([joined(m) for m in scattered])


def test_every_patch_is_hidden_now_and_then() -> None:
    rng = np.random.default_rng(0)
    share = np.mean([block_mask(8, 20, rng) for _ in range(500)], axis=0)
    assert share.min() > 0.05
    assert share.max() < 0.6


@given(st.integers(0, 2**31))
def test_the_same_generator_draws_the_same_masks(seed: int) -> None:
    first, again = (draw_masks(4, 6, 0.5, 0.3, 0.2, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first, again)


def test_another_generator_draws_other_masks() -> None:
    first, other = (draw_masks(8, 8, 1.0, 0.3, 0.2, np.random.default_rng(seed)) for seed in (0, 1))
    assert not np.array_equal(first, other)


@given(st.floats(0, 1), st.floats(0, 0.5), st.integers(2, 12), st.integers(0, 2**31))
def test_the_hidden_share_stays_within_its_spread(ratio: float, spread: float, grid: int, seed: int) -> None:
    patches = grid * grid
    counts = draw_masks(16, grid, 1.0, ratio, spread, np.random.default_rng(seed)).sum(axis=1)
    low, high = np.clip([ratio - spread, ratio + spread], 0, 0.9) * patches
    assert (counts >= np.floor(low)).all()
    assert (counts <= np.ceil(high)).all()


def test_the_share_differs_from_image_to_image() -> None:
    counts = draw_masks(16, 10, 1.0, 0.3, 0.2, np.random.default_rng(0)).sum(axis=1)
    assert len(set(counts.tolist())) > 4


def test_probability_0_hides_nothing_and_1_hides_something_in_every_image() -> None:
    assert not draw_masks(32, 8, 0.0, 0.3, 0.2, np.random.default_rng(0)).any()
    assert draw_masks(32, 8, 1.0, 0.3, 0.2, np.random.default_rng(0)).any(axis=1).all()


def test_probability_is_the_share_of_images_that_are_masked() -> None:
    masked = draw_masks(2000, 4, 0.3, 0.3, 0.1, np.random.default_rng(0)).any(axis=1)
    assert masked.mean() == pytest.approx(0.3, abs=0.05)
