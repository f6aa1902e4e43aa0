"""Version, commit, and the licences of what the program is made of."""

import json
from pathlib import Path

import pytest

from micm_desktop import __version__, about


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the package's, as the build fills it."""
    folder = tmp_path / "resources"
    folder.mkdir()
    monkeypatch.setattr(about, "files", lambda _package: tmp_path)
    about.licences.cache_clear()
    return folder


def test_licences_are_those_of_what_the_package_needs_and_of_no_tool() -> None:
    about.licences.cache_clear()
    found = {one.name.lower(): one for one in about.licences()}
    assert {"numpy", "onnxruntime", "opencv-python-headless", "rich", "markdown-it-py"} <= found.keys()
    assert not {"pytest", "ruff", "mypy", "pip", "micm-desktop"} & found.keys()
    assert "Microsoft" in found["onnxruntime"].text, "beside the code, not in the metadata"
    assert "ImageNet" in found["mobilenetv2 (starter.safetensors)"].text
    # A meta package without any file has nothing to be licensed.
    assert [name for name, one in found.items() if not one.text and name != "cuda-toolkit"] == []


def test_qt_comes_with_the_text_of_its_licence() -> None:
    pytest.importorskip("PySide6")
    (qt,) = (one for one in about.licences() if one.name == "PySide6_Essentials")
    assert "LGPL-3.0" in qt.licence and "GNU LESSER GENERAL PUBLIC LICENSE" in qt.text
    assert "GNU GENERAL PUBLIC LICENSE" in qt.text, "which the lesser one refers to"


def test_a_packed_program_reads_what_was_collected_for_it(resources: Path) -> None:
    collected = [about.Licence("素材", "1", "MIT", "https://example.org", "text")]
    (resources / "licences.json").write_text(about.as_json(collected), encoding="utf-8")
    assert about.licences() == tuple(collected)
    about.licences.cache_clear()


def test_the_build_is_told_where_it_is_known(resources: Path) -> None:
    assert about.build() == about.Build(__version__, "", "")
    told = {"commit": "0123456789abcdef+", "date": "2026-01-02T03:04:05+00:00"}
    (resources / "build.json").write_text(json.dumps(told), encoding="utf-8")
    assert about.build() == about.Build(__version__, told["commit"], told["date"])
