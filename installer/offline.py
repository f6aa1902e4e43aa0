"""Makes a folder from which MICM Desktop is installed on a computer without network.

    python3 installer/offline.py runtime|desktop [--out offline]

Run it on a computer with network, of the same system and with the same Python as the one to install on; pip's variables
(PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_CONSTRAINT) choose where packages come from. The folder holds the wheels, their
SHA-256 in requirements.txt, and install.py, which makes an environment beside itself, or where it is told to, from
nothing but this folder.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from email.parser import HeaderParser
from pathlib import Path

from build import REQUIREMENTS
from steps import Problem, child_environment, say, timed

CLONE = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str]) -> int:
    """Make the folder and say how large it is; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("kind", choices=REQUIREMENTS)
    parser.add_argument("--out", type=Path, default=CLONE / "dist" / "offline", help="folder to make")
    asked = parser.parse_args(arguments)
    try:
        count = collect(REQUIREMENTS[asked.kind], asked.out.resolve())
    except Problem as problem:
        say(str(problem))
        return problem.exit_code
    size = sum(file.stat().st_size for file in asked.out.rglob("*") if file.is_file())
    say(f"{asked.out}: {count} wheels, {size / 1e6:.0f} MB. There, start: python3 install.py")
    return 0


def collect(requirement: str, out: Path) -> int:
    """Fill ``out`` with the wheels of a requirement, their hashes and the installing script; returns their number.

    Raises :class:`Problem` where the folder is not empty, or where pip does not get everything.
    """
    if out.exists() and any(out.iterdir()):
        raise Problem(f"{out} is not empty. Name a new folder with --out, so that nothing old gets among the wheels.")
    wheels = out / "wheels"
    wheels.mkdir(parents=True)
    with timed("Collecting the packages"):
        # Built where none is to be had: the other computer may have no compiler.
        command = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "-w", str(wheels)]
        done = subprocess.run([*command, requirement], cwd=CLONE, env=child_environment(), check=False)
    if done.returncode:
        raise Problem(f"pip could not collect the packages (exit code {done.returncode}).", exit_code=1)
    files = sorted(wheels.glob("*.whl"))
    lines = [f"{_pinned(file)} --hash=sha256:{_sha256(file)}\n" for file in files]
    (out / "requirements.txt").write_text("".join(lines), encoding="utf-8")
    shutil.copy2(CLONE / "installer" / "offline_install.py", out / "install.py")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (out / "python-version.txt").write_text(f"{version}\n", encoding="utf-8")
    return len(files)


def _pinned(wheel: Path) -> str:
    """``name==version``, as the wheel's own metadata states them."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        told = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    return f"{told['Name']}=={told['Version']}"


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
