"""Equal and nearly equal images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.inventory import duplicates

FINGERPRINTS = st.lists(
    st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 3, 2**63, 2**64 - 1]), min_size=2, max_size=40
)


@given(FINGERPRINTS)
def test_candidates_are_all_pairs_within_the_limit(fingerprints: list[int]) -> None:
    expected = {
        (a, b)
        for a in range(len(fingerprints))
        for b in range(a + 1, len(fingerprints))
        if (fingerprints[a] ^ fingerprints[b]).bit_count() <= duplicates.MOST_BITS
    }
    found = duplicates.candidate_pairs(fingerprints)
    if len(expected) <= duplicates.PAIRS_PER_IMAGE * len(fingerprints):
        assert set(found) == expected and len(found) == len(expected)


def test_on_a_set_of_equal_views_the_most_alike_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "PAIRS_PER_IMAGE", 1)
    fingerprints = [1 << (index % 60) for index in range(200)]  # any two differ in at most two bits
    found = duplicates.candidate_pairs(fingerprints)
    assert len(found) == 200
    assert all(fingerprints[a] == fingerprints[b] for a, b in found)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30))
def test_groups_are_what_pairs_connect(pairs: list[tuple[int, int]]) -> None:
    reached = {index: {index} for pair in pairs for index in pair}
    for _ in reached:
        for a, b in pairs:
            joined = reached[a] | reached[b]
            for index in joined:
                reached[index] = joined
    expected = {tuple(sorted(group)) for group in reached.values()}
    found = duplicates.linked_groups(pairs)
    assert {tuple(group) for group in found} == expected
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)


def test_correlation_allows_a_small_shift_and_any_light() -> None:
    image = np.random.default_rng(0).uniform(0, 255, (64, 64)).astype(np.float32)
    moved = np.roll(image, (1, -2), (0, 1)) * 0.5 + 20
    assert duplicates.correlation(image, moved) == pytest.approx(1, abs=1e-3)
    assert abs(duplicates.correlation(image, image[::-1].copy())) < 0.3
    flat = np.full((64, 64), 7, np.float32)
    assert duplicates.correlation(flat, flat + 3) == 1 and duplicates.correlation(flat, image) == 0


def test_where_all_images_look_alike_copies_must_be_closer_still() -> None:
    assert duplicates.least_correlation([]) == duplicates.LEAST_CORRELATION
    assert duplicates.least_correlation([0.1, 0.2, 0.3]) == pytest.approx(0.92)
    assert duplicates.least_correlation([0.98] * 9) == pytest.approx(0.998)


def test_equal_images_have_one_hash() -> None:
    assert duplicates.equal_groups(list("abacab")) == [[0, 2, 4], [1, 5]]
