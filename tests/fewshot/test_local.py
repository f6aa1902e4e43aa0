"""Matching of patches beside ridge regression: against loops, without the tag, and where it must help or stay away."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions

from micm_desktop.fewshot.classify import fit_head
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.local import PATCHES, LocalHead, Patches, _leave_one_out, fit_local, join, split
from micm_desktop.progress import UserError

SIZE = 8


def patches(count: int, seed: int, *, kinds: Labels | None = None, strength: float = 3.0) -> Patches:
    """Noise, but for a quarter of the patches, which carry what sets a kind apart, and most of the weight."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, PATCHES, SIZE)).astype(np.float32)
    weights = np.full((count, PATCHES), 1 / PATCHES, np.float32)
    if kinds is not None:
        values[:, : PATCHES // 4] += strength * np.eye(SIZE)[kinds][:, None]
        weights[:, : PATCHES // 4] *= 10
    return Patches(values, weights / weights.sum(axis=1, keepdims=True))


def rows(embeddings: Array, found: Patches, tagged: Patches | None = None) -> Array:
    return join(embeddings, found, found if tagged is None else tagged)


def slow_score(query: Patches, tagged: Patches, members: list[int], mean: Array) -> float:
    """The score of a class with these tagged images, for the only image of ``query``."""
    found = []
    for image in members:
        own = 0.0
        for patch, weight in zip(query.values[0] - mean, query.weights[0], strict=True):
            cosines = [
                patch @ (other - mean) / np.linalg.norm(patch) / np.linalg.norm(other - mean)
                for other, there in zip(tagged.values[image], tagged.weights[image], strict=True)
                if there > 0
            ]
            own += weight * max(cosines)
        found.append(own)
    return float(np.mean(found))


def test_what_is_joined_comes_apart_again() -> None:
    embeddings, first, second = random_directions(5), patches(5, 1), patches(5, 2)
    whole, queries, tagged = split(join(embeddings, first, second))
    for found, expected in zip((whole, *queries, *tagged), (embeddings, *first, *second), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_scores_are_the_mean_of_the_nearest_patches() -> None:
    labels = np.array([0, 1, 1, 2])
    tagged = patches(4, 3)
    tagged.weights[2, 5:] = 0  # a small region
    head = fitted(rows(random_directions(4), patches(4, 4), tagged), labels, 3)
    query = patches(1, 5)
    there = tagged.weights > 0
    mean = tagged.values[there].mean(axis=0)
    slow = [slow_score(query, tagged, members, mean) for members in ([0], [1, 2], [3])]
    np.testing.assert_allclose(head.local_scores(query)[0], np.array(slow) - np.mean(slow), atol=1e-5)


def test_without_its_tag_an_image_is_matched_to_the_others() -> None:
    labels = np.array([0, 0, 1, 1, 1])
    queries, tagged = patches(5, 3), patches(5, 4)
    mean = tagged.values.reshape(-1, SIZE).mean(axis=0)
    found = _leave_one_out(mean, queries, tagged, labels, 2)
    one = queries.of(np.array([3]))
    slow = [slow_score(one, tagged, members, mean) for members in ([0, 1], [2, 4])]
    np.testing.assert_allclose(found[3], np.array(slow) - np.mean(slow), atol=1e-5)


def fitted(support: Array, labels: Labels, classes: int) -> LocalHead:
    head = fit_local(support, labels, classes).head
    assert isinstance(head, LocalHead)
    return head


def accuracy(head: LocalHead, query: Array, labels: Labels) -> float:
    return float((head.logits(query).argmax(axis=1) == labels).mean())


@pytest.mark.parametrize("shots", [1, 5])
def test_patches_help_where_embeddings_say_nothing(shots: int) -> None:
    labels, truth = np.repeat(np.arange(4), shots), np.repeat(np.arange(4), 20)
    support = rows(random_directions(len(labels)), patches(len(labels), 1, kinds=labels))
    query = rows(random_directions(80, seed=5), patches(80, 2, kinds=truth))
    head = fitted(support, labels, 4)
    plain = fit_head("ridge", split(support)[0], labels, 4)
    assert accuracy(head, query, truth) > 0.2 + (plain.logits(split(query)[0]).argmax(axis=1) == truth).mean()


def test_patches_that_say_nothing_are_left_out_by_the_tags() -> None:
    support, labels = around_directions(4, 8, 0.25, seed=1)
    head = fitted(rows(support, patches(len(labels), 1)), labels, 4)
    query, truth = around_directions(4, 30, 0.25, seed=2)
    plain = fit_head("ridge", support, labels, 4)
    found = accuracy(head, rows(query, patches(len(truth), 2)), truth)
    assert found >= (plain.logits(query).argmax(axis=1) == truth).mean() - 0.01


def test_probabilities_unknown_score_and_entrance() -> None:
    support, labels = around_directions(3, 4, 0.2)
    found = patches(len(labels), 1)
    head = fit_head("local", rows(support, found), labels, 3)
    assert isinstance(head, LocalHead)
    np.testing.assert_allclose(head.probabilities(rows(support, found)).sum(axis=1), 1, atol=1e-5)
    plain = fit_head("ridge", support, labels, 3)
    np.testing.assert_allclose(head.unknown_score(rows(support, found)), plain.unknown_score(support), atol=1e-6)
    assert head.unknown_threshold == pytest.approx(plain.unknown_threshold)
    np.testing.assert_allclose(head.scaled(3).logits(rows(support, found)), 3 * head.logits(rows(support, found)), 1e-4)


def test_embeddings_without_patches_are_refused_in_words() -> None:
    support, labels = around_directions(3, 4, 0.2)
    with pytest.raises(UserError, match="compares patches"):
        fit_head("local", support, labels, 3)
