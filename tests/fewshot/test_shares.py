"""Class shares from predictions alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.fewshot.shares import MOST_IMAGES, estimate_shares, some_of, with_shares


def calibrated(shares: list[float], count: int, noise: float, seed: int = 0) -> np.ndarray:
    """Probabilities under equal shares of points around -1, 0, 1, ... on a line, drawn by ``shares``."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(len(shares), count, p=shares)
    points = labels + rng.normal(0, noise, count)
    likelihood = np.exp(-((points[:, None] - np.arange(len(shares))) ** 2) / (2 * noise**2))
    return (likelihood / likelihood.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.98, 0.02], [0.2, 0.7, 0.1]])
def test_shares_are_found_though_the_classes_overlap(shares: list[float]) -> None:
    rows = calibrated(shares, 40_000, 0.4)
    np.testing.assert_allclose(estimate_shares(rows), shares, atol=0.03)


def test_counting_the_most_probable_classes_would_overrate_what_is_rare() -> None:
    rows = calibrated([0.98, 0.02], 40_000, 0.4)
    counted = np.bincount(rows.argmax(axis=1), minlength=2) / len(rows)
    assert abs(counted[1] - 0.02) > 5 * abs(estimate_shares(rows)[1] - 0.02)


@given(st.integers(1, 50), st.integers(2, 6), st.integers(0, 2**31))
def test_shares_are_a_distribution(count: int, classes: int, seed: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), count).astype(np.float32)
    shares = estimate_shares(rows)
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert (shares > 0).all()


def test_equal_shares_change_nothing() -> None:
    rows = np.random.default_rng(0).dirichlet(np.ones(3), 20).astype(np.float32)
    np.testing.assert_allclose(with_shares(rows, np.full(3, 1 / 3)), rows, atol=1e-6)


def test_bayes_rule() -> None:
    found = with_shares(np.array([[0.5, 0.5], [0.2, 0.8]]), np.array([0.9, 0.1]))
    np.testing.assert_allclose(found, [[0.9, 0.1], [0.18 / 0.26, 0.08 / 0.26]])


def test_no_images_are_equal_shares() -> None:
    assert estimate_shares(np.empty((0, 4), np.float32)).tolist() == [0.25] * 4


@pytest.mark.parametrize("count", [0, 1, MOST_IMAGES, MOST_IMAGES + 1, 10 * MOST_IMAGES + 3])
def test_some_images_are_spread_over_all(count: int) -> None:
    rows = np.arange(count, dtype=np.float32)[:, None]
    some = some_of(rows)[:, 0]
    assert len(some) <= MOST_IMAGES and (count == 0) == (len(some) == 0)
    if count:
        assert some[0] == 0 and some[-1] >= count - count / MOST_IMAGES * 2 - 1
