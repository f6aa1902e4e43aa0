"""What lies where in a Debian package; the program in it is a stand-in that tells a version."""

import shutil
import subprocess
from pathlib import Path

import deb
import pytest

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")


def packed(tmp_path: Path, name: str, *, window: bool) -> tuple[set[str], str]:
    """The files of the package (links with their target), and its description."""
    folder = tmp_path / "dist" / name
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "libxcb-cursor.so.0").write_text("packed")
    program = folder / "micm-desktop"
    program.write_text("#!/bin/sh\necho 1.2.3\n")
    program.chmod(0o755)
    made = deb.make(folder, tmp_path / "dist", window=window)
    assert made.name.startswith(f"{name}_1.2.3_") and program.exists()
    listed = subprocess.run(["dpkg-deb", "-c", made], capture_output=True, text=True, check=True).stdout
    lines = listed.splitlines()
    assert all(" root/root " in line for line in lines)
    about = subprocess.run(["dpkg-deb", "-f", made], capture_output=True, text=True, check=True).stdout
    return {line.split(" ./", 1)[1] for line in lines if not line.endswith("/")}, about


def test_the_window_has_a_menu_entry_an_icon_and_asks_for_what_qt_wants(tmp_path: Path) -> None:
    files, about = packed(tmp_path, "micm-desktop", window=True)
    assert files == {
        "opt/micm-desktop/micm-desktop",
        "opt/micm-desktop/_internal/libxcb-cursor.so.0",
        "usr/bin/micm-desktop -> ../../opt/micm-desktop/micm-desktop",
        "usr/share/applications/micm-desktop.desktop",
        "usr/share/icons/hicolor/scalable/apps/micm-desktop.svg",
        "usr/share/doc/micm-desktop/copyright",
    }
    assert "libegl1" in about and "libc6 (>= 2." in about
    assert "libxcb-cursor0" not in about, "the folder brings it"
    assert "Conflicts: micm-desktop-runtime" in about


def test_the_runtime_asks_for_the_c_library_alone(tmp_path: Path) -> None:
    files, about = packed(tmp_path, "micm-desktop-runtime", window=False)
    assert not any("applications" in file for file in files)
    assert next(line for line in about.splitlines() if line.startswith("Depends")).count(",") == 0
