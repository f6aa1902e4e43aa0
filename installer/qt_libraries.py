"""The system libraries that Qt's wheels expect on Linux: which are missing, and how to install them.

PySide6 brings Qt itself, but not what Qt finds on any desktop. A server, a container or a slim image lacks some.
"""

import ctypes
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from steps import say
from system_packages import apt_install, family, is_root, may_install, os_release


@dataclass(frozen=True)
class Library:
    """A shared library, and the packages that hold it. RPM systems find it by the library's own name."""

    soname: str
    debian: str
    arch: str


# Whatever imports QtGui, on any platform plugin, offscreen included.
QT = (
    Library("libEGL.so.1", "libegl1", "libglvnd"),
    Library("libGL.so.1", "libgl1", "libglvnd"),
    Library("libX11.so.6", "libx11-6", "libx11"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype2"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libz.so.1", "zlib1g", "zlib"),
    Library("libzstd.so.1", "libzstd1", "zstd"),
)
# A window on X11, or on Wayland through XWayland.
X11 = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libx11"),
    Library("libxcb.so.1", "libxcb1", "libxcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)
# A window on a Wayland desktop without XWayland.
WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "wayland"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "wayland"),
    Library("libwayland-egl.so.1", "libwayland-egl1", "wayland"),
)

Loader = Callable[[str], object]


def needed(variables: Mapping[str, str], *, window: bool) -> tuple[Library, ...]:
    """The libraries that Qt needs here: with ``window``, also those of the kind of screen there is (X11 if none).

    Where the user chose Qt's platform (QT_QPA_PLATFORM), those of that platform.
    """
    default = "wayland" if variables.get("WAYLAND_DISPLAY") and not variables.get("DISPLAY") else "xcb"
    chosen = (variables.get("QT_QPA_PLATFORM") or default) if window else "offscreen"
    return QT + (WAYLAND if chosen.startswith("wayland") else X11 if chosen.startswith("xcb") else ())


def missing(libraries: Sequence[Library], load: Loader = ctypes.CDLL) -> list[Library]:
    """Those of the libraries that the system's loader does not find."""
    return [library for library in libraries if not _loads(library.soname, load)]


def _loads(soname: str, load: Loader) -> bool:
    try:
        load(soname)
    except OSError:
        return False
    return True


def mend(libraries: Sequence[Library]) -> str:
    """Install what is missing where that is allowed (root on Debian or Ubuntu).

    Returns an empty string when nothing is missing any more, else a message with the line to type.
    """
    lacking = missing(libraries)
    if lacking and may_install():
        apt_install(debian_packages(lacking), "Qt")
        lacking = missing(libraries)
    if not lacking:
        return ""
    names = ", ".join(library.soname for library in lacking)
    return f"Qt, which draws the window, lacks {names}.\n{advice(lacking, os_release(), root=is_root())}"


def advice(lacking: Sequence[Library], release: Mapping[str, str], *, root: bool) -> str:
    """The one line that installs the libraries on this system."""
    command = _install_command(lacking, release)
    if not command:
        return "Install the packages of this system that hold them, then start again."
    return f"To install it, type: {'' if root else 'sudo '}{command}"


def _install_command(lacking: Sequence[Library], release: Mapping[str, str]) -> str:
    by_soname = " ".join(f"'{library.soname}()(64bit)'" for library in lacking)
    commands = {
        "debian": f"apt-get install -y {' '.join(debian_packages(lacking))}",
        "fedora": f"dnf install -y {by_soname}",
        "suse": f"zypper install -y {by_soname}",
        "arch": f"pacman -S --needed {' '.join(dict.fromkeys(library.arch for library in lacking))}",
    }
    return commands.get(family(release), "")


def debian_packages(libraries: Sequence[Library]) -> list[str]:
    """The Debian packages that hold the libraries, each once."""
    return list(dict.fromkeys(library.debian for library in libraries))


def hint_japanese_font() -> None:
    """Say how to get Japanese letters where fontconfig knows no font that has them."""
    if not shutil.which("fc-list"):
        return
    fonts = subprocess.run(
        ["fc-list", ":lang=ja", "family"], capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    if fonts.returncode == 0 and not fonts.stdout.strip():
        say("No Japanese font is installed; without one, Japanese text shows as boxes (package fonts-noto-cjk).")
