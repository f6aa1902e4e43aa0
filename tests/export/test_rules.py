"""Rules beside the network."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micm_desktop.export.rules import Rules, apply_rules, brightness, rules_from_json, rules_to_json, sharpness
from micm_desktop.fewshot.decision import Outcome

CLASSES, GOOD = ("good", "dent", "scratch"), (True, False, False)
IMAGE = np.random.default_rng(0).integers(60, 200, (80, 120, 3), np.uint8)


def heat_at(*places: tuple[int, int]) -> np.ndarray:
    heat = np.zeros((10, 10), np.float32)
    for row, column in places:
        heat[row, column] = 1
    return heat


def ruled(
    rules: Rules, outcome: Outcome = Outcome.DEFECT, best: int = 1, heat: np.ndarray | None = None, image=IMAGE
) -> tuple[Outcome, int, str]:
    probabilities = np.array([0.1, 0.6, 0.3], np.float32)
    found = apply_rules(
        rules, outcome, best, probabilities, heat_at((2, 2)) if heat is None else heat, image, CLASSES, GOOD
    )
    return found.outcome, found.class_index, found.rule


@pytest.mark.parametrize("outcome", list(Outcome))
def test_no_rule_changes_nothing(outcome: Outcome) -> None:
    assert not Rules()
    assert ruled(Rules(), outcome) == (outcome, 1, "")


def test_a_defect_outside_the_area_does_not_count() -> None:
    rules = Rules(area=(0.5, 0.5, 1, 1))
    assert ruled(rules) == (Outcome.GOOD, 0, "outside_area")
    assert ruled(rules, heat=heat_at((2, 2), (7, 7))) == (Outcome.DEFECT, 1, "")
    assert ruled(rules, Outcome.ASK) == (Outcome.ASK, 1, "")


def test_an_area_smaller_than_a_place_of_the_heatmap_still_counts() -> None:
    between = Rules(area=(0.26, 0.26, 0.29, 0.29))
    assert ruled(between)[0] == Outcome.DEFECT
    assert ruled(between, heat=heat_at((2, 3)))[0] == Outcome.GOOD


@pytest.mark.parametrize("heat", [np.zeros((10, 10), np.float32), np.full((10, 10), np.nan, np.float32)])
def test_a_defect_without_a_place_is_not_called_good(heat: np.ndarray) -> None:
    assert ruled(Rules(area=(0.5, 0.5, 1, 1), smallest_area=0.1), heat=heat) == (Outcome.DEFECT, 1, "")


def test_columns_are_left_to_right_and_rows_top_to_bottom() -> None:
    right_top = Rules(area=(0.6, 0, 1, 0.4))
    assert ruled(right_top, heat=heat_at((1, 8)))[0] == Outcome.DEFECT
    assert ruled(right_top, heat=heat_at((8, 1)))[0] == Outcome.GOOD


def test_evidence_that_is_too_small_does_not_count() -> None:
    rules = Rules(smallest_area=0.015)
    assert ruled(rules) == (Outcome.GOOD, 0, "smallest_area")
    assert ruled(rules, heat=heat_at((2, 2), (2, 3)))[0] == Outcome.DEFECT


def test_below_a_class_s_least_probability_a_person_is_asked() -> None:
    rules = Rules(least_probability={"dent": 0.7, "scratch": 0.1})
    assert ruled(rules) == (Outcome.ASK, 1, "least_probability")
    assert ruled(rules, best=2) == (Outcome.DEFECT, 2, "")
    assert ruled(rules, Outcome.UNKNOWN) == (Outcome.UNKNOWN, 1, "")


def test_dark_and_blurred_images_are_not_guessed_at() -> None:
    dark = (IMAGE * 0.1).astype(np.uint8)
    assert brightness(dark) < 0.1 < brightness(IMAGE)
    for outcome in (Outcome.GOOD, Outcome.DEFECT, Outcome.UNKNOWN):
        assert ruled(Rules(darkest=0.2), outcome, image=dark) == (Outcome.ASK, 1, "too_dark")
    assert ruled(Rules(darkest=0.2))[2] == ""
    blurred = cv2.GaussianBlur(IMAGE, (15, 15), 5)
    limit = (sharpness(blurred) + sharpness(IMAGE)) / 2
    assert ruled(Rules(least_sharpness=limit), image=blurred) == (Outcome.ASK, 1, "too_blurred")
    assert ruled(Rules(least_sharpness=limit))[2] == ""


def test_sharpness_does_not_depend_on_the_camera_s_resolution() -> None:
    scene = cv2.resize(IMAGE, (1200, 800), interpolation=cv2.INTER_NEAREST)
    half = cv2.resize(scene, (600, 400), interpolation=cv2.INTER_AREA)
    assert sharpness(half) == pytest.approx(sharpness(scene), rel=0.15)


share = st.floats(0, 0.49)
far = st.floats(0.5, 1)


@given(st.none() | st.tuples(share, share, far, far), share, st.dictionaries(st.text(min_size=1), share), share)
def test_json_and_back(area, smallest: float, least: dict[str, float], darkest: float) -> None:
    rules = Rules(area, smallest, least or None, darkest, 12.5)
    assert rules_from_json(json.loads(json.dumps(rules_to_json(rules)))) == rules


@pytest.mark.parametrize(
    "value",
    [
        {"area": [0.5, 0, 0.4, 1]},
        {"area": [0, 0, 1]},
        {"smallest_area": -1},
        {"darkest": float("nan")},
        {"least_probability": {"a": -0.1}},
        {"smallest_area": 5},
        {"darkest": 1.5},
        {"least_probability": {"a": 60}},
        {"least_sharpness": float("inf")},
    ],
)
def test_what_is_no_rule_is_refused(value: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        rules_from_json(value)
