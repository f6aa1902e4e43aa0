"""One day of an engineer, from new images on a folder to the next morning, in the real window with a real encoder."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from gui_bench import KINDS, TIMEOUT, TINY, Bench, write_picture
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui.app import make_window
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.cost_model import COST
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.widgets.class_dialog import ClassDialog
from micm_desktop.project.records import UNSURE
from micm_desktop.project.store import Project

ALL_NIGHT = replace(TINY, epochs=3000)
KEYS = {kind: str(number) for number, kind in enumerate(KINDS, start=1)}


@pytest.fixture
def next_morning(qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window of a program that was started anew."""
    window = make_window(qapp)
    yield window
    window.session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    window.close()
    window.translator.remove()
    window.deleteLater()


def kind_of(window: MainWindow) -> str:
    """What the large view shows, as the engineer would tell it."""
    image = window.label.detail.image
    assert image is not None
    return image.path.parent.name


def settled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not (window.features.running or window.features.loading), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not (window.session.jobs.running or window.session.predicting), timeout=TIMEOUT)


def test_a_working_day(window: MainWindow, next_morning: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    page, session = window.label, window.session
    undo, redo = window.menus.actions["undo"], window.menus.actions["redo"]

    # The line has delivered twelve more pictures since yesterday.
    for number, kind in enumerate(KINDS):
        for index in range(8, 12):
            write_picture(bench.images / kind / f"{kind}_{index}.png", kind, 100 * number + index)
    window.opener.open_project(bench.project)
    qtbot.waitUntil(lambda: session.labeling is not None, timeout=TIMEOUT)
    settled(window, qtbot)
    assert window.page == "images" and len(session.images) == 36
    window.show_page("label")
    settled(window, qtbot)
    assert session.labeling is not None and session.labeling.missing_features() == 0

    # Classes, each by its dialog.
    for kind in KINDS:
        window.menus.actions["add_class"].trigger()
        dialog = next(found for found in window.findChildren(ClassDialog) if found.isVisible())
        QTest.keyClicks(dialog.name, kind)
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        assert not dialog.isVisible()
    assert [(record.name, record.key, record.is_good) for record in session.classes] == [
        ("good", "1", True),
        ("scratch", "2", False),
        ("pit", "3", False),
    ]

    # Thirty images by keyboard: one slip, undone, and one that nobody can tell.
    page.gallery.bar.choose(Filter(tag="untagged"))
    assert page.model.rowCount() == 36
    for step in range(30):
        kind = kind_of(window)
        if step == 4:
            QTest.keyClick(page.grid, KEYS["pit" if kind != "pit" else "good"])
            undo.trigger()
            assert kind_of(window) == kind, "the slip is in view again"
        QTest.keyClick(page.grid, KEYS[kind])
        assert page.saved.text() == "✓ Saved: 1 image"
    QTest.keyClick(page.grid, "u")
    settled(window, qtbot)
    tags = session.tag_classes()
    assert np.count_nonzero(tags) == 30 and np.count_nonzero(session.tag_states() == UNSURE) == 1
    truth = np.array([1 + KINDS.index(image.path.parent.name) for image in session.images])
    assert np.array_equal(tags[tags > 0], truth[tags > 0])
    predictions = session.predictions
    assert predictions is not None and np.mean(predictions.class_index == truth - 1) > 0.6

    # What is left to do, as the list says it.
    page.gallery.bar.choose(Filter(tag="unsure"))
    assert page.model.rowCount() == 1
    page.gallery.bar.choose(Filter(tag="tagged"))
    assert page.model.rowCount() == 30

    # A missed scratch is dearer than that.
    window.show_page("decide")
    scratch = session.classes[1]
    costs = window.decide.costs.model
    costs.setData(costs.cell(scratch.id, COST), 200)
    settled(window, qtbot)
    assert session.predictions is not None and session.predictions.policy.costs[1] == 200

    # Pretraining goes on while the rest is tagged.
    window.show_page("pretrain")
    window.pretrain.run.start(ALL_NIGHT)
    qtbot.waitUntil(lambda: window.pretrain.run.last_step is not None, timeout=TIMEOUT)
    window.show_page("label")
    page.gallery.bar.choose(Filter(tag="unsure"))
    page.grid.select_row(int(page.model.rows[0]))
    QTest.keyClick(page.grid, KEYS[kind_of(window)])
    page.gallery.bar.choose(Filter(tag="untagged"))
    QTest.keyClick(page.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.grid, "1")
    assert window.pretrain.running and np.count_nonzero(session.tag_classes()) == 36

    # Home, in the middle of it.
    QTimer.singleShot(0, lambda: stop(window))
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=TIMEOUT)
    assert session.labeling is None

    # The next morning everything is there, and the last step was one too many.
    window, page, session = next_morning, next_morning.label, next_morning.session
    undo, redo = window.menus.actions["undo"], window.menus.actions["redo"]
    window.resize(1366, 740)
    window.show()
    window.opener.open_project(bench.project)
    qtbot.waitUntil(lambda: session.labeling is not None, timeout=TIMEOUT)
    settled(window, qtbot)
    assert window.page == "label" and np.count_nonzero(session.tag_classes()) == 36
    assert session.labeling is not None and session.labeling.can_resume()
    assert session.labeling.decision.costs == {scratch.id: 200}
    assert undo.text() == '&Undo: tag 5 images as "good"' and not redo.isEnabled()
    undo.trigger()
    assert np.count_nonzero(session.tag_classes()) == 31 and redo.isEnabled()
    undo.trigger()
    assert np.count_nonzero(session.tag_states() == UNSURE) == 1
    for _ in range(31 + len(KINDS)):
        undo.trigger()
    assert session.classes == () and not undo.isEnabled(), "back to the beginning of the day"
    for _ in range(30 + len(KINDS)):
        redo.trigger()
    assert np.array_equal(session.tag_classes(), tags), "and forth again"
    other = Project.open(bench.project)
    assert len(other.tags()) == 30
    other.close()


def stop(window: MainWindow) -> None:
    """Agree that pretraining is stopped, once that is asked."""
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox):
        next(button for button in box.buttons() if button.text() == "Stop pretraining").click()
    else:
        QTimer.singleShot(20, lambda: stop(window))
