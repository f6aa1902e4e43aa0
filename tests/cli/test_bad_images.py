"""Folders as factories have them: what cannot be read is listed with its reason, and all the rest is done."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from command_line import Outcome, run
from picture_files import as_pillow, picture, pillow_bytes, tiff_bytes
from PIL import Image

ORIENTATION = 274

BROKEN = {
    "良品①/切れた.jpg": "the file is cut off: its end is missing",
    "良品①/empty.png": "the file is empty (0 bytes)",
    "scratch/text.bmp": "the content is not a BMP, PNG, JPEG, TIFF, WebP or PNM image",
}


def turned() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return pillow_bytes(as_pillow(), "JPEG", quality=95, exif=exif)


READABLE = {
    "良品①/画像 01.bmp": lambda: pillow_bytes(as_pillow(), "BMP"),
    "良品①/16bit.tif": lambda: tiff_bytes(picture().astype(np.uint16) * 257, photometric="rgb"),
    "良品①/cmyk.jpg": lambda: pillow_bytes(as_pillow("CMYK"), "JPEG", quality=95),
    "scratch/rgba.png": lambda: pillow_bytes(as_pillow("RGBA"), "PNG"),
    "scratch/turned.jpg": turned,
    "scratch/1x1.png": lambda: pillow_bytes(Image.new("RGB", (1, 1), (200, 30, 90)), "PNG"),
    "scratch/strip.png": lambda: pillow_bytes(Image.effect_noise((20000, 300), 60), "PNG"),
}


@pytest.fixture(scope="module")
def folder(labeled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`検査画像/良品①/画像 01.bmp` and its like: two classes, three broken files, one picture under two names."""
    root = tmp_path_factory.mktemp("factory") / "検査画像"
    for name, kind in (("良品①", "good"), ("scratch", "scratch")):
        shutil.copytree(labeled / kind, root / name)
    for name, make in READABLE.items():
        (root / name).write_bytes(make())
    shutil.copy(root / "scratch" / "scratch_000.png", root / "scratch" / "the same again.png")
    whole = pillow_bytes(as_pillow(), "JPEG", quality=95)
    (root / "良品①/切れた.jpg").write_bytes(whole[: len(whole) // 2])
    (root / "良品①/empty.png").write_bytes(b"")
    (root / "scratch/text.bmp").write_text("not a picture")
    (root / "良品①/Thumbs.db").write_bytes(b"not counted as an image")
    return root


def assert_lists_the_broken(outcome: Outcome, folder: Path) -> None:
    assert outcome.code == 3
    listed = [line for line in outcome.stderr.splitlines() if line.startswith("not read: ")]
    assert sorted(listed) == sorted(f"not read: {folder / name}: {reason}" for name, reason in BROKEN.items())


def test_predict(model_file: Path, folder: Path, tmp_path: Path) -> None:
    out, heatmaps = tmp_path / "結果.csv", tmp_path / "熱"
    outcome = run("predict", model_file, folder, "--out", out, "--heatmaps", heatmaps, "--json")
    assert_lists_the_broken(outcome, folder)
    assert (outcome.values["images"], outcome.values["failed"]) == (23, 3)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["path"]: row for row in csv.DictReader(stream)}
    assert list(rows) == sorted(rows)
    assert {name: rows[name]["message"] for name in rows if rows[name]["status"] == "error"} == BROKEN
    assert all(rows[name]["status"] == "ok" for name in READABLE)
    first, again = rows["scratch/scratch_000.png"], rows["scratch/the same again.png"]
    assert {**first, "path": ""} == {**again, "path": ""}
    for name, size in (
        ("scratch/1x1.png", (1, 1)),
        ("scratch/strip.png", (20000, 300)),
        ("scratch/turned.jpg", (48, 64)),
    ):
        with Image.open(heatmaps / f"{name}.png") as drawn:
            assert drawn.size == size


def test_the_same_picture_in_any_file_format_gets_the_same_verdict(
    model_file: Path, folder: Path, tmp_path: Path
) -> None:
    run("predict", model_file, folder, "--out", tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["path"]: row for row in csv.DictReader(stream)}
    bitmap = rows["良品①/画像 01.bmp"]
    for name in ("良品①/16bit.tif", "scratch/rgba.png"):
        assert {**rows[name], "path": ""} == {**bitmap, "path": ""}


def test_evaluate(patch_encoder: Path, folder: Path) -> None:
    outcome = run(
        "evaluate", folder, "--encoder", patch_encoder, "--shots", 1, "--queries", 5, "--episodes", 10, "--json"
    )
    assert_lists_the_broken(outcome, folder)
    assert outcome.values["ways"] == 2


def test_evaluate_names_a_class_that_is_too_small(labeled: Path, patch_encoder: Path, tmp_path: Path) -> None:
    for name in ("good", "pit", "stain"):
        shutil.copytree(labeled / name, tmp_path / name)
    for path in sorted((tmp_path / "stain").glob("*.png"))[3:]:
        path.unlink()
    outcome = run(
        "evaluate", tmp_path, "--encoder", patch_encoder, "--shots", 1, "--shots", 2, "--queries", 2, "--episodes", 5,
        "--json",
    )  # fmt: skip
    assert outcome.code == 0 and outcome.values["ways"] == 2
    assert [row["shots"] for row in outcome.values["results"]] == [1, 2]
    assert "class 'stain' has fewer than 2 + 2 images (shots and queries) and is left out" in outcome.stderr


def test_fit_then_predict(patch_encoder: Path, folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "モデル.onnx"
    outcome = run("fit", folder, "--out", model, "--encoder", patch_encoder, "--method", "prototype", "--json")
    assert_lists_the_broken(outcome, folder)
    values = outcome.values
    assert (values["classes"], values["support"]) == (["scratch", "良品①"], {"scratch": 10, "良品①": 9}), (
        "a picture under two names counts once"
    )
    assert values["parity_max_abs_diff"] <= 1e-4 and values["bytes"] == model.stat().st_size
    verified = run("verify", model, "--json")
    assert verified.code == 0 and verified.values["images"] == 4
    predicted = run("predict", model, folder / "良品①", "--out", tmp_path / "r.csv", "--json")
    assert (predicted.code, predicted.values["images"], predicted.values["failed"]) == (3, 11, 2)
    assert (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()[0].endswith(",p_scratch,p_良品①,verdict,risk,rule")


def test_pretrain(patch_encoder: Path, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "encoder.safetensors"
    outcome = run("pretrain", folder, "--out", out, "--init", patch_encoder, "--epochs", 1, "--json")
    assert_lists_the_broken(outcome, folder)
    assert outcome.values["images"] == 20
    assert run("evaluate", folder, "--encoder", out, "--shots", 1, "--queries", 2, "--episodes", 2).code == 3


def test_all_images_broken(model_file: Path, folder: Path, tmp_path: Path) -> None:
    for name in BROKEN:
        shutil.copy(folder / name, tmp_path)
    outcome = run("predict", model_file, tmp_path, "--out", tmp_path / "r.csv", "--json")
    assert (outcome.code, outcome.values["images"], outcome.values["failed"]) == (3, 3, 3)
    assert len((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()) == 4
