"""What the wheel and the source archive hold. Both are built as an installer would, without network."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def build(source: Path, out: Path, target: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
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


def test_wheel_holds_the_whole_package_and_nothing_else(tmp_path: Path) -> None:
    held = names(build(REPOSITORY, tmp_path, "wheel"))
    assert {name for name in held if ".dist-info/" not in name} == package_files(REPOSITORY)
    assert any(name.startswith("micm_desktop/resources/") for name in held)
    assert any(PurePosixPath(name).name == "LICENSE" for name in held)


def test_source_archive_holds_the_package_its_tests_and_what_building_needs(sdist: Path) -> None:
    assert package_files(sdist) == package_files(REPOSITORY)
    for name in ("pyproject.toml", "README.md", "LICENSE", "installer/bootstrap.py", "tests/installer"):
        assert (sdist / name).exists(), name


def test_wheel_built_from_the_source_archive_is_the_same(sdist: Path, tmp_path: Path) -> None:
    from_archive = names(build(sdist, tmp_path / "a", "wheel"))
    assert from_archive == names(build(REPOSITORY, tmp_path / "b", "wheel"))
