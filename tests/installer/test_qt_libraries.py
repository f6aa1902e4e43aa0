import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import qt_libraries
import system_packages
from qt_libraries import QT, WAYLAND, X11, Library, advice, missing, needed

DEBIAN = {"ID": "debian"}
LACKING = [library for library in QT + X11 if library.soname in ("libEGL.so.1", "libGL.so.1", "libxcb-shm.so.0")]


def loader_without(*absent: str) -> qt_libraries.Loader:
    def load(soname: str) -> object:
        if soname in absent:
            raise OSError(f"{soname}: cannot open shared object file: No such file or directory")
        return object()

    return load


def test_missing_names_what_the_loader_does_not_find() -> None:
    assert missing(QT, loader_without()) == []
    found = missing(QT + X11, loader_without("libEGL.so.1", "libxcb-cursor.so.0"))
    assert [library.soname for library in found] == ["libEGL.so.1", "libxcb-cursor.so.0"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="uses Linux's loader")
def test_the_real_loader_tells_present_from_absent() -> None:
    absent = Library("libno-such-library.so.7", "", "")
    assert missing([Library("libc.so.6", "libc6", "glibc"), absent]) == [absent]


@pytest.mark.parametrize(
    ("release", "line"),
    [
        (DEBIAN, "apt-get install -y libegl1 libgl1 libxcb-shm0"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get install -y libegl1 libgl1 libxcb-shm0"),
        ({"ID": "fedora"}, "dnf install -y 'libEGL.so.1()(64bit)' 'libGL.so.1()(64bit)' 'libxcb-shm.so.0()(64bit)'"),
        (
            {"ID": "rocky", "ID_LIKE": "rhel centos fedora"},
            "dnf install -y 'libEGL.so.1()(64bit)' 'libGL.so.1()(64bit)' 'libxcb-shm.so.0()(64bit)'",
        ),
        (
            {"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"},
            "zypper install -y 'libEGL.so.1()(64bit)' 'libGL.so.1()(64bit)' 'libxcb-shm.so.0()(64bit)'",
        ),
        ({"ID": "arch"}, "pacman -S --needed libglvnd libxcb"),
    ],
)
def test_advice_is_one_line_for_this_system(release: dict[str, str], line: str) -> None:
    assert advice(LACKING, release, root=False) == f"To install it, type: sudo {line}"
    assert advice(LACKING, release, root=True) == f"To install it, type: {line}"


def test_advice_on_an_unknown_system_names_no_command() -> None:
    assert "type" not in advice(LACKING, {"ID": "plan9"}, root=False)


def test_nothing_is_installed_without_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "is_root", lambda: False)
    monkeypatch.setattr(qt_libraries, "is_root", lambda: False)
    monkeypatch.setattr(qt_libraries, "os_release", lambda: DEBIAN)
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **options: pytest.fail("started a program"))
    message = qt_libraries.mend([Library("libno-such-library.so.7", "libno-such-library7", "")])
    assert "libno-such-library.so.7" in message
    assert "sudo apt-get install -y libno-such-library7" in message


def test_needed_follows_the_kind_of_screen() -> None:
    assert needed({"DISPLAY": ":0"}, window=False) == QT
    assert needed({}, window=True) == QT + X11
    assert needed({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, window=True) == QT + X11
    assert needed({"WAYLAND_DISPLAY": "wayland-0"}, window=True) == QT + WAYLAND
    assert needed({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, window=True) == QT


@pytest.mark.skipif(not shutil.which("objdump"), reason="objdump (binutils) reads what Qt's libraries need")
def test_the_lists_hold_all_that_the_installed_qt_needs() -> None:
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None or not sys.platform.startswith("linux"):
        pytest.skip("needs PySide6 on Linux")
    qt = Path(spec.origin).parent / "Qt"
    # The C and C++ runtimes are Python's own needs too.
    everywhere = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libpthread.so.0", "libdl.so.2"}
    everywhere |= {"librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
    plugins = {"libqoffscreen.so": QT, "libqxcb.so": QT + X11, "libqwayland.so": QT + WAYLAND}
    for plugin, listed in plugins.items():
        sonames = {library.soname for library in listed} | everywhere
        todo = [qt / "plugins" / "platforms" / plugin]
        seen: set[str] = set()
        while todo:
            file = todo.pop()
            dump = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=True).stdout
            for name in set(re.findall(r"NEEDED\s+(\S+)", dump)) - seen:
                seen.add(name)
                own = qt / "lib" / name
                if own.exists():
                    todo.append(own)
                else:
                    assert name in sonames, f"{file.name} needs {name}"
