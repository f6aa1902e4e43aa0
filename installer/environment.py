"""The virtual environment `.venv` in the clone: made, filled by pip, and left alone while nothing changed."""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from steps import Problem, child_environment, run_logged, say, timed
from system_packages import apt_install, may_install

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
STAMP = "micm-installed.json"
UNFINISHED = "micm-installation-not-finished"
LOG = "micm-install.log"
# The CUDA build of torch that Linux gets: 6.5 GB on disk, and 3.3 GB more in pip's cache while it unpacks.
SPACE_NEEDED_GB = 12 if sys.platform.startswith("linux") else 4


@dataclass(frozen=True)
class Stamp:
    """What was installed. ``requirements`` and ``sources`` are SHA-256 digests (hexadecimal)."""

    extras: tuple[str, ...]
    requirements: str
    sources: str


def ensure(clone: Path, extras: tuple[str, ...]) -> None:
    """Make `.venv` hold the package as it is in the clone, with at least these extras. Quick when it already does.

    Raises :class:`Problem` where that fails; what was complete before then stays usable.
    """
    folder = clone / ".venv"
    with _only_one(clone / ".venv.lock"):
        why_new = _why_make_anew(folder)
        if why_new:
            _make(folder, why_new)
        have = read_stamp(folder)
        want = Stamp(
            tuple(sorted({*extras, *(have.extras if have else ())})), requirements_digest(clone), sources_digest(clone)
        )
        if have == want:
            return
        if have is None:
            sentence, options = f"Installing the package ({_size()})", _with_dependencies(want)
            _warn_of_full_disk(clone)
        elif (have.extras, have.requirements) == (want.extras, want.requirements):
            sentence, options = "Installing the changed package", ["--no-deps", "--force-reinstall", "."]
        else:
            sentence, options = "Installing the changed package and what it newly needs", _with_dependencies(want)
        with timed(sentence):
            _pip_install(clone, folder, options)
        _write_stamp(folder, want)


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def read_stamp(folder: Path) -> Stamp | None:
    """What the last finished installation left, or None."""
    try:
        values = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return Stamp(tuple(values["extras"]), values["requirements"], values["sources"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def requirements_digest(clone: Path) -> str:
    """Digest of everything in pyproject.toml that decides which other packages are installed."""
    project = tomllib.loads((clone / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [project.get(key) for key in ("requires-python", "dependencies", "optional-dependencies")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def sources_digest(clone: Path) -> str:
    """Digest of the names and contents of all files that go into the installed package.

    By content, not by time: a branch changed to and fro costs no new installation.
    """
    digest = hashlib.sha256()
    files = [path for path in (clone / "micm_desktop").rglob("*") if "__pycache__" not in path.parts and path.is_file()]
    for path in [clone / "pyproject.toml", *sorted(files)]:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(clone).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def _why_make_anew(folder: Path) -> str:
    """A sentence that says why the environment must be made (again), or an empty string."""
    if not folder.exists():
        return "Making the virtual environment .venv"
    if (folder / UNFINISHED).exists():
        return "The last installation was interrupted: making .venv anew (finished downloads are kept by pip)"
    command = [str(python_of(folder)), "-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "The virtual environment .venv is damaged: making it anew"
    if found.strip() != PYTHON:
        return f".venv is of Python {found.strip()}, this is {PYTHON}: making it anew"
    return ""


def _make(folder: Path, sentence: str) -> None:
    if Path(sys.prefix).resolve() == folder.resolve():
        raise Problem(f"{sentence} cannot be done with .venv's own Python: start it with the system's Python.")
    if not _has_ensurepip() and may_install():
        apt_install([f"python{PYTHON}-venv"], "virtual environments")
    if not _has_ensurepip():
        raise Problem(
            f"This Python ({sys.executable}) cannot put pip into a virtual environment.\n"
            f"On Debian and Ubuntu, type: sudo apt-get install -y python{PYTHON}-venv\n"
            f"Elsewhere, install Python {PYTHON} from python.org."
        )
    with timed(sentence):
        try:
            venv.EnvBuilder(clear=True, with_pip=True, symlinks=sys.platform != "win32").create(folder)
        except subprocess.CalledProcessError as error:
            said = bytes(error.output or b"").decode(errors="replace").strip()
            raise Problem(f"{sys.executable} could not make a virtual environment:\n{said}", exit_code=1) from error


def _has_ensurepip() -> bool:
    """False on a Debian or Ubuntu that has Python without its package python3-venv."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def _pip_install(clone: Path, folder: Path, options: list[str]) -> None:
    """Install from the clone. While pip works a marker lies in the folder; it stays where pip or we are killed.

    A pip that gives up by itself has put back what it was about to replace, so that the earlier stamp still holds.
    """
    marker = folder / UNFINISHED
    marker.touch()
    command = [str(python_of(folder)), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    log = folder / LOG
    code, lines = run_logged(
        [*command, "--progress-bar", "off", *options],
        log,
        variables={**child_environment(), "PIP_USER": "0"},
        folder=clone,
        on_line=_say_what_pip_does,
    )
    if code < 0:
        raise Problem(f"pip was killed by signal {-code}. Start again; the log is {log}", exit_code=1)
    marker.unlink()
    if code > 0:
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-3:]
        raise Problem(_PIP_FAILED.format(errors="\n".join(errors), log=log), exit_code=1)


_PIP_FAILED = """pip could not install the packages:
{errors}
What to do:
- Behind a proxy, set HTTPS_PROXY (for example http://proxy.example:8080); for a company certificate, set PIP_CERT.
- Without internet, collect the packages on a PC of the same system and Python that has it, in this folder:
    python -m pip download --dest wheels ".[desktop,test]" "hatchling>=1.25"
  bring the folder here, and set PIP_NO_INDEX=1 and PIP_FIND_LINKS to its full path.
- If the disk is full, make room. Then start the same command again; finished downloads are kept.
The whole log is {log}"""


def _say_what_pip_does(line: str) -> None:
    if download := re.match(r"\s*Downloading (?:\S*/)?([^\s/]+?)-\d\S* \(([\d.]+ [MG]B)\)", line):
        say(f"  downloading {download[1]} ({download[2]})")
    elif line.startswith("Installing collected packages: ") and "," in line:
        say(f"  unpacking {line.count(',') + 1} packages")


def _write_stamp(folder: Path, stamp: Stamp) -> None:
    unnamed = folder / f"{STAMP}.new"
    unnamed.write_text(json.dumps(asdict(stamp)), encoding="utf-8")
    unnamed.replace(folder / STAMP)


def _with_dependencies(want: Stamp) -> list[str]:
    return [f".[{','.join(want.extras)}]"]


def _size() -> str:
    if sys.platform.startswith("linux"):
        return "about 3.3 GB to download and 6.5 GB on disk, most of it PyTorch with CUDA"
    return "PyTorch is the largest part of the download"


def _warn_of_full_disk(clone: Path) -> None:
    free = shutil.disk_usage(clone).free / 1e9
    if free < SPACE_NEEDED_GB:
        say(f"Only {free:.1f} GB are free on this disk; the first installation may need up to {SPACE_NEEDED_GB} GB.")


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Wait until no other bootstrap works in this clone. The system drops the lock of a process that dies."""
    with lock.open("ab") as file:
        if not _try_lock(file):
            say("Another installation is running in this folder: waiting for it.")
            while not _try_lock(file):
                time.sleep(0.5)
        yield


def _try_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
