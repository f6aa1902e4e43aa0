"""Builds the folder that runs without Python: the desktop program, or the line PC's runtime alone.

    python3 installer/build.py desktop|runtime [--out dist] [--constraint FILE] [--deb]

Makes an environment of its own in `build/`, installs this clone and PyInstaller into it by pip (whose variables choose
another torch), and packs it. `versions.txt` in the result names what is inside; given as --constraint it makes the same
choice again. PyInstaller packs for the system it runs on, and on Linux for those with the same glibc or a newer one.
"""

import argparse
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import deb
import without_video
from environment import python_of
from steps import Problem, child_environment, run_program, say, timed

CLONE = Path(__file__).resolve().parents[1]
NAMES = {"desktop": "micm-desktop", "runtime": "micm-desktop-runtime"}
REQUIREMENTS = {"desktop": ".[desktop]", "runtime": "."}
PYINSTALLER = "pyinstaller>=6.22,<7"


def main(arguments: Sequence[str]) -> int:
    """Build what is asked for and say how large it is; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("kind", choices=NAMES)
    parser.add_argument("--out", type=Path, default=CLONE / "dist", help="folder for the result")
    parser.add_argument("--constraint", type=Path, help="versions.txt of an earlier build, to choose the same again")
    parser.add_argument("--deb", action="store_true", help="also make a Debian package")
    asked = parser.parse_args(arguments)
    try:
        folder = build(asked.kind, asked.out.resolve(), asked.constraint)
        say(f"{folder}: {megabytes(folder):.0f} MB")
        for part, size in largest(folder / "_internal"):
            say(f"  {size:6.0f} MB  {part}")
        if asked.deb:
            with timed("Making the Debian package"):
                made = deb.make(folder, asked.out.resolve(), window=asked.kind == "desktop")
            say(f"{made}: {made.stat().st_size / 1e6:.0f} MB")
    except Problem as problem:
        say(str(problem))
        return problem.exit_code
    return 0


def build(kind: str, out: Path, constraint: Path | None = None) -> Path:
    """The folder of the program. Raises :class:`Problem` where pip or PyInstaller fails."""
    work = CLONE / "build"
    home = work / f"env-{kind}"
    python = python_of(home)
    variables = child_environment() | {"PYTHONHASHSEED": "0", "MICM_BUILD": NAMES[kind]}
    with timed(f"Making {home}"):
        # Anew each time: what an earlier build has installed must not decide on what is in this one.
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=sys.platform != "win32").create(home)
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    with timed("Installing"):
        given = ["-c", str(constraint.resolve())] if constraint is not None else []
        _run([*pip, *given, PYINSTALLER, REQUIREMENTS[kind]], variables)
    with timed("Packing"):
        recipe = str(CLONE / "installer" / "micm-desktop.spec")
        options = [
            "--noconfirm",
            # What an earlier build left there has been packed again although the sources had changed.
            "--clean",
            "--log-level",
            "WARN",
            "--distpath",
            str(out),
            "--workpath",
            str(work / f"work-{kind}"),
        ]
        _run([str(python), "-m", "PyInstaller", *options, recipe], variables)
    folder = out / NAMES[kind]
    _strip(folder / "_internal")
    if kind == "runtime" and sys.platform.startswith("linux"):
        without_video.take_out(folder / "_internal")
    frozen = subprocess.run([str(python), "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in frozen.splitlines() if not line.startswith("micm-desktop")]
    (folder / "versions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _strip(inside: Path) -> None:
    """Take out the debugging symbols of Python itself (25 MB in some builds of it) and of one part of POT (170 MB).

    Other wheels have none, or do not load without them.
    """
    if not sys.platform.startswith("linux") or not shutil.which("strip"):
        return
    files = [*inside.glob("libpython*.so*"), *inside.glob("python3*/lib-dynload/*.so"), *inside.glob("ot/bsp/*.so")]
    subprocess.run(["strip", "--strip-unneeded", *map(str, files)], check=True)


def megabytes(folder: Path) -> float:
    """Of all files below a folder, links not followed, in 10^6 bytes."""
    return sum(os.lstat(file).st_size for file in folder.rglob("*") if not file.is_dir()) / 1e6


def largest(folder: Path, count: int = 8) -> list[tuple[str, float]]:
    """The largest parts directly below a folder, in megabytes."""
    sizes = [(one.name, megabytes(one) if one.is_dir() else os.lstat(one).st_size / 1e6) for one in folder.iterdir()]
    return sorted(sizes, key=lambda part: -part[1])[:count]


def _run(command: Sequence[str], variables: dict[str, str]) -> None:
    code = run_program(command, variables, CLONE)
    if code:
        raise Problem(f"This failed with exit code {code}: {' '.join(command)}", exit_code=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
