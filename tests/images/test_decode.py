"""Every kind of file an inspection camera or an office tool writes, and everything that only looks like one."""

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

import micm_desktop
from micm_desktop.images.decode import UnreadableImage, content_hash, decode_bytes, decode_image

ANY = Path("picture")
ORIENTATION = 0x112


def picture() -> NDArray[np.uint8]:
    """Four flat quarters, no two alike, so that a turned, mirrored or BGR result shows."""
    image = np.zeros((48, 64, 3), np.uint8)
    image[:24, :32] = (250, 20, 30)
    image[:24, 32:] = (40, 230, 60)
    image[24:, :32] = (70, 80, 240)
    image[24:, 32:] = (220, 210, 15)
    return image


def as_pillow(mode: str = "RGB") -> Image.Image:
    return Image.fromarray(picture()).convert(mode)


def pillow_bytes(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def tiff_bytes(samples: NDArray[np.generic], **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, samples, **options)
    return buffer.getvalue()


def grey_png16(samples: NDArray[np.uint16]) -> bytes:
    return pillow_bytes(Image.fromarray(samples), "PNG")


def noise(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableImage) as caught:
        decode_bytes(data, ANY)
    assert caught.value.path == ANY
    assert str(caught.value) == f"{ANY}: {caught.value.reason}"
    return caught.value.reason


@pytest.mark.parametrize("file_format", ["BMP", "PNG", "TIFF", "PPM"])
def test_lossless_formats_come_back_exactly(file_format: str) -> None:
    noisy = noise()
    decoded = decode_bytes(pillow_bytes(Image.fromarray(noisy), file_format), ANY)
    np.testing.assert_array_equal(decoded, noisy)
    assert decoded.dtype == np.uint8
    assert decoded.flags.c_contiguous
    assert decoded.flags.writeable


def test_lossless_webp_comes_back_exactly() -> None:
    noisy = noise()
    np.testing.assert_array_equal(decode_bytes(pillow_bytes(Image.fromarray(noisy), "WEBP", lossless=True), ANY), noisy)


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_colours(mode: str, progressive: bool) -> None:
    decoded = decode_bytes(pillow_bytes(as_pillow(mode), "JPEG", quality=95, progressive=progressive), ANY)
    # JPEG blurs colour edges: compare the middle of each quarter.
    for y in (12, 36):
        for x in (16, 48):
            np.testing.assert_allclose(decoded[y, x].astype(int), picture()[y, x].astype(int), atol=4)


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK"])
def test_pixel_kinds(mode: str, file_format: str) -> None:
    image = as_pillow(mode)
    try:
        data = pillow_bytes(image, file_format)
    except OSError:
        pytest.skip(f"{file_format} knows no {mode}")
    np.testing.assert_array_equal(decode_bytes(data, ANY), np.asarray(image.convert("RGB")))


def test_alpha_is_dropped_not_blended() -> None:
    transparent = np.dstack([picture(), np.zeros((48, 64), np.uint8)])
    np.testing.assert_array_equal(decode_bytes(pillow_bytes(Image.fromarray(transparent), "PNG"), ANY), picture())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation(file_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = pillow_bytes(as_pillow(), file_format, exif=exif, quality=95)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    decoded = decode_bytes(data, ANY)
    assert decoded.shape == upright.shape
    assert np.abs(decoded.astype(int) - upright).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_a_16_bit_tiff(orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    png = pillow_bytes(as_pillow(), "PNG", exif=exif)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(png))))
    wide = picture().astype(np.uint16) * 257
    wide[0, 0] = 65535  # the maximum decides the scale
    tag = [(274, "H", 1, orientation, True)]
    decoded = decode_bytes(tiff_bytes(wide, photometric="rgb", extratags=tag), ANY)
    assert decoded.shape == upright.shape
    assert (np.abs(decoded.astype(int) - upright) <= 1).mean() > 0.99  # all but the white pixel


@given(maximum=st.integers(0, 65535), share=st.floats(0, 1))
def test_16_bit_scaling(maximum: int, share: float) -> None:
    low = int(maximum * share)
    samples = np.array([[low, maximum]], np.uint16)
    full_scale = next(2**bits - 1 for bits in (8, 10, 12, 14, 16) if maximum <= 2**bits - 1)
    for data in (grey_png16(samples), tiff_bytes(samples, photometric="minisblack")):
        decoded = decode_bytes(data, ANY)
        np.testing.assert_allclose(decoded[0, :, 0], samples[0] * 255.0 / full_scale, atol=0.501)
        assert (decoded == decoded[..., :1]).all()


def test_12_bit_camera_data_in_a_16_bit_colour_tiff_keeps_its_colours() -> None:
    twelve_bit = picture().astype(np.uint16) * 16
    decoded = decode_bytes(tiff_bytes(twelve_bit, photometric="rgb"), ANY)
    np.testing.assert_allclose(decoded.astype(int), picture().astype(int), atol=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiff_whose_zero_is_white(dtype: type) -> None:
    grey = picture()[..., 0].astype(dtype)
    grey[0, 0] = np.iinfo(dtype).max
    decoded = decode_bytes(tiff_bytes(grey, photometric="miniswhite"), ANY)
    np.testing.assert_allclose(decoded[..., 0], 255 - np.rint(grey * (255 / np.iinfo(dtype).max)), atol=1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("full_scale", [1.0, 255.0, 4095.0, 1e6])
def test_floating_point_tiff(dtype: type, full_scale: float) -> None:
    grey = picture()[..., 1].astype(dtype) / 255
    grey[0, 0] = 1
    decoded = decode_bytes(tiff_bytes(grey * dtype(full_scale), photometric="minisblack"), ANY)
    np.testing.assert_allclose(decoded[..., 0], grey * 255, atol=0.51)


def test_undefined_and_negative_samples_become_black() -> None:
    grey = np.array([[np.nan, -3.0, 0.5, 1.0]], np.float32)
    decoded = decode_bytes(tiff_bytes(grey, photometric="minisblack"), ANY)
    assert decoded[0, :, 0].tolist() == [0, 0, 128, 255]


def test_infinite_samples_do_not_blacken_the_rest() -> None:
    grey = np.array([[0.0, 0.5, 1.0, np.inf, -np.inf]], np.float32)
    decoded = decode_bytes(tiff_bytes(grey, photometric="minisblack"), ANY)
    assert decoded[0, :, 0].tolist() == [0, 128, 255, 255, 0]


@pytest.mark.parametrize(
    "options", [{"bigtiff": True}, {"tile": (32, 32)}, {"byteorder": ">"}, {"compression": "zlib"}]
)
def test_tiff_layouts(options: dict[str, object]) -> None:
    np.testing.assert_array_equal(decode_bytes(tiff_bytes(picture(), photometric="rgb", **options), ANY), picture())


def test_first_page_of_several() -> None:
    pages = np.stack([picture(), picture()[::-1]])
    np.testing.assert_array_equal(decode_bytes(tiff_bytes(pages, photometric="rgb"), ANY), picture())


@pytest.mark.parametrize("size", [(1, 1), (300, 20_000), (20_000, 300)])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "TIFF"])
def test_extreme_sizes(size: tuple[int, int], file_format: str) -> None:
    flat = np.full((*size, 3), 128, np.uint8)
    decoded = decode_bytes(pillow_bytes(Image.fromarray(flat), file_format), ANY)
    assert decoded.shape == flat.shape
    assert np.abs(decoded.astype(int) - 128).max() <= 2


def test_japanese_path(tmp_path: Path) -> None:
    path = tmp_path / "検査画像" / "良品①" / "画像 01.bmp"
    path.parent.mkdir(parents=True)
    path.write_bytes(pillow_bytes(as_pillow(), "BMP"))
    np.testing.assert_array_equal(decode_image(path), picture())


def test_content_decides_not_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "really_a_png.jpg"
    path.write_bytes(pillow_bytes(as_pillow(), "PNG"))
    np.testing.assert_array_equal(decode_image(path), picture())


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
    for data in WHOLE.values():
        with pytest.raises(UnreadableImage):
            decode_bytes(data[: len(data) // 2], ANY)
    assert capfd.readouterr().err == ""


def test_content_hash() -> None:
    assert content_hash(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_fresh_process_loads_nothing_heavy() -> None:
    check = "import sys, micm_desktop.images.decode, micm_desktop.images.scan; print(*sys.modules)"
    paths = os.pathsep.join([str(Path(micm_desktop.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", check],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert {"cv2", "numpy"} <= loaded
    assert not loaded & {"torch", "PySide6", "sqlalchemy", "sklearn", "PIL"}
