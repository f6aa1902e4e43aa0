"""Commands beside a window that has the project open: those that read work, those that write are refused."""

from pathlib import Path

from command_line import run

from micm_desktop.project.store import Project


def test_reading_works_and_writing_is_refused(tmp_path: Path) -> None:
    window = Project.open_exclusively(tmp_path)
    listed = run("test-set", tmp_path, "--json")
    assert listed.code == 0 and listed.values["images"] == []
    refused = run("test-set", tmp_path, "--unlock")
    assert refused.code == 2 and "has had this project open since" in refused.stderr
    window.close()
    assert run("test-set", tmp_path, "--unlock").code == 0
