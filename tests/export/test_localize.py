"""Scoring heatmaps against marked regions, with regions whose score is known beforehand."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny_model import last

from micm_desktop.explain.localization import Localization
from micm_desktop.export.localize import HeatmapScores, localize
from micm_desktop.fewshot.labeled_folder import EmbeddedFolder, embed_folder, read_labeled_folder
from micm_desktop.micm.checkpoint import load_encoder
from micm_desktop.progress import JobControl, UserError


@pytest.fixture(scope="module")
def embedded(labeled: Path, patch_encoder: Path) -> EmbeddedFolder:
    return last(embed_folder(load_encoder(patch_encoder), read_labeled_folder(labeled), JobControl()), EmbeddedFolder)


def write_boxes(out: Path, labeled: Path, box: tuple[int, int, int, int]) -> Path:
    names = sorted(path.relative_to(labeled).as_posix() for path in labeled.rglob("*.png"))
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["image", "class", "xmin", "ymin", "xmax", "ymax"])
        writer.writerows([name, name.split("/")[0], *box] for name in names)
    return out


def score(embedded: EmbeddedFolder, labeled: Path, boxes: Path | None, masks: Path | None) -> HeatmapScores:
    return last(localize(embedded, labeled, boxes, masks, 2, 0, JobControl()), HeatmapScores)


def test_everything_marked_is_always_hit(embedded: EmbeddedFolder, labeled: Path, tmp_path: Path) -> None:
    boxes = write_boxes(tmp_path / "boxes.csv", labeled, (0, 0, 96, 96))
    found = score(embedded, labeled, boxes, None)
    for one in (found.evidence, found.attention):
        assert one == Localization(1.0, 1.0, 24, pytest.approx(1.0))


def test_boxes_and_masks_of_the_same_regions_score_the_same(
    embedded: EmbeddedFolder, labeled: Path, tmp_path: Path
) -> None:
    boxes = write_boxes(tmp_path / "boxes.csv", labeled, (0, 0, 48, 96))
    mask = np.zeros((96, 96), np.uint8)
    mask[:, :48] = 255
    for path in labeled.rglob("*.png"):
        out = tmp_path / "masks" / path.relative_to(labeled)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(cv2.imencode(".png", mask)[1].tobytes())
    found = score(embedded, labeled, boxes, None)
    for one in (found.evidence, found.attention):
        assert one.chance == pytest.approx(0.5) and one.images == 24
    assert found.evidence != found.attention
    assert score(embedded, labeled, None, tmp_path / "masks") == found


def test_halves_share_the_hits(embedded: EmbeddedFolder, labeled: Path, tmp_path: Path) -> None:
    """The hottest spot lies in exactly one of two halves, and each bit of the heat."""
    left = score(embedded, labeled, write_boxes(tmp_path / "left.csv", labeled, (0, 0, 48, 96)), None)
    right = score(embedded, labeled, write_boxes(tmp_path / "right.csv", labeled, (48, 0, 96, 96)), None)
    for one, other in ((left.evidence, right.evidence), (left.attention, right.attention)):
        assert one.pointing_game + other.pointing_game == pytest.approx(1)
        assert one.heat_inside + other.heat_inside == pytest.approx(1)


def test_only_marked_queries_count(embedded: EmbeddedFolder, labeled: Path) -> None:
    found = score(embedded, labeled, labeled / "boxes.csv", None).evidence
    assert found.images == 20, "five classes with marks, four queries each"
    assert 0 < found.chance < 0.5


def test_no_marks_at_all(embedded: EmbeddedFolder, labeled: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="None of the query images has a marked region"):
        score(embedded, labeled, None, tmp_path)
