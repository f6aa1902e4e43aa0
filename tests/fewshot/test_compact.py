"""Embeddings in 16 bits a value judge as those in 32 do."""

import numpy as np
import pytest
from embeddings import random_directions, unit

from micm_desktop.fewshot.classify import fit_support
from micm_desktop.fewshot.compact import ROWS_AT_ONCE, CompactRows, compact, finite_rows
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.suggest import QUEUES, suggest, what_is_known

COSINE, PROBABILITY = 8e-6, 2e-4
"""What 16 bits may change of a cosine and of a probability of embeddings as long as ours."""


def packed(rows: Array) -> CompactRows:
    return compact([rows[:700], rows[700:]], len(rows), rows.shape[1])


def around_anything(classes: int, each: int) -> tuple[Array, Labels]:
    """Unit vectors about a direction of each class that is no axis: no value of a row is much above the others."""
    truth = np.repeat(np.arange(classes), each)
    rng = np.random.default_rng(3)
    return unit(random_directions(classes, size=600)[truth] + rng.normal(0, 0.2, (len(truth), 600))), truth


def test_rows_and_products_are_those_of_float32() -> None:
    rows, weights = random_directions(ROWS_AT_ONCE + 300, size=1408), random_directions(7, size=1408, seed=1)
    rows[5] = 0
    small = packed(rows)
    assert len(small) == len(rows) and small.values.nbytes == rows.nbytes / 2
    for taken in (slice(None, None, 3), [4, 0, 4], np.arange(len(rows)) % 2 == 0, 17):
        assert small[taken].dtype == np.float32 and small[taken].shape == rows[taken].shape
        np.testing.assert_allclose(small[taken], rows[taken], atol=np.abs(rows).max() / 65000)
    for count in (1, 7, 20, 70):
        some = random_directions(count, size=1408, seed=2)
        np.testing.assert_allclose(small @ some.T, rows @ some.T, atol=COSINE)
    np.testing.assert_array_equal(small.take(np.array([9, 5])) @ weights.T, (small @ weights.T)[[9, 5]])
    with pytest.raises(ValueError, match="1324"):
        compact([rows], len(rows) + 1, 1408)


def test_a_row_that_is_not_finite_stays_so() -> None:
    rows = random_directions(4, size=20)
    rows[1, 3], rows[2, 0] = np.nan, np.inf
    small = packed(rows)
    np.testing.assert_array_equal(finite_rows(small), [True, False, False, True])
    np.testing.assert_array_equal(finite_rows(small), finite_rows(rows))
    assert np.isnan(small[1]).all() and np.isnan(small @ rows[:1].T)[1:3].all()
    np.testing.assert_allclose(small[0], rows[0], atol=1e-5)


@pytest.mark.parametrize(("tags", "method"), [(1, "auto"), (3, "auto"), (8, "auto"), (2, "opta"), (2, "prototype")])
def test_predictions_are_those_of_float32(tags: int, method: str) -> None:
    rows, truth = around_anything(4, 150)
    tagged = np.concatenate([np.flatnonzero(truth == kind)[:tags] for kind in range(4)])
    small = packed(rows)
    exact = fit_support(method, rows[tagged], truth[tagged], 4, rows)
    close = fit_support(method, small[tagged], truth[tagged], 4, small)
    probabilities, far = exact.head.judge(rows)
    found, found_far = close.head.judge(small)
    assert np.mean(probabilities.argmax(axis=1) == truth) > 0.5
    np.testing.assert_array_equal(found.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_allclose(found, probabilities, atol=PROBABILITY)
    np.testing.assert_allclose(found_far, far, atol=COSINE)
    np.testing.assert_allclose(close.held_out, exact.held_out, atol=PROBABILITY)
    assert abs(close.head.unknown_threshold - exact.head.unknown_threshold) < 1e-5


def test_the_same_images_are_asked_for() -> None:
    rows, truth = around_anything(3, 60)
    tags = np.where(np.arange(len(rows)) % 20 == 0, truth, -1)
    for queue in QUEUES:
        exact, close = (suggest(queue, what_is_known(one, tags), 8) for one in (rows, packed(rows)))
        assert [pick.row for pick in close] == [pick.row for pick in exact]
