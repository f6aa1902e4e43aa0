"""Run ``micm-desktop`` as a user does: in this process, or in a fresh one."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import micm_desktop
from micm_desktop.cli.app import app

START = "from micm_desktop.cli import main; main()"


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def values(self) -> dict[str, Any]:
        """The JSON object; standard output must hold nothing else."""
        assert self.stdout.count("\n") == 1 and self.stdout.endswith("\n"), self.stdout
        values = json.loads(self.stdout)
        assert isinstance(values, dict)
        return values


def run(*arguments: str | Path) -> Outcome:
    """In this process, so that torch is loaded once for all commands."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="micm-desktop")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return _checked(Outcome(result.exit_code, result.stdout, result.stderr))


def run_fresh(
    *arguments: str | Path,
    code: str = START,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    python: str | Path = sys.executable,
) -> Outcome:
    """In a process of its own, which runs ``code`` with ``arguments`` as its command line."""
    package = str(Path(micm_desktop.__file__).parents[1])
    variables = {**os.environ, "PYTHONPATH": package, "PYTHONIOENCODING": "utf-8", **(environment or {})}
    command = [str(python), "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=variables, cwd=folder, timeout=900, check=False)
    return _checked(Outcome(done.returncode, done.stdout.decode(), done.stderr.decode()))


@dataclass(frozen=True)
class Started:
    """A command that runs."""

    process: "subprocess.Popen[bytes]"

    def finish(self) -> Outcome:
        """Wait for its end."""
        stdout, stderr = self.process.communicate(timeout=900)
        return _checked(Outcome(self.process.returncode, stdout.decode(), stderr.decode()))


def start_fresh(*arguments: str | Path, code: str = START) -> Started:
    """As :func:`run_fresh`, without waiting."""
    package = str(Path(micm_desktop.__file__).parents[1])
    variables = {**os.environ, "PYTHONPATH": package, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    pipe = subprocess.PIPE
    return Started(subprocess.Popen(command, stdout=pipe, stderr=pipe, env=variables))


def _checked(outcome: Outcome) -> Outcome:
    """Whatever happens, a user never meets a traceback."""
    assert "Traceback" not in outcome.stderr + outcome.stdout, outcome.stderr
    return outcome
