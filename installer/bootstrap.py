"""One command from a clone to the demo, the window or the test suite. Needs Python 3.11 to 3.13 and nothing else.

    python3 installer/bootstrap.py demo|gui|test [arguments passed on]

Own messages go to standard error, so that the output of the started program can be piped. The exit code is the
program's own; before it starts: 1 an installation step failed, 2 wrong usage or something only the user can mend.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

PYTHON_FROM, PYTHON_BELOW = (3, 11), (3, 14)

if not PYTHON_FROM <= sys.version_info[:2] < PYTHON_BELOW:
    sys.stderr.write(
        f"MICM Desktop needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]} ({sys.executable}).\n"
        "Start it with one of those, for example: python3.12 installer/bootstrap.py demo\n"
        "(on Windows: py -3.12 installer\\bootstrap.py demo)\n"
    )
    sys.exit(2)

# Only now: these modules use what older Pythons lack. PYTHONSAFEPATH would hide the folder that they lie in.
sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment  # noqa: E402
import qt_libraries  # noqa: E402
from steps import Problem, child_environment, run_program, say  # noqa: E402

CLONE = Path(__file__).resolve().parents[1]
USAGE = """usage: python3 installer/bootstrap.py demo|gui|test [arguments passed on]

  demo   pretrain on generated images, tag, predict, export and check a model file, then open the window
  gui    open the window
  test   run the quick tests (arguments go to pytest)"""
EXTRAS = {"demo": ("desktop",), "gui": ("desktop",), "test": ("desktop", "test")}


def main(arguments: Sequence[str]) -> int:
    """Prepare what the command needs, run it, and return the exit code."""
    if not arguments or arguments[0] not in EXTRAS:
        say(USAGE)
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    signal.signal(signal.SIGTERM, _stop)
    try:
        return _run(arguments[0], list(arguments[1:]))
    except KeyboardInterrupt:
        say("Stopped. Start the same command again to go on.")
        return 130
    except Problem as problem:
        say(str(problem))
        return problem.exit_code
    except OSError as error:
        say(f"{error}\nCheck that {CLONE} can be written, that no program holds its files open, and the free space.")
        return 1


def _run(command: str, arguments: list[str]) -> int:
    started = time.monotonic()
    screen = has_screen(os.environ, sys.platform)
    missing = _mend_libraries(command, screen)
    if command == "demo":
        arguments = demo_arguments(arguments, screen=screen, missing=missing)
    elif missing:
        raise Problem(missing)
    elif command == "gui" and not screen:
        raise Problem("There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. The demo runs without one.")
    environment.ensure(CLONE, EXTRAS[command])
    say(f"Ready after {time.monotonic() - started:.1f} s.")
    python = str(environment.python_of(CLONE / ".venv"))
    variables = child_environment()
    if command == "test":
        variables["QT_QPA_PLATFORM"] = "offscreen"
        return run_program([python, "-m", "pytest", *arguments], variables, CLONE)
    return run_program([python, "-m", "micm_desktop", *([] if command == "gui" else [command]), *arguments], variables)


def has_screen(variables: Mapping[str, str], platform: str) -> bool:
    """True where a window can be shown, or where the user chose Qt's platform (QT_QPA_PLATFORM)."""
    if not platform.startswith("linux"):
        return True
    return any(variables.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def demo_arguments(arguments: list[str], *, screen: bool, missing: str) -> list[str]:
    """The demo's arguments, with ``--headless`` added (and the reason said) where no window can be opened.

    ``missing`` is the message about libraries that Qt lacks, or an empty string.
    """
    if missing:
        say(missing)
    if "--headless" in arguments or (screen and not missing):
        return arguments
    no_screen = "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    say(f"No window will open at the end: {'Qt lacks what is named above' if screen else no_screen}.")
    return [*arguments, "--headless"]


def _mend_libraries(command: str, screen: bool) -> str:
    """Install the system libraries that Qt lacks, where that is allowed; else a message that says what to type."""
    if not sys.platform.startswith("linux"):
        return ""
    needed = qt_libraries.needed(os.environ, window=command != "test")
    message = qt_libraries.mend(needed)
    if command != "test" and screen:
        qt_libraries.hint_japanese_font()
    return message


def _stop(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
