"""Which images a test set gets: a fair share of each kind, near copies on one side, nothing that was ever tagged."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labeling_bench import KINDS, LabelingBench, opened
from PIL import Image, ImageEnhance
from tiny_model import last

from micm_desktop.evaluation.notes import SENTENCES, Note, sentence
from micm_desktop.labeling import near_copies, setting_aside
from micm_desktop.labeling.setting_aside import Locked, draw, images_of_list, lock_images, lock_share
from micm_desktop.progress import Cancelled, JobControl, UserError


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    yield from opened(tmp_path, labeled, patch_encoder)


@pytest.fixture
def scanned(bench: LabelingBench) -> LabelingBench:
    bench.labeling.project.add_folder(bench.pictures)
    bench.scan()
    return bench


def lock(bench: LabelingBench, share: float, seed: int = 0) -> Locked:
    return last(lock_share(bench.labeling, share, JobControl(), seed=seed), Locked)


def locked_names(bench: LabelingBench) -> list[str]:
    locked = bench.labeling.project.locked()
    return sorted(image.relative_path for image in bench.labeling.images if image.sha256 in locked)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(1, 60), st.integers(0, 5), st.integers(1, 4))
def test_each_stratum_gives_its_share(strata: list[int], wanted: int, seed: int, size: int) -> None:
    sizes = [size] * len(strata)
    chosen = draw(sizes, np.array(strata), wanted, np.random.default_rng(seed))
    assert chosen == sorted(set(chosen)) and all(0 <= unit < len(strata) for unit in chosen)
    share = min(1.0, wanted / sum(sizes))
    assert abs(len(chosen) - share * len(strata)) < 1
    for stratum in set(strata):
        drawn = sum(strata[unit] == stratum for unit in chosen)
        assert abs(drawn - share * strata.count(stratum)) < 1 + 1e-9


def test_every_image_is_as_likely() -> None:
    strata = np.array([0] * 3 + [1] * 17)
    counts = np.zeros(20)
    for seed in range(2000):
        counts[draw([1] * 20, strata, 5, np.random.default_rng(seed))] += 1
    # Of 2,000 draws with a probability of a quarter, to four standard deviations.
    assert abs(counts - 500).max() < 4 * np.sqrt(2000 * 0.25 * 0.75)


def test_a_random_share_of_each_folder(scanned: LabelingBench) -> None:
    found = lock(scanned, 1 / 3)
    assert found == Locked(6, ())
    names = locked_names(scanned)
    assert [sum(name.startswith(kind) for name in names) for kind in KINDS] == [2, 2, 2]
    event = scanned.labeling.project.test_set().events[0]
    assert (event.locked, event.images, event.how) == (True, 6, "random 33.3333 %, seed 0")
    with pytest.raises(UserError, match="already set aside"):
        lock(scanned, 1 / 3)
    grown = lock(scanned, 0.5)
    assert grown.images == 3 and set(names) < set(locked_names(scanned))


def test_the_draw_follows_from_its_seed(scanned: LabelingBench) -> None:
    draws = []
    for seed in (1, 1, 2):
        lock(scanned, 1 / 3, seed)
        draws.append(locked_names(scanned))
        scanned.labeling.project.unlock()
    assert draws[0] == draws[1] != draws[2]


def test_near_copies_stay_on_one_side(scanned: LabelingBench) -> None:
    folder = scanned.pictures / "pit"
    for number in range(3):
        with Image.open(folder / "pit_000.png") as picture:
            ImageEnhance.Brightness(picture).enhance(0.9 + 0.05 * number).save(folder / f"again_{number}.png")
    scanned.scan()
    alike = {"pit/pit_000.png", *(f"pit/again_{number}.png" for number in range(3))}
    sides = set()
    for seed in range(12):
        found = lock(scanned, 0.4, seed)
        assert Note("copies_together", {"count": 4}) in found.notes
        inside = alike & set(locked_names(scanned))
        assert inside in (set(), alike)
        sides.add(len(inside))
        scanned.labeling.project.unlock()
    assert sides == {0, 4}
    # A copy that comes later follows those that are locked.
    seed = next(seed for seed in range(12) if lock_is_inside(scanned, alike, seed))
    with Image.open(folder / "pit_000.png") as picture:
        ImageEnhance.Brightness(picture).enhance(1.1).save(folder / "again_9.png")
    scanned.scan()
    lock(scanned, 0.5, seed)
    assert "pit/again_9.png" in locked_names(scanned)
    (folder / "again_9.png").unlink()
    scanned.scan()
    scanned.labeling.project.unlock()
    # One of them was tagged: then none of them can test.
    scanned.tag("pit", each=1)
    assert scanned.labeling.images[scanned.rows("pit")[0]].relative_path == "pit/again_0.png"
    for seed in range(4):
        lock(scanned, 0.4, seed)
        assert not alike & set(locked_names(scanned))
        scanned.labeling.project.unlock()


def lock_is_inside(bench: LabelingBench, names: set[str], seed: int) -> bool:
    """Lock, and take it back where ``names`` are not among what was locked."""
    lock(bench, 0.4, seed)
    inside = names <= set(locked_names(bench))
    if not inside:
        bench.labeling.project.unlock()
    return inside


def test_what_was_tagged_is_left_out_and_said(scanned: LabelingBench) -> None:
    ids = scanned.tag("good", "pit", each=6)
    scanned.labeling.tag(scanned.rows("pit"), None)
    found = lock(scanned, 0.5)
    assert found.images == 6 and all(name.startswith("stain") for name in locked_names(scanned))
    assert [note.kind for note in found.notes] == ["tagged_left_out", "share_missed"]
    assert sentence(found.notes[0]).startswith("12 images have or had a tag")
    scanned.labeling.project.unlock()
    scanned.labeling.tag(range(18), ids["good"])
    with pytest.raises(UserError, match="All images have or had a tag"):
        lock(scanned, 0.5)


def test_shares_that_make_no_sense(scanned: LabelingBench) -> None:
    for share in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(UserError, match="above 0 % and below 100 %"):
            lock(scanned, share)
    with pytest.raises(UserError, match="too few"):
        lock(scanned, 0.01)
    with pytest.raises(UserError, match="Nothing would be left"):
        lock(scanned, 0.99)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(lock_share(scanned.labeling, 0.5, control))
    assert scanned.labeling.project.locked() == frozenset()


def test_an_empty_project_has_nothing_to_set_aside(bench: LabelingBench) -> None:
    with pytest.raises(UserError, match="too few for a test set"):
        lock(bench, 0.5)
    with pytest.raises(UserError, match="have or had a tag"):
        lock_images(bench.labeling, [])


def test_many_images_are_not_compared_and_that_is_said(scanned: LabelingBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_aside, "MOST_IMAGES", 10)
    found = lock(scanned, 1 / 3)
    assert found.images == 6 and found.notes == (Note("copies_unseen", {"count": 18}),)
    assert not (scanned.labeling.project.folder / near_copies.FOLDER).exists()


def test_a_list_of_images(scanned: LabelingBench, tmp_path: Path) -> None:
    labeling, file = scanned.labeling, tmp_path / "一覧.txt"
    by_hash = labeling.images[scanned.row("stain_003.png")]
    whole = labeling.images[scanned.row("pit_002.png")]
    lines = ["good/good_001.png", "", "good\\good_002.png", str(whole.path), by_hash.sha256, "good/good_001.png"]
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    assert lock_images(labeling, images_of_list(labeling, file)) == Locked(4, ())
    assert locked_names(scanned) == ["good/good_001.png", "good/good_002.png", "pit/pit_002.png", "stain/stain_003.png"]
    scanned.tag("pit", each=2)
    file.write_text("pit/pit_000.png\npit/pit_005.png\n", encoding="utf-8")
    found = lock_images(labeling, images_of_list(labeling, file))
    assert found == Locked(1, (Note("tagged_left_out", {"count": 1}),))
    file.write_text("pit/pit_000.png", encoding="utf-8")
    with pytest.raises(UserError, match="All images of the list"):
        lock_images(labeling, images_of_list(labeling, file))
    file.write_text("pit/none.png", encoding="utf-8")
    with pytest.raises(UserError, match=r"Line 1 of .* names no readable image of the project: pit/none\.png"):
        images_of_list(labeling, file)
    file.write_bytes(b"\xff\xfe\x00")
    for name in (file, tmp_path / "none.txt"):
        with pytest.raises(UserError, match="cannot be read"):
            images_of_list(labeling, name)
    everything = [image for image in labeling.images if image.path.parent.name != "pit"]
    with pytest.raises(UserError, match="Nothing would be left"):
        shutil.rmtree(scanned.pictures / "pit")
        scanned.scan()
        lock_images(labeling, everything)


def test_every_note_has_a_sentence_in_both_languages() -> None:
    assert SENTENCES["en"].keys() == SENTENCES["ja"].keys()
    for kind, text in SENTENCES["en"].items():
        fields = _fields(text)
        assert _fields(SENTENCES["ja"][kind]).keys() == fields.keys(), kind
        note = Note(kind, fields)
        for language in ("en", "ja"):
            assert sentence(note, language)  # type: ignore[arg-type]


def _fields(text: str) -> dict[str, int | float | str]:
    return {name: 0.5 for _, name, _, _ in Formatter().parse(text) if name}
