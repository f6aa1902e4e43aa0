"""Outliers of a set, its lighting, its groups."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.inventory.coverage import effective_number, evenly, find_groups, vendi_score
from micm_desktop.inventory.measures import ImageMeasures
from micm_desktop.inventory.quality import judge_quality, robust_z, two_lightings

ONE = ImageMeasures("a", "0", "png", 9, 9, 8, 1, False, 9, 0.5, 0.2, 0.6, 0.0, 0.0, 0.0, 0.0, 2.0, 0)
RNG = np.random.default_rng(0)


def usual(count: int) -> list[ImageMeasures]:
    return [
        replace(
            ONE,
            brightness=0.5 + light,
            highlights=0.6 + light,
            sharpness=fine,
            coarse_sharpness=fine / 2,
            noise=2 + grain,
        )
        for light, fine, grain in zip(*RNG.normal(0, (0.02, 0.1, 0.1), (count, 3)).T, strict=True)
    ]


def test_what_stands_out_is_named_by_its_reason() -> None:
    ones = usual(100)
    ones[3] = replace(ones[3], sharpness=-2.0)
    ones[4] = replace(ones[4], noise=12.0)
    ones[5] = replace(ones[5], brightness=0.1)
    ones[6] = replace(ones[6], brightness=0.9)
    ones[7] = replace(ones[7], bright=0.4)
    found = judge_quality(ones)
    named = [found.blurred, found.noisy, found.dark, found.bright, found.clipped]
    assert [rows.tolist() for rows in named] == [[3], [4], [5], [6], [7]] and found.lighting is None


def test_few_images_have_no_distribution() -> None:
    found = judge_quality([replace(one, sharpness=-9.0 * place) for place, one in enumerate(usual(10))])
    assert not len(found.blurred)


def test_two_kinds_of_light_are_told_apart_and_each_has_its_own_usual_brightness() -> None:
    ones = usual(60) + [
        replace(one, brightness=one.brightness * 0.5, highlights=one.highlights * 0.5) for one in usual(40)
    ]
    ones[0] = replace(ones[0], brightness=0.7)
    found = judge_quality(ones)
    assert found.lighting is not None
    assert (found.lighting.darker, found.lighting.brighter) == pytest.approx((0.3, 0.6), abs=0.02)
    assert set(found.lighting.bright_rows.tolist()) == set(range(60))
    assert found.bright.tolist() == [0]


def test_one_light_is_one() -> None:
    rng = np.random.default_rng(3)
    for one in (rng.normal(0.5, 0.1, 400), rng.uniform(0.3, 0.7, 400), np.full(100, 0.5)):
        assert two_lightings(one, one) is None


def test_equal_values_are_no_outliers() -> None:
    assert robust_z(np.array([1.0] * 9 + [5.0])).tolist() == [0.0] * 10


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_the_effective_number_lies_between_one_and_the_number(sizes: list[int]) -> None:
    assert 1 - 1e-9 <= effective_number(np.array(sizes)) <= len(sizes) + 1e-9
    assert effective_number(np.full(len(sizes), 7)) == pytest.approx(len(sizes))


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_vendi_score_counts_what_differs() -> None:
    assert vendi_score(np.eye(5, dtype=np.float32)) == pytest.approx(5)
    assert vendi_score(np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)) == pytest.approx(3)
    assert vendi_score(np.ones((6, 1), np.float32)) == pytest.approx(1)


def test_groups_are_found_and_a_large_one_stays_whole() -> None:
    centres = np.eye(4, 60)
    counts = (160, 20, 12, 8)
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 0.1, (sum(counts), 60))
    truth = np.repeat(np.arange(4), counts)
    order = rng.permutation(sum(counts))
    found = find_groups(unit(centres[truth] + noise)[order])
    assert found.sizes == counts and np.array_equal(found.group, truth[order])
    assert found.effective == pytest.approx(effective_number(np.array(counts)))


def test_one_image_is_one_group() -> None:
    found = find_groups(np.array([[1.0, 0.0]], np.float32))
    assert (found.sizes, found.effective, found.group.tolist()) == ((1,), 1.0, [0])


@given(st.integers(1, 5000), st.integers(1, 300))
def test_even_rows_are_distinct_and_in_order(count: int, most: int) -> None:
    rows = evenly(count, most)
    assert len(rows) == min(count, most) and np.all(np.diff(rows) > 0) and rows[0] >= 0 and rows[-1] < count
