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
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from shown_window import Window, make_folder, make_project, memory

FRAME = 1 / 60
PATIENCE = 60.0
TRAINED = 10_000
"""Images of the project that is pretrained while the window is measured: its files are read first."""
WORK = (
    ("frame_median", "frame while scrolling, and torch being loaded for a heatmap, median of 600"),
    ("frame_99", "frame while scrolling, 99 of 100"),
    ("frame_worst", "frame while scrolling, worst"),
    ("frame_own", "most that the window computed for a frame"),
    ("settled_frame_median", "the same without torch being loaded beside it: frame, median of 600"),
    ("settled_frame_99", "99 of 100"),
    ("settled_frame_worst", "worst"),
    ("key_to_card", "key press until it is on disk and on the card, median of 12"),
    ("key_to_card_worst", "the same, worst"),
    ("key_own", "what the window computed for it, median"),
    ("key_to_all", "key press until all predictions are new and shown, median of 12"),
    ("key_to_all_worst", "the same, worst"),
    ("repaint", "repainting the cards in view, median"),
    ("select_all", "select all"),
    ("search", "search in all names"),
    ("order", "another order, slowest of six"),
    ("theme", "another theme"),
    ("tag_all", "tag all images: on disk and shown"),
    ("tag_all_busy", "most that the window computed between two beats meanwhile"),
    ("tag_all_stall", "longest stall meanwhile"),
)

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


def scroll(shown: Window) -> dict[str, float]:
    """600 frames of the grid of the Label page: seconds by the clock, and of processor time of the window's thread."""
    frames, own, bar = [], [], shown.window.label.grid.verticalScrollBar()
    bar.setValue(0)
    for step in (40, 170, 900):
        for _ in range(200):
            began, computed = time.perf_counter(), time.thread_time()
            bar.setValue(bar.value() + step if bar.value() < bar.maximum() else 0)
            shown.app.processEvents()
            frames.append(time.perf_counter() - began)
            own.append(time.thread_time() - computed)
            shown.wait(lambda: False, max(0.0, FRAME - frames[-1]))
    frames.sort()
    shown.wait(shown.full)
    return {
        "frame_median": frames[len(frames) // 2],
        "frame_99": frames[int(0.99 * len(frames))],
        "frame_worst": frames[-1],
        "frames_late": sum(one > 0.033 for one in frames),
        "frame_own": max(own),
    }


def press_keys(shown: Window) -> dict[str, float]:
    """Twelve tags by key, each of another image: the median and the worst."""
    from PySide6.QtTest import QTest

    session, page = shown.window.session, shown.window.label
    grid, times = page.grid, dict[str, list[float]]()
    for number in range(12):
        before = session.predictions
        grid.select_row(int(page.model.rows[number * 7]))
        shown.app.processEvents()
        began, computed = time.perf_counter(), time.thread_time()
        QTest.keyClick(grid, str(1 + number % 5))
        grid.viewport().repaint()
        times.setdefault("key_to_card", []).append(time.perf_counter() - began)
        times.setdefault("key_own", []).append(time.thread_time() - computed)
        shown.wait(lambda before=before: session.predictions is not before)
        times.setdefault("key_to_all", []).append(time.perf_counter() - began)
        began = time.perf_counter()
        grid.viewport().repaint()
        times.setdefault("repaint", []).append(time.perf_counter() - began)
        shown.wait(lambda: not session.predicting)
    found = {name: sorted(values)[len(values) // 2] for name, values in times.items()}
    return found | {f"{name}_worst": max(values) for name, values in times.items()}


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

    result |= scroll(shown) | press_keys(shown)
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
    result["theme"] = 0.0
    for choice in ("dark", "light"):
        began = time.perf_counter()
        window._choose_theme(choice)
        result["theme"] = max(result["theme"], time.perf_counter() - began)
    # With an image explained, so that torch and the encoder are loaded, too.
    shown.wait(lambda: page.detail._explanation is not None, PATIENCE)
    shown.wait(shown.settled, PATIENCE)
    assert page.detail._explanation is not None
    result |= {f"settled_{name}": value for name, value in scroll(shown).items()}
    # Before all are tagged: fitting 100,000 tags is another matter than showing 100,000 images.
    result |= memory()
    shown.dog.longest = shown.dog.longest_busy = 0.0
    grid.selectAll()
    began = time.perf_counter()
    QTest.keyClick(grid, "1")
    shown.wait(lambda: not window.session.bulk.busy)
    result["tag_all"], result["tag_all_busy"] = time.perf_counter() - began, shown.dog.longest_busy
    result["tag_all_stall"] = shown.dog.longest
    # Fitting that many tags takes a minute; what it needs of memory is seen well before.
    shown.wait(lambda: not window.session.predicting, PATIENCE)
    result["peak_all_gib"] = memory()["peak_gib"]
    window.session.undo.undo()
    shown.wait(lambda: not window.session.bulk.busy)
    shown.end(result)


def measure_training(project: Path, home: Path) -> None:
    """Scrolling and keys while a pretraining run computes, below the window's own priority."""
    shown = Window(home)
    window = shown.window
    window.opener.open_project(project)
    shown.wait(lambda: window.session.predictions is not None)
    shown.wait(shown.settled)
    window.show_page("label")
    shown.wait(shown.full)
    run = window.pretrain.run
    window.pretrain._start(resume=False)
    shown.wait(lambda: run.last_step is not None and run.last_step.step > 2)
    result = {"images": window.label.model.rowCount(), **scroll(shown), **press_keys(shown)}
    assert run.running and run.last_step is not None
    shown.end(result | {"steps": run.last_step.step})


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
    table(f"{one['images']:,} images with predictions", one, WORK)
    print(
        f"\nMemory with all features and an image explained: {one['now_gib']:.2f} GiB, {one['own_gib']:.2f} of it the"
        f" program's own and {one['files_gib']:.2f} pages of files; peak {one['peak_gib']:.2f}, and"
        f" {one['peak_all_gib']:.2f} once all were tagged."
    )
    size = min(size, TRAINED)
    make_project(work / f"project-{size}", make_folder(work, size), features=True)
    one = child("--training", work / f"project-{size}", work / f"home-{size}")
    table(f"{one['images']:,} images, during {one['steps']:,} steps of pretraining", one, WORK)


def table(title: str, one: dict[str, Any], rows: tuple[tuple[str, str], ...]) -> None:
    """Those of ``rows`` that were measured."""
    print(f"\n| {title} | ms |\n|---|---|")
    for name, words in rows:
        if name in one:
            print(f"| {words} | {1000 * one[name]:.1f} |", flush=True)
    print(f"| frames above 33 ms, of 600 | {one['frames_late']} |", flush=True)
    if "settled_frames_late" in one:
        print(f"| the same without torch being loaded beside it | {one['settled_frames_late']} |", flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--open"]:
        return measure_open(*(Path(word) for word in sys.argv[2:5]))
    if sys.argv[1:2] == ["--work"]:
        return measure_work(*(Path(word) for word in sys.argv[2:4]))
    if sys.argv[1:2] == ["--training"]:
        return measure_training(*(Path(word) for word in sys.argv[2:4]))
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
