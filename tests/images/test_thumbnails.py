"""Thumbnails: size, cache, and what happens when either the cache or the image is broken."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from micm_desktop.images.decode import UnreadableImage, content_hash
from micm_desktop.images.thumbnails import thumbnail


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "画像.png"
    gradient = np.linspace(0, 255, 800, dtype=np.uint8)[None, :, None].repeat(400, 0).repeat(3, 2)
    Image.fromarray(gradient).save(path)
    return path


def sha_of(path: Path) -> str:
    return content_hash(path.read_bytes())


def test_shrunk_and_cached_under_the_hash(wide: Path, tmp_path: Path) -> None:
    sha256 = sha_of(wide)
    first = thumbnail(wide, sha256, tmp_path / "cache", edge=200)
    assert first.shape == (100, 200, 3)
    np.testing.assert_allclose(first[50, :, 0], np.linspace(0, 255, 200), atol=3)
    assert (tmp_path / "cache" / sha256[:2] / f"{sha256}_200.jpg").is_file()
    wide.unlink()
    again = thumbnail(wide, sha256, tmp_path / "cache", edge=200)
    np.testing.assert_allclose(again.astype(int), first.astype(int), atol=6)


def test_each_size_has_its_own_picture(wide: Path, tmp_path: Path) -> None:
    sha256 = sha_of(wide)
    for _ in range(2):
        assert thumbnail(wide, sha256, tmp_path / "cache", edge=100).shape == (50, 100, 3)
        assert thumbnail(wide, sha256, tmp_path / "cache", edge=64).shape == (32, 64, 3)


@pytest.mark.parametrize(
    ("size", "shape"), [((1, 1), (1, 1, 3)), ((20_000, 300), (4, 256, 3)), ((50, 30), (30, 50, 3))]
)
def test_sizes(size: tuple[int, int], shape: tuple[int, int, int], tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    Image.new("RGB", size, (10, 200, 30)).save(path)
    for _ in range(2):
        assert thumbnail(path, sha_of(path), tmp_path / "cache").shape == shape


def test_a_broken_cache_file_is_drawn_anew(wide: Path, tmp_path: Path) -> None:
    sha256 = sha_of(wide)
    thumbnail(wide, sha256, tmp_path / "cache")
    (cached,) = (tmp_path / "cache").rglob("*.jpg")
    cached.write_bytes(cached.read_bytes()[:100])
    assert thumbnail(wide, sha256, tmp_path / "cache").shape == (128, 256, 3)
    wide.unlink()
    assert thumbnail(wide, sha256, tmp_path / "cache").shape == (128, 256, 3)


def test_a_changed_file_is_not_cached_under_its_old_hash(wide: Path, tmp_path: Path) -> None:
    old = sha_of(wide)
    Image.new("RGB", (30, 30)).save(wide)
    assert thumbnail(wide, old, tmp_path / "cache").shape == (30, 30, 3)
    assert not (tmp_path / "cache").exists()


def test_without_a_hash_nothing_is_cached(wide: Path, tmp_path: Path) -> None:
    thumbnail(wide, "", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written(wide: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert thumbnail(wide, sha_of(wide), tmp_path / "cache").shape == (128, 256, 3)


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(b"no image")
    with pytest.raises(UnreadableImage):
        thumbnail(path, sha_of(path), tmp_path / "cache")


def test_many_threads_and_no_leftovers(wide: Path, tmp_path: Path) -> None:
    sha256 = sha_of(wide)
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(lambda _: thumbnail(wide, sha256, tmp_path / "cache"), range(40)))
    assert {picture.shape for picture in pictures} == {(128, 256, 3)}
    assert [path.suffix for path in (tmp_path / "cache").rglob("*") if path.is_file()] == [".jpg"]
