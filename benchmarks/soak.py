#!/usr/bin/env python3
"""Hours of work in the real window, by a script, and whether anything grows: memory, threads, files, Qt's objects.

Usage: soak.py [--minutes 120] [--warm-up 0.25] [--table 20] [--log FILE]
       soak.py --judge FILE

Two projects of small generated pictures, Qt's "offscreen" platform, an encoder that is pretrained in passing. Each
round opens the other project and then tags by keys, undoes and redoes, scrolls, looks at images, filters, orders,
shows the map, changes a class, computes features, pretrains a tiny network and deletes the run, writes a model file,
and scans a folder that has changed. What is left at the end of a round is compared with the rounds before. The
verdict looks at the rounds after the warm-up (a share of all, two at least): the exit status is 1 where one of the
columns grows. Slopes are Theil and Sen's, the median of all pairs of rounds, with their interval of 95 %. With
SOAK_OBJECTS in the environment it says after each round of which types there are more objects.
Linux.
"""

import argparse
import gc
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from growth import Left, slopes, verdict
from shown_window import Window

KINDS, PER_KIND, TAGS = ("good", "scratch", "pit"), 12, 9
WARM_UP = 2
"""Rounds in which both projects are opened for the first time, and libraries are loaded."""
PARTS = ("tag", "scroll", "look", "edit_class", "map", "change_folder", "pretrain", "export", "pages")
"""What a round consists of, after another project has been opened."""


class Soak:
    """The window with two projects, and a round of work."""

    def __init__(self, root: Path) -> None:
        self.shown = Window(root / "home")
        from micm_desktop.gui import engine

        engine.work_apart()
        self.window = self.shown.window
        self.projects = [self._make(root / name, seed) for seed, name in enumerate(("first", "二つ目"))]
        self.models = root / "models"
        self.models.mkdir()
        self.failures: list[str] = []
        self.window.session.tag_failed.connect(lambda failure: self.failures.append(failure.text))
        self.window.session.open_failed.connect(lambda failure: self.failures.append(failure.text))
        self.window.session.predict_failed.connect(lambda failure: self.failures.append(failure.text))
        self.rounds = 0
        self._let_idle_threads_end()

    @staticmethod
    def _make(root: Path, seed: int) -> Path:
        import cv2
        import numpy as np

        from micm_desktop.images.samples import render_sample
        from micm_desktop.labeling import Labeling

        for number, kind in enumerate(KINDS):
            (root / "images" / kind).mkdir(parents=True)
            for place in range(PER_KIND):
                rng = np.random.default_rng(1000 * seed + 100 * number + place)
                data = cv2.imencode(".png", render_sample(kind, rng, size=64)[0])[1]
                (root / "images" / kind / f"{kind}_{place:02}.png").write_bytes(data.tobytes())
        labeling = Labeling.open(root / "project")
        labeling.project.add_folder(root / "images")
        for kind in KINDS:
            labeling.project.add_class(kind, is_good=kind == "good")
        labeling.close()
        return root / "project"

    @staticmethod
    def _let_idle_threads_end() -> None:
        """At once instead of after half a minute: else their number, and that of their files, says how fast the machine
        was in that round."""
        from PySide6.QtCore import QThreadPool

        gc.unfreeze()
        for pool in (one for one in gc.get_objects() if issubclass(type(one), QThreadPool)):
            pool.setExpiryTimeout(10)

    def settle(self) -> None:
        """Until nothing runs any more, views of tagged images included."""
        window = self.window

        def still() -> bool:
            busy = window.session.jobs.running or window.session.predicting or window.label.map.busy
            busy = busy or window.label.detail._explain.busy
            return not busy and not window.features.loading and not window.session.bulk.busy

        self.shown.wait(still)
        # What follows an event does so at once, or after the hands have rested.
        self.shown.wait(lambda: False, 0.05)
        self.shown.wait(still)

    def round(self, parts: Sequence[str] = PARTS) -> None:
        self.rounds += 1
        self._open()
        for part in parts:
            getattr(self, f"_{part}")()

    def _open(self) -> None:
        folder, session = self.projects[self.rounds % 2], self.window.session
        self.window.opener.open_project(folder)
        self.shown.wait(lambda: session.folder == folder)
        self.settle()

    def _tag(self) -> None:
        from PySide6.QtTest import QTest

        window, page = self.window, self.window.label
        window.show_page("label")
        window.features.start()
        self.settle()
        grid = page.grid
        for number in range(TAGS):
            place = (self.rounds * 5 + number * 7) % page.model.rowCount()
            row = int(page.model.rows[place])
            grid.select_row(row)
            kind = window.session.images[row].path.parent.name
            QTest.keyClick(grid, str(1 + KINDS.index(kind)) if kind in KINDS else "u")
            self.shown.app.processEvents()
        self.settle()
        for action in ("undo", "undo", "redo"):
            window.menus.actions[action].trigger()
            self.settle()

    def _scroll(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        page, grid = self.window.label, self.window.label.grid
        QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        for text in ("scratch", ""):
            page.gallery.bar.search.setText(text)
            page.gallery.bar._on_search()
        for place in range(page.gallery.bar.by.count()):
            page.gallery.bar.by.setCurrentIndex(place)
            page.gallery.bar._on_order()
        bar = grid.verticalScrollBar()
        for value in range(bar.minimum(), bar.maximum() + 1, max(1, bar.maximum() // 20)):
            bar.setValue(value)
            self.shown.app.processEvents()

    def _look(self) -> None:
        page = self.window.label
        for place in range(4):
            page.grid.select_row(int(page.model.rows[(self.rounds + place) % page.model.rowCount()]))
            self.shown.wait(lambda: page.detail._explanation is not None, 20.0)

    def _edit_class(self) -> None:
        window = self.window
        record = window.session.classes[-1]
        window.session.change_class(
            record.id, name=f"pit {self.rounds % 3}", key=record.key, color=record.color, is_good=False
        )
        window.menus.actions["undo"].trigger()
        self.settle()

    def _map(self) -> None:
        page = self.window.label
        page.map.bar.map.click()
        self.settle()
        page.map.bar.gallery.click()
        self.settle()

    def _change_folder(self) -> None:
        """A file that comes and goes, noticed by a look at the folders."""
        images = self.window.session.folders[0].path
        shutil.copy(next((images / "good").iterdir()), images / "come.png")
        self.window.folder_watch.look()
        self.settle()
        (images / "come.png").unlink()
        self.window.folder_watch.look()
        self.settle()

    def _pretrain(self) -> None:
        from micm_desktop.micm.config import EncoderConfig, PretrainConfig

        shape = EncoderConfig(
            stem="patch", image_size=32, patch_size=8, dim=32, heads=2, encoder_blocks=1, decoder_blocks=1
        )
        config = PretrainConfig(
            init="none",
            encoder=shape,
            crop_size=32,
            local_crops=0,
            batch_size=8,
            prototypes=16,
            head_hidden=32,
            head_bottleneck=16,
            epochs=2,
            device="cpu",
        )
        window = self.window
        window.show_page("pretrain")
        window.pretrain.run.start(config)
        self.shown.wait(lambda: not window.pretrain.running)
        self.settle()
        labeling = window.session.labeling
        for record in labeling.project.encoders():
            if not record.active:
                labeling.delete_run(record.id)

    def _export(self) -> None:
        window = self.window
        window.show_page("label")
        window.features.start()
        self.settle()
        window.show_page("export")
        out = self.models / f"{self.rounds % 2}.onnx"
        out.unlink(missing_ok=True)
        window.export.file.setText(str(out))
        window.export.export.click()
        self.settle()
        if not out.exists():
            self.failures.append(f"round {self.rounds}: no model file")

    def _pages(self) -> None:
        for name in ("start", "images", "inventory", "decide", "evaluate", "label"):
            self.window.show_page(name)
            self.settle()

    def qt_kinds(self) -> Counter[str]:
        """The window's objects by class, as Qt itself lists them.

        ``findChildren`` would make a Python object for each that has none, and PySide keeps that when Qt deletes its
        own: what is measured would grow by being measured.
        """
        from PySide6.QtCore import qInstallMessageHandler

        lines: list[str] = []
        before = qInstallMessageHandler(lambda _kind, _context, text: lines.append(text))
        self.window.dumpObjectTree()
        qInstallMessageHandler(before)
        return Counter(line.split("::")[0].strip() for line in lines)

    def left(self, began: float) -> Left:
        import shiboken6
        from PySide6.QtCore import QPointF
        from PySide6.QtGui import QUndoCommand

        self.settle()
        gc.unfreeze()
        for _ in range(3):
            gc.collect()
            self.shown.app.sendPostedEvents(None, 52)  # DeferredDelete
            self.shown.app.processEvents()
        # While nothing runs: a tuple that another thread fills must not have a second owner.
        found = gc.get_objects()
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        of_qt = self.qt_kinds().total()
        # What PySide keeps of what Qt has deleted is Python's, not Qt's. What can be undone grows with the work, and
        # pyqtgraph keeps the last hundred vectors that it computed.
        wrapped = sum(
            issubclass(type(one), shiboken6.Object)
            and not issubclass(type(one), QUndoCommand | QPointF)
            and shiboken6.isValid(one)
            for one in found
        )
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
        return Left((time.monotonic() - began) / 60, memory, threads, files, of_qt + wrapped, len(found))


def after_warm_up(rounds: Sequence[Left], share: float) -> list[Left]:
    return list(rounds[max(WARM_UP, int(len(rounds) * share)) :] or rounds[-1:])


def soak(
    root: Path, minutes: float, warm_up: float = 0.25, shown: int = 20, log: Path | None = None
) -> tuple[list[Left], list[str]]:
    """Rounds for ``minutes``; what was left after each, and what is wrong."""
    work, began, rounds = Soak(root), time.monotonic(), list[Left]()
    head = "| minute | round | memory, MiB | threads | open files | Qt's objects | Python's objects |"
    print(head + "\n" + "|---" * 7 + "|")
    kinds: Counter[str] = Counter()
    while not rounds or (time.monotonic() - began) / 60 < minutes:
        work.round()
        rounds.append(work.left(began))
        one = rounds[-1]
        if log is not None:
            with log.open("a") as stream:
                stream.write(json.dumps(one._asdict()) + "\n")
        if len(rounds) == 1 or one.minutes * shown // minutes != rounds[-2].minutes * shown // minutes:
            print(
                f"| {one.minutes:.1f} | {work.rounds} | {one.memory_mib:.0f} | {one.threads} | {one.files} |"
                f" {one.qt_objects:,} | {one.python_objects:,} |",
                flush=True,
            )
        if os.environ.get("SOAK_OBJECTS"):
            now = Counter(type(found).__qualname__ for found in gc.get_objects())
            now.update({f"Qt: {name}": count for name, count in work.qt_kinds().items()})
            print((now - kinds).most_common(12) if kinds else "", file=sys.stderr)
            kinds = now
    return rounds, [*verdict(after_warm_up(rounds, warm_up)), *work.failures]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--warm-up", type=float, default=0.25, help="share of the rounds that do not count")
    parser.add_argument("--log", type=Path, help="a file that each round adds a line to, as soon as it is done")
    parser.add_argument("--judge", type=Path, metavar="FILE", help="say what an earlier --log comes to, and end")
    parser.add_argument("--table", type=int, default=20, metavar="LINES")
    args = parser.parse_args()
    if args.judge:
        rounds = [Left(**json.loads(line)) for line in args.judge.read_text().splitlines()]
        sys.exit(say(rounds, verdict(after_warm_up(rounds, args.warm_up)), args.warm_up))
    with tempfile.TemporaryDirectory() as place:
        code = say(*soak(Path(place), args.minutes, args.warm_up, args.table, args.log), args.warm_up)
        sys.stdout.flush()
        shutil.rmtree(place, ignore_errors=True)
        os._exit(code)


def say(rounds: Sequence[Left], wrong: Sequence[str], warm_up: float) -> int:
    """Print what came of it; the exit status."""
    after = after_warm_up(rounds, warm_up)
    print(f"\n{len(rounds)} rounds in {rounds[-1].minutes:.1f} minutes; of the last {len(after)}:")
    print(slopes(after) if len(after) > 1 else "too few rounds")
    print("Flat: nothing grows." if not wrong else "Not flat: " + "; ".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    main()
