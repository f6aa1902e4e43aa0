"""What gui.py measures: folders of pictures, projects on them, and the window without a screen."""

import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEED, SIZE, PER_FOLDER = 0, 64, 1000
TIMEOUT = 600.0


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
    """Resident now and at most so far, GiB; and of what is resident now, what is the program's own, which the system
    cannot drop, and what is pages of files, most of them of libraries. Linux.
    """
    found = {
        line.split(":")[0]: int(line.split()[1]) / 2**20
        for line in Path("/proc/self/smaps_rollup").read_text().splitlines()
        if line.endswith(" kB")
    }
    return {
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "now_gib": found["Rss"],
        "own_gib": found["Anonymous"],
        "files_gib": found["Rss"] - found["Anonymous"],
    }
