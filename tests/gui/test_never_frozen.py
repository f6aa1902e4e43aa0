"""The event loop keeps turning through a whole workflow."""

import os
from collections.abc import Iterator

import pytest
from gui_bench import TIMEOUT, TINY, Bench
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.watchdog import LIMIT, Stall, Watchdog

MARGIN = float(os.environ.get("MICM_STALL_MARGIN", "3"))
"""Shared and emulated machines take the processor away for longer than the window ever would; 1 on a quiet computer."""


class Places:
    """Collects the stalls by what was going on."""

    def __init__(self) -> None:
        self.where = ""
        self.stalls: list[tuple[float, str, str]] = []

    def note(self, stall: Stall) -> None:
        self.stalls.append((stall.seconds, self.where, stall.stack))


@pytest.fixture
def watchdog(qapp: QApplication) -> Iterator[Places]:
    places = Places()
    dog = Watchdog(places.note, beat_ms=5)
    yield places
    dog.stop()


def test_the_loop_never_stands_still(window: MainWindow, bench: Bench, qtbot: QtBot, watchdog: Places) -> None:
    watchdog.where = "opening a folder"
    window.opener.open_images([bench.images])
    qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)
    watchdog.where = "computing features"
    window.show_page("label")
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    assert window.session.labeling is not None and window.session.labeling.missing_features() == 0
    watchdog.where = "tagging"
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        window.session.add_class(kind, key=str(number), color="#0072b2", is_good=number == 1)
        row = next(row for row, image in enumerate(window.session.images) if image.path.name == f"{kind}_0.png")
        window.label.grid.select_row(row)
        QTest.keyClick(window.label.grid, str(number))
        qtbot.wait(20)
    watchdog.where = "heatmap"
    qtbot.waitUntil(lambda: window.label.detail.view.has_overlay, timeout=TIMEOUT)
    watchdog.where = "marking"
    view = window.label.detail.view
    QTest.keyClick(window.label.grid, "b")
    for start, end in (((10, 10), (60, 60)), ((80, 80), (150, 120))):
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(*start))
        QTest.mouseMove(view.viewport(), QPoint(*end))
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(*end))
        qtbot.wait(20)
    assert len(window.session.labeling.project.regions()) == 2
    watchdog.where = "pretraining"
    window.pretrain.run.start(TINY)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    stall, where, stack = max(watchdog.stalls, default=(0.0, "", ""))
    assert stall < LIMIT * MARGIN, f"the window stood still for {stall:.3f} s while {where}\n{stack}"
