"""The oldest packages that a line PC may have, as pyproject.toml names them: the same model file, the same verdicts."""

import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from command_line import run_fresh

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_verify_with_the_oldest_packages(model_file: Path, tmp_path: Path) -> None:
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the oldest packages have wheels for the oldest Python only, 3.11")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [re.sub(r">=(.*)", r"==\1.*", requirement) for requirement in project["dependencies"]]
    home = tmp_path / "old pc"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command = [python, "-m", "pip", "install", "-q", "--only-binary", ":all:", *wanted]
    installed = subprocess.run(command, capture_output=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"pip cannot install them: {installed.stderr.decode().strip().splitlines()[-1]}")
    ours = {"PYTHONPATH": str(ROOT)}
    verified = run_fresh("verify", model_file, "--json", python=python, environment=ours, folder=tmp_path)
    assert verified.code == 0, verified.stderr
    assert verified.values["ok"] is True and verified.values["same_verdict"] == verified.values["images"] > 0
