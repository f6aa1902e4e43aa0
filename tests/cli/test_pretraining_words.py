"""What ``pretrain`` says beside its result: each thing that a run meets is one plain line on standard error."""

import shutil
from pathlib import Path

import pytest
from command_line import run


@pytest.fixture
def images(labeled: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for path in sorted(labeled.rglob("*.png"))[:16]:
        shutil.copy(path, folder)
    return folder


def test_images_that_are_all_the_same_end_with_code_2(images: Path, patch_encoder: Path, tmp_path: Path) -> None:
    first, *others = sorted(images.iterdir())
    for path in others:
        shutil.copy(first, path)
    outcome = run("pretrain", images, "--out", tmp_path / "e.safetensors", "--init", patch_encoder, "--epochs", "1")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "All 16 images show exactly the same" in outcome.stderr


def test_a_stopped_run_is_kept_and_said(images: Path, patch_encoder: Path, tmp_path: Path) -> None:
    out = tmp_path / "e.safetensors"
    out.with_suffix(".state.safetensors").write_bytes(b"of an earlier run")
    outcome = run("pretrain", images, "--out", out, "--init", patch_encoder, "--epochs", "1", "--json")
    assert outcome.code == 0 and outcome.values["completed"]
    (line,) = [line for line in outcome.stderr.splitlines() if line.startswith("The run that was stopped")]
    (kept,) = tmp_path.glob("e.stopped-*.safetensors")
    assert str(kept) in line and kept.read_bytes() == b"of an earlier run"


def test_a_time_too_short_for_one_pass_is_said(images: Path, patch_encoder: Path, tmp_path: Path) -> None:
    for path in sorted(images.iterdir()):
        for number in range(4):
            shutil.copy(path, images / f"{path.stem}-{number}.png")
    outcome = run(
        "pretrain",
        images,
        "--out",
        tmp_path / "e.safetensors",
        "--init",
        patch_encoder,
        "--minutes",
        "0.0001",
        "--json",
    )
    assert outcome.code == 0 and outcome.values["epochs"] == 0
    assert any("The time was enough for 32 of the 80 images" in line for line in outcome.stderr.splitlines())
