"""What the steps of the bootstrap share: messages, problems that end it, and running programs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import AnyStr


class Problem(Exception):
    """Ends the bootstrap with a message for the user: what is wrong, and what to do."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(text: str) -> None:
    """Print to standard error, at once."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def timed(sentence: str) -> Iterator[None]:
    """Say what begins, and how long it took once it is done."""
    started = time.monotonic()
    say(f"{sentence} ...")
    yield
    say(f"... done in {time.monotonic() - started:.1f} s.")


def child_environment() -> dict[str, str]:
    """The variables for programs in `.venv`: nothing from outside it is imported, the current folder included.

    Without PYTHONSAFEPATH, ``python -m`` in the clone would import the clone's files instead of the installed ones.
    """
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    variables["PYTHONSAFEPATH"] = "1"
    return variables


def run_program(command: Sequence[str], variables: dict[str, str], folder: Path | None = None) -> int:
    """Run a program in this terminal and return its exit code (128 + n where signal n ended it).

    Ctrl+C reaches the program too, which saves its work and ends; a second Ctrl+C kills it.
    """
    interrupts = 0
    with _terminated_with_us(lambda: subprocess.Popen(command, env=variables, cwd=folder)) as program:
        while True:
            try:
                code = program.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:
                interrupts += 1
                if interrupts > 1:
                    program.kill()
                else:
                    say("Waiting for the program to end. Ctrl+C again ends it at once.")


def run_logged(
    command: Sequence[str],
    log: Path,
    *,
    variables: dict[str, str],
    folder: Path | None = None,
    on_line: Callable[[str], None] = lambda line: None,
) -> tuple[int, list[str]]:
    """Run a program whose whole output goes to the end of ``log``.

    Returns its exit code (negative: ended by that signal) and its lines. Each line is passed to ``on_line`` as it
    comes.
    """
    lines: list[str] = []
    with (
        log.open("a", encoding="utf-8") as out,
        _terminated_with_us(
            lambda: subprocess.Popen(
                command,
                env={**variables, "PYTHONIOENCODING": "utf-8"},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        ) as program,
    ):
        assert program.stdout is not None
        for line in program.stdout:
            out.write(line)
            lines.append(line.rstrip())
            on_line(lines[-1])
        return program.wait(), lines


@contextmanager
def _terminated_with_us(start: Callable[[], subprocess.Popen[AnyStr]]) -> Iterator[subprocess.Popen[AnyStr]]:
    """The program that ``start`` starts, terminated when the block is left before its end.

    A SIGTERM that comes while the program is being started takes effect once there is a program to pass it to.
    """
    early: list[int] = []
    handler = signal.signal(signal.SIGTERM, lambda signum, frame: early.append(signum))
    try:
        program = start()
    except BaseException:
        signal.signal(signal.SIGTERM, handler)
        raise
    with program:
        try:
            signal.signal(signal.SIGTERM, handler)
            if early:
                signal.raise_signal(signal.SIGTERM)
            yield program
        finally:
            if program.poll() is None:
                program.terminate()
