"""Judging tags by fits that have not seen them."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions
from hypothesis import given, settings
from hypothesis import strategies as st

from micm_desktop.evaluation.refit import FOLDS, ONE_AT_A_TIME, Refitted, fold_of, refit_held_out
from micm_desktop.fewshot.classify import fit_support
from micm_desktop.progress import Cancelled, JobControl, Progress


def refitted(method: str, support: np.ndarray, labels: np.ndarray) -> Refitted:
    events = list(refit_held_out(method, support, labels, int(labels.max()) + 1, support, JobControl()))
    assert isinstance(events[-1], Refitted)
    assert [event.done for event in events if isinstance(event, Progress)][-1] == events[-2].total  # type: ignore[union-attr]
    return events[-1]


@pytest.mark.parametrize("method", ["ridge", "prototype"])
def test_left_out_one_at_a_time_it_is_the_closed_form(method: str) -> None:
    support, labels = around_directions(3, 6, 0.5)
    support, labels = support[:-5], labels[:-5]
    closed = fit_support(method, support, labels, 3)
    found = refitted(method, support, labels)
    assert len(labels) - 1 == len(closed.rows), "one class has a single tag, which is not judged"
    np.testing.assert_array_equal(found.rows, closed.rows)
    # The temperature and, in ridge regression, the weight of the class are those of the rest, not of all.
    same = found.probabilities.argmax(axis=1) == closed.held_out.argmax(axis=1)
    assert same.mean() > 0.9
    np.testing.assert_allclose(found.probabilities, closed.held_out, atol=0.2)


@pytest.mark.parametrize("each", [8, 40])
def test_tags_that_say_nothing_are_told_by_chance(each: int) -> None:
    """A method that memorises its tags would be right about all of them, were they not left out."""
    labels = np.tile([0, 1], each)
    assert (2 * each > ONE_AT_A_TIME) == (each == 40)
    shares = []
    for seed in range(4):
        support = random_directions(2 * each, size=100, seed=seed)
        in_sample = fit_support("logistic", support, labels, 2).head.probabilities(support).argmax(axis=1)
        assert (in_sample == labels).all()
        shares.append((refitted("logistic", support, labels).probabilities.argmax(axis=1) == labels).mean())
    assert 0.3 < np.mean(shares) < 0.7


@settings(max_examples=50)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.integers(2, FOLDS))
def test_a_class_is_never_wholly_in_one_fold(sizes: list[int], count: int) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    folds = fold_of(labels, count)
    assert ((folds >= 0) & (folds < count)).all()
    for kind, size in enumerate(sizes):
        in_fold = np.bincount(folds[labels == kind], minlength=count)
        assert in_fold.max() <= -(-size // count)
        assert size < 2 or in_fold.max() < size
    spread = np.bincount(folds, minlength=count)
    assert spread.max() - spread.min() <= 1


def test_it_stops_when_it_is_told_to() -> None:
    support, labels = around_directions(2, 5, 0.5)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(refit_held_out("ridge", support, labels, 2, support, control))
