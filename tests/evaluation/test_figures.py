"""Confusion, curves, reliability and the paired test beside slow plain formulas."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micm_desktop.evaluation.confusion import balanced_accuracy, class_scores, count_confusion
from micm_desktop.evaluation.curves import cost_curve, precision_recall
from micm_desktop.evaluation.judged import Judged, judge
from micm_desktop.evaluation.paired import paired_test
from micm_desktop.evaluation.reliability import reliability
from micm_desktop.fewshot.decision import Outcome, Policy, default_policy
from micm_desktop.fewshot.expected import expected_of

GOOD = (True, False, False, False)
"""The last class was never learned."""
POLICY = Policy(GOOD[:3], (1.0, 50.0, 20.0), (0.9, 0.05, 0.05))


def random_judged(seed: int, images: int = 80, policy: Policy = POLICY) -> Judged:
    """Verdicts on made-up probabilities, which often name the right class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, images)
    logits = rng.normal(size=(images, 3)) + 4 * np.eye(4)[labels][:, :3] * (rng.random(images) < 0.8)[:, None]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    keys = [f"{row:064x}" for row in range(images)]
    return judge(keys, labels, probabilities.astype(np.float32), rng.random(images) < 0.1, policy)


def columns(judged: Judged) -> list[int]:
    """Where each image belongs in the matrix, one by one."""
    found = []
    for outcome, predicted in zip(judged.outcome, judged.predicted, strict=True):
        found.append(3 if outcome == Outcome.ASK else 4 if outcome == Outcome.UNKNOWN else int(predicted))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_every_image_is_counted_in_its_cell(seed: int) -> None:
    judged = random_judged(seed)
    counts = count_confusion(judged, 4).counts
    expected = np.zeros((4, 5), np.int64)
    for label, column in zip(judged.labels, columns(judged), strict=True):
        expected[label, column] += 1
    np.testing.assert_array_equal(counts, expected)
    assert (counts[:, 3:].sum(axis=0) > 0).all(), "some are asked about, some unknown"
    for truth in range(4):
        for column in range(5):
            rows = judged.cell(truth, column)
            assert len(rows) == counts[truth, column]
            assert all(judged.labels[rows] == truth)
    assert ((judged.labels == 3) & (judged.outcome == Outcome.ASK)).any(), "whose class was not learned is asked about"
    right = [label == column and column < 3 for label, column in zip(judged.labels, columns(judged), strict=True)]
    assert judged.right.tolist() == right
    outcomes = list(zip(judged.labels, judged.outcome, strict=True))
    assert judged.misses(GOOD).tolist() == [
        row for row, (label, outcome) in enumerate(outcomes) if label != 0 and outcome == Outcome.GOOD
    ]
    assert judged.false_alarms(GOOD).tolist() == [
        row for row, (label, outcome) in enumerate(outcomes) if label == 0 and outcome == Outcome.DEFECT
    ]


def test_precision_and_recall_of_each_class() -> None:
    judged = random_judged(0)
    placed = columns(judged)
    for index, score in enumerate(class_scores(judged, 4)):
        right = sum(label == column == index for label, column in zip(judged.labels, placed, strict=True))
        right = right if index < 3 else 0
        named = sum(column == index for column in placed) if index < 3 else 0
        assert (score.recall.count, score.recall.total) == (right, int((judged.labels == index).sum()))
        assert (score.precision.count, score.precision.total) == (right, named)
        for rate in (score.recall, score.precision):
            assert 0 <= rate.low <= rate.share <= rate.high <= 1 or rate.total == 0
            if rate.total:
                assert _tail(rate.total, rate.low, range(rate.count, rate.total + 1)) == pytest.approx(
                    0.025 if rate.count else 1
                )
                assert _tail(rate.total, rate.high, range(rate.count + 1)) == pytest.approx(
                    0.025 if rate.count < rate.total else 1
                )
        if index < 3:
            order = np.argsort(-judged.probabilities[:, index], kind="stable")
            hits = (judged.labels == index)[order]
            average = float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())
            assert score.average_precision == pytest.approx(average)
        else:
            assert score.average_precision is None, "it was never learned"


def _tail(total: int, share: float, counts: range) -> float:
    return sum(math.comb(total, count) * share**count * (1 - share) ** (total - count) for count in counts)


def test_nothing_judged_is_nothing_counted() -> None:
    none = random_judged(0, images=0)
    assert count_confusion(none, 4).counts.sum() == 0
    assert all(score.recall.total == 0 and score.average_precision is None for score in class_scores(none, 4))
    assert balanced_accuracy(none.labels, none.most_probable) is None
    assert reliability(none.probabilities, none.labels) is None
    assert paired_test(np.zeros(0, np.bool_), np.zeros(0, np.bool_)) is None


def test_each_class_counts_the_same_in_the_balanced_accuracy() -> None:
    labels, predicted = np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 1, 2, 2])
    assert balanced_accuracy(labels, predicted) == pytest.approx((0.75 + 0 + 1) / 3)


@pytest.mark.parametrize("share", [0.01, 0.4])
def test_precision_is_that_of_the_line(share: float) -> None:
    judged = random_judged(1)
    defect = judged.labels != 0
    curve = precision_recall(judged.risk, defect, share)
    assert curve is not None and len(curve.threshold) > 20
    before, average = 0.0, 0.0
    for threshold, precision, recall in reversed(
        list(zip(curve.threshold, curve.precision, curve.recall, strict=True))
    ):
        caught = np.mean([risk >= threshold for risk in judged.risk[defect]])
        alarms = np.mean([risk >= threshold for risk in judged.risk[~defect]])
        expected = share * caught / (share * caught + (1 - share) * alarms)
        assert (precision, recall) == (pytest.approx(expected, rel=1e-5), pytest.approx(caught, rel=1e-5))
        average += expected * (caught - before)
        before = caught
    assert curve.average_precision == pytest.approx(average, rel=1e-5)
    assert precision_recall(judged.risk, np.ones(len(judged), np.bool_), share) is None


@pytest.mark.parametrize("threshold", [None, 0.3])
def test_what_1000_parts_cost(threshold: float | None) -> None:
    policy = Policy(POLICY.good, POLICY.costs, POLICY.shares, 0.5, threshold)
    judged = random_judged(2, policy=policy)
    good = judged.labels == 0
    cost = np.array([1.0, 50.0, 20.0, 30.0], np.float32)[judged.labels]
    curve = cost_curve(judged, good, cost, policy)
    assert curve is not None and (np.diff(curve.threshold) > 0).all()
    assert curve.threshold[curve.chosen] == pytest.approx(threshold or 1 / 36)
    assert curve.cost[curve.cheapest] == curve.cost.min()
    paid = {True: [], False: []}
    for row, outcome in enumerate(judged.outcome):
        asked = outcome in (Outcome.ASK, Outcome.UNKNOWN)
        wrong = outcome == (Outcome.DEFECT if good[row] else Outcome.GOOD)
        paid[bool(good[row])].append(0.5 if asked else float(cost[row]) if wrong else 0.0)
    expected = 1000 * (0.9 * np.mean(paid[True]) + 0.1 * np.mean(paid[False]))
    assert curve.cost[curve.chosen] == pytest.approx(expected, rel=1e-5)
    outcomes = expected_of(judged.outcome, good, policy.defect_share)
    assert outcomes is not None
    assert curve.missed[curve.chosen] == pytest.approx(outcomes.missed.share)
    assert curve.false_alarms[curve.chosen] == pytest.approx(outcomes.false_alarms.share)
    assert 1000 * curve.asked[curve.chosen] == pytest.approx(outcomes.asked_per_thousand(), rel=1e-5)
    assert curve.ask_all == 500 and curve.pass_all == pytest.approx(1000 * 0.1 * cost[~good].mean(), rel=1e-5)
    assert curve.missed[0] <= curve.missed[-1] and curve.false_alarms[0] >= curve.false_alarms[-1]
    assert cost_curve(judged, np.ones(len(judged), np.bool_), cost, policy) is None
    assert cost_curve(judged, good, cost, default_policy((True, True, True))) is None


def test_bins_of_the_reliability_diagram() -> None:
    judged = random_judged(3, images=200)
    found = reliability(judged.probabilities, judged.labels)
    assert found is not None
    confidence = judged.probabilities.max(axis=1)
    right = judged.probabilities.argmax(axis=1) == judged.labels
    error = 0.0
    for one in found.bins:
        inside = [
            row for row in range(200) if one.low <= confidence[row] < one.high or confidence[row] == one.high == 1
        ]
        assert one.right.total == len(inside) > 0 and one.right.count == sum(right[inside])
        assert one.confidence == pytest.approx(np.mean(confidence[inside]), rel=1e-5)
        error += len(inside) / 200 * abs(np.mean(right[inside]) - np.mean(confidence[inside]))
    assert sum(one.right.total for one in found.bins) == found.right.total == 200
    assert found.calibration_error == pytest.approx(error, rel=1e-4)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_paired_test_is_mcnemars(rights: list[tuple[bool, bool]]) -> None:
    first, second = (np.array(side, np.bool_) for side in zip(*rights, strict=True))
    found = paired_test(first, second)
    assert found is not None
    assert found.both + found.only_first + found.only_second + found.neither == len(rights)
    differ = found.only_first + found.only_second
    fewer = min(found.only_first, found.only_second)
    exact = min(1.0, 2 * sum(math.comb(differ, count) for count in range(fewer + 1)) / 2**differ)
    assert found.p_value == pytest.approx(exact)
    assert -1 <= found.low <= found.difference <= found.high <= 1 and found.low < found.high
    assert found.difference == pytest.approx(found.second.share - found.first.share)
    assert (found.better is None) == (exact > 0.05)
    swapped = paired_test(second, first)
    assert swapped is not None and swapped.p_value == found.p_value
    assert (swapped.low, swapped.high) == (pytest.approx(-found.high), pytest.approx(-found.low))
