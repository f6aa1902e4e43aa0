"""The bootstrap, run for real on a small clone: its own virtual environment, its own pip, no network."""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import bootstrap
import environment
import pytest
import steps

REPOSITORY = Path(__file__).resolve().parents[2]

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "micm-desktop"
version = "0.1.0"

[project.optional-dependencies]
desktop = []
test = []
"""

# A build backend that needs nothing from a package index. It can be told to fail or to take long.
BACKEND = """
import os, time, zipfile
from pathlib import Path
from types import FrameType
from typing import Any

INFO = "micm_desktop-0.1.0.dist-info"
EXTRAS = "Provides-Extra: desktop\\nProvides-Extra: test\\n"
METADATA = "Metadata-Version: 2.1\\nName: micm-desktop\\nVersion: 0.1.0\\n" + EXTRAS
WHEEL = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    if "BUILD_FAILS" in os.environ:
        raise SystemExit("cannot build")
    Path("building").touch()
    time.sleep(float(os.environ.get("BUILD_SECONDS", "0")))
    name = "micm_desktop-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        for path in Path("micm_desktop").rglob("*.py"):
            wheel.write(path)
        wheel.writestr(f"{INFO}/METADATA", METADATA)
        wheel.writestr(f"{INFO}/WHEEL", WHEEL)
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
"""

PROGRAM = """
import json, os, sys

print(json.dumps({"file": __file__, "arguments": sys.argv[1:], "cwd": os.getcwd(), "words": "WORDS"}))
sys.exit(int(os.environ.get("EXIT_CODE", "0")))
"""


def launch(clone: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    # QT_QPA_PLATFORM: no window is opened, and no system library that only a window needs is looked for.
    return subprocess.Popen(
        [sys.executable, str(clone / "installer" / "bootstrap.py"), *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8", **variables},
        cwd=clone,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


@dataclass(frozen=True)
class Run:
    exit_code: int
    stdout: str
    stderr: str


def start(clone: Path, *arguments: str, **variables: str) -> Run:
    with launch(clone, *arguments, **variables) as process:
        stdout, stderr = process.communicate(timeout=120)
    return Run(process.returncode, stdout, stderr)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which the bootstrap was run once."""
    clone = tmp_path_factory.mktemp("検査 アプリ") / "clone"
    shutil.copytree(REPOSITORY / "installer", clone / "installer", ignore=shutil.ignore_patterns("__pycache__"))
    (clone / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (clone / "backend.py").write_text(BACKEND, encoding="utf-8")
    (clone / "micm_desktop").mkdir()
    (clone / "micm_desktop" / "__init__.py").touch()
    (clone / "micm_desktop" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    first = start(clone, "gui")
    assert first.exit_code == 0, first.stderr
    assert "Making the virtual environment" in first.stderr
    return clone


@pytest.fixture
def clone(installed: Path, tmp_path: Path) -> Path:
    """A copy of the installed clone that a test may spoil."""
    return Path(shutil.copytree(installed, tmp_path / "検査 アプリ", symlinks=True))


def change_source(clone: Path) -> None:
    main = clone / "micm_desktop" / "__main__.py"
    main.write_text(main.read_text(encoding="utf-8").replace("WORDS", "変更"), encoding="utf-8")


def test_program_is_the_installed_one_and_gets_arguments_and_exit_code(clone: Path) -> None:
    run = start(clone, "demo", "--out", "結果 1", EXIT_CODE="3")
    assert run.exit_code == 3
    said = json.loads(run.stdout)
    assert said["arguments"] == ["demo", "--out", "結果 1"]
    assert Path(said["cwd"]) == clone
    assert "site-packages" in Path(said["file"]).parts


def test_second_start_installs_nothing_and_adds_under_two_seconds(clone: Path) -> None:
    began = time.monotonic()
    run = start(clone, "gui")
    assert time.monotonic() - began < 2
    assert run.exit_code == 0
    assert run.stderr.startswith("Ready after")


def test_changed_source_is_installed_without_resolving_dependencies(clone: Path) -> None:
    change_source(clone)
    run = start(clone, "gui")
    assert json.loads(run.stdout)["words"] == "変更"
    assert "Installing the changed package" in run.stderr
    assert start(clone, "gui").stderr.startswith("Ready after")


def test_extras_add_up(clone: Path) -> None:
    environment.ensure(clone, ("desktop", "test"))
    log = clone / ".venv" / environment.LOG
    before = log.read_text(encoding="utf-8")
    environment.ensure(clone, ("desktop",))
    assert log.read_text(encoding="utf-8") == before
    stamp = environment.read_stamp(clone / ".venv")
    assert stamp is not None
    assert stamp.extras == ("desktop", "test")


def test_failed_pip_says_what_to_do_and_keeps_what_was_installed(clone: Path) -> None:
    source = (clone / "micm_desktop" / "__main__.py").read_text(encoding="utf-8")
    change_source(clone)
    run = start(clone, "gui", BUILD_FAILS="1")
    assert run.exit_code == 1
    assert "pip could not install" in run.stderr
    assert "PIP_FIND_LINKS" in run.stderr
    assert "Traceback" not in run.stderr
    (clone / "micm_desktop" / "__main__.py").write_text(source, encoding="utf-8")
    assert start(clone, "gui").stderr.startswith("Ready after")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal to a process group")
@pytest.mark.parametrize(("sign", "exit_code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_interrupted_installation_is_not_taken_as_done(clone: Path, sign: signal.Signals, exit_code: int) -> None:
    change_source(clone)
    (clone / "building").unlink()
    with launch(clone, "gui", BUILD_SECONDS="20") as process:
        deadline = time.monotonic() + 60
        while not (clone / "building").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, sign)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == exit_code
    assert "Traceback" not in stderr
    again = start(clone, "gui")
    assert "The last installation was interrupted" in again.stderr
    assert json.loads(again.stdout)["words"] == "変更"


@pytest.mark.slow
def test_damaged_environment_is_made_anew(clone: Path) -> None:
    python = environment.python_of(clone / ".venv")
    python.unlink()
    run = start(clone, "gui")
    assert run.exit_code == 0, run.stderr
    assert "damaged" in run.stderr
    assert python.exists()


def test_environment_of_another_python_is_made_anew(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "PYTHON", "3.99")
    assert "this is 3.99" in environment._why_make_anew(clone / ".venv")


def test_second_bootstrap_waits_for_the_first(clone: Path) -> None:
    with environment._only_one(clone / ".venv.lock"):
        process = launch(clone, "gui")
        assert process.stderr is not None
        assert "waiting" in process.stderr.readline()
        assert process.poll() is None
    assert process.communicate(timeout=30)[1].startswith("Ready after")
    assert process.returncode == 0


def test_unknown_command_shows_the_usage() -> None:
    assert bootstrap.main(["demonstrate"]) == 2
    assert bootstrap.main([]) == 2
    assert bootstrap.main(["--help"]) == 0


def test_requirements_digest_ignores_what_does_not_decide_on_packages(clone: Path) -> None:
    before = environment.requirements_digest(clone), environment.sources_digest(clone)
    with (clone / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.ruff]\nline-length = 100\n")
    assert environment.requirements_digest(clone) == before[0]
    assert environment.sources_digest(clone) != before[1]
    text = (clone / "pyproject.toml").read_text(encoding="utf-8").replace("desktop = []", 'desktop = ["six"]')
    (clone / "pyproject.toml").write_text(text, encoding="utf-8")
    assert environment.requirements_digest(clone) != before[0]


def test_sources_digest_sees_renamed_and_added_files_but_no_bytecode(clone: Path) -> None:
    package = clone / "micm_desktop"
    before = environment.sources_digest(clone)
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "new.pyc").write_bytes(b"x")
    assert environment.sources_digest(clone) == before
    (package / "画像.bin").write_bytes(b"x")
    added = environment.sources_digest(clone)
    assert added != before
    (package / "画像.bin").rename(package / "画像 2.bin")
    assert environment.sources_digest(clone) not in (before, added)


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_has_screen(variables: dict[str, str], platform: str, expected: bool) -> None:
    assert bootstrap.has_screen(variables, platform) is expected


def test_demo_goes_on_without_a_window_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.demo_arguments(["--json"], screen=True, missing="") == ["--json"]
    assert capsys.readouterr().err == ""
    assert bootstrap.demo_arguments(["--json"], screen=False, missing="") == ["--json", "--headless"]
    assert "no screen" in capsys.readouterr().err
    assert bootstrap.demo_arguments([], screen=True, missing="type this") == ["--headless"]
    assert "type this" in capsys.readouterr().err
    assert bootstrap.demo_arguments(["--headless"], screen=False, missing="") == ["--headless"]


def test_older_pythons_can_read_the_file_that_tells_them_so() -> None:
    source = (REPOSITORY / "installer" / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


def test_python_range_is_the_package_s() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, below = (".".join(map(str, version)) for version in (bootstrap.PYTHON_FROM, bootstrap.PYTHON_BELOW))
    assert project["requires-python"] == f">={first},<{below}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal exit codes")
def test_program_ended_by_a_signal_gives_the_shell_s_exit_code() -> None:
    command = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    assert steps.run_program(command, dict(os.environ)) == 137


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal to a process group")
def test_interrupted_program_may_finish_its_work(clone: Path) -> None:
    code = """
import sys, time
try:
    print("running", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    time.sleep(0.3)
    print("saved", flush=True)
    sys.exit(7)
"""
    with running(clone, code) as process:
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert stdout == "saved\n"
    assert "Traceback" not in stderr
    assert process.returncode == 7


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_terminated_bootstrap_ends_the_program_too(clone: Path) -> None:
    code = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("ended", flush=True) or exit(0))
print("running", flush=True)
time.sleep(30)
"""
    with running(clone, code) as process:
        process.terminate()
        stdout, _ = process.communicate(timeout=30)
    assert stdout == "ended\n"
    assert process.returncode == 143


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_termination_while_the_program_is_started_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Slow(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)
            signal.raise_signal(signal.SIGTERM)

    def stop(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + signum)

    handler = signal.signal(signal.SIGTERM, stop)
    try:
        monkeypatch.setattr(subprocess, "Popen", Slow)
        with pytest.raises(SystemExit) as ended:
            steps.run_program([sys.executable, "-c", "import time; time.sleep(30)"], dict(os.environ))
        assert signal.getsignal(signal.SIGTERM) is stop
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert ended.value.code == 143
    assert started[0].returncode == -signal.SIGTERM


@contextmanager
def running(clone: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """The bootstrap once its program, here ``code`` put in place of the installed one, has printed a first line."""
    site = clone / ".venv" / "lib" / f"python{environment.PYTHON}" / "site-packages"
    (site / "micm_desktop" / "__main__.py").write_text(code, encoding="utf-8")
    with launch(clone, "gui") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        yield process
