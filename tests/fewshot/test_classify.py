"""One entrance to the classifiers: which one answers, and what is refused."""

import numpy as np
import pytest
from embeddings import around_directions, unit

from micm_desktop.fewshot.calibration import fit_scale
from micm_desktop.fewshot.classify import (
    METHODS,
    MIN_TAGS_TO_CHOOSE,
    MOST_VIEWED,
    READY_METHODS,
    check_method,
    fit_best,
    fit_head,
    fit_support,
)
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.logistic import fit_logistic
from micm_desktop.fewshot.opta import fit_opta
from micm_desktop.fewshot.prototype import fit_prototypes, leave_one_out_cosines
from micm_desktop.fewshot.ridge import fit_ridge, fit_self_trained
from micm_desktop.progress import UserError

ON_EMBEDDINGS = [method for method in READY_METHODS if method != "local"]
"""``local`` needs patches, too: test_local.py."""


def around_means(each: int) -> tuple[Array, Labels]:
    """Three classes in two dimensions, one between the other two: a plane for each class against the rest cannot part
    them, their means can."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], each)
    angles = np.array([-0.9, 0.0, 0.9])[labels] + rng.normal(0, 0.2, 3 * each)
    return unit(np.stack([np.cos(angles), np.sin(angles)], axis=1)), labels


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
    assert np.allclose(unit(head.weight), fit_opta(support, labels, 3, unlabeled).weight, atol=1e-3)
    assert not np.allclose(unit(head.weight), fit_opta(support, labels, 3, support[:0]).weight, atol=1e-3)
    for method in ("auto", "prototype", "ridge", "logistic"):
        alone, beside = fit_head(method, support, labels, 3), fit_head(method, support, labels, 3, unlabeled)
        assert np.array_equal(alone.weight, beside.weight)


def test_opta_works_before_there_are_unlabeled_images() -> None:
    support, labels = around_directions(3, 2, 0.4)
    head = fit_head("opta", support, labels, 3)
    assert np.array_equal(head.prototypes, fit_prototypes(support, labels, 3).prototypes)


def test_logistic_is_logistic_regression() -> None:
    support, labels = around_directions(3, 4, 0.3)
    assert np.array_equal(fit_head("logistic", support, labels, 3).weight, fit_logistic(support, labels, 3).weight)


def test_ridge_is_the_calibrated_ridge_head() -> None:
    support, labels = around_directions(3, 4, 0.3)
    head, scores, held_out, _ = fit_ridge(support, labels, 3)
    expected = head.scaled(fit_scale(scores, held_out))
    assert np.array_equal(fit_head("ridge", support, labels, 3).weight, expected.weight)


def chosen(support: Array, labels: Labels) -> str:
    """Which method ``auto`` fits three classes by."""
    weight = fit_head("auto", support, labels, 3).weight
    same = [
        name for name in ("ridge", "prototype") if np.array_equal(weight, fit_head(name, support, labels, 3).weight)
    ]
    (name,) = same
    return name


def test_auto_takes_what_makes_clearly_fewer_errors_on_the_tags() -> None:
    support, labels = around_means(12)
    assert chosen(support, labels) == "prototype"
    assert fit_best(support, labels, 3, support[:0]).errors < fit_ridge(support, labels, 3).errors


def test_auto_takes_ridge_regression_where_both_are_right() -> None:
    assert chosen(*around_directions(3, 8, 0.05)) == "ridge"


def test_auto_does_not_choose_by_too_few_tags() -> None:
    support, labels = around_means(12)
    enough = np.concatenate([np.arange(24), 24 + np.arange(MIN_TAGS_TO_CHOOSE)])
    too_few = enough[:-1]
    assert chosen(support[too_few], labels[too_few]) == "ridge"
    assert chosen(support[enough], labels[enough]) == "prototype"


def test_auto_uses_unlabeled_images_where_a_class_has_a_single_tag() -> None:
    support, labels = around_directions(3, 1, 0.3)
    balanced, kinds = around_directions(3, 30, 0.3, seed=1)
    found = fit_head("auto", support, labels, 3, balanced)
    trained = fit_self_trained(support, labels, 3, balanced).weight
    np.testing.assert_allclose(unit(found.weight), unit(trained), atol=1e-4)
    ridge = fit_head("ridge", support, labels, 3)
    surest = [head.probabilities(balanced).max(axis=1).mean() for head in (found, ridge)]
    assert surest[0] == pytest.approx(surest[1], abs=0.05), "no surer than without the unlabeled images"
    mostly_one = np.concatenate([balanced[kinds == 0], balanced[kinds == 1][:1]])
    assert np.array_equal(
        fit_head("auto", support, labels, 3, mostly_one).weight, fit_head("ridge", support, labels, 3).weight
    )


def test_auto_learns_from_views_unless_they_harm() -> None:
    support, labels = around_directions(3, 8, 0.3)
    near = [unit(support + np.random.default_rng(seed).normal(0, 0.05, support.shape)) for seed in (4, 5)]
    views = np.stack(near, axis=1).astype(np.float32)
    helped = fit_head("auto", support, labels, 3, views=views)
    best = fit_ridge(support, labels, 3, views)
    np.testing.assert_allclose(unit(helped.weight), unit(best.head.weight), atol=1e-5)
    like_another_class = np.roll(views, 8, axis=0)
    assert fit_ridge(support, labels, 3, like_another_class).errors > 8
    misled, without = (fit_head("auto", support, labels, 3, views=one) for one in (like_another_class, None))
    assert np.array_equal(misled.weight, without.weight)


def test_auto_passes_over_views_where_there_are_many_tags() -> None:
    support, labels = around_directions(3, MOST_VIEWED // 3 + 1, 0.3)
    views = np.repeat(support[:, None], 2, axis=1)
    with_views, without = fit_head("auto", support, labels, 3, views=views), fit_head("auto", support, labels, 3)
    assert np.array_equal(with_views.weight, without.weight)


def test_opta_with_estimated_shares_stands_where_one_class_is_frequent() -> None:
    """Uniform marginals tear a frequent class apart."""
    support, labels = around_directions(3, 2, 0.3)
    drawn, kinds = around_directions(3, 90, 0.3, seed=1)
    rows = np.concatenate([np.flatnonzero(kinds == 0), np.flatnonzero(kinds == 1)[:3], np.flatnonzero(kinds == 2)[:3]])
    queries, truth = drawn[rows], kinds[rows]
    plain, estimated = (
        (fit_head(method, support, labels, 3, queries).logits(queries).argmax(axis=1) == truth).mean()
        for method in ("opta", "opta-shares")
    )
    assert estimated > 0.95 > plain + 0.1


def test_held_out_probabilities_are_those_of_the_tags_without_themselves() -> None:
    support, labels = around_directions(3, 4, 0.5)
    support, labels = support[:-3], labels[:-3]
    fit = fit_support("ridge", support, labels, 3)
    assert fit.rows.tolist() == list(range(8)) and fit.labels.tolist() == labels[:8].tolist()
    scores = fit_ridge(support, labels, 3).scores
    np.testing.assert_allclose(
        fit.held_out, np.exp(scores * fit.scale) / np.exp(scores * fit.scale).sum(1, keepdims=True), atol=1e-5
    )
    assert fit.held_out.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_two_equal_images_of_different_classes_leave_the_verdict_open() -> None:
    support = unit(np.array([[1.0, 0.2, 0], [1.0, 0.2, 0], [0, 0.3, 1.0]]))
    head = fit_head("auto", support, np.array([0, 1, 2]), 3)
    first, second, third = head.probabilities(support[:1])[0]
    assert first == pytest.approx(second, abs=1e-4) and first > third


def test_two_hundred_classes_and_five_thousand_tags() -> None:
    support, labels = around_directions(200, 25, 0.03, size=256)
    head = fit_head("auto", support, labels, 200)
    assert head.weight.shape == (200, 256)
    assert (head.probabilities(support).argmax(axis=1) == labels).mean() > 0.95


@pytest.mark.parametrize("method", ON_EMBEDDINGS)
def test_every_ready_method_learns_what_is_easy(method: str) -> None:
    support, labels = around_directions(4, 5, 0.1)
    queries, truth = around_directions(4, 20, 0.1, seed=1)
    head = fit_head(method, support, labels, 4, queries)
    assert (head.probabilities(queries).argmax(axis=1) == truth).all()
    assert (head.unknown_score(queries) <= head.unknown_threshold).mean() > 0.8


@pytest.mark.parametrize("method", ON_EMBEDDINGS)
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


@pytest.mark.parametrize("method", ["auto", "opta", "opta-shares", "soft-kmeans"])
def test_unlabeled_images_with_damaged_features_are_passed_over(method: str) -> None:
    support, labels = around_directions(2, 1, 0.1)
    unlabeled, _ = around_directions(2, 8, 0.1, seed=1)
    damaged = np.concatenate([unlabeled, np.full((3, 12), np.nan, np.float32)])
    expected, found = (fit_head(method, support, labels, 2, rows) for rows in (unlabeled, damaged))
    assert np.array_equal(found.weight, expected.weight)


@pytest.mark.parametrize("method", sorted(set(METHODS) - set(READY_METHODS)))
def test_a_method_that_is_not_there_yet_says_so(method: str) -> None:
    with pytest.raises(UserError, match=f"{method}.*not there yet"):
        check_method(method)
    with pytest.raises(UserError, match="not there yet"):
        fit_head(method, *around_directions(2, 2, 0.1), 2)


def test_an_unknown_method_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"'svm'.*prototype.*opta"):
        check_method("svm")
