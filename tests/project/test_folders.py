"""Image folders that move, vanish, overlap, or are not there at all; projects that move with them."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from workbench import Workbench, write_image

from micm_desktop.progress import JobControl, UserError
from micm_desktop.project.folders import cache_folder, log_file


def test_a_whole_folder_gone_deletes_nothing(bench: Workbench) -> None:
    for seed in range(3):
        bench.write(f"{seed}.png", seed)
    folder = bench.project.add_folder(bench.pictures)
    before = bench.scan()
    bench.pictures.rename(bench.root / "elsewhere")
    assert not bench.project.folders()[0].exists
    gone = bench.scan()
    assert {image.status for image in gone.values()} == {"missing"}
    assert all("folder" in image.message for image in gone.values())
    assert [image.id for image in gone.values()] == [image.id for image in before.values()]

    moved = bench.project.relocate_folder(folder.id, bench.root / "elsewhere")
    assert (moved.id, moved.path, moved.exists) == (folder.id, bench.root / "elsewhere", True)
    after = bench.scan()
    assert [(image.id, image.sha256, image.status) for image in after.values()] == [
        (image.id, image.sha256, "ok") for image in before.values()
    ]
    assert after["0.png"].path == bench.root / "elsewhere" / "0.png"


def test_images_that_reappear_in_another_opened_folder_are_recognised(bench: Workbench) -> None:
    for seed in range(4):
        bench.write(f"lot/{seed}.png", seed)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()
    shutil.copytree(bench.pictures / "lot", bench.root / "new place" / "lot A")
    shutil.rmtree(bench.pictures)
    new = bench.project.add_folder(bench.root / "new place")
    after = bench.scan()
    assert list(after) == [f"lot A/{seed}.png" for seed in range(4)]
    assert {image.folder_id for image in after.values()} == {new.id}
    assert [image.id for image in after.values()] == [image.id for image in before.values()]
    assert {image.status for image in after.values()} == {"ok"}


def test_a_project_moved_together_with_its_images(bench: Workbench) -> None:
    job = bench.root / "job"
    write_image(job / "images" / "a.png", 1)
    bench.reopen(job / "project")
    bench.project.add_folder(job / "images")
    before = bench.scan()["a.png"]
    bench.project.close()
    job.rename(bench.root / "別の場所")
    bench.reopen(bench.root / "別の場所" / "project")
    (folder,) = bench.project.folders()
    assert folder.path == bench.root / "別の場所" / "images"
    assert folder.exists
    after = bench.scan()["a.png"]
    assert (after.id, after.status, after.path) == (before.id, "ok", bench.root / "別の場所" / "images" / "a.png")


def test_a_strangers_folder_beside_a_moved_project_is_not_taken(bench: Workbench) -> None:
    write_image(bench.root / "one" / "images" / "a.png", 1)
    write_image(bench.root / "two" / "images" / "other.png", 2)
    bench.reopen(bench.root / "one" / "project")
    bench.project.add_folder(bench.root / "one" / "images")
    bench.scan()
    bench.project.close()
    (bench.root / "one" / "project").rename(bench.root / "two" / "project")
    shutil.rmtree(bench.root / "one")
    bench.reopen(bench.root / "two" / "project")
    assert bench.project.folders()[0].path == bench.root / "one" / "images"
    assert bench.scan()["a.png"].status == "missing"


def test_a_folder_that_disappears_during_the_scan(bench: Workbench) -> None:
    count = 200
    for seed in range(count):
        bench.write(f"{seed:03}.png", seed)
    bench.project.add_folder(bench.pictures)
    before = bench.scan()
    for path in bench.pictures.iterdir():
        os.utime(path, ns=(0, 0))  # everything is to be read again
    progress = bench.project.scan(JobControl())
    next(progress)
    next(progress)  # the folder is listed; reading starts with the next step
    shutil.rmtree(bench.pictures)
    last = list(progress)[-1]
    assert (last.done, last.total) == (count, count)
    after = bench.project.images()
    assert {image.status for image in after} == {"missing"}
    assert [(image.id, image.sha256) for image in after] == [(image.id, image.sha256) for image in before.values()]


def test_new_files_that_vanish_before_they_are_read_leave_no_row(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    progress = bench.project.scan(JobControl())
    next(progress)
    next(progress)
    (bench.pictures / "a.png").unlink()
    list(progress)
    assert bench.project.images() == []


def test_folders_are_opened_once(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bench.root)
    first = bench.project.add_folder(bench.pictures)
    assert bench.project.add_folder(Path("検査画像")) == first
    assert bench.project.add_folder(bench.pictures / ".." / "検査画像") == first
    assert bench.project.folders() == [first]


def test_a_folder_inside_an_opened_folder_lists_no_image_twice(bench: Workbench) -> None:
    bench.write("a.png", 1)
    bench.write("sub/b.png", 2)
    inner = bench.project.add_folder(bench.pictures / "sub")
    outer = bench.project.add_folder(bench.pictures)
    images = bench.scan()
    assert {name: image.folder_id for name, image in images.items()} == {"b.png": inner.id, "a.png": outer.id}


def test_folders_that_cannot_be_opened(bench: Workbench) -> None:
    file = bench.write("a.png", 1)
    folder = bench.project.add_folder(bench.pictures)
    other = bench.root / "other"
    other.mkdir()
    bench.project.add_folder(other)
    with pytest.raises(UserError, match="does not exist"):
        bench.project.add_folder(bench.root / "gone")
    with pytest.raises(UserError, match="not a folder"):
        bench.project.add_folder(file)
    with pytest.raises(UserError, match="does not exist"):
        bench.project.relocate_folder(folder.id, bench.root / "gone")
    with pytest.raises(UserError, match="already open"):
        bench.project.relocate_folder(folder.id, other)
    with pytest.raises(UserError, match="not part of the project"):
        bench.project.relocate_folder(999, other)


def test_a_project_inside_its_own_image_folder_does_not_list_its_thumbnails(bench: Workbench) -> None:
    bench.reopen(bench.pictures)
    bench.write("a.png", 1)
    bench.write("thumbnails/ab/cached.jpg", 2)
    bench.project.add_folder(bench.pictures)
    assert list(bench.scan()) == ["a.png"]


@pytest.mark.usefixtures("permissions_bind")
def test_a_read_only_image_folder_is_only_read(bench: Workbench) -> None:
    path = bench.write("a.png", 1)
    bench.project.add_folder(bench.pictures)
    bench.pictures.chmod(0o500)
    path.chmod(0o400)
    try:
        assert bench.scan()["a.png"].status == "ok"
    finally:
        bench.pictures.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="where these lie is told by the variables of Linux")
def test_an_account_without_a_folder_of_its_own_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_text("")
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name))
    assert not cache_folder().exists() and not log_file().exists()
