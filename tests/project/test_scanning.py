"""Scanning: what is found, what is read again, and what happens to images that move, change or vanish."""

import os
import shutil
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from PIL import Image
from workbench import Workbench, write_image

from micm_desktop.images import limits
from micm_desktop.images.decode import content_hash
from micm_desktop.progress import Cancelled, JobControl, Progress
from micm_desktop.project.scanning import FOLDER_GONE


def test_images_are_read_and_hashed(bench: Workbench) -> None:
    path = bench.write("良品①/画像 01.bmp", 1)
    Image.new("RGB", (30, 7)).save(bench.pictures / "b.png")
    folder = bench.project.add_folder(bench.pictures)
    images = bench.scan()
    assert list(images) == ["b.png", "良品①/画像 01.bmp"]
    image = images["良品①/画像 01.bmp"]
    assert image.path == path
    assert image.folder_id == folder.id
    assert image.sha256 == content_hash(path.read_bytes())
    assert (image.width, image.height, image.size_bytes) == (12, 12, path.stat().st_size)
    assert image.modified == pytest.approx(path.stat().st_mtime)
    assert (image.status, image.message) == ("ok", "")
    assert (images["b.png"].width, images["b.png"].height) == (30, 7)


def test_unreadable_images_are_kept_with_their_reason(bench: Workbench) -> None:
    bench.write("ok.png", 1)
    (bench.pictures / "empty.png").write_bytes(b"")
    (bench.pictures / "text.bmp").write_bytes(b"just text")
    whole = bench.write("cut.jpg", 2).read_bytes()
    (bench.pictures / "cut.jpg").write_bytes(whole[:-100])
    bench.project.add_folder(bench.pictures)
    images = bench.scan()
    assert {name: image.status for name, image in images.items()} == {
        "cut.jpg": "unreadable",
        "empty.png": "unreadable",
        "ok.png": "ok",
        "text.bmp": "unreadable",
    }
    assert "cut off" in images["cut.jpg"].message
    assert "empty" in images["empty.png"].message
    assert images["cut.jpg"].sha256 == content_hash(whole[:-100])
    (bench.pictures / "cut.jpg").write_bytes(whole)
    mended = bench.scan()["cut.jpg"]
    assert (mended.id, mended.status, mended.message, mended.width) == (images["cut.jpg"].id, "ok", "", 12)


def test_a_missing_row_is_taken_along_once(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()["a.png"]
    (bench.pictures / "a.png").unlink()
    bench.write("b.png", 1)
    bench.write("c.png", 1)
    after = bench.scan()
    assert list(after) == ["b.png", "c.png"]
    assert [image.id == before.id for image in after.values()].count(True) == 1


def test_progress_counts_up_to_all_images(bench: Workbench) -> None:
    for seed in range(7):
        bench.write(f"{seed}.png", seed)
    bench.project.add_folder(bench.pictures)
    events = list(bench.project.scan(JobControl()))
    assert events[0] == Progress(0, 0)
    assert [event.done for event in events] == sorted(event.done for event in events)
    assert (events[-1].done, events[-1].total) == (7, 7)


def test_unchanged_files_are_not_read_again(bench: Workbench) -> None:
    path = bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()["a.png"]
    status = path.stat()
    path.write_bytes(b"?" * status.st_size)  # same size, and the same time below: the scan cannot know without reading
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert bench.scan()["a.png"] == before
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))
    assert bench.scan()["a.png"].status == "unreadable"


def test_a_changed_file_keeps_its_row_but_not_its_tag(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()["a.png"]
    scratch = bench.project.add_class("scratch")
    bench.project.tag([before.sha256], scratch.id)
    write_image(bench.pictures / "a.png", 2, size=20)
    after = bench.scan()["a.png"]
    assert after.id == before.id
    assert after.sha256 != before.sha256
    assert bench.project.tags() == {before.sha256: scratch.id}  # waits for the old content to come back


def test_a_removed_file_is_missing_and_comes_back(bench: Workbench) -> None:
    path = bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()["a.png"]
    path.rename(bench.root / "aside.png")
    gone = bench.scan()["a.png"]
    assert (gone.id, gone.status, gone.sha256) == (before.id, "missing", before.sha256)
    assert "no longer there" in gone.message
    (bench.root / "aside.png").rename(path)
    assert bench.scan()["a.png"] == before


def test_an_unreadable_file_that_was_missing_gets_its_reason_back(bench: Workbench) -> None:
    path = bench.pictures / "a.png"
    path.write_bytes(b"text")
    bench.project.add_folder(bench.pictures)
    before = bench.scan()["a.png"]
    path.rename(bench.root / "aside.png")
    bench.scan()
    (bench.root / "aside.png").rename(path)
    assert bench.scan()["a.png"] == before


def test_a_renamed_file_keeps_its_row(bench: Workbench) -> None:
    for seed in range(3):
        bench.write(f"{seed}.png", seed)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()
    (bench.pictures / "sub").mkdir()
    (bench.pictures / "1.png").rename(bench.pictures / "sub" / "new name.png")
    after = bench.scan()
    assert list(after) == ["0.png", "2.png", "sub/new name.png"]
    assert after["sub/new name.png"].id == before["1.png"].id
    assert after["sub/new name.png"].status == "ok"


def test_two_files_that_swap_names_are_both_known_after(bench: Workbench) -> None:
    bench.write("a.png", 1)
    write_image(bench.pictures / "b.png", 2, size=20)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()
    (bench.pictures / "a.png").rename(bench.pictures / "c.png")
    (bench.pictures / "b.png").rename(bench.pictures / "a.png")
    (bench.pictures / "c.png").rename(bench.pictures / "b.png")
    after = bench.scan()
    assert after["a.png"].sha256 == before["b.png"].sha256
    assert after["b.png"].sha256 == before["a.png"].sha256


def test_the_same_image_under_two_names_is_two_rows_and_one_tag(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.write("copy/a.png", 1)
    bench.project.add_folder(bench.pictures)
    images = bench.scan()
    assert len(images) == 2
    assert images["a.png"].id != images["copy/a.png"].id
    assert images["a.png"].sha256 == images["copy/a.png"].sha256
    scratch = bench.project.add_class("scratch")
    change = bench.project.tag([image.sha256 for image in images.values()], scratch.id)
    assert change.after == {images["a.png"].sha256: scratch.id}
    assert len(bench.project.tags()) == 1


def test_one_of_two_copies_vanishes_and_returns_elsewhere(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.write("b.png", 1)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()
    (bench.pictures / "b.png").unlink()
    assert {name: image.status for name, image in bench.scan().items()} == {"a.png": "ok", "b.png": "missing"}
    bench.write("c.png", 1)
    after = bench.scan()
    assert list(after) == ["a.png", "c.png"]
    assert after["c.png"].id == before["b.png"].id


def test_cancel_keeps_what_was_read(bench: Workbench) -> None:
    for seed in range(50):
        bench.write(f"{seed:02}.png", seed)
    bench.project.add_folder(bench.pictures)
    control = JobControl()
    progress = bench.project.scan(control)
    next(progress)
    next(progress)
    control.cancel()
    with pytest.raises(Cancelled):
        list(progress)
    kept = bench.project.images()
    assert len(kept) < 50
    assert {image.status for image in kept} <= {"ok"}
    assert len(bench.scan()) == 50


def test_abandoning_a_scan_frees_the_next(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    progress = bench.project.scan(JobControl())
    next(progress)
    progress.close()
    assert len(bench.scan()) == 1


def test_a_second_scan_waits_and_can_be_cancelled(bench: Workbench) -> None:
    first = bench.project.scan(JobControl())
    next(first)
    control = JobControl()
    outcome: list[str] = []

    def second() -> None:
        try:
            list(bench.project.scan(control))
        except Cancelled:
            outcome.append("cancelled")

    thread = threading.Thread(target=second)
    thread.start()
    control.cancel()
    thread.join(timeout=10)
    assert outcome == ["cancelled"]
    first.close()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="this file system takes only valid Unicode names")
def test_names_that_are_decomposed_or_no_unicode(bench: Workbench) -> None:
    decomposed = bench.write(unicodedata.normalize("NFD", "ガ.png"), 1)
    foreign = bench.write(os.fsdecode(b"\x89\xe6\x91\x9c.png"), 2)
    bench.project.add_folder(bench.pictures)
    images = bench.scan()
    assert images["ガ.png"].path == decomposed
    assert {image.path for image in images.values()} == {decomposed, foreign}
    assert {image.status for image in images.values()} == {"ok"}
    assert bench.scan() == images


@pytest.mark.usefixtures("permissions_bind")
def test_a_locked_file_is_tried_again_at_each_scan(bench: Workbench) -> None:
    path = bench.write("a.png", 1)
    path.chmod(0)
    bench.project.add_folder(bench.pictures)
    locked = bench.scan()["a.png"]
    assert (locked.status, locked.sha256) == ("unreadable", "")
    assert "permission" in locked.message
    path.chmod(0o600)
    assert bench.scan()["a.png"].status == "ok"


REAL_IMAGES = Path(__file__).parents[2].parent / "shared" / "datasets" / "neu-surface"


@pytest.mark.skipif(not REAL_IMAGES.is_dir(), reason="the neu-surface images are not beside the repository")
def test_real_images(bench: Workbench) -> None:
    bench.project.add_folder(REAL_IMAGES)
    images = bench.scan()
    assert len(images) > 1000
    assert {image.status for image in images.values()} == {"ok"}
    assert list(images) == sorted(images)


def test_a_scan_that_was_killed_goes_on(bench: Workbench) -> None:
    """A process of its own ends without a word in the middle; the next scan reads only what that one had not stored."""
    for seed in range(520):
        bench.write(f"{seed % 7}/{seed:04}.png", seed)
    bench.project.add_folder(bench.pictures)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom micm_desktop.project.store import Project\n"
        "from micm_desktop.progress import JobControl\n"
        "for event in Project.open(Path(sys.argv[1])).scan(JobControl()):\n    if event.done: os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(bench.project.folder)]).returncode == 9
    before = {image.relative_path: image.id for image in bench.project.images()}
    assert 0 < len(before) < 520
    assert next(event.done for event in bench.project.scan(JobControl()) if event.total) == len(before)
    images = bench.scan()
    assert len(images) == 520 and {image.status for image in images.values()} == {"ok"}
    assert before.items() <= {name: image.id for name, image in images.items()}.items()


def test_news_are_what_a_scan_would_change(bench: Workbench) -> None:
    control = JobControl()
    first = bench.write("a/b.png", 1)
    bench.write("a.png", 2)
    bench.write("a b/c.png", 3)
    assert not bench.project.has_news(control), "no folder is open"
    bench.project.add_folder(bench.pictures)
    assert bench.project.has_news(control)
    assert list(bench.scan()) == ["a b/c.png", "a.png", "a/b.png"]
    assert not bench.project.has_news(control)
    (bench.pictures / "text.png").write_bytes(b"just text")
    first.rename(first.with_name("d.png"))
    assert bench.project.has_news(control)
    bench.scan()
    assert not bench.project.has_news(control)
    shutil.rmtree(bench.pictures)
    assert bench.project.has_news(control)
    assert {image.message for image in bench.scan().values()} == {FOLDER_GONE}
    assert not bench.project.has_news(control)


def test_a_folder_inside_another_counts_once(bench: Workbench) -> None:
    bench.write("inner/a.png", 1)
    bench.write("b.png", 2)
    inner = bench.project.add_folder(bench.pictures / "inner")
    bench.project.add_folder(bench.pictures)
    images = bench.scan()
    assert sorted(images) == ["a.png", "b.png"] and images["a.png"].folder_id == inner.id
    assert not bench.project.has_news(JobControl()) and sorted(bench.scan()) == ["a.png", "b.png"]


def test_images_that_were_too_large_are_read_again_once_the_limit_is_raised(bench: Workbench) -> None:
    Image.new("L", (1500, 1000)).save(bench.pictures / "large.png")
    bench.project.add_folder(bench.pictures)
    try:
        for limit, status in ((1, "unreadable"), (2, "ok")):
            limits.set_megapixels(limit)
            assert bench.scan()["large.png"].status == status
    finally:
        limits.set_megapixels(None)
