"""A folder of wheels with hashes, and installing from it where there is no network."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import offline
import offline_install
import pytest
from environment import python_of
from steps import Problem


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is collected for a small package that needs nothing; building one asks no package index."""
    source = tmp_path_factory.mktemp("source")
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "tiny-part"\nversion = "1.2"\n[tool.hatch.build.targets.wheel]\npackages = ["tiny_part"]\n'
    )
    (source / "tiny_part").mkdir()
    (source / "tiny_part" / "__init__.py").write_text("")
    out = tmp_path_factory.mktemp("offline") / "部品"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_BUILD_ISOLATION", "0")
        patch.setenv("PIP_NO_INDEX", "1")
        assert offline.collect(str(source), out) == 1
    yield out


def install(folder: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """As on a computer without network: every way out of it is a closed door."""
    closed = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "PIP_INDEX_URL"), "http://127.0.0.1:9")
    command = [sys.executable, str(folder / "install.py"), str(home)]
    environment = {**os.environ, **closed, "PIP_RETRIES": "0"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_folder_is_installed_without_network_and_a_changed_wheel_is_refused(folder: Path, tmp_path: Path) -> None:
    (line,) = (folder / "requirements.txt").read_text().splitlines()
    assert line.startswith("tiny-part==1.2 --hash=sha256:")
    home = tmp_path / "home"
    (wheel,) = (folder / "wheels").iterdir()
    sound = wheel.read_bytes()
    wheel.write_bytes(sound + b"\0")
    refused = install(folder, home)
    wheel.write_bytes(sound)
    assert refused.returncode == 1 and "hash" in (refused.stdout + refused.stderr).lower()

    done = install(folder, home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert subprocess.run([python_of(home), "-I", "-c", "import tiny_part"], check=False).returncode == 0


def test_another_python_and_a_folder_in_use_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Problem, match="not empty"):
        offline.collect(".", folder)
    (tmp_path / "python-version.txt").write_text("3.99\n")
    monkeypatch.setattr(offline_install, "HERE", tmp_path)
    assert offline_install.main([str(tmp_path / "home")]) == 2
    assert "for Python 3.99" in capsys.readouterr().out and not (tmp_path / "home").exists()
