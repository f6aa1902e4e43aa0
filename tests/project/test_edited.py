"""Files that are overwritten after their image was labelled: listed, and decided by a person alone."""

import os
from itertools import pairwise

from workbench import Workbench, write_image

from micm_desktop.project.records import UNSURE
from micm_desktop.project.undoing import replay


def labelled(bench: Workbench) -> dict[str, str]:
    """Contents by name: a is tagged and marked twice, b unsure, c untagged, d tagged."""
    for seed, name in enumerate("abcd"):
        write_image(bench.pictures / f"{name}.png", seed, size=20)
    bench.project.add_folder(bench.pictures)
    found = {name[0]: image.sha256 for name, image in bench.scan().items()}
    dent = bench.project.add_class("dent")
    bench.project.tag([found["a"], found["d"]], dent.id)
    bench.project.add_region(found["a"], None, 1, 1, 5, 5)
    bench.project.add_region(found["a"], dent.id, 1, 1, 19, 5)
    bench.project.tag([found["b"]], UNSURE)
    return found


def listed(bench: Workbench) -> dict[str, tuple[int | None, int]]:
    return {one.image.relative_path[0]: (one.tag, one.regions) for one in bench.project.edited()}


def test_edited_images_are_listed_and_carried_over_on_request(bench: Workbench) -> None:
    found = labelled(bench)
    assert bench.project.edited() == []
    for seed, name in enumerate("abc"):
        write_image(bench.pictures / f"{name}.png", seed + 10)
    after = bench.scan()
    assert listed(bench) == {"a": (1, 2), "b": (UNSURE, 0)}, "c had no label, d is as it was"
    assert set(bench.project.tags()) == {found["a"], found["d"]}, "nothing is decided by itself"
    bench.reopen()
    bench.scan()
    assert set(listed(bench)) == {"a", "b"}, "until somebody decides"
    assert bench.project.carry_labels_over(bench.project.edited()) == 2
    assert bench.project.edited() == []
    assert bench.project.tags()[after["a.png"].sha256] == 1 and after["b.png"].sha256 in bench.project.unsure()
    (region,) = bench.project.regions(after["a.png"].sha256)
    assert (region.class_id, region.xmax) == (None, 5), "the picture is smaller than the other box"
    bench.project.take_back(replay(bench.project.steps())[0][-1].latest)
    assert set(listed(bench)) == {"a", "b"} and after["a.png"].sha256 not in bench.project.tags()
    bench.project.leave_edited(bench.project.edited())
    assert bench.project.edited() == []


def test_of_a_file_that_was_overwritten_twice_the_last_label_waits(bench: Workbench) -> None:
    first, seed = labelled(bench)["a"], 60
    while True:
        write_image(bench.pictures / "a.png", seed)
        second = bench.scan()["a.png"].sha256
        # Contents are kept in the order of their hashes: this one comes before the first.
        if second < first:
            break
        seed += 1
    bench.project.tag([second], UNSURE)
    write_image(bench.pictures / "a.png", 50)
    bench.scan()
    assert listed(bench) == {"a": (UNSURE, 0)}


def test_content_that_is_still_somewhere_is_no_conflict(bench: Workbench) -> None:
    labelled(bench)
    # a and d swap their names; b is moved, and another picture takes its name.
    (bench.pictures / "a.png").rename(bench.pictures / "x.png")
    (bench.pictures / "d.png").rename(bench.pictures / "a.png")
    (bench.pictures / "x.png").rename(bench.pictures / "d.png")
    (bench.pictures / "b.png").rename(bench.pictures / "moved.png")
    write_image(bench.pictures / "b.png", 55)
    bench.scan()
    assert bench.project.edited() == []


def test_labels_follow_files_that_changed_places_unseen(bench: Workbench) -> None:
    for seed, name in enumerate("abcd"):
        write_image(bench.pictures / f"{name}.bmp", seed)
        os.utime(bench.pictures / f"{name}.bmp", (10**9, 10**9))
    bench.project.add_folder(bench.pictures)
    before = bench.scan()
    dent = bench.project.add_class("dent")
    bench.project.tag([before["a.bmp"].sha256], dent.id)
    # Numbered anew: each has the name of the one before, and the size and time that one had.
    for name, new in pairwise("eabcd"):
        (bench.pictures / f"{new}.bmp").rename(bench.pictures / f"{name}.bmp")
    (bench.pictures / "e.bmp").rename(bench.pictures / "d.bmp")
    after = bench.scan()
    assert [after[f"{name}.bmp"].sha256 for name in "abcd"] == [before[f"{name}.bmp"].sha256 for name in "bcda"]
    assert after["d.bmp"].sha256 in bench.project.tags() and bench.project.edited() == []
    write_image(bench.pictures / "d.bmp", 9)
    os.utime(bench.pictures / "d.bmp", (10**9, 10**9))
    bench.scan()
    assert [one.image.relative_path for one in bench.project.edited()] == ["d.bmp"]


def test_what_comes_back_is_no_conflict_any_more(bench: Workbench) -> None:
    labelled(bench)
    whole = (bench.pictures / "a.png").read_bytes()
    write_image(bench.pictures / "a.png", 50)
    bench.scan()
    stale = bench.project.edited()
    assert set(listed(bench)) == {"a"}
    (bench.pictures / "a.png").write_bytes(whole)
    bench.scan()
    assert bench.project.edited() == [] and bench.project.carry_labels_over(stale) == 0
    (bench.pictures / "a.png").write_bytes(whole[:100])
    bench.scan()
    assert bench.project.edited() == [], "what cannot be read takes no label"
    write_image(bench.pictures / "a.png", 50)
    after = bench.scan()
    bench.project.tag([after["a.png"].sha256], 1)
    assert bench.project.edited() == [], "a label of its own settles it"
