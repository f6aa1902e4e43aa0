"""Run core tests with the oldest packages that pyproject.toml allows: python tools/try_oldest.py

Makes an environment (kept in ``--home``) on Python 3.11, installs of every package the oldest release of the series
that its lower bound names, and what the tests need in any version. Takes some gigabytes and, with torch from the
network, minutes. The line PC's part alone is tests/cli/test_oldest_runtime.py.
"""

import argparse
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ("tests/images", "tests/project", "tests/fewshot", "tests/micm", "tests/export", "tests/test_labeling.py")
NOT_TESTED = ("pyside6", "pyqtgraph", "psutil")
"""The window's: with Qt's oldest its pictures differ. Without Qt the tests' plugin for it would end pytest."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=ROOT / "build" / "oldest", help="the environment's folder")
    parser.add_argument("--only-install", action="store_true", help="run no test")
    parser.add_argument("tests", nargs="*", default=TESTS)
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 11):
        print("The oldest packages have wheels for the oldest Python only: run this with Python 3.11.", file=sys.stderr)
        return 2
    python = options.home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(options.home, with_pip=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [
        oldest(line) for line in project["dependencies"] + extras["desktop"] if not line.lower().startswith(NOT_TESTED)
    ]
    install = [str(python), "-m", "pip", "install", "-q", "--only-binary", ":all:"]
    if (code := subprocess.run([*install, *wanted, *extras["test"]], check=False).returncode) != 0:
        return code
    subprocess.run([str(python), "-m", "pip", "list"], check=True)
    if options.only_install:
        return 0
    # From the clone itself: what is tested is the packages, not the wheel.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [str(python), "-m", "pytest", "-q", "-n", "0", "-p", "no:pytest-qt", *options.tests],
        cwd=ROOT, env=environment, check=False,
    ).returncode  # fmt: skip


def oldest(requirement: str) -> str:
    """``name>=1.2.3,<2; when`` as ``name==1.2.3.*; when``."""
    name, _, when = requirement.partition(";")
    pinned = re.sub(r">=\s*([\w.]+).*", r"==\1.*", name.strip())
    return f"{pinned}; {when.strip()}" if when else pinned


if __name__ == "__main__":
    sys.exit(main())
