"""An engineer sorts, filters, selects and tags many images at once."""

from collections.abc import Callable

import numpy as np
import pytest
from gui_bench import TIMEOUT
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.gui import bulk_tags
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.models.ordering import KEYS
from micm_desktop.gui.models.outcomes import VERDICTS
from micm_desktop.gui.preferences import Preferences
from micm_desktop.project.store import Project
from micm_desktop.project.undoing import replay

Select = Callable[[str], int]
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def names(window: MainWindow) -> list[str]:
    return [window.session.images[row].path.name for row in window.label.model.rows.tolist()]


def test_sorting_and_filtering(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page, bar = labelling.label, labelling.label.gallery.bar
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        for index in (0, 1):
            select(f"{kind}_{index}.png")
            QTest.keyClick(page.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    bar.by.setCurrentIndex(KEYS.index("confidence"))
    bar.by.activated.emit(bar.by.currentIndex())
    predictions = labelling.session.predictions
    assert predictions is not None
    shares = predictions.confidence[page.model.rows]
    assert len(shares) == 24 and np.all(np.diff(shares) >= 0)
    bar.direction.click()
    assert np.all(np.diff(predictions.confidence[page.model.rows]) <= 0)
    assert Preferences().gallery()[:2] == ("confidence", True), "remembered for the next start"
    QTest.keyClicks(bar.search, "scratch")
    qtbot.waitUntil(lambda: page.model.rowCount() == 8)
    assert bar.count.text() == "8 of 24" and not bar.clear.isHidden()
    QTest.keyClicks(bar.search, " ")
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    assert bar.search.text() == "scratch ", "the next word can be typed"
    bar.tag.setCurrentIndex(bar.tag.findData("untagged"))
    bar.tag.activated.emit(bar.tag.currentIndex())
    assert page.model.rowCount() == 6 and bar.more.text() == "Filters (1)"
    bar.verdict.setCurrentIndex(1)
    verdict = bar.verdict.currentData()
    bar.verdict.activated.emit(bar.verdict.currentIndex())
    cards = [page.model.card(place) for place in range(page.model.rowCount())]
    assert verdict in VERDICTS and all(card.verdict == verdict and card.tag is None for card in cards)
    bar.choose(Filter(text="no such image"))
    assert page.gallery.empty.isVisibleTo(page) and page.gallery.empty.button.text() == "Clear filters"
    page.gallery.empty.button.click()
    assert page.model.rowCount() == 24 and bar.search.text() == "" and bar.clear.isHidden()
    bar.choose(Filter(folder="pit"))
    assert len(names(labelling)) == 8 and all(name.startswith("pit") for name in names(labelling))


def test_a_filter_by_verdict_waits_for_predictions(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page = labelling.label
    page.gallery.bar.choose(Filter(verdict="defect"))
    assert page.model.rowCount() == 0 and page.gallery.waits_for_predictions
    page.show_image(next(row for row, image in enumerate(labelling.session.images) if image.path.name == "good_0.png"))
    QTest.keyClick(page.grid, "1")
    page.gallery.bar.choose(Filter(verdict="defect"))
    labelling.session.tag([next(r for r, i in enumerate(labelling.session.images) if i.path.name == "pit_0.png")], 3)
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=TIMEOUT)
    assert not page.gallery.waits_for_predictions and not page.update_list.isVisible()


def test_selecting_by_range(labelling: MainWindow, select: Select) -> None:
    grid = labelling.label.grid
    columns = grid.columns
    select(names(labelling)[1])

    def click(position: int, keys: Qt.KeyboardModifier) -> None:
        grid.scrollTo(grid.model().index(position, 0))
        place = grid.visualRect(grid.model().index(position, 0)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, place)

    click(columns + 1, SHIFT)
    assert [range(1, columns + 2)] == list(grid.selected_ranges())
    click(columns + 3, CONTROL)
    click(2, CONTROL)
    assert len(grid.selected_rows()) == columns + 1
    assert grid.selected_rows() == sorted(grid.selected_rows()), "in the order of the grid"
    QTest.keyClick(grid, Qt.Key.Key_Home)
    QTest.keyClick(grid, Qt.Key.Key_End, SHIFT)
    assert len(grid.selected_rows()) == 24
    QTest.keyClick(grid, Qt.Key.Key_Home)
    for key, expected in (
        (Qt.Key.Key_Down, columns),
        (Qt.Key.Key_Right, columns + 1),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_End, 23),
        (Qt.Key.Key_Down, 23),
        (
            Qt.Key.Key_PageUp,
            23 - columns * max(1, grid.viewport().height() // grid.visualRect(grid.currentIndex()).height()),
        ),
    ):
        QTest.keyClick(grid, key)
        assert grid.currentIndex().row() == max(expected, 0)
    select(names(labelling)[columns])
    QTest.keyClick(grid, Qt.Key.Key_Left, SHIFT)
    assert list(grid.selected_ranges()) == [range(columns - 1, columns + 1)], "over the end of a line, backwards"
    click(2 * columns, Qt.KeyboardModifier.NoModifier)
    click(columns - 1, SHIFT)
    assert list(grid.selected_ranges()) == [range(columns - 1, 2 * columns + 1)]
    QTest.keyClick(grid, Qt.Key.Key_A, CONTROL)
    assert len(grid.selected_rows()) == 24


@pytest.mark.parametrize("edge", [64, 120, 256])
def test_every_cell_is_found_where_it_is_drawn(labelling: MainWindow, edge: int) -> None:
    labelling.label.gallery.bar.edge.setValue(edge)
    grid, model = labelling.label.grid, labelling.label.model
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    rects = [grid.visualRect(model.index(place)) for place in range(24)]
    for place, rect in enumerate(rects):
        assert grid.indexAt(rect.center()).row() == grid.indexAt(rect.topLeft()).row() == place
        assert not any(rect.intersects(other) for other in rects[:place])
        assert rect.left() >= 0 and rect.right() < grid.viewport().width()
    shown = grid.visible_positions()
    inside = [place for place, rect in enumerate(rects) if rect.intersects(grid.viewport().rect())]
    assert list(shown) == inside and (len(inside) < 24 or edge == 64)
    assert not grid.indexAt(QPoint(5, rects[-1].bottom() + 5)).isValid()
    assert Preferences().gallery()[2] == edge


def test_many_tags_are_saved_by_a_worker_and_undone(
    labelling: MainWindow, select: Select, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_tags, "MOST_AT_ONCE", 10)
    page, session = labelling.label, labelling.session
    assert session.folder is not None
    QTest.keyClick(page.grid, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(page.grid, "1")
    assert page.saved.text() == "Saving: 24 images…" and not page.classes.isEnabled()
    select("pit_0.png")
    QTest.keyClick(page.grid, "3")
    assert not session.tag_classes().any(), "nothing is shown before it is on disk"
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    assert page.saved.text() == "✓ Saved: 1 image" and page.classes.isEnabled()
    pit = next(row for row, image in enumerate(session.images) if image.path.name == "pit_0.png")
    first, third = session.classes[0].id, session.classes[2].id
    assert session.tag_classes()[pit] == third and np.count_nonzero(session.tag_classes() == first) == 23
    other = Project.open(session.folder)
    assert sorted(other.tags().values()) == sorted(session.tag_classes().tolist())
    labelling.menus.actions["undo"].trigger()
    labelling.menus.actions["undo"].trigger()
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    assert other.tags() == {} and not session.tag_classes().any()
    # What is undone while it is still being saved is that, not what was done before; what follows comes after.
    session.tag([pit], third)
    QTest.keyClick(page.grid, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(page.grid, "1")
    labelling.menus.actions["undo"].trigger()
    session.tag([0 if pit else 1], first)
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    assert sorted(other.tags().values()) == sorted([first, third]) and session.tag_classes()[pit] == third
    for _ in range(2):
        labelling.menus.actions["undo"].trigger()
    assert other.tags() == {} and session.undo.undoText().startswith("add the class")
    # A box that is drawn while many tags are taken back: undo and redo are what the journal says.
    QTest.keyClick(page.grid, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(page.grid, "1")
    labelling.menus.actions["undo"].trigger()
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    labelling.menus.actions["redo"].trigger()
    session.regions.add(session.images[0], None, (1, 1, 20, 20))
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    done, undone = replay(other.steps())
    assert (session.undo.index(), session.undo.count()) == (len(done), len(done) + len(undone))
    other.close()
