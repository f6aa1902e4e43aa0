"""A line PC as it is: a virtual environment with the package's base dependencies and nothing else."""

import csv
import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from command_line import run_fresh

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_predict_with_the_base_install_only(model_file: Path, labeled: Path, tmp_path: Path) -> None:
    wheels, home = tmp_path / "wheels", tmp_path / "line pc"
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr.decode()
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    (wheel,) = wheels.glob("*.whl")
    installed = subprocess.run([python, "-m", "pip", "install", "-q", wheel], capture_output=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"pip reaches no package index: {installed.stderr.decode().strip().splitlines()[-1]}")
    listed = subprocess.run([python, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True)
    packages = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert {"onnxruntime", "numpy", "opencv-python-headless"} <= packages
    assert not packages & {"torch", "pyside6-essentials", "pyside6", "timm", "scikit-learn", "sqlalchemy", "onnx"}

    # Only what is in that environment, not the checkout.
    alone = {"PYTHONPATH": ""}
    out = tmp_path / "r.csv"
    arguments = ("predict", model_file, labeled, "--out", out, "--heatmaps", tmp_path / "heat", "--json")
    predicted = run_fresh(*arguments, python=python, environment=alone, folder=tmp_path)
    assert predicted.code == 0, predicted.stderr
    assert (predicted.values["images"], predicted.values["failed"]) == (36, 0)
    verified = run_fresh("verify", model_file, "--json", python=python, environment=alone, folder=tmp_path)
    assert verified.values["ok"] is True
    told = run_fresh("info", "--json", python=python, environment=alone, folder=tmp_path)
    assert told.values["torch"] == "not installed"
    refused = run_fresh("fit", labeled, "--out", "m.onnx", python=python, environment=alone, folder=tmp_path)
    assert refused.code == 2 and 'pip install "micm-desktop[desktop]"' in refused.stderr

    with_torch = run_fresh("predict", model_file, labeled, "--out", tmp_path / "here.csv")
    assert with_torch.code == 0
    for here, there in zip(rows(tmp_path / "here.csv"), rows(out), strict=True):
        assert (here["path"], here["class"]) == (there["path"], there["class"])
        assert float(here["confidence"]) == pytest.approx(float(there["confidence"]), abs=1e-4)


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
