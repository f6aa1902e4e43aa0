"""What only looks like an image, or was one: each gets its reason, and nothing else ever escapes."""

import os
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import ANY, as_pillow, noise, picture, pillow_bytes, tiff_bytes
from PIL import Image

from micm_desktop.images.decode import UnreadableImage, decode_bytes, decode_image


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableImage) as caught:
        decode_bytes(data, ANY)
    assert caught.value.path == ANY
    assert str(caught.value) == f"{ANY}: {caught.value.reason}"
    return caught.value.reason


def test_empty_file() -> None:
    assert "empty" in reason(b"")


@pytest.mark.parametrize(
    "data", [b"just a text file\n", b"BM is how this text begins, but no bitmap follows", b"\0" * 5000, b"P", b"GIF89a"]
)
def test_not_an_image(data: bytes) -> None:
    assert "not a BMP, PNG" in reason(data)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "BMP", "WEBP"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_truncated(file_format: str, share: float) -> None:
    data = pillow_bytes(Image.fromarray(noise()), file_format)
    assert "cut off" in reason(data[: int(len(data) * share)])


def test_truncated_jpeg_with_a_whole_thumbnail_inside() -> None:
    thumbnail = pillow_bytes(as_pillow(), "JPEG")
    data = pillow_bytes(Image.fromarray(noise()), "JPEG")
    block = b"Exif\0\0" + thumbnail
    with_thumbnail = data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]
    assert decode_bytes(with_thumbnail, ANY).shape == (60, 80, 3)
    assert "cut off" in reason(with_thumbnail[:-200])


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "BMP"])
def test_bytes_after_the_image_do_no_harm(file_format: str) -> None:
    data = pillow_bytes(as_pillow(), file_format)
    np.testing.assert_array_equal(decode_bytes(data + b"\0" * 3000, ANY), decode_bytes(data, ANY))


@pytest.mark.parametrize("compression", [None, "tiff_adobe_deflate", "tiff_lzw"])
def test_truncated_tiff(compression: str | None) -> None:
    noisy = Image.fromarray(noise(300, 400))
    data = pillow_bytes(noisy, "TIFF", compression=compression)
    np.testing.assert_array_equal(decode_bytes(data, ANY), np.asarray(noisy))
    text = reason(data[: len(data) * 2 // 3])
    assert "TIFF" in text or "cut off" in text


def test_flipped_bit_in_a_png_is_found() -> None:
    data = bytearray(pillow_bytes(Image.fromarray(noise()), "PNG"))
    data[len(data) // 2] ^= 1
    assert "damaged" in reason(bytes(data))


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def _jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(pillow_bytes(as_pillow(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def _tiff_claiming(width: int, height: int) -> bytes:
    entries = [(256, 4, 1, width), (257, 4, 1, height), (262, 3, 1, 1)]
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<I", 0)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (_png_claiming(100_000, 90_000), "100000 x 90000"),
        (_jpeg_claiming(65_000, 64_000), "65000 x 64000"),
        (_tiff_claiming(1_000_000, 1_000_000), "1000000 x 1000000"),
        (b"P5 70000 70000 255\n" + b"\0" * 64, "70000 x 70000"),
        (
            b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<II", 10, 0) + b"\xff\xff\x00\xff\xff\x00",
            "65536",
        ),
    ],
    ids=["png", "jpeg", "tiff", "pnm", "webp"],
)
def test_image_bombs_are_refused_by_their_header(data: bytes, size: str) -> None:
    text = reason(data)
    assert "too large" in text
    assert "250 megapixels" in text
    assert size in text


def test_no_pixels() -> None:
    assert "no pixels" in reason(_png_claiming(0, 10))


WHOLE = {name: pillow_bytes(as_pillow(), name) for name in ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM")} | {
    "TIFF16": tiff_bytes(picture().astype(np.uint16) * 100, photometric="rgb")
}


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(WHOLE)),
    edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
    in_header=st.booleans(),
    keep=st.floats(0, 1),
)
def test_damage_never_raises_anything_else(
    name: str, edits: list[tuple[float, int]], in_header: bool, keep: float
) -> None:
    data = bytearray(WHOLE[name])
    for place, value in edits:
        data[int(place * (min(len(data), 64) if in_header else len(data)))] = value
    try:
        decoded = decode_bytes(bytes(data[: int(len(data) * keep) + 1]), ANY)
    except UnreadableImage as error:
        assert error.reason
    else:
        assert decoded.dtype == np.uint8
        assert decoded.shape[2:] == (3,)


def test_gone_folder_and_odd_paths(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    for path, words in [
        (tmp_path / "gone.png", "no longer there"),
        (tmp_path / "folder.png", "folder"),
        (tmp_path / ("long" * 200 + ".png"), "could not be read"),
        (tmp_path / "nul\0.png", "could not be read"),
    ]:
        with pytest.raises(UnreadableImage) as caught:
            decode_image(path)
        assert words in caught.value.reason


@pytest.mark.skipif(sys.platform == "win32", reason="not everybody may make links there")
@pytest.mark.parametrize("target", ["gone.png", "link.png"], ids=["dangling", "to itself"])
def test_a_link_to_nothing(tmp_path: Path, target: str) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / target)
    with pytest.raises(UnreadableImage) as caught:
        decode_image(tmp_path / "link.png")
    assert caught.value.reason == "this is a link that leads to no file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableImage, match="not a plain file"):
        decode_image(pipe)


@pytest.mark.usefixtures("permissions_bind")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "locked.png"
    path.write_bytes(WHOLE["PNG"])
    path.chmod(0)
    with pytest.raises(UnreadableImage, match="no permission"):
        decode_image(path)


def test_broken_files_leave_standard_error_clean(capfd: pytest.CaptureFixture[str]) -> None:
    flipped = bytearray(WHOLE["PNG"])
    flipped[-20] ^= 1
    for data in [bytes(flipped), *(whole[: len(whole) // 2] for whole in WHOLE.values())]:
        with pytest.raises(UnreadableImage):
            decode_bytes(data, ANY)
    assert capfd.readouterr().err == ""
