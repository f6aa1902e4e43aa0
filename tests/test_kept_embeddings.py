"""Embeddings of many images lie in a file: judged as those in memory are, made once, never those of other images."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from embeddings import random_directions
from labeling_bench import LabelingBench, opened
from workbench import write_image

from micm_desktop.fewshot.compact import compact
from micm_desktop.fewshot.rows_on_disk import RowsOnDisk
from micm_desktop.labeling import kept_embeddings


@pytest.fixture
def bench(tmp_path: Path, labeled: Path, patch_encoder: Path) -> Iterator[LabelingBench]:
    for bench in opened(tmp_path, labeled, patch_encoder):
        bench.start()
        bench.tag("good", "pit")
        yield bench


def files(bench: LabelingBench) -> list[Path]:
    return list(bench.labeling.project.folder.rglob("embeddings-*"))


def on_disk(bench: LabelingBench) -> bool:
    embeddings = bench.labeling.current_embeddings()
    assert embeddings is not None
    return isinstance(embeddings.values.values, RowsOnDisk)


def test_rows_are_those_of_memory(tmp_path: Path) -> None:
    rows = random_directions(2500, size=40)
    rows[7] = np.nan
    mean = np.arange(50, dtype=np.float32)
    file = tmp_path / "embeddings-1.i16"
    kept_embeddings.write(file, lambda: (rows[start : start + 700] for start in range(0, 2500, 700)), mean)
    found = kept_embeddings.read(file, 2500, 40, 50)
    assert found is not None
    kept, same_mean = found
    np.testing.assert_array_equal(same_mean, mean)
    memory = compact([rows], 2500, 40)
    some = np.array([7, 5, 6, 2499, 0, 6])
    for taken in (17, -1, slice(3, 9), slice(None, None, 7), some, some.tolist(), np.arange(2500) % 3 == 0, []):
        np.testing.assert_array_equal(kept[taken], memory[taken])
    other = random_directions(5, size=40, seed=1).T
    np.testing.assert_array_equal(kept @ other, memory @ other)
    for cut in (slice(2000), some):
        part, expected = kept.take(cut), memory.take(cut)
        assert isinstance(part.values, RowsOnDisk)
        np.testing.assert_array_equal(part @ other, expected @ other)
        np.testing.assert_array_equal(part[1::2], expected[1::2])
        np.testing.assert_array_equal(part.take(np.array([3, 1]))[:], expected.take(np.array([3, 1]))[:])


def test_a_file_that_became_shorter_is_an_error_and_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "embeddings-1.i16"
    kept_embeddings.write(file, lambda: [random_directions(90, size=40)], np.zeros(3, np.float32))
    assert kept_embeddings.read(file, 91, 40, 3) is None and kept_embeddings.read(tmp_path / "no", 1, 1, 1) is None
    found = kept_embeddings.read(file, 90, 40, 3)
    assert found is not None
    file.write_bytes(b"")
    with pytest.raises(OSError, match="shorter"):
        found[0][5]


def test_a_project_judges_the_same_and_makes_them_once(bench: LabelingBench, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = bench.probabilities()
    assert not files(bench) and not on_disk(bench)
    monkeypatch.setattr(kept_embeddings, "IN_MEMORY", 0)
    bench.reopen()
    bench.labeling.load_features()
    assert on_disk(bench)
    np.testing.assert_array_equal(bench.probabilities(), expected)
    (file,) = files(bench)
    made = file.stat().st_mtime_ns
    # What would make them anew is not there any more.
    monkeypatch.setattr(kept_embeddings, "write", None)
    bench.reopen()
    bench.labeling.load_features()
    assert on_disk(bench) and file.stat().st_mtime_ns == made
    np.testing.assert_array_equal(bench.probabilities(), expected)


def test_other_images_have_another_file(bench: LabelingBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_embeddings, "IN_MEMORY", 0)
    bench.labeling.load_features()
    (first,) = files(bench)
    write_image(bench.pictures / "new.png", 1, size=96)
    bench.scan()
    bench.compute()
    (second,) = files(bench)
    assert second != first and bench.labeling.missing_features() == 0
    locked = bench.labeling.images[bench.row("new.png")]
    bench.labeling.project.lock([locked.sha256], "list")
    found = bench.probabilities()
    (third,) = files(bench)
    assert third != second, "centred without the test set"
    monkeypatch.setattr(kept_embeddings, "IN_MEMORY", 1 << 40)
    bench.labeling.load_features()
    assert not on_disk(bench)
    np.testing.assert_array_equal(bench.probabilities(), found)


def test_where_they_cannot_be_kept_they_go_into_memory(bench: LabelingBench, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = bench.probabilities()

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_embeddings, "IN_MEMORY", 0)
    monkeypatch.setattr(kept_embeddings, "packed", refused)
    bench.labeling.load_features()
    assert not on_disk(bench) and not files(bench)
    np.testing.assert_array_equal(bench.probabilities(), expected)
