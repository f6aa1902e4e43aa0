"""The sample set and the varied surfaces: repeatable, boxed where something really changed, and diverse."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from micm_desktop.images.decode import decode_image
from micm_desktop.images.samples import (
    DEMO_CLASSES,
    MARKS,
    DefectBox,
    render_sample,
    render_varied_surface,
    write_sample_set,
)
from micm_desktop.progress import UserError

DEFECTS = DEMO_CLASSES[1:]


def contents(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def change(label: str, seed: int, size: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How many levels the defects changed each pixel of their part, (size, size), and their boxes (M, 4)."""
    marked, boxes = render_sample(label, np.random.default_rng(seed), size=size)
    clean, none = render_sample("good", np.random.default_rng(seed), size=size)
    assert none == ()
    assert MARKS[0] <= len(boxes) <= MARKS[1]
    return np.abs(marked.astype(float) - clean).mean(axis=2), np.array(boxes)


def test_classes_start_with_good_and_have_distinct_names() -> None:
    assert DEMO_CLASSES[0] == "good"
    assert len(set(DEMO_CLASSES)) == len(DEMO_CLASSES) >= 5


@settings(max_examples=60, deadline=None)
@given(
    label=st.sampled_from(DEFECTS), seed=st.integers(0, 2**32 - 1), size=st.sampled_from([64, 96, 128, 160, 192, 256])
)
def test_boxes_lie_inside_the_picture_and_hold_the_change(label: str, seed: int, size: int) -> None:
    changed, boxes = change(label, seed, size)
    outside = changed.copy()
    for xmin, ymin, xmax, ymax in boxes:
        assert 0 <= xmin < xmax <= size
        assert 0 <= ymin < ymax <= size
        outside[ymin:ymax, xmin:xmax] = 0
    assert changed.max() >= 6
    assert outside.max() <= 0.3 * changed.max() + 2
    # Tight: something changed along each of the four sides of what the boxes span.
    (xmin, ymin), (xmax, ymax) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    for side in (changed[ymin], changed[ymax - 1], changed[:, xmin], changed[:, xmax - 1]):
        assert side.max() >= 1


@pytest.mark.parametrize("label", DEFECTS)
def test_defects_can_be_seen_and_vary_in_size_and_place(label: str) -> None:
    boxes = []
    for seed in range(24):
        changed, found = change(label, seed, 128)
        inside = np.zeros(changed.shape, bool)
        for xmin, ymin, xmax, ymax in found:
            inside[ymin:ymax, xmin:xmax] = True
        assert np.percentile(changed[inside], 97) >= 10
        boxes.append(found)
    corners = np.concatenate(boxes)
    edges = (corners[:, 2:] - corners[:, :2]).max(axis=1) / 128
    assert edges.min() >= 0.06
    assert edges.max() >= 1.8 * edges.min()
    assert ((corners[:, :2] + corners[:, 2:]) / 2).std(axis=0).min() >= 10


def test_good_parts_differ_from_each_other_in_tone_and_structure() -> None:
    pictures = [render_sample("good", np.random.default_rng(seed), size=96)[0].astype(float) for seed in range(20)]
    tones = [p.mean() for p in pictures]
    roughness = [p.std() for p in pictures]
    assert np.std(tones) >= 5
    assert max(roughness) >= 1.5 * min(roughness)
    assert np.mean([np.abs(a - b).mean() for a in pictures for b in pictures if a is not b]) >= 10


def test_unknown_label_is_refused() -> None:
    with pytest.raises(KeyError):
        render_sample("rust", np.random.default_rng(0))


def test_set_has_a_folder_per_class_and_boxes_for_every_defect(tmp_path: Path) -> None:
    boxes = write_sample_set(tmp_path, per_class=3, size=96)
    expected = {f"{name}/{name}_{index:03d}.png" for name in DEMO_CLASSES for index in range(3)}
    assert set(contents(tmp_path)) == expected | {"boxes.csv"}
    with (tmp_path / "boxes.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [*rows[0]] == ["image", "class", "xmin", "ymin", "xmax", "ymax"]
    read = [DefectBox(r["image"], r["class"], *(int(r[k]) for k in ("xmin", "ymin", "xmax", "ymax"))) for r in rows]
    assert read == boxes
    assert {b.path for b in boxes} == {path for path in expected if not path.startswith("good/")}
    assert all(b.path.startswith(f"{b.label}/") for b in boxes)


def test_written_picture_is_the_rendered_one(tmp_path: Path) -> None:
    write_sample_set(tmp_path, per_class=2, size=96, seed=5)
    for class_index, name in enumerate(DEMO_CLASSES):
        rendered, _ = render_sample(name, np.random.default_rng([5, class_index, 1]), size=96)
        np.testing.assert_array_equal(decode_image(tmp_path / name / f"{name}_001.png"), rendered)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    write_sample_set(tmp_path / "a", per_class=2, size=96, seed=1)
    write_sample_set(tmp_path / "b", per_class=2, size=96, seed=1)
    write_sample_set(tmp_path / "c", per_class=2, size=96, seed=2)
    first, again, other = (contents(tmp_path / name) for name in "abc")
    assert first == again
    assert first.keys() == other.keys()
    assert all(first[name] != other[name] for name in first)
    assert len(set(first.values())) == len(first)


def test_a_larger_set_keeps_the_pictures_of_a_smaller_one(tmp_path: Path) -> None:
    write_sample_set(tmp_path / "small", per_class=1, size=96)
    write_sample_set(tmp_path / "large", per_class=2, size=96)
    small, large = contents(tmp_path / "small"), contents(tmp_path / "large")
    assert all(large[name] == data for name, data in small.items() if name.endswith(".png"))


def test_unwritable_target_is_named(tmp_path: Path) -> None:
    target = tmp_path / "検査画像"
    target.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(UserError, match="検査画像"):
        write_sample_set(target, per_class=1)


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([32, 64, 96, 160, 224]))
def test_varied_surface_is_a_picture_with_structure(seed: int, size: int) -> None:
    picture = render_varied_surface(np.random.default_rng(seed), size=size)
    assert picture.shape == (size, size, 3)
    assert picture.dtype == np.uint8
    assert picture.std() >= 3
    np.testing.assert_array_equal(picture, render_varied_surface(np.random.default_rng(seed), size=size))


def test_varied_surfaces_are_diverse() -> None:
    pictures = np.stack([render_varied_surface(np.random.default_rng(seed), size=64) for seed in range(200)]).astype(
        float
    )
    distances = [np.abs(pictures[i] - pictures[j]).mean() for i in range(40) for j in range(i)]
    assert np.mean(distances) >= 35
    assert min(distances) >= 5
    tinted = (np.ptp(pictures.mean(axis=(1, 2)), axis=1) > 6).mean()
    assert 0.2 <= tinted <= 0.8
    contrast = pictures.std(axis=(1, 2, 3))
    assert np.percentile(contrast, 90) >= 2.5 * np.percentile(contrast, 10)
    # Structure from smooth to fine: how much of the contrast is lost when neighbours are averaged.
    grey = pictures.mean(axis=3)
    coarse = grey.reshape(200, 16, 4, 16, 4).mean(axis=(2, 4)).std(axis=(1, 2)) / grey.std(axis=(1, 2))
    assert np.ptp(np.percentile(coarse, [10, 90])) >= 0.2
