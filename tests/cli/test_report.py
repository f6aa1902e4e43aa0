"""The command that writes reports: its files, its JSON, and what it says where it cannot."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from command_line import run, run_fresh
from PIL import Image

from micm_desktop.progress import JobControl


@pytest.fixture(scope="module")
def project(labeled: Path, patch_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with features and three tags of two classes, one of them good."""
    from micm_desktop.labeling import Labeling

    folder = tmp_path_factory.mktemp("reported") / "プロジェクト"
    labeling = Labeling.open(folder)
    for kind in ("good", "pit"):
        labeling.project.add_folder(labeled / kind)
    list(labeling.scan(JobControl()))
    labeling.refresh()
    labeling.project.register_encoder(patch_encoder, "tiny", "{}")
    list(labeling.compute_features(JobControl()))
    for kind in ("good", "pit"):
        rows = [row for row, image in enumerate(labeling.images) if image.path.parent.name == kind]
        labeling.tag(rows[:3], labeling.project.add_class(kind, is_good=kind == "good").id)
    labeling.close()
    return folder


def test_a_web_page_with_the_model_file_and_changed_limits(project: Path, model_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "新しい" / "報告.html"
    options = ("--lang", "ja", "--model", model_file, "--purpose", "筐体A-12", "--limit", "ready.missed=2%", "--json")
    outcome = run("report", project, "--out", out, *options)
    assert outcome.code == 0, outcome.stderr
    values = outcome.values
    assert values.keys() >= {"report", "images", "labeled"}
    assert (values["report"], values["images"], values["labeled"]) == (str(out), 12, 6)
    assert values["verdict"] == "not_yet" and {"locked", "defects"} <= set(values["fails"]["ready"])
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and '<html lang="ja">' in page and "まだ導入できません" in page
    assert "筐体A-12" in page and "2 %以下 (標準は5 %以下)" in page
    assert sha256(model_file.read_bytes()).hexdigest() in page
    assert [path.name for path in out.parent.iterdir()] == ["報告.html"]
    # Limits and purpose are kept, and a file that is there is replaced.
    told = run("report", project, "--out", out, "--lang", "ja")
    assert told.code == 0 and "判定: まだ導入できません" in told.stdout and str(out) in told.stdout
    again = out.read_text(encoding="utf-8")
    assert "筐体A-12" in again and "標準は5 %以下" in again


@pytest.mark.slow
def test_a_pdf_without_a_window_or_a_display(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    environment = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    if os.name == "posix":
        environment["QT_QPA_PLATFORM"] = "offscreen"
    outcome = run_fresh("report", project, "--out", out, "--json", environment=environment)
    assert outcome.code == 0, outcome.stderr
    data = out.read_bytes()
    assert data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF")
    # Verdict and rules, method, results, costs, examples, images, and where it all comes from.
    assert data.count(b"/Type /Page\n") >= 6


def test_what_cannot_be_done_is_said_and_leaves_no_file(project: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    picture = tmp_path / "model.png"
    Image.new("RGB", (8, 8)).save(picture)
    before = sorted(tmp_path.rglob("*"))
    page = tmp_path / "report.html"
    for arguments, word in (
        ((tmp_path / "none", "--out", page), "There is no project"),
        ((project, "--out", tmp_path / "report.docx"), ".html or .pdf"),
        ((project, "--out", blocked / "report.html"), str(blocked)),
        ((project, "--out", page, "--lang", "fr"), "en or ja"),
        ((project, "--out", page, "--limit", "missed=1"), "ready.missed=0.05"),
        ((project, "--out", page, "--model", tmp_path / "none.onnx"), "none.onnx"),
        ((project, "--out", page, "--model", picture), "model.png"),
    ):
        outcome = run("report", *arguments)
        assert outcome.code == 2 and word in outcome.stderr, (arguments, outcome.stderr)
    (tmp_path / "folder.html").mkdir()
    assert "is a folder" in run("report", project, "--out", tmp_path / "folder.html").stderr
    (tmp_path / "folder.html").rmdir()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("permissions_bind")
def test_a_folder_that_may_not_be_written_is_said(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    outcome = run("report", project, "--out", folder / "report.html")
    assert outcome.code == 2 and str(folder) in outcome.stderr
