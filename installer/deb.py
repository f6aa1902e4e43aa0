"""A Debian package of a built folder: it lies in /opt, has a command in /usr/bin, and for the window a menu entry."""

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from qt_libraries import QT, X11, debian_packages
from steps import Problem

CLONE = Path(__file__).resolve().parents[1]
CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: MICM Desktop
Section: science
Priority: optional
Installed-Size: {kilobytes}
Depends: {depends}
Conflicts: {other}
Description: {title}
 Runs without Python and without network; images never leave the computer.
"""
TITLES = {
    "micm-desktop": "Visual inspection from a handful of examples",
    "micm-desktop-runtime": "Judges images with a model file of MICM Desktop",
}


def make(folder: Path, out: Path, *, window: bool) -> Path:
    """The package of the folder that build.py made, in ``out``. Raises :class:`Problem` where that fails.

    The files are linked, not copied, so that ``out`` must lie on the folder's file system.
    """
    if not shutil.which("dpkg-deb"):
        raise Problem("A Debian package is made by dpkg-deb, which is not here. Build it on Debian or Ubuntu.")
    name = folder.name
    version = _output([str(folder / "micm-desktop"), "--version"])
    architecture = _output(["dpkg", "--print-architecture"])
    (other,) = TITLES.keys() - {name}
    with tempfile.TemporaryDirectory(dir=out) as place:
        root = Path(place) / "root"
        shutil.copytree(folder, root / "opt" / name, copy_function=os.link, symlinks=True)
        command = root / "usr" / "bin" / "micm-desktop"
        command.parent.mkdir(parents=True)
        command.symlink_to(f"../../opt/{name}/micm-desktop")
        _copy(CLONE / "LICENSE", root / "usr" / "share" / "doc" / name / "copyright")
        if window:
            entry, icon = CLONE / "installer" / "micm-desktop.desktop", "micm_desktop/resources/icons/micm-desktop.svg"
            _copy(entry, root / "usr" / "share" / "applications" / "micm-desktop.desktop")
            _copy(CLONE / icon, root / "usr" / "share" / "icons" / "hicolor" / "scalable" / "apps" / "micm-desktop.svg")
        values = {
            "name": name,
            "version": version,
            "architecture": architecture,
            "kilobytes": sum(os.lstat(file).st_size for file in root.rglob("*") if not file.is_dir()) // 1024,
            "depends": ", ".join(_depends(folder, window=window)),
            "other": other,
            "title": TITLES[name],
        }
        control = root / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(CONTROL.format(**values), encoding="utf-8")
        made = out / f"{name}_{version}_{architecture}.deb"
        _output(["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", str(root), str(made)])
    return made


def _depends(folder: Path, *, window: bool) -> list[str]:
    """The C library of this computer or a newer one, and what Qt wants of the system that is not in the folder."""
    inside = {file.name for file in (folder / "_internal").iterdir()}
    wanted = [library for library in QT + X11 if library.soname not in inside] if window else []
    return [f"libc6 (>= {platform.libc_ver()[1]})", *debian_packages(wanted)]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True)
    shutil.copy2(source, target)
    target.chmod(0o644)


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"This failed: {' '.join(command)}\n{done.stderr.strip()}", exit_code=1)
    return done.stdout.strip()
