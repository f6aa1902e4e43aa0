"""Examples beside a verdict: the nearest images, and places whose match is known."""

import numpy as np
import pytest

from micm_desktop.explain.examples import APART, PAIRS, matching_patches, nearest

DIM = 8


def test_the_nearest_come_first() -> None:
    angles = np.radians([80, 10, 45, 0, -5])
    support = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    query = np.array([1, 0], np.float32)
    assert nearest(query, support, 3) == [3, 4, 1]
    assert nearest(query, support, 99) == [3, 4, 1, 2, 0]
    assert nearest(query, support[:0], 3) == []


def maps(seed: int, height: int = 6, width: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(DIM, height, width)).astype(np.float32)


def test_a_place_that_was_moved_is_found_where_it_is_now() -> None:
    query, example = maps(0), maps(1, 4, 8)
    mean = np.full(DIM, 0.5, np.float32)
    example[:, 3, 6] = mean + 7 * (query[:, 1, 4] - mean)
    heat = np.zeros((6, 6), np.float32)
    heat[1, 4] = 1
    (pair,) = matching_patches(query, example, mean, heat)
    assert pair.here == (4.5 / 6, 1.5 / 6), "(x, y) of the patch's centre"
    assert pair.there == (6.5 / 8, 3.5 / 4)
    assert pair.similarity == pytest.approx(1, abs=1e-5)


def test_each_place_is_matched_to_what_it_looks_like_most() -> None:
    query, example, mean = maps(0), maps(1), np.zeros(DIM, np.float32)
    for pair in matching_patches(query, example, mean, np.random.default_rng(2).random((6, 6), np.float32)):
        place = query[:, int(pair.here[1] * 6), int(pair.here[0] * 6)]
        cosines = [
            place @ example[:, row, column] / np.linalg.norm(place) / np.linalg.norm(example[:, row, column])
            for row in range(6)
            for column in range(6)
        ]
        assert pair.similarity == pytest.approx(max(cosines), abs=1e-5)
        best = int(np.argmax(cosines))
        assert pair.there == ((best % 6 + 0.5) / 6, (best // 6 + 0.5) / 6)


def test_marked_places_are_the_hottest_and_apart() -> None:
    heat = np.random.default_rng(3).random((6, 6)).astype(np.float32)
    pairs = matching_patches(maps(0), maps(1), np.zeros(DIM, np.float32), heat)
    assert len(pairs) == PAIRS
    places = [(int(pair.here[1] * 6), int(pair.here[0] * 6)) for pair in pairs]
    assert places[0] == np.unravel_index(heat.argmax(), heat.shape)
    assert heat[places[0]] > heat[places[1]] > heat[places[2]]
    for first in range(PAIRS):
        for second in range(first):
            rows, columns = np.abs(np.subtract(places[first], places[second]))
            assert max(rows, columns) >= APART


def test_without_heat_nothing_is_marked() -> None:
    assert matching_patches(maps(0), maps(1), np.zeros(DIM, np.float32), np.zeros((6, 6), np.float32)) == ()


def test_heat_on_another_grid_marks_the_same_region() -> None:
    heat = np.zeros((3, 3), np.float32)
    heat[2, 0] = 1
    pairs = matching_patches(maps(0), maps(1), np.zeros(DIM, np.float32), heat)
    assert all(pair.here[0] < 1 / 3 and pair.here[1] > 2 / 3 for pair in pairs)
