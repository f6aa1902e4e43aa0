"""What more tags would bring: found where it is so, and left open where it cannot be told."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions, unit

from micm_desktop.evaluation.learning_curve import LEAST_TAGS, LearningCurve, learning_curve
from micm_desktop.fewshot.head import Array, Labels
from micm_desktop.fewshot.ridge import fit_ridge
from micm_desktop.progress import JobControl

NOTHING = np.zeros((0, 12), np.float32)


def curve_of(
    support: Array, labels: Labels, classes: int, test: tuple[Array, Labels] | None = None
) -> LearningCurve | None:
    events = list(learning_curve("ridge", support, labels, classes, NOTHING, JobControl(), test))
    return events[-1] if events and isinstance(events[-1], LearningCurve) else None


def many_kinds(each: int, seed: int) -> tuple[Array, Labels]:
    """Two classes that look one way each, and a third that looks like the first but for one of ten marks: it needs many
    tags."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 0.1, (3 * each, 12))
    rows[:each, 0] += 1
    rows[each : 2 * each, 1] += 1
    rows[2 * each :, 0] += 1
    rows[2 * each + np.arange(each), 2 + rng.integers(0, 10, each)] += 1.5
    return unit(rows), np.repeat(np.arange(3), each)


@pytest.mark.parametrize("with_test_set", [False, True])
def test_the_class_that_needs_tags_is_named(with_test_set: bool) -> None:
    support, labels = many_kinds(12, seed=1)
    test = many_kinds(60, seed=2) if with_test_set else None
    found = curve_of(support, labels, 3, test)
    assert found is not None
    assert found.images == (180 if with_test_set else 36)
    tags = [point.tags for point in found.points]
    assert tags == sorted(tags) and tags[-1] == (36 if with_test_set else 24)
    assert found.points[-1].accuracy > found.points[0].accuracy
    for point in found.points:
        assert 0 <= point.low <= point.accuracy <= point.high <= 1
    gains = [one.gain for one in found.gains]
    assert all(gain is not None for gain in gains) and gains[2] == max(gains, key=lambda one: one or 0)
    if with_test_set:
        assert found.best == 2, "with images enough to tell"
        assert found.gains[2].low is not None and found.gains[2].low > 0


def test_the_gain_that_was_foretold_comes() -> None:
    """Ten more tags of the class, really given, bring what lies between the ends that were named."""
    support, labels = many_kinds(12, seed=3)
    test = many_kinds(200, seed=4)
    found = curve_of(support, labels, 3, test)
    more, more_labels = many_kinds(10, seed=5)
    extra = more_labels == 2
    grown = curve_of(np.concatenate([support, more[extra]]), np.concatenate([labels, more_labels[extra]]), 3, test)
    assert found is not None and grown is not None
    brought = grown.points[-1].accuracy - found.points[-1].accuracy
    gain = found.gains[2]
    assert gain.more == 10 and gain.low is not None and gain.high is not None
    assert gain.low <= brought <= gain.high
    assert brought > 0


def test_where_all_is_learned_nothing_is_promised() -> None:
    support, labels = around_directions(3, 10, 0.05)
    found = curve_of(support, labels, 3)
    assert found is not None and found.best is None and found.rivals == ()
    assert all(point.accuracy == pytest.approx(1) and point.low < 1 for point in found.points)
    for one in found.gains:
        assert one.gain == 0 and one.low is not None and one.low < 0 < (one.high or 0)


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_no_promise(seed: int) -> None:
    support = random_directions(36, seed=seed)
    found = curve_of(support, np.repeat(np.arange(3), 12), 3)
    assert found is not None and found.best is None


def test_too_few_tags_are_not_extrapolated() -> None:
    support, labels = around_directions(3, LEAST_TAGS, 0.3)
    assert curve_of(support[: LEAST_TAGS + 3], labels[: LEAST_TAGS + 3], 2) is None
    found = curve_of(support[: 2 * LEAST_TAGS + 1], labels[: 2 * LEAST_TAGS + 1], 3)
    assert found is not None
    few = found.gains[2]
    assert (few.tags, few.gain, few.low, few.high) == (1, None, None, None)
    assert found.gains[0].more == LEAST_TAGS, "no further than twice the tags there are"
    assert curve_of(support, labels, 3, (support[:0], labels[:0])) is None


def test_few_images_of_one_class_leave_the_mean_over_classes_uncertain() -> None:
    support, labels = many_kinds(12, seed=1)
    rows, truth = many_kinds(400, seed=2)
    rare = np.concatenate([np.flatnonzero(truth < 2), np.flatnonzero(truth == 2)[:6]])
    found = curve_of(support, labels, 3, (rows[rare], truth[rare]))
    assert found is not None and found.images == 806
    # By drawing the judged images of each class anew.
    rng, right = (
        np.random.default_rng(0),
        fit_ridge(support, labels, 3).head.logits(rows[rare]).argmax(axis=1) == truth[rare],
    )
    drawn = [
        np.mean([rng.choice(right[truth[rare] == kind], (truth[rare] == kind).sum()).mean() for kind in range(3)])
        for _ in range(2000)
    ]
    point = found.points[-1]
    assert point.low <= np.quantile(drawn, 0.025) and np.quantile(drawn, 0.975) <= point.high
