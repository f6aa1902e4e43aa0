"""Installs MICM Desktop from the folder that this file lies in, without network and without administrator's rights.

    python3 install.py [FOLDER]          (on Windows: py install.py [FOLDER])

Makes a virtual environment in FOLDER (by default `micm-desktop` in the home folder) and installs the wheels beside this
file into it, each of which must have the SHA-256 that requirements.txt names. To remove it, delete FOLDER.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Install; returns the exit code."""
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__)
        return 2
    wanted = (HERE / "python-version.txt").read_text(encoding="utf-8").strip()
    found = "{}.{}".format(*sys.version_info[:2])
    if found != wanted:
        print(f"These packages are for Python {wanted}, this is {found} ({sys.executable}).")
        return 2
    folder = Path(arguments[0]).resolve() if arguments else Path.home() / "micm-desktop"
    print(f"Installing into {folder} ...", flush=True)
    venv.EnvBuilder(with_pip=True, symlinks=sys.platform != "win32").create(folder)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    command = [
        str(programs / "python"),
        "-I",
        "-m",
        "pip",
        "--isolated",
        "install",
        "--disable-pip-version-check",
        "-q",
    ]
    command += ["--no-index", "--find-links", str(HERE / "wheels"), "--require-hashes", "--no-cache-dir"]
    code = subprocess.call([*command, "-r", str(HERE / "requirements.txt")])
    if code:
        print("It was not installed; see above. A hash that does not match means that a file was damaged or changed.")
        return 1
    print("Done. The program is {}".format(programs / "micm-desktop"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
