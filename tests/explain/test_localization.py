"""The pointing game, and the files that say where the defects are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from micm_desktop.explain.localization import (
    Localization,
    Pointing,
    box_mask,
    pointing,
    read_boxes,
    read_mask,
    score_localization,
)
from micm_desktop.progress import UserError

HEADER = "image,class,xmin,ymin,xmax,ymax\n"


def heat_at(row: int, column: int, shape: tuple[int, int] = (4, 4)) -> np.ndarray:
    heat = np.full(shape, 0.1, np.float32)
    heat[row, column] = 1
    return heat


@pytest.mark.parametrize(("row", "column", "hit"), [(1, 2, True), (1, 1, False), (2, 2, False), (3, 0, False)])
def test_the_hottest_spot_hits_or_misses(row: int, column: int, hit: bool) -> None:
    mask = box_mask([(40, 20, 60, 40)], (80, 80))  # patch row 1, column 2 of a 4 × 4 grid
    found = pointing(heat_at(row, column), mask)
    assert (found.hit, found.marked) == (hit, pytest.approx(400 / 6400))


def test_heat_and_mask_may_have_other_proportions() -> None:
    mask = box_mask([(150, 0, 200, 50)], (100, 200))
    assert pointing(heat_at(0, 3, (2, 4)), mask).hit
    assert not pointing(heat_at(1, 3, (2, 4)), mask).hit


def test_the_share_of_heat_inside() -> None:
    mask = box_mask([(0, 0, 40, 80)], (80, 80))
    halves = np.repeat(np.array([[3, 1]], np.float32), 40, axis=1).repeat(80, axis=0)
    assert pointing(halves, mask).heat_inside == pytest.approx(0.75)
    assert pointing(np.ones((4, 4), np.float32), mask).heat_inside == pytest.approx(0.5), "even heat is chance"
    assert pointing(np.zeros((4, 4), np.float32), mask).heat_inside == 0.5, "no heat says what chance says"


def test_scores_are_means_over_images() -> None:
    found = score_localization([Pointing(True, 0.5, 0.1), Pointing(False, 0.1, 0.3), Pointing(True, 0.9, 0.2)])
    assert found == Localization(pytest.approx(2 / 3), pytest.approx(0.2), 3, pytest.approx(0.5))


def test_random_heat_scores_at_chance() -> None:
    """What makes ``chance`` the yardstick."""
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(1500):
        left, top = rng.integers(0, 40, 2)
        mask = box_mask([(left, top, left + 24, top + 24)], (64, 64))
        hits.append(pointing(rng.random((64, 64), np.float32), mask))
    found = score_localization(hits)
    assert found.pointing_game == pytest.approx(found.chance, abs=0.03)
    assert found.heat_inside == pytest.approx(found.chance, abs=0.005)


def test_no_marked_image_at_all_is_explained() -> None:
    with pytest.raises(UserError, match="--boxes or --masks"):
        score_localization([])


def test_box_masks_are_exclusive_at_their_ends_and_cut_at_the_border() -> None:
    assert box_mask([(1, 2, 3, 4)], (6, 5)).nonzero()[0].tolist() == [2, 2, 3, 3]
    assert box_mask([(1, 2, 3, 4)], (6, 5)).nonzero()[1].tolist() == [1, 2, 1, 2]
    assert box_mask([(-5, -5, 2, 2), (4, 5, 99, 99)], (6, 5)).sum() == 4 + 1
    assert not box_mask([], (6, 5)).any()


def test_boxes_are_read_by_image(tmp_path: Path) -> None:
    file = tmp_path / "箱.csv"
    rows = "傷/画像 1.png,傷,1,2,30,40\ndent/2.png,dent,5.0,6.9,7,8\n傷/画像 1.png,傷,0,0,9,9\n"
    file.write_text(HEADER + rows, encoding="utf-8-sig")
    assert read_boxes(file) == {"傷/画像 1.png": [(1, 2, 30, 40), (0, 0, 9, 9)], "dent/2.png": [(5, 6, 7, 8)]}


def test_a_list_without_boxes_is_empty(tmp_path: Path) -> None:
    (tmp_path / "boxes.csv").write_text(HEADER)
    assert read_boxes(tmp_path / "boxes.csv") == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"image,class,xmin,ymin,xmax\na.png,dent,1,2,3\n",
        b"image,class,xmin,ymin,xmax\n",
        b"class,xmin,ymin,xmax,ymax\ndent,1,2,3,4\n",
        HEADER.encode() + b"a.png,dent,1,2,3\n",
        HEADER.encode() + b"a.png,dent,1,2,3,four\n",
        HEADER.encode() + b"a.png,dent,1,2,3,nan\n",
        HEADER.encode() + b"a.png,dent,1,2,3,inf\n",
        HEADER.encode() + b'"' + b"x" * 200_000 + b'",dent,1,2,3,4\n',
        b"\xff\xfe\x00\x81",
    ],
    ids=["empty", "column", "header", "image", "short", "word", "nan", "inf", "huge", "binary"],
)
def test_what_is_no_box_list_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "boxes.csv").write_bytes(content)
    with pytest.raises(UserError, match=r"boxes\.csv is not a box list"):
        read_boxes(tmp_path / "boxes.csv")


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_box_list_that_is_no_file_is_named(kind: str, tmp_path: Path) -> None:
    if kind == "folder":
        (tmp_path / "boxes.csv").mkdir()
    with pytest.raises(UserError, match=r"boxes\.csv"):
        read_boxes(tmp_path / "boxes.csv")


def test_masks_are_true_where_they_are_not_black(tmp_path: Path) -> None:
    values = np.zeros((6, 5, 3), np.uint8)
    values[2, 3] = (0, 0, 1)
    values[4, 1] = 255
    Image.fromarray(values).save(tmp_path / "mask.png")
    mask = read_mask(tmp_path / "mask.png")
    assert mask is not None
    assert mask.dtype == bool
    assert np.argwhere(mask).tolist() == [[2, 3], [4, 1]]


def test_no_mask_and_a_black_mask_are_no_region(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "black.png")
    assert read_mask(tmp_path / "black.png") is None
    assert read_mask(tmp_path / "none.png") is None


def test_a_damaged_mask_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "mask.png").write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"mask\.png cannot be read"):
        read_mask(tmp_path / "mask.png")
