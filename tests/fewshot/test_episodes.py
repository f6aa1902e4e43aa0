"""N-way K-shot episodes."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions

from micm_desktop.fewshot.decision import ASK_COST, FALSE_ALARM_COST, MISS_COST, Outcome
from micm_desktop.fewshot.episode_scores import EpisodeResult, EpisodeScores, run_episodes
from micm_desktop.fewshot.episodes import EpisodeConfig, draw_episodes, judge_episodes, skipped_classes, usable_classes
from micm_desktop.progress import UserError


def run(embeddings: np.ndarray, labels: np.ndarray, **changes: object) -> EpisodeResult:
    return scores(embeddings, labels, **changes).result


def scores(embeddings: np.ndarray, labels: np.ndarray, **changes: object) -> EpisodeScores:
    settings = {"ways": 5, "shots": 1, "queries": 5, "episodes": 60, "method": "prototype", "seed": 0}
    return run_episodes(embeddings, labels, EpisodeConfig(**(settings | changes)))  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_figure() -> None:
    embeddings, labels = around_directions(6, 12, 0.5)
    assert run(embeddings, labels) == run(embeddings, labels)
    assert run(embeddings, labels) != run(embeddings, labels, seed=1)


@pytest.mark.parametrize("method", ["prototype", "opta", "logistic"])
def test_classes_that_lie_apart_are_told_apart_always(method: str) -> None:
    embeddings, labels = around_directions(6, 12, 0.02)
    result = run(embeddings, labels, method=method, episodes=15)
    assert (result.shots, result.accuracy, result.ci95) == (1, 1.0, 0.0)


@pytest.mark.parametrize("method", ["prototype", "opta"])
@pytest.mark.parametrize("shots", [1, 5])
def test_random_features_give_chance(method: str, shots: int) -> None:
    """Above chance would mean that queries are seen as support."""
    labels = np.repeat(np.arange(6), 40)
    result = run(random_directions(240), labels, shots=shots, method=method, episodes=200)
    assert abs(result.accuracy - 1 / 5) < 3 * result.ci95
    assert 0 < result.ci95 < 0.03


def test_more_shots_are_better() -> None:
    embeddings, labels = around_directions(6, 40, 0.6)
    assert run(embeddings, labels, shots=5).accuracy > run(embeddings, labels, shots=1).accuracy + 0.05


def test_all_classes_are_taken_where_there_are_fewer_than_ways() -> None:
    labels = np.repeat(np.arange(3), 40)
    result = run(random_directions(120), labels, ways=5, episodes=200)
    assert abs(result.accuracy - 1 / 3) < 3 * result.ci95


def test_classes_that_are_too_small_never_take_part() -> None:
    """Two classes are separable; a third, of noise, is one image short."""
    embeddings, labels = around_directions(2, 12, 0.02)
    noise = random_directions(5, seed=3)
    labels = np.concatenate([labels, np.full(5, 2)])
    result = run(np.concatenate([embeddings, noise]), labels, shots=1, queries=5)
    assert result.accuracy == 1


def test_confidence_interval_is_that_of_the_mean() -> None:
    embeddings, labels = around_directions(6, 12, 0.6)
    single = [run(embeddings, labels, episodes=n).accuracy * n for n in range(1, 31)]
    accuracies = np.diff([0, *single])  # one seed draws the same episodes whatever their number
    expected = 1.96 * accuracies.std(ddof=1) / np.sqrt(30)
    assert run(embeddings, labels, episodes=30).ci95 == pytest.approx(expected)
    assert run(embeddings, labels, episodes=1).ci95 == 0


def test_too_few_images_are_explained() -> None:
    embeddings, labels = around_directions(2, 4, 0.1)
    with pytest.raises(UserError, match=r"--shots or --queries"):
        run(embeddings, labels)


def test_usable_and_skipped_classes() -> None:
    labels = np.repeat([0, 1, 2], [6, 5, 10])
    assert usable_classes(labels, 1, 5) == [0, 2]
    assert skipped_classes(labels, ("good", "dent", "scratch"), [1, 5], 5) == ["good", "dent"]
    assert skipped_classes(labels, ("good", "dent", "scratch", "unreadable"), [1], 4) == ["unreadable"]


def test_queries_are_never_support_and_lie_in_their_class() -> None:
    labels = np.repeat(np.arange(6), 20)
    for episode in draw_episodes(labels, EpisodeConfig(ways=4, shots=3, queries=7, episodes=20)):
        assert len(np.unique(np.concatenate([episode.support, episode.queries]))) == 4 * 10
        assert (labels[episode.support] == episode.classes[episode.labels]).all()
        assert (labels[episode.queries] == episode.classes[episode.truth]).all()


def test_the_good_class_comes_first_where_it_is_drawn_and_always_where_it_outnumbers_the_others() -> None:
    labels = np.repeat(np.arange(6), 130)
    plain = list(draw_episodes(labels, EpisodeConfig(ways=3, shots=2, episodes=40, good=4)))
    assert {int(one.classes[0]) for one in plain if 4 in one.classes} == {4}
    assert any(4 not in one.classes for one in plain)
    for one in draw_episodes(labels, EpisodeConfig(ways=3, shots=2, episodes=40, good=4, imbalance=50)):
        assert one.classes[0] == 4
        assert np.bincount(one.truth).tolist() == [100, 1, 1]


def test_balanced_accuracy_weighs_each_class_the_same() -> None:
    """Random features and 20 good parts to one of the others together: accuracy follows the good class."""
    labels = np.repeat(np.arange(3), 60)
    result = run(random_directions(180), labels, ways=3, shots=5, imbalance=20, episodes=300, good=0)
    assert result.balanced_accuracy == pytest.approx(1 / 3, abs=0.04)


def test_calibration_is_better_than_that_of_raw_scores() -> None:
    embeddings, labels = around_directions(6, 40, 0.35)
    found = scores(embeddings, labels, shots=5).calibration
    assert found.fitted < 0.05 < found.uncalibrated


def test_a_class_that_was_left_out_is_told_apart() -> None:
    embeddings, labels = around_directions(6, 40, 0.2)
    found = scores(embeddings, labels, shots=5, method="auto").unknown
    assert found is not None and found.auroc > 0.95
    assert found.false_rejection < 0.12
    random = scores(random_directions(240), labels, shots=5).unknown
    assert random is not None and abs(random.auroc - 0.5) < 0.05 and abs(random.auroc_max_probability - 0.5) < 0.05
    assert scores(embeddings[:80], labels[:80], shots=5).unknown is None


def test_costs_against_the_verdicts_one_by_one() -> None:
    embeddings, labels = around_directions(4, 40, 0.5)
    config = EpisodeConfig(ways=4, shots=3, queries=6, episodes=15, method="ridge")
    paid, plain, count, missed, defects = 0.0, 0.0, 0, 0, 0
    for one in judge_episodes(embeddings, labels, config):
        for truth, outcome, likely in zip(
            one.episode.truth, one.decisions.outcome, one.probabilities.argmax(axis=1), strict=True
        ):
            count, defects = count + 1, defects + (truth > 0)
            if outcome in (Outcome.ASK, Outcome.UNKNOWN):
                paid += ASK_COST
            elif truth == 0:
                paid += FALSE_ALARM_COST * (outcome == Outcome.DEFECT)
            elif outcome == Outcome.GOOD:
                paid, missed = paid + MISS_COST, missed + 1
            plain += FALSE_ALARM_COST if truth == 0 and likely else MISS_COST if truth and not likely else 0
    found = run_episodes(embeddings, labels, config).costs
    assert found.cost == pytest.approx(1000 * paid / count)
    assert found.cost_most_probable == pytest.approx(1000 * plain / count)
    assert found.missed == pytest.approx(missed / defects)


def test_deciding_by_costs_costs_less_than_the_most_probable_class() -> None:
    embeddings, labels = around_directions(4, 60, 0.5)
    found = scores(embeddings, labels, ways=4, shots=5, queries=10, method="auto").costs
    assert found.cost < 0.7 * found.cost_most_probable


def test_a_good_class_too_small_for_the_imbalance_is_said() -> None:
    labels = np.repeat(np.arange(3), 60)
    with pytest.raises(UserError, match="needs 105 images of the good class; there are 60"):
        next(draw_episodes(labels, EpisodeConfig(ways=3, shots=5, imbalance=50, good=0)))
