"""Live few-shot accuracy on the images that the user has tagged."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_micm import run_to_end, same_weights, tiny_run
from torch import Tensor

from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.micm.events import EpochEnd, Event
from micm_desktop.micm.tagged import MOST_TAGGED, TaggedImages, few_shot_accuracy
from micm_desktop.progress import JobControl

PATHS = [Path(f"{number}.png") for number in range(400)]


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def accuracies(events: list[Event]) -> list[float | None]:
    return [event.monitor.get("few_shot_accuracy") for event in events if isinstance(event, EpochEnd)]


def slow_accuracy(tokens: list[list[float]], labels: list[int]) -> float:
    width = range(len(tokens[0]))
    mean = [sum(row[k] for row in tokens) / len(tokens) for k in width]
    units = []
    for row in tokens:
        centred = [row[k] - mean[k] for k in width]
        length = math.sqrt(sum(value * value for value in centred))
        units.append([value / length for value in centred])

    def cosine(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))

    right: dict[int, list[bool]] = {}
    for place, unit in enumerate(units):
        scores = {}
        for label in sorted(set(labels)):
            others = [units[k] for k in range(len(units)) if labels[k] == label and k != place]
            scores[label] = cosine(unit, [sum(column) for column in zip(*others, strict=True)])
        right.setdefault(labels[place], []).append(max(scores, key=lambda label: scores[label]) == labels[place])
    return sum(sum(found) / len(found) for found in right.values()) / len(right)


@given(st.integers(0, 2**31), st.lists(st.integers(2, 6), min_size=2, max_size=4), st.floats(0, 3))
def test_accuracy_against_a_slow_leave_one_out(seed: int, sizes: list[int], distance: float) -> None:
    labels = [label * 7 for label, size in enumerate(sizes) for _ in range(size)]
    tokens = normal(len(labels), 5, seed=seed) + distance * normal(50, 5, seed=1)[labels]
    found = few_shot_accuracy(tokens, torch.tensor(labels))
    assert found == pytest.approx(slow_accuracy(tokens.tolist(), labels))


def test_separate_classes_are_told_apart_and_one_cloud_is_not() -> None:
    labels = torch.arange(60) % 3
    apart = normal(60, 8) + 9 * torch.eye(8)[labels]
    assert few_shot_accuracy(apart, labels) == 1
    assert few_shot_accuracy(normal(60, 8), labels) < 0.6


def test_a_rare_class_counts_like_any() -> None:
    """Two odd ones among 98 good parts, not told from them: half right, not 98 %."""
    labels = torch.tensor([0] * 98 + [1] * 2)
    tokens = torch.cat([normal(98, 6), torch.tensor([[1.0, 0, 0, 0, 0, 0], [-1.0, 0, 0, 0, 0, 0]])])
    assert few_shot_accuracy(tokens, labels) < 0.6


@pytest.mark.parametrize("tags", [{}, {PATHS[0]: 1, PATHS[1]: 1}, {PATHS[0]: 1, PATHS[1]: 1, PATHS[2]: 2}])
def test_two_classes_with_two_images_are_needed(tags: dict[Path, int]) -> None:
    assert TaggedImages.among(PATHS, tags) is None


def test_what_is_not_among_the_images_and_single_ones_are_left_out() -> None:
    tags = {PATHS[5]: 1, PATHS[3]: 1, PATHS[9]: 2, PATHS[7]: 2, PATHS[8]: 3, Path("elsewhere.png"): 1}
    found = TaggedImages.among(PATHS, tags)
    assert found is not None
    assert list(zip(found.rows.tolist(), found.labels.tolist(), strict=True)) == [(3, 1), (5, 1), (7, 2), (9, 2)]


def test_of_many_tags_each_class_keeps_its_share() -> None:
    found = TaggedImages.among(PATHS, {path: int(row >= 390) for row, path in enumerate(PATHS)})
    assert found is not None
    assert len(found.rows) <= MOST_TAGGED
    assert (found.labels == 1).sum() == 10
    assert (found.labels == 0).sum() == MOST_TAGGED // 2


def test_a_run_says_what_its_tags_are_worth(pictures: list[Path], tmp_path: Path) -> None:
    tags = {path: number % 3 for number, path in enumerate(pictures[:12])}
    out, untagged = tmp_path / "encoder.safetensors", tmp_path / "untagged.safetensors"
    found = accuracies(run_to_end(pictures, out, tiny_run(), tagged=tags))
    assert len(found) == 2
    assert all(value is not None and 0 <= value <= 1 for value in found)

    cache = PixelCache(tmp_path / "pixels.tmp", 40)
    list(cache.fill(pictures, JobControl()))
    among = TaggedImages.among(cache.paths, tags)
    assert among is not None
    by_hand = among.accuracy(cache, load_encoder(out).network, 32, torch.device("cpu"))
    assert found[-1] == pytest.approx(by_hand)

    assert accuracies(run_to_end(pictures, untagged, tiny_run())) == [None, None]
    same_weights(out, untagged)  # tags teach nothing
