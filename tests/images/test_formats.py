"""What real encoders write, each kind once, and the names that files may have.

test_decode.py looks closer at orientation, scaling and what files say of themselves.
"""

import struct
import sys
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from picture_files import ANY, as_pillow, picture, pillow_bytes, tiff_bytes
from PIL import Image

from micm_desktop.images.decode import decode_details
from micm_desktop.images.header import page_count
from micm_desktop.images.thumbnails import thumbnail
from micm_desktop.progress import JobControl
from micm_desktop.project.store import Project

RGB = picture()
GREY = np.repeat(cv2.cvtColor(RGB, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
BLACK_AND_WHITE = np.where(GREY > 127, 255, 0).astype(np.uint8)
WIDE = RGB.astype(np.uint16) * 257
# The largest sample tells the depth.
WIDE[0, 0] = 65535
WIDE_RGB = (WIDE // 257).astype(np.uint8)
BGR, BGR_WIDE = RGB[..., ::-1], WIDE[..., ::-1]
FLOAT = GREY[..., 0].astype(np.float32) / 255
FLOAT[0, 0] = 1.0
FLOAT_GREY = np.repeat(np.rint(FLOAT * 255).astype(np.uint8)[..., None], 3, axis=2)


def by_opencv(ending: str, samples: NDArray[np.generic], *options: int) -> bytes:
    written, data = cv2.imencode(ending, samples, options)
    assert written
    return data.tobytes()


def interlaced_png() -> bytes:
    """RGB in the seven passes of Adam7, each of which has rows of its own."""
    passes = ((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1))
    rows = b"".join(
        b"\0" + row.tobytes() for top, down, left, right in passes for row in RGB[top::down, left::right] if row.size
    )

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", RGB.shape[1], RGB.shape[0], 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def two_pages() -> bytes:
    return pillow_bytes(as_pillow(), "TIFF", save_all=True, append_images=[Image.new("L", (5, 5))])


Case = tuple[str, Callable[[], bytes], NDArray[np.uint8], int, int, int]
CASES: list[Case] = [  # name, writer, pixels, how far off, bits of a sample, channels
    ("bmp 1, Pillow", lambda: pillow_bytes(as_pillow("L").point(lambda v: 255 * (v > 127), "1"), "BMP"),
     BLACK_AND_WHITE, 0, 8, 1),
    ("bmp 8, OpenCV", lambda: by_opencv(".bmp", GREY[..., 0]), GREY, 0, 8, 1),
    ("bmp 24, OpenCV", lambda: by_opencv(".bmp", BGR), RGB, 0, 8, 3),
    ("bmp 32, OpenCV", lambda: by_opencv(".bmp", np.dstack([BGR, GREY[..., 0]])), RGB, 0, 8, 3),
    ("png 8 grey, OpenCV", lambda: by_opencv(".png", GREY[..., 0]), GREY, 0, 8, 1),
    ("png 16 grey, OpenCV", lambda: by_opencv(".png", WIDE[..., 0]), np.repeat(WIDE_RGB[..., :1], 3, 2), 0, 16, 1),
    ("png 16 RGB, OpenCV", lambda: by_opencv(".png", BGR_WIDE), WIDE_RGB, 0, 16, 3),
    ("png RGBA, OpenCV", lambda: by_opencv(".png", np.dstack([BGR, GREY[..., 0]])), RGB, 0, 8, 3),
    ("png 1, Pillow", lambda: pillow_bytes(as_pillow("L").point(lambda v: 255 * (v > 127), "1"), "PNG"),
     BLACK_AND_WHITE, 0, 8, 1),
    ("png palette, Pillow", lambda: pillow_bytes(as_pillow("P"), "PNG"), np.asarray(as_pillow("P").convert("RGB")),
     0, 8, 3),
    ("png interlaced", interlaced_png, RGB, 0, 8, 3),
    ("jpeg grey, OpenCV", lambda: by_opencv(".jpg", GREY[..., 0], cv2.IMWRITE_JPEG_QUALITY, 100), GREY, 3, 8, 1),
    ("jpeg progressive, OpenCV", lambda: by_opencv(".jpg", BGR, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), RGB, 10, 8, 3),
    ("tiff 8 strips of LZW, OpenCV", lambda: by_opencv(".tif", BGR, cv2.IMWRITE_TIFF_COMPRESSION, 5), RGB, 0, 8, 3),
    ("tiff 16 strips of deflate, OpenCV", lambda: by_opencv(".tif", BGR_WIDE, cv2.IMWRITE_TIFF_COMPRESSION, 8),
     WIDE_RGB, 0, 16, 3),
    ("tiff 16 tiles of deflate", lambda: tiff_bytes(WIDE, photometric="rgb", tile=(16, 16), compression="zlib"),
     WIDE_RGB, 0, 16, 3),
    ("tiff packed bits, Pillow", lambda: pillow_bytes(as_pillow(), "TIFF", compression="packbits"), RGB, 0, 8, 3),
    ("tiff of JPEG, Pillow", lambda: pillow_bytes(as_pillow(), "TIFF", compression="jpeg", quality=95), RGB, 30, 8, 3),
    ("tiff two pages, Pillow: the first", two_pages, RGB, 0, 8, 3),
    ("tiff float32, OpenCV", lambda: by_opencv(".tif", FLOAT), FLOAT_GREY, 0, 32, 1),
    ("webp, OpenCV", lambda: by_opencv(".webp", BGR, cv2.IMWRITE_WEBP_QUALITY, 95), RGB, 40, 8, 3),
    ("webp alpha, Pillow", lambda: pillow_bytes(as_pillow("RGBA"), "WEBP", lossless=True), RGB, 0, 8, 3),
    ("pgm, OpenCV", lambda: by_opencv(".pgm", GREY[..., 0]), GREY, 0, 8, 1),
    ("pbm, Pillow", lambda: pillow_bytes(as_pillow("L").point(lambda v: 255 * (v > 127), "1"), "PPM"),
     BLACK_AND_WHITE, 0, 8, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "pixels", "off", "bits", "channels"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_file(write: Callable[[], bytes], pixels: NDArray[np.uint8], off: int, bits: int, channels: int) -> None:
    found = decode_details(write(), ANY)
    difference = np.abs(found.pixels.astype(int) - pixels)
    # What loses something blurs the edges between the colours.
    assert difference.max() <= off if off < 10 else np.median(difference) <= off
    assert (found.bits, found.channels) == (bits, channels)


THUMBNAIL = {"subfiletype": 1, "photometric": "minisblack"}


@pytest.mark.parametrize(
    ("data", "pages"),
    [
        (two_pages(), 2),
        (tiff_bytes(np.stack([RGB] * 3), photometric="rgb", bigtiff=True, byteorder=">"), 3),
        (tiff_bytes(GREY[..., 0], photometric="minisblack") + b"behind it", 1),
        (tiff_bytes(np.stack([GREY[..., 0]] * 2), **THUMBNAIL), 1),
        (b"II*\0\x08\0\0\0" + bytes(2) + b"\xf0\xff\xff\xff", 1),
        (pillow_bytes(as_pillow(), "PNG"), 1),
        (b"II*\0\x08\0\0\0" + bytes(2) + b"\x08\0\0\0", 1),
        (b"II*\0", 1),
    ],
    ids=["two", "three, BigTIFF", "one", "small copies", "a page beyond the end", "no TIFF", "a loop", "nothing"],
)
def test_pages_are_counted(data: bytes, pages: int) -> None:
    assert page_count(data) == pages


NAMES = [
    unicodedata.normalize("NFC", "ガ.png"),
    unicodedata.normalize("NFD", "ガ.png"),
    "検" * 83 + "aa.png",
    "🙂 名前.png",
    "CON.png",
    "a.png",
    "A.PNG",
    "trailing .png",
    "quote'\"%;.png",
]


@pytest.mark.skipif(
    sys.platform != "linux", reason="other systems take some of these names for the same, or refuse them"
)
def test_any_name_is_scanned_shown_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "絵"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(pillow_bytes(Image.new("RGB", (8, 8), (number, 0, 0)), "PNG"))
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    project = Project.open(tmp_path / "project")
    project.add_folder(folder)
    list(project.scan(JobControl()))
    images = project.images()
    assert sorted(image.name_on_disk for image in images) == sorted(NAMES)
    assert {image.status for image in images} == {"ok"} and len({image.sha256 for image in images}) == len(NAMES)
    for image in images:
        shown = thumbnail(image.path, image.sha256, tmp_path / "thumbnails")
        assert abs(int(shown[0, 0, 0]) - NAMES.index(image.name_on_disk)) <= 2
    list(project.scan(JobControl()))
    assert project.images() == images
    project.close()
