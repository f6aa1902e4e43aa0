"""What is made on the way goes with the work; what a kill leaves behind goes when the program is next at work."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from micm_desktop.export import work_folder as module
from micm_desktop.export.work_folder import PREFIX, remove_left_behind, work_folder

HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from micm_desktop.export.work_folder import work_folder
with work_folder() as folder:
    (folder / "half.onnx").write_bytes(b"half")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(module, "_YOUNG_SECONDS", 0.0)
    return tmp_path


def test_it_goes_with_the_work(temporary: Path) -> None:
    with pytest.raises(ZeroDivisionError), work_folder() as folder:
        (folder / "half.onnx").write_bytes(b"half")
        remove_left_behind()
        assert (folder / "half.onnx").exists(), "it is held"
        raise ZeroDivisionError
    assert not list(temporary.iterdir())


def test_what_a_kill_leaves_is_removed_by_the_next(temporary: Path) -> None:
    started = [sys.executable, "-c", HOLD, str(temporary)]
    process = subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    with work_folder() as own:
        assert own != folder and (folder / "half.onnx").exists(), "another program is at work there"
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert (folder / "half.onnx").exists()
    remove_left_behind()
    assert not folder.exists()


def test_nothing_else_is_touched(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (f"{PREFIX}without", "other"):
        (temporary / name).mkdir()
        (temporary / name / "file").touch()
    (temporary / "other" / "held").touch()
    if sys.platform != "win32":
        (temporary / f"{PREFIX}link").symlink_to(temporary / "other")
    (temporary / f"{PREFIX}young").mkdir()
    (temporary / f"{PREFIX}young" / "held").touch()
    before = sorted(temporary.rglob("*"))
    monkeypatch.setattr(module, "_YOUNG_SECONDS", 60.0)
    remove_left_behind()
    assert sorted(temporary.rglob("*")) == before
    long_ago = time.time() - 3600
    for path in temporary.iterdir():
        os.utime(path, (long_ago, long_ago), follow_symlinks=False)
    remove_left_behind()
    assert sorted(temporary.rglob("*")) == [path for path in before if f"{PREFIX}young" not in str(path)]
