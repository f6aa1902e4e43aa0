"""The map of a project's images: it comes back as it was, and what is added moves nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from labeling_bench import LabelingBench, opened
from workbench import write_image

from micm_desktop.labeling.mapping import FILE, ImageMap
from micm_desktop.progress import Cancelled, JobControl


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    for bench in opened(tmp_path, labeled, patch_encoder):
        bench.start()
        yield bench


def maps(bench: LabelingBench, *, anew: bool = False) -> list[ImageMap]:
    return [event for event in bench.labeling.image_map(JobControl(), anew=anew) if isinstance(event, ImageMap)]


def map_file(bench: LabelingBench) -> Path:
    (file,) = bench.labeling.project.folder.rglob(FILE)
    return file


def test_a_coarse_map_comes_first_and_the_same_one_at_the_next_start(bench: LabelingBench) -> None:
    coarse, whole = maps(bench)
    assert coarse.coarse and not whole.coarse
    images = {image.sha256 for image in bench.labeling.images}
    assert set(coarse.rows) == set(whole.rows) == images
    bench.reopen()
    (again,) = maps(bench)
    assert again.rows == whole.rows
    np.testing.assert_array_equal(again.points, whole.points)
    np.testing.assert_array_equal(maps(bench, anew=True)[-1].points, whole.points)


def test_added_images_move_nothing_and_alike_ones_lie_alike(bench: LabelingBench) -> None:
    before = maps(bench)[-1]
    for seed in range(3):
        write_image(bench.pictures / "new" / f"{seed}.png", seed, size=96)
    bench.scan()
    assert len(maps(bench)) == 1, "images without features are not on it"
    bench.compute()
    shown, after = maps(bench)
    assert shown.rows == before.rows
    assert len(after.rows) == len(before.rows) + 3
    for key, row in before.rows.items():
        np.testing.assert_array_equal(after.points[after.rows[key]], before.points[row])
    bench.reopen()
    np.testing.assert_array_equal(maps(bench)[-1].points, after.points)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "not finite", "other features"])
def test_a_damaged_map_is_made_anew(bench: LabelingBench, damage: str) -> None:
    whole = maps(bench)[-1]
    file = map_file(bench)
    content = file.read_bytes()
    if damage in ("cut", "empty"):
        file.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    elif damage == "flipped":
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    else:
        with np.load(file) as kept:
            arrays = {name: kept[name] for name in kept.files}
        name = "points" if damage == "not finite" else "mean"
        arrays[name] = np.full_like(arrays[name], np.nan) if name == "points" else arrays[name][:-1]
        np.savez(file, **arrays)
    made = maps(bench)
    assert len(made) == 2, "it began with a coarse one"
    np.testing.assert_array_equal(made[-1].points, whole.points)


def test_a_map_that_was_cancelled_leaves_no_file(bench: LabelingBench) -> None:
    control = JobControl()
    events = bench.labeling.image_map(control)
    next(events)
    control.cancel()
    with pytest.raises(Cancelled):
        list(events)
    assert not list(bench.labeling.project.folder.rglob(FILE))
    assert len(maps(bench)) == 2


def test_damaged_features_are_left_out(bench: LabelingBench) -> None:
    (data,) = bench.labeling.project.folder.rglob("features.f32")
    count = len(bench.labeling.images)
    values = np.fromfile(data, np.float32).reshape(count, -1)
    values[4] = np.nan
    values.tofile(data)
    whole = maps(bench)[-1]
    assert len(whole.rows) == count - 1 and np.isfinite(whole.points).all()


def test_no_features_no_map(tmp_path: Path, labeled: Path, patch_encoder: Path) -> None:
    for bench in opened(tmp_path, labeled, patch_encoder):
        assert not maps(bench)
