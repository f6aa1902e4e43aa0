"""Takes video out of the line PC's folder: 32 MB of FFmpeg that OpenCV is linked to and nothing here calls.

The libraries that OpenCV names are replaced by ones of the same names that hold the same functions with the same
versions, so that the linker finds all it looks for, at once or later; each function says that there is no video, and
ends the program. What only the replaced ones needed is removed. Linux; elsewhere video is a library of its own (see
the recipe). docs/decisions/0029-packed-programs.md says why.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from steps import say

VIDEO = ("libavcodec", "libavformat", "libavutil", "libswscale")
TOOLS = ("cc", "nm", "readelf")
BEGINNING = """#include <stdio.h>
#include <stdlib.h>
static void none(const char *name) { fprintf(stderr, "There is no video in this program (%s)\\n", name); abort(); }
"""


def take_out(inside: Path) -> None:
    """Replace what OpenCV in the folder ``inside`` needs for video. Where that cannot be done, say so and leave it."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        say(f"Video stays in: there is no {', '.join(missing)}")
        return
    users = list(inside.glob("cv2/*.so"))
    if not users:
        return
    wanted = dict(pair for file in users for pair in _asked_for(file))
    named = {name for user in users for name in needed(user) if name.startswith(VIDEO)}
    held = {file: _held(file) for file in inside.glob("opencv_*.libs/*") if file.name in named}
    asked = {file: {name: wanted[name] for name in names if name in wanted} for file, names in held.items()}
    data = [name for file, names in asked.items() for name in names if held[file][name] != "T"]
    if data:
        say(f"Video stays in: {', '.join(data)} are no functions")
        return
    for file, names in asked.items():
        _replace(file, names)
    for folder in {file.parent for file in asked}:
        _remove_unneeded(inside, folder)


def needed(file: Path) -> list[str]:
    """Names of the libraries that a library asks for."""
    lines = _told("readelf", "-d", "-W", str(file)).splitlines()
    return [line.partition("[")[2].rstrip("]") for line in lines if "(NEEDED)" in line]


def _asked_for(file: Path) -> list[tuple[str, str]]:
    """Functions of others with their versions, without those that have none."""
    words = [line.split() for line in _told("nm", "-D", "--undefined-only", str(file)).splitlines()]
    return [(name, version) for *_, symbol in words for name, at, version in [symbol.partition("@")] if at]


def _held(file: Path) -> dict[str, str]:
    """What a library offers: name and kind, T for a function."""
    words = [line.split() for line in _told("nm", "-D", "--defined-only", str(file)).splitlines()]
    return {symbol.partition("@")[0]: kind for _, kind, symbol in words}


def _replace(file: Path, names: dict[str, str]) -> None:
    versions_of = sorted(set(names.values()))
    by_version = {version: [name for name in names if names[name] == version] for version in versions_of}
    with tempfile.TemporaryDirectory() as folder:
        source, versions = Path(folder) / "none.c", Path(folder) / "versions"
        source.write_text(BEGINNING + "".join(f'void {name}(void) {{ none("{name}"); }}\n' for name in names))
        versions.write_text(
            "".join(f"{version} {{ global: {'; '.join(some)}; }};\n" for version, some in by_version.items())
        )
        file.unlink()
        options = ["-shared", "-fPIC", "-Os", "-s", f"-Wl,-soname,{file.name}", f"-Wl,--version-script={versions}"]
        subprocess.run(["cc", *options, "-o", str(file), str(source)], check=True)


def _remove_unneeded(inside: Path, folder: Path) -> None:
    while True:
        files = [file for file in inside.rglob("*") if ".so" in file.name and file.is_file() and not file.is_symlink()]
        asked = {name for file in files for name in needed(file)}
        lonely = [file for file in folder.iterdir() if file.name not in asked]
        if not lonely:
            break
        for file in lonely:
            file.unlink()
    for link in inside.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
