"""Which files below a folder count as images, and in which order."""

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from micm_desktop.images.scan import find_images, name_below, relative_name
from micm_desktop.progress import UserError


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def found(root: Path) -> list[str]:
    return [relative_name(path, root) for path in find_images(root)]


def test_sub_folders_endings_and_order(tmp_path: Path) -> None:
    make(tmp_path, "b/2.PNG", "b/10.Jpg", "a.bmp", "c.TIFF", "notes.txt", "b.jpeg", "noending", "d.png.txt")
    assert found(tmp_path) == ["a.bmp", "b.jpeg", "b/10.Jpg", "b/2.PNG", "c.TIFF"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.png", ".hidden.png", "._a.png", ".cache/b.png", "$RECYCLE.BIN/c.png", "__MACOSX/d.png", "$1.png")
    assert found(tmp_path) == ["$1.png", "a.png"]


def test_a_folder_with_an_image_ending_is_entered_not_listed(tmp_path: Path) -> None:
    make(tmp_path, "lot.png/a.png")
    assert found(tmp_path) == ["lot.png/a.png"]


def test_caches_of_a_project_inside_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "job/project.sqlite", "job/thumbnails/00/x.jpg", "job/b.png", "thumbnails/c.png")
    assert found(tmp_path) == ["a.png", "job/b.png", "thumbnails/c.png"]


def test_decomposed_names_sort_and_show_as_nfc(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "ガ.png")
    assert decomposed != "ガ.png"
    make(tmp_path, decomposed, "キ.png", "カ.png")
    assert found(tmp_path) == ["カ.png", "ガ.png", "キ.png"]
    assert all(path.read_bytes() == b"x" for path in find_images(tmp_path))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="this file system takes only valid Unicode names")
def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\x89\xe6\x91\x9c.png")).write_bytes(b"x")  # 画像 in Shift JIS
    (name,) = found(tmp_path)
    assert name.encode("utf-8").endswith(b".png")
    assert [path.read_bytes() for path in find_images(tmp_path)] == [b"x"]


def link(place: Path, target: Path) -> None:
    try:
        place.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("this user may not make links")


def test_link_loops_end(tmp_path: Path) -> None:
    make(tmp_path, "a/b/c.png")
    link(tmp_path / "a" / "b" / "up", tmp_path)
    link(tmp_path / "a" / "self", tmp_path / "a" / "self")
    assert found(tmp_path) == ["a/b/c.png"]


def test_a_link_to_no_folder_says_so(tmp_path: Path) -> None:
    link(tmp_path / "lot", tmp_path / "gone")
    with pytest.raises(UserError, match="lot is a link that leads to no folder"):
        find_images(tmp_path / "lot")


def test_linked_folders_are_followed(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/x.png")
    root = tmp_path / "root"
    root.mkdir()
    link(root / "linked", tmp_path / "elsewhere")
    assert found(root) == ["linked/x.png"]


def test_empty_folder(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_no_folder(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    with pytest.raises(UserError, match="not a folder"):
        find_images(tmp_path / "a.png")
    with pytest.raises(UserError, match="does not exist"):
        find_images(tmp_path / "gone")


@pytest.mark.usefixtures("permissions_bind")
def test_locked_folders(tmp_path: Path) -> None:
    make(tmp_path, "open/a.png", "locked/b.png")
    (tmp_path / "locked").chmod(0)
    try:
        assert found(tmp_path) == ["open/a.png"]
        with pytest.raises(UserError, match="cannot be read"):
            find_images(tmp_path / "locked")
    finally:
        (tmp_path / "locked").chmod(0o700)


@pytest.mark.parametrize("root", ["/", "/a", "/a/b c", ".", "a", "../a"])
def test_a_name_below_a_folder_is_what_pathlib_says(root: str) -> None:
    for below in ("x.png", "b/x.png", "検査/x y.png"):
        path = Path(root) / below
        assert name_below(path, Path(root)) == path.relative_to(root).as_posix() == below
    with pytest.raises(ValueError):
        name_below(Path("/elsewhere/x.png"), Path("/else"))
