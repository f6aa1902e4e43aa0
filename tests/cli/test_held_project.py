"""Commands beside a window that has the project open: those that read work, those that write are refused."""

from pathlib import Path

import pytest
from command_line import run

from micm_desktop.project import network
from micm_desktop.project.store import Project


def test_reading_works_and_writing_is_refused(tmp_path: Path) -> None:
    window = Project.open_exclusively(tmp_path)
    listed = run("test-set", tmp_path, "--json")
    assert listed.code == 0 and listed.values["images"] == []
    refused = run("test-set", tmp_path, "--unlock")
    assert refused.code == 2 and "has had this project open since" in refused.stderr
    window.close()
    assert run("test-set", tmp_path, "--unlock").code == 0


def test_a_network_drive_that_takes_nothing_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "kind_of", lambda _folder: "cifs")
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(network, "SETTLE", 600.0)
    folder = tmp_path / "drive"
    Project.open_exclusively(folder).close()
    (folder / "project.part").mkdir()
    refused = run("test-set", folder, "--unlock")
    assert refused.code == 1 and "is kept on this computer, and written back when" in " ".join(refused.stderr.split())
    (folder / "project.part").rmdir()
    again = Project.open_exclusively(folder)
    assert again.working_copy is not None and again.working_copy.told == "recovered"
    again.close()
