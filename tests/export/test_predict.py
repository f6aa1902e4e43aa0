"""Judging a folder: the table, the heatmaps, and what becomes of them where something goes wrong."""

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from micm_desktop.export import runtime
from micm_desktop.export.journal import Resumed
from micm_desktop.export.pipeline import heatmap_png
from micm_desktop.export.predict import PredictResult, part_of, predict_folder
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.images.decode import decode_image
from micm_desktop.images.scan import find_images
from micm_desktop.progress import Cancelled, JobControl, ProcessingError, Progress, UserError

CLASSES = ["crack", "dent", "good", "pit", "scratch", "stain"]
HEADER = ["path", "status", "class", "confidence", "unknown", "message", *(f"p_{name}" for name in CLASSES)]
HEADER += ["verdict", "risk", "rule"]


@pytest.fixture(scope="module")
def model(model_file: Path) -> runtime.Model:
    return runtime.load(model_file)


@pytest.fixture
def images(labeled: Path, tmp_path: Path) -> Path:
    """A folder of the test's own: twelve pictures, with names that need Unicode."""
    root = tmp_path / "検査画像"
    for folder, kind in (("良品①", "good"), ("不良 (傷)", "scratch")):
        (root / folder).mkdir(parents=True)
        for number, path in enumerate(sorted((labeled / kind).glob("*.png"))):
            shutil.copy(path, root / folder / f"画像 {number:02d}.png")
    return root


def judge(
    model: runtime.Model,
    images: Path,
    out: Path,
    heatmaps: Path | None = None,
    control: JobControl | None = None,
) -> tuple[PredictResult, Iterator[Any]]:
    result = PredictResult()
    paths = list(find_images(images))
    return result, predict_folder(model, images, paths, out, heatmaps, result, control or JobControl())


def table(out: Path) -> list[dict[str, str]]:
    with out.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def whole_table(model: runtime.Model, images: Path, tmp_path: Path) -> bytes:
    """The table of a run without interruption."""
    out = tmp_path / "whole.csv"
    list(judge(model, images, out)[1])
    content = out.read_bytes()
    out.unlink()
    return content


def test_table_is_what_the_contract_says(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    (images / "良品①" / "空.png").write_bytes(b"")
    out = tmp_path / "new folder" / "結果.csv"
    result, events = judge(model, images, out)
    progress = list(events)

    assert out.read_bytes().startswith(b"\xef\xbb\xbfpath,status,class,confidence,unknown,message,p_crack,")
    with out.open(encoding="utf-8-sig", newline="") as stream:
        assert next(csv.reader(stream)) == HEADER
    rows = table(out)
    names = [row["path"] for row in rows]
    assert names == sorted(path.relative_to(images).as_posix() for path in images.rglob("*.png"))
    assert (result.images, len(rows), progress[-1].done, progress[-1].total) == (13, 13, 13, 13)

    (error,) = (row for row in rows if row["status"] == "error")
    assert error["path"] == "良品①/空.png" and error["message"] == "the file is empty (0 bytes)"
    assert not any(error[column] for column in HEADER if column not in ("path", "status", "message"))
    assert [problem.path.name for problem in result.failed] == ["空.png"]

    for row in rows:
        if row["status"] == "error":
            continue
        verdict = model.judge(decode_image(images / row["path"]))
        assert (row["status"], row["class"], row["message"]) == ("ok", verdict.class_name, "")
        assert row["unknown"] == str(int(verdict.unknown))
        shares = {name: float(row[f"p_{name}"]) for name in CLASSES}
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert row["verdict"] == verdict.outcome.name.lower() and row["rule"] == ""
        assert float(row["risk"]) == pytest.approx(verdict.risk, abs=1e-5)
        if row["verdict"] in ("good", "defect"):
            assert (row["class"] == CLASSES[0]) == (row["verdict"] == "good"), "the first class is the good one"
        assert float(row["confidence"]) == pytest.approx(verdict.confidence, abs=1e-5)


def test_heatmaps_of_names_that_need_unicode(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    heatmaps = tmp_path / "熱"
    _, events = judge(model, images, tmp_path / "r.csv", heatmaps)
    list(events)
    written = sorted(path.relative_to(heatmaps).as_posix() for path in heatmaps.rglob("*.png"))
    assert written == [f"{row['path']}.png" for row in table(tmp_path / "r.csv")]
    for row in table(tmp_path / "r.csv"):
        original, drawn = decode_image(images / row["path"]), decode_image(heatmaps / f"{row['path']}.png")
        assert drawn.shape == original.shape
        assert np.array_equal(drawn, original) == (row["unknown"] == "1" or not model.judge(original).heatmap.any())


def test_nothing_in_the_image_folder_changes(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    def contents() -> dict[Path, tuple[bytes, float]]:
        return {path: (path.read_bytes(), path.stat().st_mtime) for path in images.rglob("*.png")}

    before = contents()
    folders = [images, *(path for path in images.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        result, events = judge(model, images, tmp_path / "r.csv", tmp_path / "heat")
        list(events)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert result.images == 12 and not result.failed
    assert contents() == before


def test_a_folder_that_disappears_ends_the_run_and_the_next_goes_on(
    model: runtime.Model, images: Path, tmp_path: Path
) -> None:
    expected, out = whole_table(model, images, tmp_path), tmp_path / "r.csv"
    _, events = judge(model, images, out)
    next(events)
    images.rename(tmp_path / "away")
    with pytest.raises(ProcessingError, match="is no longer there"):
        list(events)
    assert not out.exists()
    (tmp_path / "away").rename(images)
    result, events = judge(model, images, out)
    assert next(events) == Resumed(result.resumed) and 1 <= result.resumed < 12
    list(events)
    assert (result.images, result.failed, out.read_bytes()) == (12, [], expected)


def test_cancel_leaves_the_table_of_before(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    expected, out, control = whole_table(model, images, tmp_path), tmp_path / "r.csv", JobControl()
    out.write_text("of before")
    _, events = judge(model, images, out, control=control)
    next(events)
    control.cancel()
    with pytest.raises(Cancelled):
        list(events)
    assert out.read_text() == "of before"
    # Half a line, as a power failure may leave it.
    with part_of(out).open("ab") as stream:
        stream.write(b'["half a li')
    result, events = judge(model, images, out)
    assert next(events) == Resumed(1)
    list(events)
    assert (result.images, out.read_bytes()) == (12, expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.csv", "検査画像"]


def test_going_on_judges_what_changed_and_tries_the_unreadable_again(
    model: runtime.Model, images: Path, tmp_path: Path
) -> None:
    out, control = tmp_path / "r.csv", JobControl()
    first, second, third, *_ = find_images(images)
    whole = second.read_bytes()
    second.write_bytes(whole[:99])
    _, events = judge(model, images, out, control=control)
    for _ in range(4):
        next(events)
    control.cancel()
    with pytest.raises(Cancelled):
        list(events)
    second.write_bytes(whole)
    os.utime(third, ns=(0, 0))
    first.unlink()
    expected = whole_table(model, images, tmp_path)
    _, events = judge(model, images, out)
    assert next(events) == Resumed(1), "only the fourth is as it was"
    list(events)
    assert out.read_bytes() == expected


def test_another_model_or_folder_starts_afresh_and_says_so(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"

    def stop_after_two(root: Path, heatmaps: Path | None, identity: dict[str, str]) -> object:
        control = JobControl()
        job = predict_folder(
            model, root, list(find_images(root)), out, heatmaps, PredictResult(), control, identity=identity
        )
        told, _ = next(job), next(job)
        control.cancel()
        with pytest.raises(Cancelled):
            list(job)
        return told

    stop_after_two(images, None, {"file": "one"})
    assert stop_after_two(images, None, {"file": "two"}) == Resumed(0, "model")
    assert stop_after_two(images / "良品①", None, {"file": "two"}) == Resumed(0, "folder")
    assert stop_after_two(images / "良品①", tmp_path / "heat", {"file": "two"}) == Resumed(0, "heatmaps")
    part_of(out).write_bytes(b"\0" * 4096)
    assert isinstance(stop_after_two(images, None, {"file": "two"}), Progress)


def test_two_runs_do_not_write_one_table(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    _, events = judge(model, images, tmp_path / "r.csv")
    next(events)
    _, others = judge(model, images, tmp_path / "r.csv")
    with pytest.raises(UserError, match="Another MICM Desktop is writing"):
        next(others)
    assert list(events)[-1].done == 12


def test_a_disk_that_refuses_leaves_no_table(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "heat"
    in_the_way.write_text("a file where the heatmaps' folder should be")
    _, events = judge(model, images, tmp_path / "r.csv", in_the_way)
    with pytest.raises(OSError):
        list(events)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heat", "検査画像"]


def test_a_table_that_cannot_be_replaced_is_named_first(model: runtime.Model, images: Path, tmp_path: Path) -> None:
    _, events = judge(model, images, images)
    with pytest.raises(UserError, match=r"is a folder\. Name a file"):
        next(events)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["検査画像"]


def test_a_table_opened_elsewhere_is_named_first(
    model: runtime.Model, images: Path, tmp_path: Path, permissions_bind: None
) -> None:
    out = tmp_path / "r.csv"
    out.write_text("of before")
    out.chmod(0o444)
    _, events = judge(model, images, out)
    with pytest.raises(UserError, match="Close it where it is open"):
        next(events)
    assert out.read_text() == "of before"


def test_an_image_is_as_it_was_where_nothing_like_it_was_tagged(images: Path) -> None:
    image = decode_image(next(find_images(images)))
    hot = np.ones((4, 4), np.float32)
    for unknown in (True, False):
        verdict = runtime.Verdict(
            Outcome.GOOD, "good", 0.9, 0.1, "", unknown, 0.5, np.array([0.9, 0.1], np.float32), hot
        )
        drawn = cv2.imdecode(np.frombuffer(heatmap_png(image, verdict), np.uint8), cv2.IMREAD_COLOR_RGB)
        assert np.array_equal(np.asarray(drawn), image) == unknown
