"""One entrance to the classifiers: which one answers, and what is refused."""

import numpy as np
import pytest
from embeddings import around_directions, unit

from micm_desktop.fewshot.classify import (
    METHODS,
    MIN_TAGS_TO_CHOOSE,
    READY_METHODS,
    check_method,
    choose_method,
    fit_head,
)
from micm_desktop.fewshot.decision import fit_scale
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.logistic import fit_logistic
from micm_desktop.fewshot.opta import fit_opta
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines
from micm_desktop.progress import UserError


def hidden_in_one_dimension(each: int) -> tuple[Array, Labels]:
    """Classes that differ in the sign of one weak dimension only: their means hardly do."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], each)
    rows = rng.normal(0, 1, (2 * each, 4))
    rows[:, 0] = (labels * 2 - 1) * 0.25
    return unit(rows), labels


def test_prototype_is_the_calibrated_prototype_head() -> None:
    support, labels = around_directions(3, 4, 0.3)
    head = fit_head("prototype", support, labels, 3)
    scale = fit_scale(*leave_one_out_cosines(support, labels, 3))
    assert np.array_equal(head.weight, fit_prototypes(support, labels, 3).scaled(scale).weight)
    assert 0 < head.unknown_threshold < 1


def test_opta_uses_the_unlabeled_images_and_the_others_do_not() -> None:
    support, labels = around_directions(3, 2, 0.4)
    unlabeled, _ = around_directions(3, 10, 0.4, seed=1)
    head = fit_head("opta", support, labels, 3, unlabeled)
    assert np.array_equal(head.prototypes, fit_opta(support, labels, 3, unlabeled).prototypes)
    assert not np.allclose(head.prototypes, fit_opta(support, labels, 3, support[:0]).prototypes, atol=1e-3)
    for method in ("prototype", "logistic"):
        alone, beside = fit_head(method, support, labels, 3), fit_head(method, support, labels, 3, unlabeled)
        assert np.array_equal(alone.weight, beside.weight)


def test_opta_works_before_there_are_unlabeled_images() -> None:
    support, labels = around_directions(3, 2, 0.4)
    head = fit_head("opta", support, labels, 3)
    assert np.array_equal(head.prototypes, fit_prototypes(support, labels, 3).prototypes)


def test_logistic_is_logistic_regression() -> None:
    support, labels = around_directions(3, 4, 0.3)
    assert np.array_equal(fit_head("logistic", support, labels, 3).weight, fit_logistic(support, labels, 3).weight)


def test_auto_takes_what_makes_fewer_errors_on_the_tags() -> None:
    support, labels = hidden_in_one_dimension(24)
    assert choose_method(support, labels, 2) == "logistic"
    assert np.array_equal(fit_head("auto", support, labels, 2).weight, fit_head("logistic", support, labels, 2).weight)


def test_auto_takes_the_plain_method_where_both_are_right() -> None:
    support, labels = around_directions(3, 8, 0.05)
    assert choose_method(support, labels, 3) == "prototype"


def test_auto_does_not_choose_by_too_few_tags() -> None:
    support, labels = hidden_in_one_dimension(24)
    enough = np.concatenate([np.arange(24), 24 + np.arange(MIN_TAGS_TO_CHOOSE)])
    too_few = enough[:-1]
    assert choose_method(support[too_few], labels[too_few], 2) == "prototype"
    assert choose_method(support[enough], labels[enough], 2) == "logistic"


@pytest.mark.parametrize("method", READY_METHODS)
def test_every_ready_method_learns_what_is_easy(method: str) -> None:
    support, labels = around_directions(4, 5, 0.1)
    queries, truth = around_directions(4, 20, 0.1, seed=1)
    head = fit_head(method, support, labels, 4, queries)
    assert (head.probabilities(queries).argmax(axis=1) == truth).all()
    assert (head.unknown_score(queries) <= head.unknown_threshold).mean() > 0.8


@pytest.mark.parametrize("method", READY_METHODS)
def test_the_order_of_tags_does_not_matter(method: str) -> None:
    support, labels = around_directions(3, 3, 0.3)
    order = np.random.default_rng(0).permutation(9)
    first, other = fit_head(method, support, labels, 3), fit_head(method, support[order], labels[order], 3)
    np.testing.assert_allclose(first.weight, other.weight, atol=1e-2)
    assert first.unknown_threshold == pytest.approx(other.unknown_threshold, abs=1e-5)


def test_one_class_alone_is_refused() -> None:
    support, labels = around_directions(1, 4, 0.1)
    with pytest.raises(UserError, match="two classes"):
        fit_head("auto", support, labels, 1)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_damaged_features_are_refused(value: float) -> None:
    support, labels = around_directions(2, 4, 0.1)
    damaged = support.copy()
    damaged[3, 1] = value
    with pytest.raises(UserError, match="damaged"):
        fit_head("prototype", damaged, labels, 2)
    with pytest.raises(UserError, match="damaged"):
        fit_head("opta", support, labels, 2, damaged)


@pytest.mark.parametrize("method", sorted(set(METHODS) - set(READY_METHODS)))
def test_a_method_that_is_not_there_yet_says_so(method: str) -> None:
    with pytest.raises(UserError, match=f"{method}.*not there yet"):
        check_method(method)
    with pytest.raises(UserError, match="not there yet"):
        fit_head(method, *around_directions(2, 2, 0.1), 2)


def test_an_unknown_method_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'svm'.*prototype.*opta"):
        check_method("svm")
