#!/usr/bin/env python3
"""How long the window takes to show a folder, to scroll, and to answer a key, beside labelme's list of the same folder.

Usage: gui.py WORK [--sizes 1000 10000 100000] [--labelme PYTHON] [--skip-new]

Makes folders of distinct 64x64 PNG files below WORK (kept for the next run), opens them in a real window without a
screen (Qt's "offscreen" platform), each time in a process of its own, and prints tables. Nothing of the system's file
cache is dropped: "nothing known" is a folder that was never opened, "no thumbnails" a project whose thumbnails were
deleted, "warm" one with all that is on disk. Projects are made by the real scan. Features of the tagging test are
random numbers: what is measured depends on sizes alone. ``--labelme``: the Python of an environment with labelme.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEED, SIZE, PER_FOLDER = 0, 64, 1000
TIMEOUT = 600.0
FRAME = 1 / 60

LABELME = """
import os, sys, time, json
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PyQt5 import QtWidgets
from loguru import logger
logger.remove()
import labelme
from labelme.app import MainWindow
app = QtWidgets.QApplication(sys.argv[:1])
window = MainWindow()
window.show()
for _ in range(20):
    app.processEvents()
began = time.perf_counter()
window._import_images_from_dir(sys.argv[1])
print(json.dumps({"seconds": time.perf_counter() - began, "files": window._docks.file_list.count(),
                  "version": labelme.__version__}))
os._exit(0)
"""


def make_folder(root: Path, count: int) -> Path:
    """``count`` distinct pictures of surfaces, a thousand a folder; what is there already stays."""
    import cv2
    import numpy as np

    from micm_desktop.images.samples import render_sample

    folder = root / f"images-{count}"
    if (folder / "complete").exists():
        return folder
    rng = np.random.default_rng(SEED)
    kinds = ("good", "scratch", "pit", "stain", "dent")
    base = [render_sample(kinds[number % 5], rng, size=SIZE)[0] for number in range(50)]
    for number in range(count):
        below = folder / f"lot_{number // PER_FOLDER:03d}"
        if number % PER_FOLDER == 0:
            below.mkdir(parents=True, exist_ok=True)
        picture = np.roll(base[number % 50], number // 50 % SIZE, axis=1).copy()
        picture[0, :3, 0] = number & 255, number >> 8 & 255, number >> 16
        encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
        (below / f"part_{number:06d}.png").write_bytes(encoded.tobytes())
    (folder / "complete").touch()
    return folder


def make_project(project: Path, images: Path, *, features: bool) -> None:
    """A scanned project; with ``features``, also random ones and five tags for each of five classes."""
    import numpy as np

    from micm_desktop.fewshot.embedding import feature_size
    from micm_desktop.labeling import Labeling
    from micm_desktop.labeling.embedded import feature_store
    from micm_desktop.progress import JobControl

    labeling = Labeling.open(project)
    if not labeling.images:
        labeling.project.add_folder(images)
        list(labeling.scan(JobControl()))
        labeling.refresh()
    if features and not labeling.project.classes():
        info = labeling.encoder_info()
        size, rng = feature_size(info.branches), np.random.default_rng(SEED)
        store, hashes = feature_store(labeling.project, info), [image.sha256 for image in labeling.images]
        centres = rng.standard_normal((5, size), np.float32)
        for start in range(0, len(hashes), 5000):
            part = hashes[start : start + 5000]
            rows = centres[np.arange(len(part)) % 5] + 2 * rng.standard_normal((len(part), size), np.float32)
            store.append(part, rows)
        for number, name in enumerate(("good", "scratch", "pit", "stain", "dent")):
            record = labeling.project.add_class(name, is_good=name == "good")
            labeling.tag([number + 5 * place for place in range(5)], record.id)
    labeling.close()


class Window:
    """The window without a screen, and what the measurements need of it."""

    def __init__(self, home: Path) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        for name in ("CONFIG", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
        from PySide6.QtCore import QEventLoop

        from micm_desktop.gui.app import application, make_window
        from micm_desktop.gui.turns import share_time
        from micm_desktop.gui.watchdog import Watchdog

        self._flags = QEventLoop.ProcessEventsFlag.AllEvents
        self.app = application()
        self.window = make_window(self.app)
        self.window.resize(1366, 768)
        self.window.show()
        share_time()
        self.wait(lambda: False, 1.5)
        self.dog = Watchdog(lambda stall: None, self.window, beat_ms=5)

    def wait(self, done: Callable[[], bool], seconds: float = TIMEOUT) -> None:
        end = time.perf_counter() + seconds
        while not done() and time.perf_counter() < end:
            self.app.processEvents(self._flags, 5)
            time.sleep(0.0005)

    @property
    def grid(self) -> Any:
        pages = (self.window.label.grid, self.window.images.grid)
        return next((grid for grid in pages if grid.isVisible()), None)

    def full(self) -> bool:
        """Whether every card in view has its picture."""
        grid, pixmaps = self.grid, self.window.thumbnails._pixmaps
        if grid is None or not grid.model().rowCount():
            return False
        return all(grid.model().card(place).image.sha256 in pixmaps for place in grid.visible_positions())

    def settled(self) -> bool:
        window = self.window
        busy = window.scanner.running or window.features.loading or window.session.jobs.running
        return not busy and not window.session.predicting

    @staticmethod
    def end(result: dict[str, Any]) -> None:
        print(json.dumps(memory() | result), flush=True)
        os._exit(0)


def memory() -> dict[str, float]:
    """Resident now and at most so far, GiB. Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"peak_gib": peak / 2**20, "now_gib": pages * resource.getpagesize() / 2**30}


def measure_open(project: Path, images: Path, home: Path) -> None:
    """From asking for it: until every card in view has its picture, until the list is whole, and the longest stall."""
    total = sum(len(files) - files.count("complete") for _, _, files in os.walk(images))
    shown = Window(home)
    times: dict[str, float] = {}

    def look() -> bool:
        now = time.perf_counter() - began
        if "first" not in times and shown.full():
            times["first"] = now
        if "whole" not in times and shown.grid is not None and shown.grid.model().rowCount() == total:
            times["whole"] = now
        return len(times) == 2

    began = time.perf_counter()
    if project.exists():
        shown.window.opener.open_project(project)
    else:
        shown.window.session._open(lambda: (project, [images]))
    shown.wait(look)
    cards = len(shown.grid.visible_positions())
    shown.wait(shown.settled)
    shown.end(times | {"cards": cards, "stall": shown.dog.longest, "busy": shown.dog.longest_busy})


def measure_work(project: Path, home: Path) -> None:
    """Scrolling, keys, selecting and tagging everything, with predictions of all images."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    shown = Window(home)
    window, page = shown.window, shown.window.label
    window.opener.open_project(project)
    shown.wait(lambda: window.session.predictions is not None)
    shown.wait(shown.settled)
    window.show_page("label")
    shown.wait(shown.full)
    grid, result = page.grid, dict[str, Any]()
    result["images"] = page.model.rowCount()

    frames, bar = [], grid.verticalScrollBar()
    for step in (40, 170, 900):
        for _ in range(200):
            began = time.perf_counter()
            bar.setValue(bar.value() + step)
            shown.app.processEvents()
            frames.append(time.perf_counter() - began)
            shown.wait(lambda: False, max(0.0, FRAME - frames[-1]))
    frames.sort()
    result["frame_median"], result["frame_99"] = frames[len(frames) // 2], frames[int(0.99 * len(frames))]
    result["frame_worst"], result["frames_late"] = frames[-1], sum(one > 0.033 for one in frames)

    shown.wait(shown.full)
    to_card, to_all, to_paint = [], [], []
    for number in range(12):
        before = window.session.predictions
        grid.select_row(int(page.model.rows[number * 7]))
        shown.app.processEvents()
        began = time.perf_counter()
        QTest.keyClick(grid, str(1 + number % 5))
        grid.viewport().repaint()
        to_card.append(time.perf_counter() - began)
        shown.wait(lambda before=before: window.session.predictions is not before)
        to_all.append(time.perf_counter() - began)
        began = time.perf_counter()
        grid.viewport().repaint()
        to_paint.append(time.perf_counter() - began)
        shown.wait(shown.settled)
    for name, values in (("key_to_card", to_card), ("key_to_all", to_all), ("repaint", to_paint)):
        result[name], result[f"{name}_worst"] = sorted(values)[len(values) // 2], max(values)

    began = time.perf_counter()
    QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    grid.viewport().repaint()
    result["select_all"] = time.perf_counter() - began
    for text in ("0123", ""):
        began = time.perf_counter()
        page.gallery.bar.search.setText(text)
        page.gallery.bar._on_search()
        grid.viewport().repaint()
        result["search" if text else "clear"] = time.perf_counter() - began
    result["order"] = 0.0
    for place in range(page.gallery.bar.by.count()):
        began = time.perf_counter()
        page.gallery.bar.by.setCurrentIndex(place)
        page.gallery.bar._on_order()
        grid.viewport().repaint()
        result["order"] = max(result["order"], time.perf_counter() - began)
    shown.wait(shown.settled)
    # Before all are tagged: fitting 100,000 tags is another matter than showing 100,000 images.
    result |= memory()
    shown.dog.longest = shown.dog.longest_busy = 0.0
    grid.selectAll()
    began = time.perf_counter()
    QTest.keyClick(grid, "1")
    shown.wait(lambda: not window.session.bulk.busy)
    result["tag_all"], result["tag_all_busy"] = time.perf_counter() - began, shown.dog.longest_busy
    result["tag_all_stall"] = shown.dog.longest
    window.session.undo.undo()
    shown.wait(lambda: not window.session.bulk.busy)
    shown.end(result)


def child(*words: str | Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, *map(str, words)], capture_output=True, text=True)
    if done.returncode or not done.stdout.strip():
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def labelme_seconds(python: str, images: Path) -> dict[str, Any]:
    done = subprocess.run([python, "-c", LABELME, str(images)], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def run(work: Path, sizes: list[int], labelme: str | None, skip_new: bool) -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load of the machine before: {load:.1f}\n")
    print("| images | state | first screenful, s | whole list, s | longest stall, ms (own computing) | peak, GiB |")
    print("|---|---|---|---|---|---|")
    firsts = {}
    for size in sizes:
        images, project, home = make_folder(work, size), work / f"project-{size}", work / f"home-{size}"
        states = ["nothing known", "no thumbnails", "warm"]
        if not skip_new or not project.exists():
            shutil.rmtree(project, ignore_errors=True)
        else:
            states = states[1:]
        for state in states:
            if state == "no thumbnails":
                make_project(project, images, features=False)
                shutil.rmtree(project / "thumbnails", ignore_errors=True)
            one = child("--open", project, images, home)
            firsts[size] = one["first"]
            print(
                f"| {size:,} | {state} | {one['first']:.2f} ({one['cards']} cards) | {one['whole']:.2f} |"
                f" {1000 * one['stall']:.0f} ({1000 * one['busy']:.0f}) | {one['peak_gib']:.2f} |",
                flush=True,
            )
    if labelme:
        print("\n| images | labelme blocked, s | our first screenful (warm), s | ratio |\n|---|---|---|---|")
        for size in sizes:
            other = labelme_seconds(labelme, make_folder(work, size))
            assert other["files"] == size
            print(
                f"| {size:,} | {other['seconds']:.2f} (labelme {other['version']}) | {firsts[size]:.2f} |"
                f" {other['seconds'] / firsts[size]:.1f} |",
                flush=True,
            )
    size = max(sizes)
    make_project(work / f"project-{size}", make_folder(work, size), features=True)
    one = child("--work", work / f"project-{size}", work / f"home-{size}")
    print(f"\n| {one['images']:,} images with predictions | ms |\n|---|---|")
    for name, words in (
        ("frame_median", "frame while scrolling, median of 600"),
        ("frame_99", "frame while scrolling, 99 of 100"),
        ("frame_worst", "frame while scrolling, worst"),
        ("key_to_card", "key press until it is on disk and on the card, median of 12"),
        ("key_to_card_worst", "the same, worst"),
        ("key_to_all", "key press until all predictions are new and shown, median of 12"),
        ("key_to_all_worst", "the same, worst"),
        ("repaint", "repainting the cards in view, median"),
        ("select_all", "select all"),
        ("search", "search in all names"),
        ("order", "another order, slowest of six"),
        ("tag_all", "tag all images: on disk and shown"),
        ("tag_all_busy", "most that the window computed between two beats meanwhile"),
        ("tag_all_stall", "longest stall meanwhile"),
    ):
        print(f"| {words} | {1000 * one[name]:.1f} |")
    print(f"| frames above 33 ms, of 600 | {one['frames_late']} |")
    print(f"\nMemory with all features loaded: {one['now_gib']:.2f} GiB, peak {one['peak_gib']:.2f} GiB.")


def main() -> None:
    if sys.argv[1:2] == ["--open"]:
        return measure_open(*(Path(word) for word in sys.argv[2:5]))
    if sys.argv[1:2] == ["--work"]:
        return measure_work(*(Path(word) for word in sys.argv[2:4]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--labelme", metavar="PYTHON", help="the Python of an environment that has labelme")
    parser.add_argument("--skip-new", action="store_true", help="keep the projects of the last run")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    run(args.work.absolute(), args.sizes, args.labelme, args.skip_new)


if __name__ == "__main__":
    main()
