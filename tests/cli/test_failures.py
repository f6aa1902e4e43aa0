"""What goes wrong is said in words with an exit code; the traceback goes to the log file that the words name."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import START, run, run_fresh

import micm_desktop
from micm_desktop.micm.encoder_file import read_encoder_info

FAILING = """
from micm_desktop.cli import line_pc, main

def fail(*arguments):
    raise RuntimeError("a detail for the log")

line_pc.predict_folder = fail
main()
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="where the log lies is set by the environment on Linux only")


def test_an_unexpected_error_is_logged_and_named(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    outcome = run_fresh("predict", model_file, labeled, "--out", tmp_path / "r.csv", "--json", code=FAILING)
    assert outcome.code == 1 and outcome.stdout == ""
    assert "Something went wrong (RuntimeError)" in outcome.stderr
    assert "a detail for the log" not in outcome.stderr
    found = re.search(r"log file (.*\.log)", outcome.stderr)
    assert found is not None
    log = Path(found[1]).read_text("utf-8")
    assert "Traceback" in log and "RuntimeError: a detail for the log" in log


def test_a_disk_that_refuses(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "heat"
    in_the_way.write_text("a file where a folder should be")
    outcome = run("predict", model_file, labeled, "--out", tmp_path / "r.csv", "--heatmaps", in_the_way)
    assert outcome.code == 1 and outcome.stdout == ""
    assert "The system refused" in outcome.stderr and str(in_the_way) in outcome.stderr
    assert "Details are in" in outcome.stderr


@linux
def test_a_log_that_cannot_be_written_keeps_nobody_from_judging(
    model_file: Path, labeled: Path, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file where the log's folder should be")
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    outcome = run_fresh("predict", model_file, labeled, "--out", tmp_path / "r.csv", "--json", environment=environment)
    assert (outcome.code, outcome.values["images"]) == (0, 36)
    failing = run_fresh(
        "predict", model_file, labeled, "--out", tmp_path / "r.csv", code=FAILING, environment=environment
    )
    assert failing.code == 1
    assert "Something went wrong (RuntimeError). No log could be written" in failing.stderr


def test_stopped_by_the_user(model_file: Path, labeled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from micm_desktop.cli import line_pc

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(line_pc, "predict_folder", interrupted)
    outcome = run("predict", model_file, labeled, "--out", tmp_path / "r.csv")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (1, "", "Stopped before the end.\n")


@pytest.mark.parametrize("encoding", ["cp932", "ascii", "utf-8"])
def test_output_in_the_encoding_of_the_console(model_file: Path, labeled: Path, tmp_path: Path, encoding: str) -> None:
    """Standard output that is a pipe has the system's old encoding on Windows, which may lack a character."""
    out = tmp_path / "結果 ①\N{GRINNING FACE}.csv"
    package = str(Path(micm_desktop.__file__).parents[1])
    variables = {**os.environ, "PYTHONPATH": package, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for options in (["--json"], []):
        command = [sys.executable, "-c", START, "predict", model_file, labeled / "good", "--out", out, *options]
        done = subprocess.run(command, capture_output=True, env=variables, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        text = done.stdout.decode(encoding)
        if options:
            assert json.loads(text)["results"] == str(out)
        else:
            assert "results: " in text


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent as a signal")
def test_ctrl_c_keeps_a_pretraining_run_that_resume_completes(
    labeled: Path, patch_encoder: Path, tmp_path: Path
) -> None:
    images, out = tmp_path / "images", tmp_path / "out" / "encoder.safetensors"
    images.mkdir()
    for path in sorted(labeled.rglob("*.png"))[:16]:
        shutil.copy(path, images)
    arguments = ["pretrain", images, "--out", out, "--init", patch_encoder, "--epochs", 4, "--json"]
    package = str(Path(micm_desktop.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", START, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": package},
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        heard = ""
        while "step 1/" not in heard:
            line = process.stderr.readline()
            assert line, heard
            heard += line
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 1, stderr
    assert "Continue with the same command and --resume" in stderr and "Traceback" not in stderr
    stopped = json.loads(stdout)
    assert stopped["completed"] is False and stopped["epochs"] < 4
    assert read_encoder_info(out).training["completed"] is False

    resumed = run(*arguments, "--resume")
    assert resumed.code == 0, resumed.stderr
    assert resumed.values["completed"] is True and resumed.values["epochs"] == 4
    assert "step 1/" not in resumed.stderr, "the steps already made are not made again"
    assert [path.name for path in out.parent.iterdir()] == [out.name]
