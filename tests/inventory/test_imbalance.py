"""Folder, day, camera and light are told where they go together with the kinds of image or with the tags."""

import numpy as np
from made_inventory import made_inventory

from micm_desktop.fewshot.resolution import Resolution
from micm_desktop.inventory.findings import Finding, find_faults
from micm_desktop.inventory.imbalance import associated, find_ties
from micm_desktop.inventory.words import sentence
from micm_desktop.micm.config import EncoderConfig

KINDS = [number % 4 for number in range(120)]
RNG = np.random.default_rng(0)


def told(*args: object, **options: object) -> dict[str, Finding]:
    return {one.kind: one for one in find_faults(*args, **options)}  # type: ignore[arg-type]


def test_what_goes_together_is_told_from_what_does_not() -> None:
    names = [str(kind) for kind in KINDS]
    assert associated(names, names)
    by_chance = [associated(RNG.permutation(names).tolist(), names) for _ in range(30)]
    assert sum(by_chance) <= 1
    assert not associated(["one"] * 120, names)
    # A level of its own for each image says nothing.
    assert not associated(list(map(str, range(120))), names)


def test_a_camera_of_its_own_for_a_kind_is_told_and_one_for_all_kinds_is_not() -> None:
    tied = made_inventory(KINDS, seed=1, cameras=["B" if kind == 3 else "A" for kind in KINDS])
    found = told(tied)["one_camera"]
    assert (found.count, found.total, found.values["level"]) == (90, 120, "A")
    assert [KINDS[row] for row in found.rows] == [3] * 30
    assert sentence(found).startswith("75 % of the images (90 of 120) are of one camera, A")
    cameras = RNG.permutation(["B"] * 30 + ["A"] * 90).tolist()
    assert not {"one_camera", "cameras"} & told(made_inventory(KINDS, seed=1, cameras=cameras)).keys()
    halves = made_inventory(KINDS, seed=1, cameras=["A" if kind < 2 else "B" for kind in KINDS])
    assert "A (60)" in str(told(halves)["cameras"].values["cameras"])


def test_one_folder_and_one_day_are_told_alike() -> None:
    places = ["x" if kind == 3 else "y" for kind in KINDS]
    days = [f"2026-11-{10 if kind == 3 else 11}T08:00:00" for kind in KINDS]
    found = told(made_inventory(KINDS, seed=1, folders=places, taken=days))
    assert (found["one_folder"].values["level"], found["one_day"].values["level"]) == ("y", "2026-11-11")


def test_tags_that_go_with_the_camera_are_told_with_both_shares() -> None:
    tags = ["scratch" if row % 2 else "good" for row in range(60)] + [""] * 60
    cameras = ["{B}" if row % 2 and row < 56 else "A" for row in range(60)] + ["A"] * 60
    inventory = made_inventory(KINDS, seed=1, cameras=cameras)
    (tie,) = find_ties(inventory, tags)
    assert (tie.attribute, tie.other_share) in (("camera", 0.0), ("camera", 2 / 30))
    found = told(inventory, tags=tags)["tied_camera"]
    assert found.total == 60 and all(tags[row] == tie.tag for row in found.rows)
    assert "{B}" in sentence(found) or " A" in sentence(found)
    assert not find_ties(inventory, [""] * 120)
    untied = made_inventory(KINDS, seed=1, cameras=RNG.permutation(cameras).tolist())
    assert not find_ties(untied, tags)


def test_rare_kinds_and_what_can_be_left_out_are_advice() -> None:
    kinds = [0] * 60 + [1] * 60 + [2] * 60 + [3] * 4
    found = told(made_inventory(kinds, seed=1))
    assert found["rare"].rows == (180, 181, 182, 183) and found["rare"].values["kinds"] == 1
    assert "drop" not in found
    assert found["preset"].values["passes"] >= 20


def test_defects_that_are_too_small_are_told() -> None:
    inventory, config = made_inventory(KINDS, seed=1), EncoderConfig(stem="patch", image_size=32, patch_size=8)
    found = told(inventory, resolution=Resolution(5, 6.0, 9.0, 8, 0, 2), configs=[config])
    assert "Cut the images into 2 x 2 tiles." in sentence(found["too_small"])
    # Two patches of eight pixels, in images that are twice as large as the encoder's input.
    assert found["detail"].values["least"] == 32
    assert "too_small" not in told(inventory, resolution=Resolution(5, 20.0, 30.0, 8, 0, 0))
