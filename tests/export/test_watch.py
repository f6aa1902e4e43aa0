"""A hot folder: each image judged once and whole, whatever becomes of the writer, the disk or the process."""

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from micm_desktop.export import runtime
from micm_desktop.export.arrivals import Arrivals
from micm_desktop.export.sorting import place
from micm_desktop.export.watch import Told, Watched, WatchSettings, watch_folder
from micm_desktop.export.watch_table import WatchTable
from micm_desktop.progress import JobControl, ProcessingError, UserError

ONCE = WatchSettings(once=True, settled=0.0, patience=0.0)


@pytest.fixture(scope="module")
def model(model_file: Path) -> runtime.Model:
    return runtime.load(model_file)


@pytest.fixture
def inbox(labeled: Path, tmp_path: Path) -> Path:
    """Four pictures, one of them in a sub-folder."""
    root = tmp_path / "受信"
    (root / "lot 2").mkdir(parents=True)
    sources = sorted((labeled / "good").glob("*.png"))[:2] + sorted((labeled / "scratch").glob("*.png"))[:2]
    for number, path in enumerate(sources):
        shutil.copy2(path, root / ("lot 2" if number == 3 else "") / f"画像 {number}.png")
    return root


def watched(model: runtime.Model, inbox: Path, out: Path, settings: WatchSettings = ONCE) -> list[Watched | Told]:
    table = WatchTable(out, model.info.classes)
    try:
        return list(watch_folder(model, inbox, table, settings, JobControl()))
    finally:
        table.close()


def rows(out: Path) -> list[dict[str, str]]:
    with out.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_is_judged_once_and_a_file_written_anew_is_a_new_image(
    model: runtime.Model, inbox: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    assert len(watched(model, inbox, out)) == 4
    assert sorted(row["path"] for row in rows(out)) == ["lot 2/画像 3.png", *(f"画像 {n}.png" for n in range(3))]
    for row in rows(out):
        verdict = model.judge(inbox / row["path"])
        assert (row["class"], row["verdict"]) == (verdict.class_name, verdict.outcome.name.lower())
        assert float(row["confidence"]) == pytest.approx(verdict.confidence, abs=1e-5)
    before = out.read_bytes()
    assert watched(model, inbox, out) == [] and out.read_bytes() == before

    os.utime(inbox / "画像 1.png", ns=(10**18, 10**18 + 123))
    (again,) = watched(model, inbox, out)
    assert isinstance(again, Watched) and again.name == "画像 1.png"
    assert rows(out)[-1]["modified"] == "2001-09-09T01:46:40.000000123Z"


def test_a_crash_in_the_middle_of_a_line_is_mended(model: runtime.Model, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    watched(model, inbox, out)
    whole, judged = out.read_bytes(), sorted(row["path"] for row in rows(out))
    for kept in (len(whole) - 1, len(whole) - 40, whole.index(b"\r\n") + 5, 20, 2, 0):
        out.write_bytes(whole[:kept])
        watched(model, inbox, out)
        assert sorted(row["path"] for row in rows(out)) == judged
        assert out.read_bytes().count(b"\r\n") == 5


def test_a_table_that_another_program_saved_is_kept(model: runtime.Model, inbox: Path, tmp_path: Path) -> None:
    """Editors and LibreOffice end lines with a newline alone."""
    out = tmp_path / "r.csv"
    watched(model, inbox, out)
    shorter = out.read_bytes().replace(b"\r\n", b"\n")
    for left in (b"", b"half a li"):
        out.write_bytes(shorter + left)
        assert watched(model, inbox, out) == [] and out.read_bytes() == shorter
    shutil.copy2(inbox / "画像 0.png", inbox / "new.png")
    assert len(watched(model, inbox, out)) == 1
    assert len({row["path"] for row in rows(out)}) == len(rows(out)) == 5


def test_a_table_of_something_else_is_left_alone(model: runtime.Model, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    out.write_text("name,price\r\nscrew,1\r\n")
    with pytest.raises(UserError, match="no table of this model's classes"):
        watched(model, inbox, out)
    assert out.read_text() == "name,price\nscrew,1\n"
    out.unlink()
    table = WatchTable(out, model.info.classes)
    with pytest.raises(UserError, match="Another MICM Desktop is writing"):
        watched(model, inbox, out)
    table.close()


def test_a_half_written_file_is_waited_for(model: runtime.Model, inbox: Path, tmp_path: Path) -> None:
    """A writer that pauses, for long enough that its file seems whole, and one that never comes to an end."""
    whole = (inbox / "画像 0.png").read_bytes()
    slow, broken = inbox / "slow.png", inbox / "broken.png"
    slow.write_bytes(whole[: len(whole) // 2])
    broken.write_bytes(whole[:300])
    control = JobControl()
    table = WatchTable(tmp_path / "r.csv", model.info.classes)
    events = watch_folder(model, inbox, table, WatchSettings(settled=0.01, patience=0.2), control)
    first = [next(events) for _ in range(4)]
    assert all(isinstance(event, Watched) and event.verdict is not None for event in first)
    assert not {"slow.png", "broken.png"} & {event.name for event in first if isinstance(event, Watched)}
    with slow.open("ab") as stream:
        stream.write(whole[len(whole) // 2 :])
    last = {event.name: event for event in (next(events), next(events)) if isinstance(event, Watched)}
    assert last["slow.png"].verdict is not None
    assert last["broken.png"].reason == "the file is cut off: its end is missing"
    control.cancel()
    assert list(events) == []
    table.close()


def test_a_file_seems_whole_when_it_has_not_changed_for_a_moment(tmp_path: Path) -> None:
    now = 0.0
    arrivals = Arrivals(tmp_path, settled=0.05, clock=lambda: now)
    file = tmp_path / "a.png"
    file.write_bytes(b"1")
    assert arrivals.poll() == []
    now, _ = 0.04, file.write_bytes(b"22")
    assert arrivals.poll() == []
    now = 0.08
    assert arrivals.poll() == [] and arrivals.waiting
    now = 0.10
    (arrival,) = arrivals.poll()
    assert (arrival.name, arrival.size) == ("a.png", 2)
    arrivals.judged(arrival)
    now = 9.0
    assert arrivals.poll() == [] and not arrivals.waiting
    file.rename(tmp_path / "a.txt")
    assert arrivals.poll() == []


def test_in_a_large_folder_too_a_file_written_anew_is_given_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("micm_desktop.export.arrivals.CHECKED_AGAIN", 2)
    now = 0.0
    arrivals = Arrivals(tmp_path, settled=0.0, clock=lambda: now)
    files = [tmp_path / f"{number}.png" for number in range(7)]

    def given_out() -> list[str]:
        nonlocal now
        names = []
        for _ in range(20):
            now += 1
            for arrival in arrivals.poll():
                names.append(arrival.name)
                arrivals.judged(arrival)
        return sorted(names)

    for file in files:
        file.write_bytes(b"1")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden.png").write_bytes(b"1")
    assert given_out() == [file.name for file in files]
    assert given_out() == []
    for number, file in enumerate(files):
        file.write_bytes(b"1" * (number + 2))
    assert given_out() == [file.name for file in files]
    # A drive that loses its files for a while, and finds them again.
    tmp_path.rename(tmp_path.with_name("away"))
    tmp_path.mkdir()
    assert given_out() == []
    tmp_path.rmdir()
    tmp_path.with_name("away").rename(tmp_path)
    assert given_out() == []


def test_a_folder_that_comes_back_at_once_is_looked_at_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time, which a renaming keeps, announces nothing of what was forgotten meanwhile."""
    monkeypatch.setattr("micm_desktop.export.arrivals.SPARE", 2)
    monkeypatch.setattr("micm_desktop.export.folder_lists.PROOFS", 0)
    now, root, lot = 0.0, tmp_path / "inbox", tmp_path / "inbox" / "lot"
    arrivals = Arrivals(root, settled=0.0, clock=lambda: now)

    def given_out(changed: int) -> int:
        nonlocal now
        os.utime(root, ns=(changed, changed))
        found = 0
        for _ in range(5):
            now += 0.02
            for arrival in arrivals.poll():
                found += 1
                arrivals.judged(arrival)
        return found

    lot.mkdir(parents=True)
    for path in (root / "a.png", lot / "b.png", lot / "c.png", lot / "d.png"):
        path.write_bytes(b"1")
    assert given_out(1) == 4
    now += 10
    given_out(2)
    lot.rename(tmp_path / "away")
    assert given_out(3) == 0
    (tmp_path / "away").rename(lot)
    assert given_out(4) == 3


def test_a_folder_is_listed_only_when_its_time_announces_something_and_if_it_can_be_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drive that keeps folders' times, and then one that does not."""
    now, lists, real = 100.0, [0], os.listdir
    arrivals = Arrivals(tmp_path, settled=0.0, clock=lambda: now)

    def listdir(path: str) -> list[str]:
        lists[0] += 1
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)

    def given_out(polls: int = 5) -> list[str]:
        nonlocal now
        names, lists[0] = [], 0
        for _ in range(polls):
            now += 0.02
            for arrival in arrivals.poll():
                names.append(arrival.name)
                arrivals.judged(arrival)
        return names

    def come(name: str, modified: int) -> str:
        (tmp_path / name).write_bytes(b"1")
        os.utime(tmp_path, ns=(modified, modified))
        return name

    for number in range(3):
        assert given_out() == [] and lists[0] == 5
        assert [come(f"{number}.png", number)] == given_out()
    given_out()
    assert given_out(40) == [] and lists[0] == 0
    # The second file comes within the grain of the folder's time.
    assert [come("4.png", 4)] == given_out(2)
    assert [come("5.png", 4)] == given_out()
    given_out()
    # A folder whose time stands still is listed a second later, and from then on again and again.
    come("6.png", 4)
    assert given_out() == []
    assert given_out(60) == ["6.png"] and lists[0] > 1
    assert given_out() == [] and lists[0] == 5
    assert [come("7.png", 7)] == given_out()


def test_sorted_by_verdict_and_never_overwritten(model: runtime.Model, inbox: Path, tmp_path: Path) -> None:
    out, sort = tmp_path / "r.csv", inbox / "sorted"
    (inbox / "bad.png").write_bytes(b"no image")
    settings = WatchSettings(once=True, settled=0.0, patience=0.0, sort=sort)
    watched(model, inbox, out, settings)
    for row in rows(out):
        assert row["sorted"] == f"{row['verdict'] or 'error'}/{row['path']}"
        copy, original = sort / row["sorted"], inbox / row["path"]
        assert copy.read_bytes() == original.read_bytes()
        assert copy.stat().st_mtime_ns == original.stat().st_mtime_ns
    assert len(rows(out)) == 5
    kept = {path: path.read_bytes() for path in sort.rglob("*.png")}
    assert len(kept) == 5

    # The same names with other content, moved this time.
    originals = [path for path in inbox.rglob("*.png") if sort not in path.parents]
    for path in originals:
        os.utime(path, ns=(10**18, 10**18))
        with path.open("ab") as stream:
            stream.write(b"!")
        os.utime(path, ns=(10**18, 10**18))
    watched(model, inbox, out, WatchSettings(once=True, settled=0.0, patience=0.0, sort=sort, move=True))
    assert len(rows(out)) == 10
    assert not any(path.exists() for path in originals)
    assert {path: path.read_bytes() for path in kept} == kept
    assert all((sort / row["sorted"]).read_bytes().endswith(b"!") for row in rows(out)[5:])
    assert rows(out)[-1]["sorted"].endswith(" 20010909T014640.000000000.png")
    assert len(list(sort.rglob("*.*"))) == 10, "nothing half is left"


def test_the_same_file_is_placed_once(tmp_path: Path) -> None:
    def put(data: bytes, modified: int) -> str:
        return place(tmp_path, "a.png", data, modified, durable=False).name

    second = 10**9
    assert [put(b"1", 0), put(b"1", 0), put(b"2", 0), put(b"2", 0), put(b"3", 0)] == [
        *("a.png", "a.png"),
        *("a 19700101T000000.000000000.png",) * 2,
        "a 19700101T000000.000000000-2.png",
    ]
    assert put(b"1", 9 * second) == "a 19700101T000009.000000000.png"


def test_a_move_that_a_crash_cut_short_is_completed(model: runtime.Model, inbox: Path, tmp_path: Path) -> None:
    """As after a crash between the line in the table and the removal of the original: both are there."""
    out = tmp_path / "r.csv"
    settings = WatchSettings(once=True, settled=0.0, patience=0.0, sort=tmp_path / "sorted")
    watched(model, inbox, out, settings)
    before = out.read_bytes()
    missing = rows(out)[0]
    (tmp_path / "sorted" / missing["sorted"]).unlink()
    moving = WatchSettings(once=True, settled=0.0, patience=0.0, sort=tmp_path / "sorted", move=True)
    assert watched(model, inbox, out, moving) == [] and out.read_bytes() == before
    assert [path.name for path in inbox.rglob("*.png")] == [Path(missing["path"]).name], "what has no copy stays"


def test_no_original_goes_without_another_file_that_holds_the_same(
    model: runtime.Model, inbox: Path, tmp_path: Path
) -> None:
    """A sort folder that leads back to the watched one, and a copy that a power failure emptied."""
    shutil.rmtree(inbox / "lot 2")
    pictures = {path.name: path.read_bytes() for path in inbox.iterdir()}
    (tmp_path / "round").mkdir()
    for name in {"good", "defect", "ask", "unknown", *model.info.classes}:
        (tmp_path / "round" / name).symlink_to(inbox, target_is_directory=True)
    settings = WatchSettings(once=True, settled=0.0, patience=0.0, sort=tmp_path / "round", move=True)
    assert len(watched(model, inbox, tmp_path / "r.csv", settings)) == 3
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == pictures

    out, sort = tmp_path / "other.csv", tmp_path / "sorted"
    watched(model, inbox, out, WatchSettings(once=True, settled=0.0, patience=0.0, sort=sort))
    for copy in sort.rglob("*.png"):
        copy.write_bytes(bytes(copy.stat().st_size))
    assert watched(model, inbox, out, WatchSettings(once=True, settled=0.0, patience=0.0, sort=sort, move=True)) == []
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == pictures


def test_a_folder_that_vanishes_is_waited_for(
    model: runtime.Model, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("micm_desktop.export.watch.GONE_SECONDS", 0.01)
    control, away = JobControl(), tmp_path / "away"
    table = WatchTable(tmp_path / "r.csv", model.info.classes)
    events = watch_folder(model, inbox, table, WatchSettings(settled=0.0), control)
    for _ in range(4):
        assert isinstance(next(events), Watched)
    inbox.rename(away)
    assert next(events) == Told(f"The folder {inbox} is gone. Waiting for it to come back.")
    shutil.copy2(away / "画像 0.png", away / "new.png")
    away.rename(inbox)
    assert next(events) == Told(f"The folder {inbox} is back.")
    new = next(events)
    assert isinstance(new, Watched) and new.name == "new.png", "the others are not judged again"
    control.cancel()
    assert list(events) == []
    table.close()

    inbox.rename(away)
    with pytest.raises(ProcessingError, match="no longer there"):
        watched(model, inbox, tmp_path / "other.csv")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A disk with room for as many bytes more as the list says, while it says something."""
    room: list[int] = []
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        if not room:
            return real(descriptor, data)
        if room[0] == 0:
            raise OSError(28, "No space left on device")
        written = real(descriptor, bytes(data)[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(os, "write", write)
    return room


def test_a_copy_that_found_no_room_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        place(tmp_path / "good", "画像.png", b"pixels", 0, durable=True)
    assert caught.value.filename == str(tmp_path / "good" / "画像.png")
    assert not list((tmp_path / "good").iterdir())


def test_a_full_disk_is_waited_for_and_leaves_no_half_line(
    model: runtime.Model, inbox: Path, tmp_path: Path, full_disk: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("micm_desktop.export.watch.RETRY_SECONDS", 0.01)
    out, control = tmp_path / "r.csv", JobControl()
    table = WatchTable(out, model.info.classes)
    events = watch_folder(model, inbox, table, WatchSettings(settled=0.0), control)
    next(events)
    full_disk.append(150)
    told = Told(f"Cannot write {out} (No space left on device). Trying again until it can be written.")
    assert next(events) == told
    assert len(rows(out)) == 1 and out.read_bytes().endswith(b"\r\n")
    full_disk.clear()
    assert all(isinstance(next(events), Watched) for _ in range(3))
    control.cancel()
    table.close()
    assert len({row["path"] for row in rows(out)}) == len(rows(out)) == 4

    (inbox / "new.png").write_bytes((inbox / "画像 0.png").read_bytes())
    before = out.read_bytes()
    full_disk.append(7)
    with pytest.raises(OSError, match="No space left") as caught:
        watched(model, inbox, out)
    assert caught.value.filename == str(out)
    assert out.read_bytes() == before
    full_disk.clear()
    assert len(watched(model, inbox, out)) == 1
