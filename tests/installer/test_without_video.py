"""Video is taken out of a folder in which a library like OpenCV's is linked to it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import without_video

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not all(map(shutil.which, without_video.TOOLS)), reason="needs a compiler"
)


def test_what_needs_video_loads_without_it_and_says_so_when_it_is_called(tmp_path: Path) -> None:
    libraries, module = tmp_path / "opencv_x.libs", tmp_path / "cv2" / "cv2.abi3.so"
    libraries.mkdir()
    module.parent.mkdir()
    card = _compiled(libraries / "libdrm-1.so", "int card(void) { return 7; }")
    video = _compiled(
        libraries / "libavutil-2.so.60",
        "int card(void); int av_first(void) { return card(); } int av_other(void) { return 1; }",
        *("-Wl,--version-script=/dev/stdin", "-Wl,-rpath,$ORIGIN", str(card)),
        script="AV_60 { global: av_first; av_other; };",
    )
    picture = _compiled(libraries / "libpng-3.so", "int png(void) { return 5; }")
    _compiled(
        module,
        "int av_first(void), png(void); int read_picture(void) { return png(); } int play(void) { return av_first(); }",
        *("-Wl,-rpath,$ORIGIN/../opencv_x.libs", "-Wl,-rpath-link," + str(libraries), str(video), str(picture)),
    )
    before = module.read_bytes()
    (tmp_path / "libdrm-1.so").symlink_to("opencv_x.libs/libdrm-1.so")
    assert _called(module, "play").returncode == 7

    without_video.take_out(tmp_path)
    assert module.read_bytes() == before
    assert sorted(file.name for file in libraries.iterdir()) == ["libavutil-2.so.60", "libpng-3.so"]
    assert not (tmp_path / "libdrm-1.so").is_symlink()
    assert _called(module, "read_picture").returncode == 5
    played = _called(module, "play")
    assert played.returncode < 0 and played.stderr == "There is no video in this program (av_first)\n"


def _compiled(file: Path, source: str, *options: str, script: str = "") -> Path:
    code = file.with_name("source.c")
    code.write_text(source)
    name = f"-Wl,-soname,{file.name}"
    subprocess.run(["cc", "-shared", "-fPIC", name, "-o", file, code, *options], check=True, input=script, text=True)
    code.unlink()
    return file


def _called(module: Path, function: str) -> "subprocess.CompletedProcess[str]":
    """A process that calls a function of a library, all of whose names are looked up at once."""
    code = f"import ctypes, os; os._exit(ctypes.CDLL({str(module)!r}).{function}())"
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, env={"LD_BIND_NOW": "1"}, capture_output=True, text=True)
