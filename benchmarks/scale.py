#!/usr/bin/env python3
"""What an image costs in projects of 10,000, 100,000 and 1,000,000: opening, scanning, tags, predictions, search.

Usage: scale.py WORK [--sizes 10000 100000 1000000] [--files 10000 1000000] [--only core window]

Each size is measured in processes of its own. The projects lie below WORK and are kept for the next run: their files
are hard links to some pictures of 64x64 pixels, a thousand a folder, their rows have made-up content hashes, and their
features are random numbers: what is measured depends on sizes alone, except for reading images, which ``--files``
measures on so many small files that are all different, made for it and deleted again (a million: 4 GB of disk and
minutes). A million take 12 GB of disk. Nothing of the system's file cache is dropped. Processor time of all threads is
given beside time by the clock, since it says more on a computer that others use; and beside a tag, what the disk takes
to keep 8 KiB.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shown_window import SEED, Window
from shown_window import memory as memory_now

PER_FOLDER, LINKS, ROWS = 1000, 50_000, 5000
TAGS = 1000
CLASSES = ("good", "scratch", "pit", "stain", "dent")
CORE = (
    ("open", "opening: all rows read"),
    ("columns", "arrays for the window"),
    ("rescan", "re-scan of the unchanged folder"),
    ("added", "re-scan with 500 new files"),
    ("features", "embeddings of all features, from nothing"),
    ("features_again", "the same, opened again"),
    ("features_append", "the store opened, features of 1,024 images kept"),
    ("predict", "a tag to all predictions"),
)
WINDOW = (
    ("first", "window: first screenful"),
    ("whole", "window: whole list"),
    ("key_to_card", "key until on disk and on the card, median of 12"),
    ("key_to_all", "key until all predictions are shown, median of 12"),
    ("search", "search in all names"),
    ("order", "another order, slowest of six"),
)


def memory() -> dict[str, float]:
    """As ``shown_window.memory``, but the most that this program had, whatever the one had that started it."""
    status = Path("/proc/self/status").read_text()
    return memory_now() | {"peak_gib": int(status.split("VmHWM:")[1].split()[0]) / 2**20}


def make_links(folder: Path, count: int) -> Path:
    """``count`` picture files, of which each 50,000 are one and the same on the disk."""
    import cv2
    import numpy as np

    from micm_desktop.images.samples import render_sample

    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    rng = np.random.default_rng(SEED)
    for number in range(count):
        below = folder / f"lot_{number // PER_FOLDER:04d}"
        if number % PER_FOLDER == 0:
            below.mkdir(parents=True, exist_ok=True)
        file = below / f"part_{number:07d}.png"
        if number % LINKS == 0:
            picture = render_sample(CLASSES[number // LINKS % 5], rng, size=64)[0]
            file.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
            source = file
        else:
            os.link(source, file)
    (folder / "complete").touch()
    return folder


def make_project(folder: Path, images: Path, count: int) -> Path:
    """A project that knows all of ``images``, with features of each and five tags for each of five classes."""
    import numpy as np
    from sqlalchemy import insert

    from micm_desktop.fewshot.embedding import feature_size
    from micm_desktop.labeling import Labeling
    from micm_desktop.labeling.embedded import feature_store
    from micm_desktop.project.schema import images as table

    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    labeling = Labeling.open(folder)
    root = labeling.project.add_folder(images)
    files = sorted(images.rglob("*.png"))
    assert len(files) == count
    hashes = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]
    for start in range(0, count, ROWS):
        rows = []
        for file, key in zip(files[start : start + ROWS], hashes[start : start + ROWS], strict=True):
            name, status = file.relative_to(images).as_posix(), file.stat()
            rows.append(
                {"folder_id": root.id, "name_on_disk": name, "relative_path": name, "sha256": key}
                | {"width": 64, "height": 64, "size_bytes": status.st_size, "modified_ns": status.st_mtime_ns}
                | {"status": "ok", "message": ""}
            )
        with labeling.project._database.write() as connection:
            connection.execute(insert(table), rows)
    info = labeling.encoder_info()
    size, rng = feature_size(info.branches), np.random.default_rng(SEED)
    store = feature_store(labeling.project, info)
    noise, centres = rng.standard_normal((ROWS, size), np.float32), rng.standard_normal((5, size), np.float32)
    for start in range(0, count, ROWS):
        rolled = np.roll(noise, start // ROWS, axis=1) * 2
        part = hashes[start : start + ROWS]
        store.append(part, centres[np.arange(len(part)) % 5] + rolled[: len(part)])
    for number, name in enumerate(CLASSES):
        record = labeling.project.add_class(name, is_good=name == "good")
        labeling.project.tag([hashes[number + 5 * place] for place in range(5)], record.id)
    labeling.close()
    (folder / "complete").touch()
    return folder


class Clock:
    """Seconds by the clock and of processor time (all threads), by name."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def measure(self, name: str, work: Callable[[], Any]) -> Any:
        began, computed = time.perf_counter(), time.process_time()
        result = work()
        self.found[name] = time.perf_counter() - began
        self.found[f"{name}_cpu"] = time.process_time() - computed
        self.found[f"{name}_peak"] = memory()["peak_gib"]
        return result


def measure_core(project: Path, images: Path) -> None:
    """Without a window: what a project of this size takes."""
    from micm_desktop.gui.snapshot import take_snapshot
    from micm_desktop.labeling import Labeling
    from micm_desktop.progress import JobControl
    from micm_desktop.project.store import Project

    clock, control = Clock(), JobControl()
    labeling = clock.measure("open", lambda: Labeling(Project.open_exclusively(project)))
    hashes = [image.sha256 for image in labeling.images[:: max(1, len(labeling.images) // TAGS)]][:TAGS]
    kept = clock.measure("columns", lambda: take_snapshot(labeling))
    clock.measure("rescan", lambda: list(labeling.scan(control)))
    assert labeling.read_images() is None
    fresh = images / "lot_new"
    shutil.copytree(images / "lot_0000", fresh, ignore=lambda _, names: sorted(names)[500:])
    try:
        clock.measure("added", lambda: list(labeling.scan(control)))
    finally:
        shutil.rmtree(fresh)
    _forget(labeling)
    for file in project.glob("features/*/*/embeddings*"):
        file.unlink()
    clock.measure("features", labeling.load_features)
    clock.measure("features_again", labeling.load_features)
    clock.measure("features_append", lambda: _append(labeling))
    ids = [record.id for record in labeling.project.classes()]
    tags, computed, disk = [], [], []
    probe = os.open(project / "probe", os.O_CREAT | os.O_WRONLY)
    for number, key in enumerate(hashes):
        began, cpu = time.perf_counter(), time.process_time()
        labeling.project.tag([key], ids[number % 5])
        tags.append(time.perf_counter() - began)
        computed.append(time.process_time() - cpu)
        os.pwrite(probe, b"x" * 8192, 8192 * number)
        disk.append(_seconds(lambda: os.fdatasync(probe)))
    os.close(probe)
    (project / "probe").unlink()
    labeling.project.tag(hashes, None)
    labeling.project.tag([labeling.images[number].sha256 for number in range(25)], ids[0])
    for number in range(5):
        labeling.project.tag([labeling.images[number + 5 * place].sha256 for place in range(5)], ids[number])
    labeling.predict()
    times = sorted(_seconds(labeling.predict) for _ in range(5))
    clock.found["predict"] = times[2]
    for name, values in (("tag", tags), ("tag_cpu", computed), ("disk", disk)):
        values.sort()
        clock.found |= {f"{name}_median": values[len(values) // 2], f"{name}_99": values[int(0.99 * len(values))]}
    clock.found |= memory() | {"images": len(labeling.images), "contents": len(kept.columns.contents)}
    print(json.dumps(clock.found), flush=True)
    os._exit(0)


def _forget(labeling: Any) -> None:
    """Take the rows of the files out again that were there for the measurement only."""
    with labeling.project._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM images WHERE relative_path LIKE 'lot_new/%'")


def _append(labeling: Any) -> None:
    """Open the store, keep the features of 1,024 more images, 64 at a time as when they are computed; drop them."""
    import numpy as np

    from micm_desktop.fewshot.embedding import feature_size
    from micm_desktop.labeling.embedded import feature_store

    info = labeling.encoder_info()
    store = feature_store(labeling.project, info)
    files = [store.folder / name for name in ("features.f32", "index.txt")]
    before = [file.stat().st_size for file in files]
    rows = np.ones((64, feature_size(info.branches)), np.float32)
    for start in range(0, 1000, 64):
        store.append([hashlib.sha256(f"new {start + row}".encode()).hexdigest() for row in range(64)], rows)
    for file, size in zip(files, before, strict=True):
        os.truncate(file, size)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure_window(project: Path, home: Path) -> None:
    """The window on it."""
    from gui import press_keys

    shown = Window(home)
    window, times = shown.window, dict[str, Any]()
    began = time.perf_counter()

    def look() -> bool:
        now = time.perf_counter() - began
        if "first" not in times and shown.full():
            times["first"] = now
        if "whole" not in times and shown.grid is not None and shown.grid.model().rowCount():
            times["whole"] = now
        return len(times) == 2

    window.opener.open_project(project)
    shown.wait(look)
    shown.wait(lambda: window.session.predictions is not None)
    shown.wait(shown.settled)
    times["stall"], times["busy"] = shown.dog.longest, shown.dog.longest_busy
    times |= {"opened_gib": memory()["now_gib"], "opened_peak": memory()["peak_gib"]}
    window.show_page("label")
    shown.wait(shown.full)
    page = window.label
    times["images"] = page.model.rowCount()
    times |= press_keys(shown)
    for name, text in (("search", "0123"), ("clear", "")):
        began = time.perf_counter()
        page.gallery.bar.search.setText(text)
        page.gallery.bar._on_search()
        page.grid.viewport().repaint()
        times[name] = time.perf_counter() - began
    times["order"] = 0.0
    for place in range(page.gallery.bar.by.count()):
        began = time.perf_counter()
        page.gallery.bar.by.setCurrentIndex(place)
        page.gallery.bar._on_order()
        page.grid.viewport().repaint()
        times["order"] = max(times["order"], time.perf_counter() - began)
    shown.wait(shown.settled)
    shown.end(times)


def measure_files(work: Path, sizes: list[int]) -> None:
    """Scan so many files of which no two are alike, and say what a scan costs."""
    script, found = Path(__file__).with_name("scan_files.py"), dict[int, dict[str, Any]]()
    for size in sizes:
        folder = work / f"files-{size}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            subprocess.run([sys.executable, script, "make", folder, str(size)], check=True)
            found[size] = child("measure", folder, script=script)
            print(json.dumps(found[size]), file=sys.stderr)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    table((("scan", "first scan"), ("rescan", "re-scan, unchanged")), found)
    for size, one in found.items():
        print(
            f"\n{size:,}: {one['mb']:.0f} MB; {size / one['scan']:.0f} a second; memory {one['rescan_gib']:.2f} GiB,"
            f" {one['helpers_gib']:.2f} in the processes that decode; database {one['database_mb']:.0f} MB"
        )
    print()


def child(*words: str | Path, script: str | Path = __file__) -> dict[str, Any]:
    done = subprocess.run([sys.executable, script, *map(str, words)], stdout=subprocess.PIPE, text=True)
    if done.returncode or not done.stdout.strip():
        raise SystemExit(f"{' '.join(map(str, words))} failed ({done.returncode})")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def table(rows: tuple[tuple[str, str], ...], measured: dict[int, dict[str, Any]]) -> None:
    """A line for each, with the cost per image in units of that at the first size."""
    sizes = list(measured)
    print(
        "| | "
        + " | ".join(f"{size:,}, s" for size in sizes)
        + " | cost per image |\n"
        + "|---" * (len(sizes) + 2)
        + "|"
    )
    for name, words in rows:
        found = [one.get(name) for one in measured.values()]
        if None in found:
            continue
        cells = []
        for one in measured.values():
            cpu = one.get(f"{name}_cpu")
            cells.append(f"{one[name]:.3g}" + (f" ({cpu:.3g})" if cpu is not None else ""))
        ratios = [value / size / (found[0] / sizes[0]) for value, size in zip(found, sizes, strict=True)]
        print(f"| {words} | " + " | ".join(cells) + " | " + ", ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


def run(work: Path, sizes: list[int], only: list[str]) -> None:
    print(f"{os.cpu_count()} cores, load of the machine before: {os.getloadavg()[0]:.1f}\n")
    core, window = dict[int, dict[str, Any]](), dict[int, dict[str, Any]]()
    for size in sizes:
        images = make_links(work / f"links-{size}", size)
        project = make_project(work / f"store-{size}", images, size)
        if "core" in only:
            core[size] = child("--core", project, images)
            print(json.dumps(core[size]), file=sys.stderr)
        if "window" in only:
            window[size] = child("--window", project, work / f"home-{size}")
            print(json.dumps(window[size]), file=sys.stderr)
    if core:
        print("In seconds by the clock (of processor time, all threads).\n")
        table(CORE, core)
        print(
            "\n| tag to disk, ms | " + " | ".join(f"{size:,}" for size in core) + " |\n|---" + "|---" * len(core) + "|"
        )
        for name, words in (
            ("tag", "tag"),
            ("tag_cpu", "processor time of it"),
            ("disk", "the disk alone: 8 KiB kept (fdatasync), after each tag"),
        ):
            cells = (f"{1000 * one[f'{name}_median']:.2f}, {1000 * one[f'{name}_99']:.2f}" for one in core.values())
            print(f"| {words} | " + " | ".join(cells) + " |")
        print(_memory("without a window", core))
    if window:
        print()
        table(WINDOW, window)
        print(_memory("with the window", window))
        print(
            "Longest stall while opening, ms (own computing): "
            + "; ".join(f"{1000 * one['stall']:.0f} ({1000 * one['busy']:.0f})" for one in window.values())
        )


def _memory(words: str, measured: dict[int, dict[str, Any]]) -> str:
    parts = (
        f"{size:,}: {one['peak_gib']:.2f} at most, {one['now_gib']:.2f} at the end ({one['own_gib']:.2f} its own)"
        for size, one in measured.items()
    )
    return f"\nMemory {words}, GiB: " + "; ".join(parts) + "."


def main() -> None:
    if sys.argv[1:2] == ["--core"]:
        return measure_core(*(Path(word) for word in sys.argv[2:4]))
    if sys.argv[1:2] == ["--window"]:
        return measure_window(*(Path(word) for word in sys.argv[2:4]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--files", type=int, nargs="*", default=[], help="scan so many files of which no two are alike")
    parser.add_argument("--only", nargs="*", choices=("core", "window"), default=["core", "window"])
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    if args.files:
        measure_files(args.work.absolute(), args.files)
    run(args.work.absolute(), args.sizes, args.only)


if __name__ == "__main__":
    main()
