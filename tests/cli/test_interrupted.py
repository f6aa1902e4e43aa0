"""Real processes that are killed, meet a full disk, or are asked to end; the next one goes on."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import START, run, run_fresh

import micm_desktop

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

AT_A_WRITE = """
import os, signal, stat, sys
what, left = sys.argv.pop(1), int(sys.argv.pop(1))
real = os.write

def write(descriptor, data):
    global left
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return real(descriptor, data)
    left -= 1
    if left > 0:
        return real(descriptor, data)
    if left == 0:
        return real(descriptor, bytes(data)[: len(data) // 2])
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(28, "No space left on device")

os.write = write
from micm_desktop.cli import main
main()
"""
"""The command, with half a line written and then the end of the process, or of the disk."""


def test_predict_goes_on_after_a_kill_and_a_full_disk(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    arguments = ("predict", model_file, labeled, "--heatmaps", tmp_path / "heat", "--json", "--out")
    out, whole, part = tmp_path / "r.csv", tmp_path / "whole.csv", tmp_path / "r.csv.part"
    assert run(*arguments, whole).code == 0

    killed = run_fresh("kill", "8", *arguments, out, code=AT_A_WRITE)
    assert killed.code == -signal.SIGKILL and not out.exists()
    assert part.read_bytes().count(b"\n") == 7 and not part.read_bytes().endswith(b"\n")

    full = run_fresh("full", "5", *arguments, out, code=AT_A_WRITE)
    assert full.code == 1 and not out.exists()
    assert f"Going on after 6 images that {part} holds." in full.stderr
    assert "No space left on device" in full.stderr
    assert f"10 of 36 images are judged and kept in {part}. The same command goes on from there." in full.stderr

    last = run_fresh(*arguments, out)
    assert (last.code, last.values["images"], last.values["resumed"]) == (0, 36, 10)
    assert out.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heat", "r.csv", "whole.csv"]
    assert len(list((tmp_path / "heat").rglob("*.png"))) == 36


def test_what_could_not_be_read_does_not_count_as_kept(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    """It is tried again by the next run."""
    shutil.copytree(labeled / "good", tmp_path / "images")
    (tmp_path / "images" / "00.png").write_bytes(b"no image")
    arguments = ("predict", model_file, tmp_path / "images", "--json", "--out")
    full = run_fresh("full", "5", *arguments, tmp_path / "r.csv", code=AT_A_WRITE)
    assert full.code == 1 and "2 of 7 images are judged and kept in" in full.stderr
    last = run_fresh(*arguments, tmp_path / "r.csv")
    assert (last.code, last.values["images"], last.values["resumed"]) == (3, 7, 2)
    full = run_fresh("full", "1", *arguments, tmp_path / "other.csv", code=AT_A_WRITE)
    assert full.code == 1 and "0 of 7 images are judged" in full.stderr


def test_watch_judges_each_once_in_spite_of_a_kill(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    inbox, out, sort = tmp_path / "inbox", tmp_path / "r.csv", tmp_path / "sorted"
    shutil.copytree(labeled, inbox)
    arguments = ("watch", model_file, inbox, "--out", out, "--sort", sort, "--move", "--once", "--json")
    killed = run_fresh("kill", "8", *arguments, code=AT_A_WRITE)
    assert killed.code == -signal.SIGKILL and len(killed.stdout.splitlines()) == 6
    assert out.read_bytes().count(b"\r\n") == 7 and not out.read_bytes().endswith(b"\r\n")

    completed = run_fresh(*arguments)
    assert completed.code == 0, completed.stderr
    told = [json.loads(line) for line in completed.stdout.splitlines()]
    assert len(told) == 30 and not {"path", "status", "class", "verdict", "probabilities", "sorted"} - told[0].keys()
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = sorted(path.relative_to(labeled).as_posix() for path in labeled.rglob("*.png"))
    assert sorted(row["path"] for row in rows) == names
    assert not list(inbox.rglob("*.png"))
    assert sorted(path.relative_to(sort).as_posix() for path in sort.rglob("*.*")) == sorted(
        row["sorted"] for row in rows
    )
    assert all((sort / row["sorted"]).read_bytes() == (labeled / row["path"]).read_bytes() for row in rows)


@pytest.mark.parametrize(("request_to_end", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 3)])
def test_watch_ends_when_asked(
    model_file: Path, labeled: Path, tmp_path: Path, request_to_end: signal.Signals, code: int
) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(labeled / "good", inbox)
    if code == 3:
        (inbox / "bad.png").write_bytes(b"no image")
        os.utime(inbox / "bad.png", (0, 0))
    arguments = ["watch", model_file, inbox, "--out", tmp_path / "r.csv", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(micm_desktop.__file__).parents[1])}
    command = [sys.executable, "-c", START, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for _ in list(inbox.iterdir()):
            assert json.loads(process.stdout.readline())["status"] in ("ok", "error")
        process.send_signal(request_to_end)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (code, b"")


def test_watch_says_what_cannot_be(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    for extra, said in (
        (("--move",), "--move needs --sort"),
        (("--sort", labeled), "--sort must be another folder"),
        (("--heatmaps", labeled), "--heatmaps must be another folder"),
    ):
        outcome = run("watch", model_file, labeled, "--out", tmp_path / "r.csv", "--once", *extra)
        assert outcome.code == 2 and said in outcome.stderr
    assert run("watch", model_file, tmp_path / "none", "--out", tmp_path / "r.csv").code == 2
    assert not list(tmp_path.iterdir())
