"""Measures of one image do what their definitions say."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from micm_desktop.images.decode import UnreadableImage
from micm_desktop.inventory import measures

RNG = np.random.default_rng(1)
TEXTURE = np.clip(cv2.GaussianBlur(RNG.normal(128, 120, (200, 260)), (0, 0), 1.5) * 1.5 - 64, 0, 255).astype(np.uint8)


def save(path: Path, pixels: np.ndarray, **options: object) -> Path:
    Image.fromarray(pixels).save(path, **options)
    return path


def test_a_file_is_described(tmp_path: Path) -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = (255, 0, 0)
    path = save(tmp_path / "写真 1.png", pixels)
    found = measures.measure_image(path, "写真 1.png")
    assert (found.path, found.format, found.width, found.height) == ("写真 1.png", "png", 60, 40)
    assert (found.bits, found.channels, found.colour, found.bytes) == (8, 3, True, path.stat().st_size)
    assert found.dark == 0.5 and found.bright == 0.0
    assert found.brightness == pytest.approx(0.5 * 76 / 255, abs=0.002) and len(found.sha256) == 64


def test_sixteen_bits_and_grey_are_seen(tmp_path: Path) -> None:
    path = save(tmp_path / "deep.png", (TEXTURE.astype(np.uint16) * 257))
    deep = measures.measure_image(path, "deep.png")
    assert (deep.bits, deep.channels, deep.colour) == (16, 1, False)
    grey = save(tmp_path / "grey.png", np.repeat(TEXTURE[:, :, None], 3, axis=2))
    assert (found := measures.measure_image(grey, "g")).channels == 3 and not found.colour


def test_a_broken_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(UnreadableImage):
        measures.measure_image(tmp_path / "broken.png", "broken.png")


def test_camera_and_time_come_from_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Basler", "acA2440"
    exif.get_ifd(0x8769)[0x9003] = "2026:04:01 08:30:00"
    path = save(tmp_path / "a.jpg", TEXTURE, exif=exif)
    found = measures.measure_image(path, "a.jpg")
    assert (found.camera, found.taken) == ("Basler acA2440", "2026-04-01T08:30:00")
    assert measures.exif(b"\xff\xd8\xff\xe1\x00\x10Exif\0\0damaged") == ("", "")


@pytest.mark.parametrize("gain", [0.3, 0.6])
def test_sharpness_does_not_depend_on_the_light(gain: float) -> None:
    darker = (TEXTURE * gain + 10).astype(np.uint8)
    assert measures.sharpness(darker) == pytest.approx(measures.sharpness(TEXTURE), abs=0.15)


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_blur_lowers_sharpness_also_under_noise(noise: float) -> None:
    rng = np.random.default_rng(0)
    found = [measures.sharpness(TEXTURE)]
    for sigma in (1.5, 3.0, 5.0):
        soft = cv2.GaussianBlur(TEXTURE, (0, 0), sigma) + rng.normal(0, noise, TEXTURE.shape)
        found.append(measures.sharpness(np.clip(np.rint(soft), 0, 255).astype(np.uint8)))
    small, coarse = zip(*found, strict=True)
    assert small[0] - small[2] > 0.5
    assert list(coarse) == sorted(coarse, reverse=True) and coarse[0] - coarse[2] > 0.7


def test_noise_is_told_in_grey_levels() -> None:
    flat = np.full((300, 300), 120, np.float64)
    for level in (2.0, 5.0, 10.0):
        noisy = np.rint(flat + np.random.default_rng(0).normal(0, level, flat.shape)).astype(np.uint8)
        assert measures.noise(noisy) == pytest.approx(level, rel=0.05)
    assert measures.noise(flat.astype(np.uint8)) == 0 and measures.noise(np.zeros((2, 9), np.uint8)) == 0


def test_fingerprints_stay_under_light_and_compression_and_differ_for_others() -> None:
    def differ(one: np.ndarray, other: np.ndarray) -> int:
        return (measures.fingerprint(one) ^ measures.fingerprint(other)).bit_count()

    _, data = cv2.imencode(".jpg", (TEXTURE * 0.8 + 12).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])
    assert differ(TEXTURE, np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))) <= 6
    other = np.random.default_rng(2).integers(0, 255, TEXTURE.shape, np.uint8)
    assert differ(TEXTURE, cv2.GaussianBlur(other, (0, 0), 1.5)) > 16
