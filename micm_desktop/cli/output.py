"""What all commands share: progress on standard error, one JSON object on standard output, errors in words."""

import importlib.util
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from micm_desktop.images.decode import UnreadableImage
from micm_desktop.progress import Cancelled, Progress, UserError
from micm_desktop.project.folders import log_file

P = ParamSpec("P")
T = TypeVar("T")

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
DONE, FAILED, USAGE, SOME_UNREADABLE = 0, 1, 2, 3

stderr = Console(stderr=True, highlight=False, soft_wrap=True)
stdout = Console(highlight=False, soft_wrap=True)


def command(function: Callable[P, int]) -> Callable[P, None]:
    """Turn a function that returns an exit code into a command: problems become words and an exit code.

    A traceback goes to the log file only.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        logging.basicConfig(
            filename=log_file(), encoding="utf-8", format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        try:
            code = function(*args, **kwargs)
        except UserError as problem:
            stderr.print(str(problem), style="red", markup=False)
            code = USAGE
        except (Cancelled, KeyboardInterrupt):
            stderr.print("Stopped before the end; what was finished is kept.", markup=False)
            code = FAILED
        except OSError as problem:
            logging.getLogger(__name__).exception("command failed")
            where = f" ({problem.filename})" if problem.filename else ""
            text = f"The system refused: {problem.strerror or problem}{where}. Check the disk and the permissions."
            stderr.print(f"{text} Details are in {log_file()}", style="red", markup=False)
            code = FAILED
        except Exception as problem:
            logging.getLogger(__name__).exception("command failed")
            text = f"Something went wrong ({type(problem).__name__}). Please report it with the log file {log_file()}"
            stderr.print(text, style="red", markup=False)
            code = FAILED
        raise typer.Exit(code)

    return run


def needs_desktop() -> None:
    """Raises UserError where the ``desktop`` extra is not installed."""
    missing = [name for name in ("torch", "timm", "safetensors", "sqlalchemy", "sklearn", "onnx") if not _has(name)]
    if missing:
        raise UserError(
            f"This command needs the desktop extra ({', '.join(missing)} not found)."
            ' Install it with: pip install "micm-desktop[desktop]"'
        )


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def tracked(events: Iterable[T], title: str) -> Iterator[T]:
    """Pass events on; draw those that are :class:`Progress` as a bar on standard error."""
    with ProgressBar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=stderr,
        transient=True,
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


def finish(values: dict[str, Any], as_json: bool, failed: Sequence[UnreadableImage] = ()) -> int:
    """Print the result, list what could not be read, and return the exit code."""
    for problem in failed:
        stderr.print(f"not read: {problem}", style="yellow", markup=False)
    if as_json:
        sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        for key, value in values.items():
            stdout.print(f"{key}: {_plain(value)}", markup=False)
    return SOME_UNREADABLE if failed else DONE


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
