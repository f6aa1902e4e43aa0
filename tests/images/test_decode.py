"""Every kind of file an inspection camera or an office tool writes, and the files they come in."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_files import ANY, as_pillow, grey_png16, noise, picture, pillow_bytes, tiff_bytes
from PIL import Image, ImageOps

import micm_desktop
from micm_desktop.images.decode import content_hash, decode_bytes, decode_image

ORIENTATION = 0x112


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


def test_jpeg_with_padding_between_its_blocks() -> None:
    data = pillow_bytes(as_pillow(), "JPEG")
    frame = data.index(b"\xff\xc0")
    np.testing.assert_array_equal(decode_bytes(data[:frame] + b"\0\0\0" + data[frame:], ANY), decode_bytes(data, ANY))


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
