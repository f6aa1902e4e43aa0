"""What the wheel and the source archive hold. Both are built as an installer would, without network."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from datetime import datetime
from pathlib import Path, PurePosixPath

import hatch_build
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


BUILT = "micm_desktop/resources/build.json"


def build(source: Path, out: Path, target: str, **variables: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | variables
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl" if target == "wheel" else "*.tar.gz"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def package_files(folder: Path) -> set[str]:
    files = (
        path for path in (folder / "micm_desktop").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {path.relative_to(folder).as_posix() for path in files}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source archive."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build(REPOSITORY, folder, "sdist")) as archive:
        # Before Python 3.11.4 there are no filters; the archive is our own.
        archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(REPOSITORY, tmp_path_factory.mktemp("wheel"), "wheel")


def test_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    held = names(wheel)
    assert {name for name in held if ".dist-info/" not in name} == package_files(REPOSITORY) | {BUILT}
    for kept in ("starter.safetensors", "NOTICE", "licences/LGPL-3.0.txt", "translations/micm_desktop_ja.qm"):
        assert f"micm_desktop/resources/{kept}" in held
    assert any(PurePosixPath(name).name == "LICENSE" for name in held)


def test_source_archive_holds_the_package_its_tests_and_what_building_needs(sdist: Path) -> None:
    assert package_files(sdist) == package_files(REPOSITORY)
    for name in ("pyproject.toml", "README.md", "LICENSE", "installer/bootstrap.py", "tests/installer"):
        assert (sdist / name).exists(), name


def test_building_again_and_from_the_source_archive_gives_the_same_bytes(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    expected = hashlib.sha256(wheel.read_bytes()).hexdigest()
    for place, source in (("again", REPOSITORY), ("from the archive", sdist)):
        made = build(source, tmp_path / place, "wheel")
        assert made.name == wheel.name
        assert hashlib.sha256(made.read_bytes()).hexdigest() == expected, place


def test_the_wheel_knows_its_commit_and_a_date_that_can_be_given(wheel: Path, tmp_path: Path) -> None:
    told = read_build(wheel)
    head = git("rev-parse", "HEAD")
    assert told["commit"].removesuffix("+") == head
    if head:
        assert datetime.fromisoformat(told["date"]).timestamp() == int(git("show", "-s", "--format=%ct", "HEAD"))
    given = build(REPOSITORY, tmp_path, "wheel", SOURCE_DATE_EPOCH="86400")
    assert read_build(given) == {"commit": told["commit"], "date": "1970-01-02T00:00:00+00:00"}


def test_a_copy_inside_another_repository_does_not_take_its_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "copy").mkdir()
    assert hatch_build.told(tmp_path / "copy") == {"commit": "", "date": ""}


def read_build(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        values: dict[str, str] = json.loads(archive.read(BUILT))
    return values


def git(*arguments: str) -> str:
    """Of this clone; an empty string where it is none."""
    if not (REPOSITORY / ".git").exists():
        return ""
    return subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.strip()
