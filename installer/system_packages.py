"""Packages of the operating system: which system this is, and installing by apt-get where that is allowed."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from steps import run_logged, say, timed


def os_release() -> dict[str, str]:
    """The fields of /etc/os-release; empty where there is none."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def family(release: Mapping[str, str]) -> str:
    """``debian``, ``fedora``, ``suse``, ``arch``, or an empty string, from the fields of /etc/os-release."""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    families = {
        "debian": ("debian", "ubuntu"),
        "fedora": ("fedora", "rhel", "centos"),
        "suse": ("suse", "opensuse", "sles"),
        "arch": ("arch",),
    }
    return next((family for family, members in families.items() if any(name in members for name in names)), "")


def is_root() -> bool:
    """True for root on Linux and macOS."""
    return sys.platform != "win32" and os.geteuid() == 0


def may_install() -> bool:
    """True where apt-get can be used without asking: root on Debian, Ubuntu and their like."""
    return is_root() and family(os_release()) == "debian" and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str], purpose: str) -> None:
    """Install Debian packages. A failure is said, not raised: the caller looks for what it needed."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    wait = ["-o", "DPkg::Lock::Timeout=120"]
    with timed(f"Installing for {purpose}: {' '.join(packages)}"), tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "apt.log"
        # A failed update may be one broken package source of many: the installation tells whether it matters.
        run_logged(["apt-get", *wait, "update"], log, variables=variables)
        install = ["apt-get", *wait, "install", "-y", "--no-install-recommends", *packages]
        code, lines = run_logged(install, log, variables=variables)
    if code:
        say("apt-get could not install them:\n" + "\n".join(lines[-5:]))
