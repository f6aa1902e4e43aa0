"""The comparison of two folders: its arithmetic, how often it is wrong by chance, and what it finds."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_inventory import made_inventory

from micm_desktop.inventory import drift_words
from micm_desktop.inventory.drift import FEWEST, Drift, compare_inventories
from micm_desktop.inventory.drift_words import folder_names
from micm_desktop.inventory.two_samples import (
    adjusted_p_values,
    energy_of_distances,
    energy_of_values,
    labelings,
    probability_larger,
    share_differences,
)
from micm_desktop.progress import UserError

KINDS = [number % 5 for number in range(150)]
VALUES = st.lists(st.floats(-100, 100), min_size=2, max_size=12)


def energy(first: np.ndarray, second: np.ndarray) -> float:
    """By its definition: twice the mean distance across less those within."""

    def mean(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.abs(one[:, None] - other[None, :]).mean())

    return 2 * mean(first, second) - mean(first, first) - mean(second, second)


@given(VALUES, VALUES)
def test_both_ways_to_the_energy_distance_are_its_definition(first: list[float], second: list[float]) -> None:
    values = np.array(first + second)
    labels = labelings(np.arange(len(values)) >= len(first), permutations=3)
    distances = np.abs(values[:, None] - values[None, :]).astype(np.float32)
    for found in (energy_of_values(values, labels), energy_of_distances(distances, labels)):
        assert found.shape == (4,)
        for marks, one in zip(labels.T.astype(bool), found, strict=True):
            assert one == pytest.approx(energy(values[~marks], values[marks]), abs=1e-3)


def test_labelings_keep_the_size_of_the_samples_and_the_first_is_real() -> None:
    second = np.arange(10) >= 7
    labels = labelings(second, permutations=50)
    assert (labels.sum(axis=0) == 3).all() and (labels[:, 0] == second).all()
    assert len({tuple(column) for column in labels.T.tolist()}) > 20
    assert np.array_equal(labels, labelings(second, permutations=50))


def test_shares_differ_by_standard_deviations() -> None:
    group = np.array([0] * 60 + [1] * 40)
    second = np.zeros(100, bool)
    second[:30] = second[60:80] = True  # half of each group
    assert share_differences(group, second[:, None].astype(np.float32)) == pytest.approx(0, abs=1e-9)
    labels = (np.arange(100) < 50)[:, None].astype(np.float32)
    # 50 of 50 against 10 of 50; the pooled share is 0.6.
    assert share_differences(group, labels)[0, 0] == pytest.approx(0.8 / np.sqrt(0.24 * 2 / 50))


def test_how_often_a_value_is_above_another() -> None:
    assert probability_larger(np.array([1.0, 2.0]), np.array([3.0])) == 1
    assert probability_larger(np.array([1.0, 3.0]), np.array([2.0, 3.0])) == pytest.approx(0.625)


def test_of_many_comparisons_without_a_difference_few_name_any() -> None:
    rng = np.random.default_rng(1)
    wrong, found, named_wrongly = 0, 0, 0
    for turn in range(200):
        labels = labelings(np.arange(60) >= 30, permutations=99, seed=turn)
        values = rng.normal(size=(5, 60)) + 0.7 * rng.normal(size=60)  # figures that go together
        wrong += adjusted_p_values(np.stack([energy_of_values(row, labels) for row in values])).min() <= 0.05
        values[2, 30:] += 1.5
        p = adjusted_p_values(np.stack([energy_of_values(row, labels) for row in values]))
        found += p[2] <= 0.05
        named_wrongly += p[[0, 1, 3, 4]].min() <= 0.05
    # By chance at most 10; that a sound test gives more than 20 happens once in a thousand times.
    assert wrong <= 20 and named_wrongly <= 20
    assert found >= 180


def found_in(drift: Drift) -> set[str]:
    return {one.figure for one in drift.found}


def test_equal_folders_are_rarely_said_to_differ() -> None:
    named = [
        bool(compare_inventories(made_inventory(KINDS, seed=2 * turn), made_inventory(KINDS, seed=2 * turn + 1)).found)
        for turn in range(10)
    ]
    # More than three of ten happen once in a thousand times.
    assert sum(named) <= 3


def test_less_light_is_found_in_a_set_of_many_kinds_and_measured() -> None:
    drift = compare_inventories(made_inventory(KINDS, seed=1), made_inventory(KINDS, seed=2, gain=0.95))
    assert {"brightness"} <= found_in(drift) <= {"brightness", "contrast"}
    (light,) = (one for one in drift.differences if one.figure == "brightness")
    assert np.expm1(light.change) == pytest.approx(-0.05, abs=0.02)
    assert light.larger < 0.4 and light.strength in ("clear", "strong")
    darkest = [drift.second.measures[row].highlights for row in light.second_rows]
    assert len(darkest) == 12 and light.p < 0.01
    said = drift_words.drift_sentences(drift)
    assert "darker" in said[1] and re.search(r"by \d\.\d %", said[1])
    assert all("which the light may explain" in text for text in said[2:])


def test_a_kind_that_is_missing_is_found_and_shown() -> None:
    without = [kind for kind in KINDS if kind != 3] + [0] * 30
    drift = compare_inventories(made_inventory(KINDS, seed=1), made_inventory(without, seed=2))
    assert {"content", "kinds"} <= found_in(drift)
    assert not found_in(drift) & {"brightness", "contrast", "sharpness", "noise"}
    gone = next(one for one in drift.kinds if one.second_share == 0)
    assert gone.first_share == pytest.approx(0.2) and not gone.second_rows
    assert all(KINDS[row] == 3 for row in gone.first_rows)
    (content,) = (one for one in drift.differences if one.figure == "content")
    assert sum(KINDS[row] == 3 for row in content.first_rows) >= 10


def test_without_features_the_measures_are_compared() -> None:
    usual = made_inventory([0] * 60, seed=1, features=False)
    drift = compare_inventories(usual, made_inventory([0] * 60, seed=2, gain=0.9, features=False))
    assert {"brightness"} <= found_in(drift) <= {"brightness", "contrast"}
    assert {one.figure for one in drift.differences} == {"brightness", "contrast", "sharpness", "noise"}


def test_copies_are_left_out_and_few_images_are_refused() -> None:
    one = made_inventory(KINDS, seed=1)
    copies = replace(one, near=(tuple(range(100)),))
    assert compare_inventories(copies, one).counts == (51, 150)
    too_few = replace(one, equal=(tuple(range(FEWEST - 2, 150)),))
    with pytest.raises(UserError, match=f"only {FEWEST - 1} different images"):
        compare_inventories(too_few, one)


def test_every_figure_has_words_in_both_languages() -> None:
    assert drift_words.TEXTS["en"].keys() == drift_words.TEXTS["ja"].keys()
    assert drift_words.FIGURES["en"].keys() == drift_words.FIGURES["ja"].keys()
    english, japanese = drift_words.SENTENCES["en"], drift_words.SENTENCES["ja"]
    assert english.keys() == japanese.keys()
    for figure in drift_words.FIGURES["en"]:
        assert figure in english or {f"{figure}+", f"{figure}-"} <= english.keys()
    for key, text in english.items():
        values = dict.fromkeys(("strength", "apart", "change", "one", "other", "figure"), "1")
        assert text.format(**values) and japanese[key].format(**values)
    none = compare_inventories(made_inventory(KINDS, seed=4), made_inventory(KINDS, seed=5))
    for used in ("en", "ja"):
        head, rows = drift_words.table(none, used)
        assert all(len(row) == len(head) for row in rows)


def test_folders_are_named_as_they_are_written_without_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "now").mkdir()
    monkeypatch.chdir(tmp_path / "now")
    one, other = (replace(made_inventory(KINDS, seed=1), root=root) for root in (Path("../before"), Path()))
    drift = Drift(one, other, (0, 0), (), ())
    assert folder_names(drift) == {"one": "before", "other": "now"}
