"""The map of embeddings: neighbours stay neighbours, and what comes later moves nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from micm_desktop.fewshot import projection
from micm_desktop.fewshot.embedding import Array
from micm_desktop.fewshot.projection import FEWEST, Points, fit_axes, fit_layout, place
from micm_desktop.progress import Cancelled, JobControl, Progress

GROUPS, EACH, SIZE = 4, 30, 20


@pytest.fixture(scope="module")
def grouped() -> tuple[Array, NDArray[np.int64]]:
    """Embeddings around four directions, and the group of each; every third one is left for placing."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(GROUPS), EACH)
    around = np.eye(SIZE)[labels] + rng.normal(0, 0.1, (len(labels), SIZE))
    return (around / np.linalg.norm(around, axis=1, keepdims=True)).astype(np.float32), labels


def laid_out(reference: Array) -> Points:
    *progress, points = fit_layout(reference, JobControl())
    assert all(isinstance(event, Progress) for event in progress) and not isinstance(points, Progress)
    return points


def nearest(points: Points, others: Points) -> NDArray[np.int64]:
    return np.linalg.norm(others[:, None] - points[None], axis=2).argmin(axis=1).astype(np.int64)


def test_groups_stay_together_and_new_ones_join_theirs(grouped: tuple[Array, NDArray[np.int64]]) -> None:
    embeddings, labels = grouped
    later = np.arange(len(labels)) % 3 == 0
    axes = fit_axes(embeddings[~later])
    reference, others = axes(embeddings[~later]), axes(embeddings[later])
    points = laid_out(reference)
    np.testing.assert_array_equal(points, laid_out(reference))
    apart = points[:, None] - points[None]
    distance = np.linalg.norm(apart, axis=2) + 1e9 * np.eye(len(points))
    assert np.mean(labels[~later][distance.argmin(axis=1)] == labels[~later]) > 0.98
    (placed,) = place(reference, points, others, JobControl())
    assert np.mean(labels[~later][nearest(points, placed)] == labels[later]) > 0.9


def test_each_is_placed_as_if_it_were_alone(
    grouped: tuple[Array, NDArray[np.int64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    embeddings, _ = grouped
    axes = fit_axes(embeddings[::2])
    reference, others = axes(embeddings[::2]), axes(embeddings[1::2])
    points = laid_out(reference)
    before = points.copy()
    (together,) = place(reference, points, others, JobControl())
    monkeypatch.setattr(projection, "PLACED_AT_ONCE", 7)
    in_parts = np.concatenate(list(place(reference, points, others, JobControl())))
    # Steps of the descent double rounding errors of 1e-16.
    np.testing.assert_allclose(in_parts, together, atol=1e-6)
    np.testing.assert_array_equal(points, before)


@pytest.mark.parametrize("count", [1, 2, 3, FEWEST - 1, FEWEST, FEWEST + 1])
def test_a_few_images_have_a_map_too(count: int, grouped: tuple[Array, NDArray[np.int64]]) -> None:
    embeddings, _ = grouped
    reference = fit_axes(embeddings[:count])(embeddings[:count])
    points = laid_out(reference)
    assert points.shape == (count, 2) and np.isfinite(points).all()
    (placed,) = place(reference, points, reference[:1], JobControl())
    assert placed.shape == (1, 2) and np.isfinite(placed).all()


def test_images_that_are_all_alike() -> None:
    same = np.full((40, SIZE), SIZE**-0.5, np.float32)
    assert np.isfinite(laid_out(fit_axes(same)(same))).all()


def test_it_can_be_cancelled(grouped: tuple[Array, NDArray[np.int64]]) -> None:
    control = JobControl()
    events = fit_layout(fit_axes(grouped[0])(grouped[0]), control)
    assert isinstance(next(events), Progress)
    control.cancel()
    with pytest.raises(Cancelled):
        next(events)
