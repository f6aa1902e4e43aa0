"""What PyInstaller's recipe adds to a build; runs in the build's own environment."""

import importlib.metadata
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from micm_desktop import about


def installed(name: str) -> bool:
    """Whether a distribution is there."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def icon(resources: Path, work: Path) -> str | None:
    """A picture file that PyInstaller turns into the program's icon; None where a program file has none (Linux)."""
    if sys.platform.startswith("linux") or not installed("PySide6-Essentials"):
        return None
    return str(draw_icon(resources, work / "micm-desktop.png"))


def draw_icon(resources: Path, file: Path) -> Path:
    """The SVG icon as a PNG of 256 × 256 pixels."""
    from PySide6.QtGui import QGuiApplication, QIcon

    app = QGuiApplication(["icon", "-platform", "offscreen"])
    QIcon(str(resources / "icons" / "micm-desktop.svg")).pixmap(256, 256).save(str(file))
    del app
    return file


def licence_file(work: Path, binaries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """PyInstaller's entry for ``licences.json``: of the packages, Python, PyInstaller and the system's libraries.

    ``binaries`` are (name in the build, file here, kind).
    """
    entries = [*about.licences(), _python(), about.licence_of(importlib.metadata.distribution("pyinstaller"))]
    entries += _system_libraries([Path(source) for _, source, _ in binaries])
    file = work / "licences.json"
    file.write_text(about.as_json(sorted(entries, key=lambda one: one.name.lower())), encoding="utf-8")
    return [("micm_desktop/resources/licences.json", str(file), "DATA")]


def _python() -> about.Licence:
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not text.is_file():
        text = Path(sys.base_prefix) / "LICENSE.txt"  # Windows
    version = sys.version.split()[0]
    return about.Licence("Python", version, "PSF-2.0", "https://www.python.org", text.read_text(encoding="utf-8"))


def _system_libraries(files: Sequence[Path]) -> list[about.Licence]:
    """Those that PyInstaller took from a Debian or Ubuntu; other systems' packages are not asked."""
    ours = (Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve())
    found: dict[str, about.Licence] = {}
    for file in files:
        real = file.resolve()
        if any(real.is_relative_to(folder) for folder in ours):
            continue
        package = _debian_package(real)
        text = Path("/usr/share/doc") / package / "copyright"
        if package and package not in found and text.is_file():
            version = subprocess.run(
                ["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False
            ).stdout
            found[package] = about.Licence(
                package, version, "", "https://packages.debian.org", text.read_text(encoding="utf-8", errors="replace")
            )
    return list(found.values())


def _debian_package(file: Path) -> str:
    """The package that holds a file, or an empty string. Older packages name /lib for what lies in /usr/lib."""
    for path in (str(file), str(file).removeprefix("/usr")):
        try:
            done = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True, check=False)
        except OSError:
            return ""
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    return ""
