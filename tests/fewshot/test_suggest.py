"""What to tag next: each queue against what it promises, on made-up embeddings whose answer is known."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions, unit

from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.suggest import (
    FIRST,
    NEAR,
    NOISE,
    QUEUES,
    SAMPLE,
    TURN,
    Known,
    Queue,
    suggest,
    what_is_known,
)
from micm_desktop.progress import UserError

CLASSES = 4


def images(each: int = 30, noise: float = 0.15) -> tuple[Array, Labels]:
    return around_directions(CLASSES, each, noise, seed=3)


def tagged(labels: Labels, rows: list[int]) -> Labels:
    tags = np.full(len(labels), -1, np.int64)
    tags[rows] = labels[rows]
    return tags


def first_of_each(labels: Labels, each: int, classes: int = CLASSES) -> list[int]:
    return [int(row) for kind in range(classes) for row in np.flatnonzero(labels == kind)[:each]]


def rows_of(queue: Queue, known: Known, count: int = 12) -> list[int]:
    return [pick.row for pick in suggest(queue, known, count)]


STATES = {
    "no tag": (0, 0),
    "one tag": (1, 1),
    "one class": (1, 5),
    "two classes": (2, 1),
    "all classes": (CLASSES, 3),
    "all tagged": (CLASSES, 30),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("queue", QUEUES)
def test_whatever_is_tagged_no_image_comes_twice_and_none_that_is_tagged(queue: Queue, state: str) -> None:
    embeddings, labels = images()
    classes, each = STATES[state]
    known = what_is_known(embeddings, tagged(labels, first_of_each(labels, each, classes)))
    rows = rows_of(queue, known)
    assert rows == rows_of(queue, known), "the same for the same tags"
    assert len(set(rows)) == len(rows) <= 12
    if queue != "mistakes":
        assert (known.tags[rows] < 0).all()
        cosines = embeddings[rows] @ embeddings[rows].T - np.eye(len(rows))
        assert cosines.max(initial=-1) < NEAR
    if queue in ("mixed", "diverse"):
        assert len(rows) == (0 if state == "all tagged" else 12)
    if queue in ("uncertain", "rare"):
        assert bool(rows) == (state in ("two classes", "all classes"))


def test_many_copies_are_asked_for_once() -> None:
    embeddings, labels = images()
    copies = unit(np.repeat(embeddings[:1], 50, axis=0) + 1e-3 * random_directions(50))
    known = what_is_known(np.concatenate([copies, embeddings]), tagged(np.append(np.zeros(50, np.int64), labels), []))
    assert sum(row <= 50 for row in rows_of("mixed", known)) <= 1
    assert sum(row <= 50 for row in rows_of("diverse", known)) <= 1


def test_uncertain_images_lie_between_two_classes() -> None:
    embeddings, labels = images()
    middle = np.zeros((1, embeddings.shape[1]), np.float32)
    middle[0, [1, 2]] = 0.5**0.5
    known = what_is_known(np.concatenate([embeddings, middle]), np.append(tagged(labels, first_of_each(labels, 3)), -1))
    found = suggest("uncertain", known, 5)
    assert found[0].row == len(labels) and {found[0].first, found[0].second} == {1, 2}
    assert 0 < found[0].other <= found[0].share < 0.7
    leads = [pick.share - pick.other for pick in found]
    assert leads == sorted(leads)


@pytest.mark.parametrize("tags", [0, 1, 6])
def test_diverse_is_greedy_k_center(tags: int) -> None:
    embeddings = random_directions(80, seed=1)
    labels = np.zeros(80, np.int64)
    known = what_is_known(embeddings, tagged(labels, list(range(tags))))
    rows = rows_of("diverse", known, 10)
    centers = list(range(tags))
    if not tags:
        centers = [rows.pop(0)]
        assert centers[0] == (embeddings @ embeddings.T).sum(axis=0).argmax()
    for row in rows:
        distance = 1 - (embeddings @ embeddings[centers].T).max(axis=1)
        assert distance[row] == pytest.approx(distance.max(), abs=1e-6)
        centers.append(row)


def test_odd_images_are_like_nothing_tagged() -> None:
    embeddings, labels = images()
    strange = np.zeros((1, embeddings.shape[1]), np.float32)
    strange[0, 7] = -1
    all_of_them = np.concatenate([embeddings, strange])
    for classes in (1, CLASSES):
        tags = np.append(tagged(labels, first_of_each(labels, 2, classes)), -1)
        found = suggest("odd", what_is_known(all_of_them, tags), 3)
        if classes == CLASSES:
            assert found[0].row == len(labels)
        assert [pick.share for pick in found] == sorted((pick.share for pick in found), reverse=True)


def test_the_class_with_the_fewest_tags_comes_first() -> None:
    embeddings, labels = images()
    rows = [row for row in first_of_each(labels, 4) if labels[row] != 2] + first_of_each(labels, 1)[2:3]
    found = suggest("rare", what_is_known(embeddings, tagged(labels, rows)), 8)
    assert {int(labels[pick.row]) for pick in found} == {2} and {pick.first for pick in found} == {2}
    shares = [pick.share for pick in found]
    assert shares == sorted(shares, reverse=True)
    assert {pick.why for pick in found} == {"rare"}
    even = what_is_known(embeddings, tagged(labels, first_of_each(labels, 2)))
    judged = np.bincount(even.probabilities.argmax(axis=1)[even.free], minlength=CLASSES)
    for pick in suggest("rare", even, 64):
        # No class has fewer tags than another.
        assert pick.why == ("seldom" if judged[pick.first] < judged.mean() else "likely")


def test_a_wrong_tag_is_a_likely_mistake() -> None:
    embeddings, labels = images()
    rows = first_of_each(labels, 5)
    right = tagged(labels, rows)
    assert not suggest("mistakes", what_is_known(embeddings, right), 10)
    wrong = right.copy()
    wrong[rows[7]] = 3
    found = suggest("mistakes", what_is_known(embeddings, wrong), 10)
    assert [(pick.row, pick.first, pick.second) for pick in found[:1]] == [(rows[7], 1, 3)]
    assert found[0].share > found[0].other


@pytest.mark.parametrize("tags", [0, 3, 6])
def test_each_informative_image_lowers_the_doubt_most(tags: int) -> None:
    embeddings = random_directions(40, seed=2)
    known = what_is_known(embeddings, tagged(np.arange(40) % 3, list(range(tags))))
    weight = np.ones(40)
    if known.probabilities.shape[1]:
        best = np.sort(known.probabilities, axis=1)
        weight = 1 - best[:, -1] + best[:, -2]

    def doubt(rows: list[int]) -> float:
        """Weighted predictive variance of all images, from the definition of a Gaussian process."""
        some = embeddings[rows].astype(np.float64)
        inverse = np.linalg.inv(some @ some.T + NOISE * np.eye(len(rows)))
        cross = embeddings @ some.T
        return float(weight @ (1 - np.einsum("nr,rs,ns->n", cross, inverse, cross)))

    chosen = list(range(tags))
    for row in rows_of("mixed", known, min(3, FIRST - tags)):
        options = {other: doubt([*chosen, other]) for other in range(tags, 40) if other not in chosen}
        assert options[row] == pytest.approx(min(options.values()), abs=1e-4)
        chosen.append(row)


def test_the_first_tags_of_the_mixed_queue_cover_the_classes() -> None:
    embeddings, labels = around_directions(5, 40, 0.12, seed=4)
    uneven = np.concatenate([np.flatnonzero(labels == kind)[: 40 // (kind + 1)] for kind in range(5)])
    embeddings, labels = embeddings[uneven], labels[uneven]
    rows = rows_of("mixed", what_is_known(embeddings, tagged(labels, [])), 5)
    assert sorted(labels[rows]) == [0, 1, 2, 3, 4]


def test_asking_after_each_tag_takes_the_same_turns() -> None:
    embeddings, labels = images()
    rows = first_of_each(labels, 1)
    reasons = []
    for _ in range(FIRST + 2 * TURN - len(rows)):
        (pick,) = suggest("mixed", what_is_known(embeddings, tagged(labels, rows)), 1)
        reasons.append(pick.why)
        rows.append(pick.row)
    assert {"odd", "rare"} <= set(reasons) and sum(why in ("odd", "rare") for why in reasons) == 2


def test_what_stands_out_is_found_among_many_images() -> None:
    embeddings, labels = around_directions(3, 4 * SAMPLE, 0.1, size=16)
    strange = np.zeros((1, 16), np.float32)
    strange[0, 9] = 1
    place = next(row for row in range(100, 200) if row not in np.linspace(0, len(labels), SAMPLE).astype(int))
    embeddings[place] = strange
    known = what_is_known(embeddings, tagged(labels, first_of_each(labels, 1, 3)))
    for queue in ("mixed", "diverse", "odd"):
        assert place in rows_of(queue, known, 8), queue


def test_damaged_features_are_never_suggested() -> None:
    embeddings, labels = images()
    embeddings[50] = np.nan
    for classes in (0, 1, CLASSES):
        known = what_is_known(embeddings, tagged(labels, first_of_each(labels, 2, classes)))
        for queue in QUEUES:
            assert 50 not in rows_of(queue, known, 40)
    with pytest.raises(UserError, match="damaged"):
        what_is_known(embeddings, tagged(labels, [50, *first_of_each(labels, 1)]))


def test_without_images_nothing_is_suggested() -> None:
    known = what_is_known(np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    assert not any(suggest(queue, known, 5) for queue in QUEUES)


def test_among_good_parts_the_mixed_queue_looks_for_defects() -> None:
    """As on a line: 300 good parts that differ a little, and two of each of three defects."""
    embeddings, labels = around_directions(4, 300, 0.12, seed=6)
    line = np.concatenate([np.flatnonzero(labels == 0), *(np.flatnonzero(labels == kind)[:2] for kind in (1, 2, 3))])
    embeddings, labels = embeddings[line], labels[line]
    rows: list[int] = []
    while len(rows) < 8:
        kinds = np.unique(labels[rows], return_inverse=True)[1]
        tags = np.full(len(labels), -1, np.int64)
        tags[rows] = kinds
        rows += rows_of("mixed", what_is_known(embeddings, tags), 1)
    assert set(labels[rows]) == {0, 1, 2, 3}
