"""What all commands share: progress on standard error, one JSON object on standard output, errors in words."""

import importlib.util
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from micm_desktop.export.placing import check_place
from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import Cancelled, ProcessingError, Progress, UserError
from micm_desktop.project.folders import log_file

P = ParamSpec("P")
T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")]

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
DESKTOP_MODULES = (
    "torch",
    "torchvision",
    "timm",
    "safetensors",
    "sqlalchemy",
    "filelock",
    "sklearn",
    "scipy",
    "ot",
    "onnx",
    "onnxscript",
)
WINDOW_MODULES = ("PySide6", "pyqtgraph")
DONE, FAILED, USAGE, SOME_UNREADABLE = 0, 1, 2, 3

stderr = Console(stderr=True, highlight=False, soft_wrap=True)
stdout = Console(highlight=False, soft_wrap=True)


def command(function: Callable[P, int]) -> Callable[P, None]:
    """Turn a function that returns an exit code into a command: problems become words and an exit code.

    A traceback goes to the log file only.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        log = start_log()
        try:
            code = function(*args, **kwargs)
        except UserError as problem:
            stderr.print(str(problem), style="red", markup=False)
            code = FAILED if isinstance(problem, ProcessingError) else USAGE
        except (Cancelled, KeyboardInterrupt):
            stderr.print("Stopped before the end.", markup=False)
            code = FAILED
        except OSError as problem:
            logging.getLogger(__name__).exception("command failed")
            where = f" ({problem.filename})" if problem.filename else ""
            text = f"The system refused: {problem.strerror or problem}{where}. Check the disk and the permissions."
            stderr.print(f"{text} Details are in {log}" if log else text, style="red", markup=False)
            code = FAILED
        except Exception as problem:
            logging.getLogger(__name__).exception("command failed")
            report = f"Please report it with the log file {log}" if log else "No log could be written for a report."
            stderr.print(f"Something went wrong ({type(problem).__name__}). {report}", style="red", markup=False)
            code = FAILED
        raise typer.Exit(code)

    return run


def start_log() -> Path | None:
    """Begin to log into the file that a support call asks for; None where it cannot be written.

    A line PC's account may have no folder of its own to write to: that must not keep it from judging.
    """
    try:
        path = log_file()
        logging.basicConfig(filename=path, encoding="utf-8", format=LOG_FORMAT)
    except OSError:
        logging.basicConfig(handlers=[logging.NullHandler()])
        return None
    return path


def needs_desktop(*, window: bool = False) -> None:
    """Raises UserError where the ``desktop`` extra is not installed; ``window`` asks for Qt too."""
    wanted = DESKTOP_MODULES + (WINDOW_MODULES if window else ())
    missing = [name for name in wanted if not _has(name)]
    if missing and getattr(sys, "frozen", False):
        raise UserError("This is the line PC's program, which judges only. This command needs MICM Desktop itself.")
    if missing:
        raise UserError(
            f"This command needs the desktop extra ({', '.join(missing)} not found)."
            ' Install it with: pip install "micm-desktop[desktop]"'
        )


def check_out(out: Path, ending: str) -> None:
    """Raises UserError where the file to write has another ending, and OSError where none can be written there: before
    the work, which may take hours, rather than after it."""
    if out.suffix != ending:
        raise UserError(f"--out must end in {ending}, not {out.name!r}.")
    check_place(out)


def check_duration(minutes: float | None, epochs: int | None) -> None:
    """Raises UserError where both are given, or one that is no duration."""
    if minutes is not None and epochs is not None:
        raise UserError("Give either --minutes or --epochs, not both.")
    if (minutes is not None and minutes <= 0) or (epochs is not None and epochs < 1):
        raise UserError("--minutes must be above 0 and --epochs at least 1.")


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def tracked(events: Iterable[T], title: str) -> Iterator[T]:
    """Pass events on; draw those that are :class:`Progress` as a bar where standard error is a terminal."""
    with ProgressBar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    ) as bar:
        task = bar.add_task(title, total=None)
        for event in events:
            if isinstance(event, Progress):
                bar.update(task, completed=event.done, total=event.total or None)
            yield event


def run_through(events: Iterable[object], title: str) -> None:
    """Run a job to its end with a progress bar."""
    for _ in tracked(events, title):
        pass


def finish(
    values: dict[str, Any], as_json: bool, failed: Sequence[UnreadableImage] = (), not_read: str = "not read"
) -> int:
    """Print the result, list what could not be read, and return the exit code."""
    for problem in failed:
        stderr.print(f"{not_read}: {problem}", style="yellow", markup=False)
    if as_json:
        print(json_line(values), flush=True)
    else:
        for key, value in values.items():
            stdout.print(f"{key}: {_plain(value)}", markup=False)
    return SOME_UNREADABLE if failed else DONE


def json_line(values: dict[str, Any]) -> str:
    """JSON in the characters of standard output; in ASCII where its encoding lacks one, as on a Windows pipe."""
    text = json.dumps(values, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(values)
    return text


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
