"""Cached features survive what may happen to a process or a disk: a row is whole or it is not there."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import micm_desktop
from micm_desktop.fewshot.feature_store import FeatureStore

SIZE = 5


def rows_of(keys: list[str]) -> np.ndarray:
    """Features that tell which key they belong to."""
    return np.array([[int(key, 16) * 10 + column for column in range(SIZE)] for key in keys], np.float32)


def keys_of(*numbers: int) -> list[str]:
    return [f"{number:064x}" for number in numbers]


def assert_holds(store: FeatureStore, keys: list[str]) -> None:
    rows, features = store.read()
    assert set(rows) == set(keys)
    assert len(store) == len(keys) == len(features)
    if keys:
        assert np.array_equal(np.array([features[rows[key]] for key in keys]), rows_of(keys))


def filled(folder: Path, *numbers: int) -> FeatureStore:
    store = FeatureStore(folder, SIZE)
    store.append(keys_of(*numbers), rows_of(keys_of(*numbers)))
    return store


def test_what_was_appended_is_read_back_and_after_a_restart_too(tmp_path: Path) -> None:
    folder = tmp_path / "特徴" / "encoder"
    store = filled(folder, 1, 2, 3)
    store.append(keys_of(4), rows_of(keys_of(4)))
    assert_holds(store, keys_of(1, 2, 3, 4))
    assert keys_of(4)[0] in store
    assert keys_of(5)[0] not in store
    assert_holds(FeatureStore(folder, SIZE), keys_of(1, 2, 3, 4))


def test_an_empty_store(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, SIZE)
    rows, features = store.read()
    assert rows == {}
    assert features.shape == (0, SIZE)
    store.append([], np.empty((0, SIZE), np.float32))
    assert len(FeatureStore(tmp_path, SIZE)) == 0


def test_known_hashes_are_passed_over(tmp_path: Path) -> None:
    store = filled(tmp_path, 1, 2)
    store.append(keys_of(2, 3), np.concatenate([np.zeros((1, SIZE), np.float32), rows_of(keys_of(3))]))
    assert_holds(store, keys_of(1, 2, 3))
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1, 2, 3))


def test_a_hash_that_comes_twice_in_one_call_is_kept_once(tmp_path: Path) -> None:
    store = filled(tmp_path, 1, 2, 1, 3, 3)
    store.append(keys_of(4), rows_of(keys_of(4)))
    assert_holds(store, keys_of(1, 2, 3, 4))
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1, 2, 3, 4))


@pytest.mark.parametrize("shape", [(2, SIZE + 1), (1, SIZE), (3, SIZE)])
def test_features_of_another_shape_are_refused_whole(shape: tuple[int, int], tmp_path: Path) -> None:
    store = filled(tmp_path, 1)
    with pytest.raises(ValueError, match="2 hashes"):
        store.append(keys_of(2, 3), np.zeros(shape, np.float32))
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1))


def test_double_precision_and_strided_features_are_stored_as_float32(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, SIZE)
    doubled = np.repeat(rows_of(keys_of(1, 2)).astype(np.float64), 2, axis=1)
    store.append(keys_of(1, 2), doubled[:, ::2])  # type: ignore[arg-type]
    assert_holds(store, keys_of(1, 2))


@given(st.integers(0, 3 * 4 * SIZE))
def test_a_data_file_that_was_cut_off_keeps_its_whole_rows(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("store")
    filled(folder, 1, 2, 3)
    data = folder / "features.f32"
    data.write_bytes(data.read_bytes()[:cut])
    whole = keys_of(1, 2, 3)[: cut // (4 * SIZE)]
    recovered = FeatureStore(folder, SIZE)
    assert_holds(recovered, whole)
    recovered.append(keys_of(7, 8), rows_of(keys_of(7, 8)))
    assert_holds(FeatureStore(folder, SIZE), whole + keys_of(7, 8))


@given(st.integers(0, 3 * 65))
def test_an_index_that_was_cut_off_keeps_its_whole_lines(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("store")
    filled(folder, 1, 2, 3)
    index = folder / "index.txt"
    index.write_bytes(index.read_bytes()[:cut])
    whole = keys_of(1, 2, 3)[: cut // 65]
    recovered = FeatureStore(folder, SIZE)
    assert_holds(recovered, whole)
    recovered.append(keys_of(7, 8), rows_of(keys_of(7, 8)))
    assert_holds(FeatureStore(folder, SIZE), whole + keys_of(7, 8))


def test_a_reader_leaves_a_half_written_row_to_its_writer(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2)
    data, index = tmp_path / "features.f32", tmp_path / "index.txt"
    with data.open("ab") as stream:
        stream.write(rows_of(keys_of(3)).tobytes())
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1, 2))
    with index.open("ab") as stream:
        stream.write(keys_of(3)[0].encode())
        stream.flush()
        assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1, 2))
        stream.write(b"\n")
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1, 2, 3))


@pytest.mark.parametrize("lost", ["features.f32", "index.txt"])
def test_a_lost_file_empties_the_store_and_it_works_on(lost: str, tmp_path: Path) -> None:
    filled(tmp_path, 1, 2, 3)
    (tmp_path / lost).unlink()
    store = FeatureStore(tmp_path, SIZE)
    assert_holds(store, [])
    store.append(keys_of(4), rows_of(keys_of(4)))
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(4))


def test_damaged_rows_are_passed_over_and_written_anew(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2, 3)
    with (tmp_path / "features.f32").open("r+b") as data:
        data.seek(4 * (SIZE + 2))
        data.write(np.float32(np.nan).tobytes())
    store = FeatureStore(tmp_path, SIZE)
    rows, features = store.read()
    assert set(rows) == set(keys_of(1, 3)) and keys_of(2)[0] not in store
    assert np.array_equal(features[rows[keys_of(3)[0]]], rows_of(keys_of(3))[0])
    store.append(keys_of(2, 4), rows_of(keys_of(2, 4)))
    for one in (store, FeatureStore(tmp_path, SIZE)):
        rows, features = one.read()
        found = np.array([features[rows[key]] for key in keys_of(1, 2, 3, 4)])
        assert len(one) == 4 and np.array_equal(found, rows_of(keys_of(1, 2, 3, 4)))


def test_an_index_with_a_hash_twice_is_not_trusted(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2, 3)
    index = tmp_path / "index.txt"
    lines = index.read_text().splitlines()
    index.write_text("\n".join([lines[0], lines[0], lines[2]]) + "\n", newline="\n")
    store = FeatureStore(tmp_path, SIZE)
    assert_holds(store, [])
    store.append(keys_of(4), rows_of(keys_of(4)))
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(4))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which plays a full disk")
@pytest.mark.parametrize("full", ["features.f32", "index.txt"])
def test_an_append_that_failed_half_way_spoils_nothing(full: str, tmp_path: Path) -> None:
    store = filled(tmp_path, 1, 2)
    real = tmp_path / full
    aside = real.rename(tmp_path / "aside")
    real.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        store.append(keys_of(3, 4), rows_of(keys_of(3, 4)))
    real.unlink()
    aside.rename(real)
    # The same object goes on once there is room again; what the failed call left in the other file must not shift rows.
    store.append(keys_of(5), rows_of(keys_of(5)))
    assert_holds(store, keys_of(1, 2, 5))
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(1, 2, 5))


def test_what_is_read_cannot_be_changed_by_accident(tmp_path: Path) -> None:
    _, features = filled(tmp_path, 1).read()
    with pytest.raises(ValueError, match="read-only"):
        features[0, 0] = 3


def test_two_jobs_of_one_process_lose_nothing_of_each_other(tmp_path: Path) -> None:
    stores = [FeatureStore(tmp_path, SIZE) for _ in range(4)]

    def fill(number: int) -> None:
        for step in range(20):
            # Every second one is found by another job, too.
            keys = keys_of(1000 + step if step % 2 else 100 * number + step)
            stores[number].append(keys, rows_of(keys))

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(fill, range(len(stores))))
    alone = [100 * number + step for number in range(len(stores)) for step in range(0, 20, 2)]
    assert_holds(FeatureStore(tmp_path, SIZE), keys_of(*alone, *range(1001, 1020, 2)))


WRITER = """
import sys
from pathlib import Path
import numpy as np
from micm_desktop.fewshot.feature_store import FeatureStore

store = FeatureStore(Path(sys.argv[1]), 3)
print("ready", flush=True)
sys.stdin.readline()
for step in range(40):
    own = f"{sys.argv[2]}{step:063x}"
    store.append([own, f"f{step:063x}"], np.full((2, 3), step, np.float32))
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(micm_desktop.__file__).parents[1])}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for name in "ab"
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n")
        assert writer.returncode == 0
    rows, features = FeatureStore(tmp_path, 3).read()
    assert len(rows) == len(features) == 3 * 40
    for key, row in rows.items():
        assert (features[row] == int(key[1:], 16)).all()
