"""The pixel cache holds each readable image once, squeezed to a square, and leaves no file behind."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from picture_files import noise
from PIL import Image

from micm_desktop.images.decode import UnreadableImage
from micm_desktop.images.pixel_cache import PixelCache
from micm_desktop.progress import Cancelled, JobControl, Progress


def write(folder: Path, count: int, height: int = 30, width: int = 50) -> list[Path]:
    paths = []
    for number in range(count):
        paths.append(folder / f"{number:03d}.png")
        Image.fromarray(np.roll(noise(height, width), number, axis=0)).save(paths[-1])
    return paths


def filled(paths: list[Path], file: Path, size: int = 16) -> PixelCache:
    cache = PixelCache(file, size)
    for _ in cache.fill(paths, JobControl()):
        pass
    return cache


def test_pixels_are_the_images_squeezed_to_a_square(tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    cache = filled(paths, tmp_path / "cache" / "pixels.tmp")
    assert cache.paths == paths
    assert cache.pixels.shape == (3, 16, 16, 3)
    assert cache.pixels.dtype == np.uint8
    for number in range(3):
        original = np.roll(noise(30, 50), number, axis=0)
        assert np.array_equal(cache.pixels[number], cv2.resize(original, (16, 16), interpolation=cv2.INTER_AREA))
    cache.delete()


def test_unreadable_images_leave_no_gap(tmp_path: Path) -> None:
    paths = write(tmp_path, 70)
    for broken in (0, 33, 69):
        paths[broken].write_bytes(b"broken")
    cache = filled(paths, tmp_path / "pixels.tmp")
    readable = [path for number, path in enumerate(paths) if number not in (0, 33, 69)]
    assert cache.paths == readable
    assert [problem.path for problem in cache.failed] == [paths[0], paths[33], paths[69]]
    alone = filled(readable, tmp_path / "alone.tmp")
    assert np.array_equal(cache.pixels, alone.pixels)


def test_a_bounded_file_holds_the_first_images_and_the_rest_is_decoded_when_it_is_needed(tmp_path: Path) -> None:
    paths = write(tmp_path, 5)
    whole = filled(paths, tmp_path / "whole.tmp")
    bounded = PixelCache(tmp_path / "bounded.tmp", 16, limit=2 * 16 * 16 * 3 + 100)
    list(bounded.fill(paths, JobControl()))
    assert (tmp_path / "bounded.tmp").stat().st_size == 2 * 16 * 16 * 3
    assert bounded.paths == paths
    assert bounded.digests == whole.digests
    for order in ([0, 1, 2, 3, 4], [4, 0], [1], [3, 3]):
        indices = np.array(order)
        assert np.array_equal(bounded.rows(indices), whole.pixels[indices])
        assert np.array_equal(whole.rows(indices), whole.pixels[indices])
    paths[4].unlink()
    with pytest.raises(UnreadableImage):
        bounded.rows(np.array([0, 4]))


def test_progress_counts_unreadable_images_too(tmp_path: Path) -> None:
    paths = write(tmp_path, 40)
    paths[3].write_bytes(b"")
    events = list(PixelCache(tmp_path / "pixels.tmp", 8).fill(paths, JobControl()))
    assert events[-1] == Progress(40, 40)
    assert len(events) > 1


@pytest.mark.parametrize("count", [0, 2])
def test_no_readable_image_at_all(count: int, tmp_path: Path) -> None:
    paths = write(tmp_path, count)
    for path in paths:
        path.write_bytes(b"")
    cache = filled(paths, tmp_path / "pixels.tmp")
    assert cache.pixels.shape == (0, 16, 16, 3)
    assert len(cache.failed) == count
    cache.delete()
    assert not (tmp_path / "pixels.tmp").exists()


@pytest.mark.parametrize("shape", [(1, 1), (300, 20_000)])
def test_odd_shapes(shape: tuple[int, int], tmp_path: Path) -> None:
    Image.fromarray(np.full((*shape, 3), 77, np.uint8)).save(tmp_path / "odd.png")
    cache = filled([tmp_path / "odd.png"], tmp_path / "pixels.tmp")
    assert (cache.pixels == 77).all()


def test_deleting_forgets_the_pixels_and_the_file(tmp_path: Path) -> None:
    cache = filled(write(tmp_path, 2), tmp_path / "pixels.tmp")
    assert (tmp_path / "pixels.tmp").stat().st_size == 2 * 16 * 16 * 3
    cache.delete()
    cache.delete()
    assert not (tmp_path / "pixels.tmp").exists()
    assert len(cache.pixels) == 0


def test_cancelling_stops_before_the_next_images(tmp_path: Path) -> None:
    control = JobControl()
    cache = PixelCache(tmp_path / "pixels.tmp", 8)
    events = cache.fill(write(tmp_path, 80), control)
    next(events)
    control.cancel()
    with pytest.raises(Cancelled):
        next(events)
    assert len(cache.paths) < 80
    cache.delete()
    assert not (tmp_path / "pixels.tmp").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which plays a full disk")
def test_a_full_disk_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "pixels.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        filled(write(tmp_path, 40), tmp_path / "pixels.tmp", size=64)


def test_the_digest_knows_images_by_content_alone(tmp_path: Path) -> None:
    paths = write(tmp_path, 4)
    digests = sorted(filled(paths, tmp_path / "a.tmp").digests)
    assert sorted(filled(paths[::-1], tmp_path / "b.tmp").digests) == digests
    copy = tmp_path / "copy.png"
    copy.write_bytes(paths[0].read_bytes())
    assert sorted(filled([copy, *paths[1:]], tmp_path / "c.tmp").digests) == digests
    assert sorted(filled(paths[:3], tmp_path / "d.tmp").digests) != digests
    Image.fromarray(noise(30, 50)[::-1]).save(copy)
    assert sorted(filled([copy, *paths[1:]], tmp_path / "e.tmp").digests) != digests
