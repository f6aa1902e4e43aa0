"""Decoding in processes of their own: the same pictures, and a decoder that crashes or hangs costs one file."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hostile_decoder import CRASH, HANG, faulty_command
from picture_files import ANY, as_pillow, grey_png16, noise, pillow_bytes
from PIL import Image

from micm_desktop.images import decode, limits
from micm_desktop.images.decode import UnreadableImage, decode_by, decode_here, examine_here
from micm_desktop.images.decode_processes import CRASHED, DecodeProcesses, command
from micm_desktop.images.decode_worker import FLAG
from micm_desktop.progress import JobControl
from micm_desktop.project.store import Project

GOOD = pillow_bytes(Image.fromarray(noise()), "PNG")


@pytest.fixture(scope="module")
def faulty() -> Iterator[DecodeProcesses]:
    processes = DecodeProcesses(faulty_command(), most=2)
    yield processes
    processes.close()


def reason(processes: DecodeProcesses, data: bytes) -> str:
    with pytest.raises(UnreadableImage) as caught:
        processes.decode(data, ANY)
    assert caught.value.path == ANY
    return caught.value.reason


def test_the_same_as_here(faulty: DecodeProcesses, tmp_path: Path) -> None:
    wide = grey_png16(np.arange(4096, dtype=np.uint16).reshape(64, 64))
    large = pillow_bytes(Image.fromarray(noise(1500, 1200)), "BMP")
    for data in (GOOD, wide, large, pillow_bytes(as_pillow("CMYK"), "JPEG")):
        here, there = decode_here(data, ANY), faulty.decode(data, ANY)
        np.testing.assert_array_equal(there.pixels, here.pixels)
        assert there.pixels.flags.writeable and there.pixels.flags.c_contiguous
        assert (there.format, there.bits, there.channels) == (here.format, here.bits, here.channels)
    for data in (b"", b"text", GOOD[:90]):
        with pytest.raises(UnreadableImage) as caught:
            decode_here(data, ANY)
        assert reason(faulty, data) == caught.value.reason
    paths = [tmp_path / name for name in ("検査 01.png", "cut.png", "gone.png")]
    paths[0].write_bytes(GOOD)
    paths[1].write_bytes(GOOD[:90])
    there, here = faulty.examine(paths), examine_here(paths)
    assert there[:2] == here[:2] and str(there[2]) == str(here[2])


def test_a_crash_costs_one_file(faulty: DecodeProcesses) -> None:
    with ThreadPoolExecutor(4) as threads:
        datas = [GOOD, GOOD + CRASH] * 4
        ended = list(threads.map(lambda data: _shape_or_reason(faulty, data), datas))
    assert ended == [(60, 80, 3), CRASHED] * 4
    assert faulty.decode(GOOD, ANY).pixels.shape == (60, 80, 3)


def _shape_or_reason(processes: DecodeProcesses, data: bytes) -> object:
    try:
        return processes.decode(data, ANY).pixels.shape
    except UnreadableImage as problem:
        return problem.reason


def test_a_scan_goes_on_after_a_crash(faulty: DecodeProcesses, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.png").write_bytes(GOOD + bytes([number]) + (CRASH if number == 3 else b""))
    project = Project.open(tmp_path / "project")
    project.add_folder(folder)
    decode_by(faulty)
    try:
        for _ in project.scan(JobControl()):
            pass
    finally:
        decode_by(None)
    found = project.images()
    project.close()
    assert [image.status for image in found] == ["ok", "ok", "ok", "unreadable", "ok", "ok"]
    assert found[3].message == CRASHED and len(found[3].sha256) == 64
    assert (found[0].width, found[0].height) == (80, 60)


def test_a_decoder_that_hangs_is_ended() -> None:
    processes = DecodeProcesses(faulty_command(), most=1, seconds=1.0)
    try:
        processes.start()
        assert reason(processes, GOOD + HANG) == "decoding this file took more than 1 seconds"
        assert processes.decode(GOOD, ANY).pixels.shape == (60, 80, 3)
    finally:
        processes.close()


def test_a_process_that_was_ended_by_others_is_replaced(faulty: DecodeProcesses) -> None:
    faulty.decode(GOOD, ANY)
    for process in list(faulty._all):
        process.kill()
    assert faulty.decode(GOOD, ANY).pixels.shape == (60, 80, 3)


@pytest.mark.parametrize("started_by", [["no such program"], [sys.executable, "-c", "print('something else')"]])
def test_where_no_process_can_be_started_this_one_decodes(started_by: list[str]) -> None:
    processes = DecodeProcesses(started_by)
    np.testing.assert_array_equal(processes.decode(GOOD, ANY).pixels, decode_here(GOOD, ANY).pixels)
    processes.close()


def test_the_limit_goes_along(faulty: DecodeProcesses) -> None:
    large = pillow_bytes(Image.new("L", (1500, 1000)), "PNG")
    assert faulty.decode(large, ANY).pixels.shape == (1000, 1500, 3)
    limits.set_megapixels(1)
    try:
        assert reason(faulty, large) == "the image is too large: 1500 x 1000 pixels, 1 megapixels at most"
    finally:
        limits.set_megapixels(None)


def test_a_process_looks_for_no_module_in_the_folder_of_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cv2.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend("")
    *start, code = command()
    listing = [*start, code.rpartition("; main()")[0] + "; print(*sys.modules)"]
    done = subprocess.run(listing, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "cv2" in loaded
    assert not loaded & {"torch", "PySide6", "sqlalchemy", "onnxruntime", "typer"}


@pytest.mark.skipif(sys.platform == "win32", reason="a program is ended by a signal")
def test_the_command_line_decodes_apart_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Also where the program is ended from outside, and started as a program in one file starts it."""
    (tmp_path / "a.png").write_bytes(GOOD)
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from micm_desktop.cli import app\n"
        "from micm_desktop.images import decode, decode_processes\n"
        f"decode_processes.command = lambda: [sys.executable, '-m', 'micm_desktop', {FLAG!r}]\n"
        "def used(prog_name):\n"
        "    decode.decode_image(Path(sys.argv[1]))\n"
        "    print(*(process._popen.pid for process in decode._decoder._all), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "app.app = used\n"
        "app.main()\n"
    )
    package = str(Path(decode.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.png"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": package},
        check=False,
    )
    (number,) = done.stdout.split()
    give_up = time.monotonic() + 20
    while _runs(int(number)) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not _runs(int(number))


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
        state = Path(f"/proc/{number}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
