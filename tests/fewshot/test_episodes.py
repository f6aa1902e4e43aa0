"""N-way K-shot episodes."""

import numpy as np
import pytest
from embeddings import around_directions, random_directions

from micm_desktop.fewshot.episodes import EpisodeResult, run_episodes, skipped_classes, usable_classes
from micm_desktop.progress import UserError


def run(embeddings: np.ndarray, labels: np.ndarray, **changes: object) -> EpisodeResult:
    settings = {"ways": 5, "shots": 1, "queries": 5, "episodes": 60, "method": "prototype", "seed": 0}
    return run_episodes(embeddings, labels, **(settings | changes))  # type: ignore[arg-type]


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
