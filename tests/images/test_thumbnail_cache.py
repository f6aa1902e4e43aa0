"""The folder of thumbnails is kept below its limit, and nothing else in it is touched."""

import os
from pathlib import Path

import pytest

from micm_desktop.images.thumbnail_cache import CacheSize, prune_thumbnails
from micm_desktop.images.thumbnails import thumbnail
from micm_desktop.progress import Cancelled, JobControl


def filled(folder: Path, sizes: list[int]) -> list[Path]:
    """Thumbnails of these sizes, the first the oldest."""
    files = []
    for place, size in enumerate(sizes):
        digest = f"{place:064x}"
        file = folder / digest[:2] / f"{digest}_256.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(size))
        os.utime(file, (1000 + place, 1000 + place))
        files.append(file)
    return files


def test_the_oldest_go_first_until_the_rest_fits(tmp_path: Path) -> None:
    files = filled(tmp_path, [100, 100, 100, 100])
    assert prune_thumbnails(tmp_path, None, JobControl()) == CacheSize(4, 400)
    assert prune_thumbnails(tmp_path, 250, JobControl()) == CacheSize(2, 200, removed=2)
    assert [file.exists() for file in files] == [False, False, True, True]
    assert prune_thumbnails(tmp_path, 0, JobControl()) == CacheSize(0, 0, removed=2)


def test_what_is_no_thumbnail_stays(tmp_path: Path) -> None:
    filled(tmp_path, [10])
    strangers = [tmp_path / "photo.jpg", tmp_path / "00" / "photo.jpg", tmp_path / "photos" / f"{'0' * 64}_256.jpg"]
    for file in strangers:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"mine")
    assert prune_thumbnails(tmp_path, 0, JobControl()).removed == 1
    assert all(file.exists() for file in strangers)
    assert prune_thumbnails(tmp_path / "none", 0, JobControl()) == CacheSize(0, 0)


def test_a_real_thumbnail_is_known(tmp_path: Path) -> None:
    import cv2
    from picture_files import noise

    from micm_desktop.images.decode import content_hash

    file = tmp_path / "part.png"
    file.write_bytes(cv2.imencode(".png", noise())[1].tobytes())
    thumbnail(file, content_hash(file.read_bytes()), tmp_path / "cache")
    found = prune_thumbnails(tmp_path / "cache", None, JobControl())
    assert found.files == 1 and found.bytes > 0


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    filled(tmp_path, [10, 10])
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        prune_thumbnails(tmp_path, 0, control)
    assert prune_thumbnails(tmp_path, None, JobControl()).files == 2
