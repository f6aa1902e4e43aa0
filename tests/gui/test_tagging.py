"""What an engineer does with tags and classes on the Label page, all of which is saved and can be undone."""

import sqlite3
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from gui_bench import TIMEOUT, Bench
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.models.ordering import Order
from micm_desktop.gui.snapshot import take_snapshot
from micm_desktop.gui.widgets import card_drag
from micm_desktop.gui.widgets.class_dialog import ClassDialog
from micm_desktop.project.palette import PALETTE
from micm_desktop.project.store import Project

Select = Callable[[str], int]


def reopened(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    """The same project opened again, as after a restart."""
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    window.opener.open_project(bench.project)
    with qtbot.waitSignal(window.session.opened, timeout=TIMEOUT):
        pass
    window.show_page("label")


def dialog_of(window: MainWindow) -> ClassDialog:
    found = [dialog for dialog in window.findChildren(ClassDialog) if dialog.isVisible()]
    assert len(found) == 1
    return found[0]


def classes(window: MainWindow) -> list[str]:
    return [record.name for record in window.session.classes]


def test_undo_and_redo_after_a_restart(labelling: MainWindow, select: Select, bench: Bench, qtbot: QtBot) -> None:
    select("pit_0.png")
    QTest.keyClick(labelling.label.grid, "1")
    row = select("pit_1.png")
    QTest.keyClick(labelling.label.grid, "2")
    undo, redo = labelling.menus.actions["undo"], labelling.menus.actions["redo"]
    assert {key.toString() for key in redo.shortcuts()} == {"Ctrl+Shift+Z", "Ctrl+Y"}
    assert undo.shortcut().toString() == "Ctrl+Z"
    undo.trigger()
    assert labelling.label.saved.text() == '✓ Undone and saved: tag 1 image as "scratch"'
    assert labelling.label.detail.row == row, "what was undone is in view"
    reopened(labelling, bench, qtbot)
    assert undo.text() == '&Undo: tag 1 image as "good"' and redo.text() == '&Redo: tag 1 image as "scratch"'
    labelling._choose_language("ja")
    qtbot.waitUntil(lambda: undo.text() == "元に戻す(&U)：1 枚に「good」のタグを付ける")
    labelling._choose_language("en")
    redo.trigger()
    assert np.count_nonzero(labelling.session.tag_classes()) == 2 and not redo.isEnabled()
    for _ in range(5):
        undo.trigger()
    assert not labelling.session.tag_classes().any() and classes(labelling) == [] and not undo.isEnabled()
    labelling.show_page("decide")
    redo.trigger()
    assert classes(labelling) == ["good"] and labelling.page == "label", "nothing is undone out of sight"
    labelling.session.add_class("A & B", key="4", color="#0072b2", is_good=False)
    assert not redo.isEnabled(), "something new leaves nothing to redo"
    assert undo.text() == '&Undo: add the class "A && B"'


def test_unsure_images_are_marked_found_and_tagged_later(labelling: MainWindow, select: Select) -> None:
    page = labelling.label
    row = select("pit_2.png")
    QTest.keyClick(page.grid, "1")
    select("pit_2.png")
    QTest.keyClick(page.grid, "u")
    assert page.detail.row != row, "the next image is selected"
    assert labelling.session.labeling is not None
    assert labelling.session.labeling.project.unsure() == {labelling.session.images[row].sha256}
    assert labelling.session.tag_classes()[row] == 0, "what nobody can tell is no example of a class"
    page.gallery.bar.choose(Filter(tag="unsure"))
    assert page.model.rows.tolist() == [row] and page.model.card(0).unsure
    assert "marked unsure" in str(page.model.data(page.model.index(0), Qt.ItemDataRole.AccessibleTextRole))
    page.gallery.bar.choose(Filter(tag="untagged"))
    assert row in page.model.rows
    page.gallery.bar.set_order(Order("tag"))
    assert page.gallery.rows()[0] == row, "before those that nobody looked at"
    page.gallery.bar.set_order(Order())
    page.gallery.bar.choose(Filter(tag="tagged"))
    assert row not in page.model.rows
    labelling.menus.actions["undo"].trigger()
    assert labelling.session.tag_classes()[row] == labelling.session.classes[0].id
    labelling.menus.actions["redo"].trigger()
    page.gallery.bar.choose(Filter(tag="unsure"))
    QTest.keyClick(page.grid, "2")
    assert labelling.session.labeling.project.unsure() == set()


def test_space_goes_on_and_shift_space_back(labelling: MainWindow, select: Select) -> None:
    grid = labelling.label.grid
    select("good_0.png")
    places = []
    for modifier in (Qt.KeyboardModifier.NoModifier,) * 2 + (Qt.KeyboardModifier.ShiftModifier,) * 3:
        QTest.keyClick(grid, Qt.Key.Key_Space, modifier)
        places.append(grid.currentIndex().row())
    first = labelling.label.model.position_of(
        next(row for row, image in enumerate(labelling.session.images) if image.path.name == "good_0.png")
    )
    assert first is not None
    assert places == [first + 1, first + 2, first + 1, first, max(first - 1, 0)]


def test_the_class_editor(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    session, panel = labelling.session, labelling.label.classes
    scratch = session.classes[1]
    row = select("scratch_0.png")
    QTest.keyClick(labelling.label.grid, "2")
    panel.change_wanted.emit(scratch.id)
    dialog = dialog_of(labelling)
    assert dialog.cost.value() == 50 and dialog.key.key == "2"
    taken = dialog.key.findText("1  (taken: good)")
    item = dialog.key.model().index(taken, 0)
    assert taken >= 0 and not dialog.key.model().flags(item) & Qt.ItemFlag.ItemIsEnabled
    assert dialog.key.findText("U  (taken: marks an image as unsure)") >= 0
    dialog.name.setText("good")
    dialog.accept()
    assert "already a class named good" in dialog.problem and dialog.isVisible()
    dialog.name.setText("傷")
    dialog.key.setCurrentIndex(dialog.key.findData("s"))
    square = dialog.color.squares[PALETTE[5]]
    assert square.accessibleName() == "Vermilion" and "used by" in dialog.color.squares[PALETTE[0]].accessibleName()
    square.click()
    dialog.cost.setValue(80)
    dialog.accept()
    changed = session.classes[1]
    assert (changed.name, changed.key, changed.color) == ("傷", "s", PALETTE[5])
    assert session.labeling is not None and session.labeling.decision.costs == {scratch.id: 80}
    assert labelling.label.saved.text() == '✓ Saved: rename the class "scratch" to "傷"'
    card = labelling.label.model.card(labelling.label.model.position_of(row) or 0)
    assert card.tag == changed, "what is shown follows"
    QTest.keyClick(labelling.label.grid, "s")
    labelling.menus.actions["undo"].trigger()
    labelling.menus.actions["undo"].trigger()
    assert session.classes[1] == scratch and session.labeling.decision.costs == {}
    labelling.menus.actions["redo"].trigger()
    assert session.labeling.decision.costs == {scratch.id: 80}


def test_a_class_becomes_part_of_another(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    session, panel = labelling.session, labelling.label.classes
    good, scratch, pit = session.classes
    for name, key in (("pit_0.png", "3"), ("pit_1.png", "3"), ("scratch_0.png", "2")):
        select(name)
        QTest.keyClick(labelling.label.grid, key)
    into = next(menu for menu in panel.findChildren(QMenu) if menu.title() == "Merge into")
    into.aboutToShow.emit()
    assert [action.text() for action in into.actions()] == ["scratch", "pit"], "good into one of the others"
    panel.merge_wanted.emit(pit.id, scratch.id)
    assert session.classes == (good, scratch)
    assert np.count_nonzero(session.tag_classes() == scratch.id) == 3
    assert panel.buttons[scratch.id].tagged == 3 and pit.id not in panel.buttons
    assert labelling.label.saved.text() == '✓ Saved: merge the class "pit" into "scratch"'
    labelling.menus.actions["undo"].trigger()
    assert session.classes == (good, scratch, pit) and panel.buttons[pit.id].tagged == 2


def test_cards_are_dropped_on_a_class(labelling: MainWindow, select: Select, monkeypatch: pytest.MonkeyPatch) -> None:
    page, button = labelling.label, labelling.label.classes.buttons[labelling.session.classes[2].id]
    select("good_0.png")
    for _ in range(2):
        QTest.keyClick(page.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    rows = page.grid.selected_rows()
    contents = [labelling.session.images[row].sha256 for row in rows]
    dragged: list[list[str]] = []
    # A real drag would wait for a real mouse.
    monkeypatch.setattr(card_drag.QDrag, "exec", lambda drag, _: dragged.append(card_drag.unpack(drag.mimeData())))
    viewport, at = page.grid.viewport(), page.grid.visualRect(page.grid.currentIndex()).center()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at)
    for step in (3, 40):
        to = QPointF(at + QPoint(step, 0))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        QApplication.sendEvent(
            viewport,
            QMouseEvent(
                QEvent.Type.MouseMove, to, viewport.mapToGlobal(to), none, left, Qt.KeyboardModifier.NoModifier
            ),
        )
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)
    assert dragged == [contents] and len(rows) == 3
    data = card_drag.pack(contents)
    middle, left = QPoint(20, 20), Qt.MouseButton.LeftButton
    where = (Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(middle, *where)
    QApplication.sendEvent(button, entering)
    assert entering.isAccepted() and button.isDown()
    QApplication.sendEvent(button, QDropEvent(QPointF(middle), *where))
    assert not button.isDown() and button.tagged == 3
    assert np.all(labelling.session.tag_classes()[rows] == labelling.session.classes[2].id)


def test_the_menu_of_the_cards(labelling: MainWindow, select: Select) -> None:
    page = labelling.label
    row = select("good_0.png")
    QTest.keyClick(page.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)

    def entry(words: str) -> None:
        menu = page.menu.build()
        assert menu is not None
        entries = [*menu.actions(), *menu.findChildren(QMenu)[0].actions()]
        next(action for action in entries if action.text() == words).trigger()

    entry("scratch\t2")
    assert np.count_nonzero(labelling.session.tag_classes() == labelling.session.classes[1].id) == 2
    page.grid.select_row(row)
    entry("Copy the path")
    assert QGuiApplication.clipboard().text() == str(labelling.session.images[row].path)
    entry("Unsure, look again later\tU")
    assert labelling.session.tag_states()[row] == -1
    page.grid.select_row(row)
    entry("Remove the tag\t0")
    assert labelling.session.tag_states()[row] == 0


@pytest.fixture
def locked(labelling: MainWindow, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another program that is writing into the project."""
    monkeypatch.setattr("micm_desktop.project.store.LABEL_TIMEOUT_MS", 20)
    other = sqlite3.connect(bench.project / "project.sqlite", isolation_level=None)
    yield other
    other.close()


def test_what_could_not_be_saved_is_said_and_not_shown(
    labelling: MainWindow, select: Select, bench: Bench, locked: sqlite3.Connection
) -> None:
    page, session = labelling.label, labelling.session
    row = select("pit_0.png")
    QTest.keyClick(page.grid, "1")
    select("pit_0.png")
    undo = labelling.menus.actions["undo"]
    before = undo.text()
    locked.execute("BEGIN IMMEDIATE")
    for action in (
        lambda: QTest.keyClick(page.grid, "2"),
        undo.trigger,
        lambda: page.classes.merge_wanted.emit(session.classes[0].id, session.classes[1].id),
        lambda: page.classes.good_wanted.emit(session.classes[1].id, True),
    ):
        page.saved.forget()
        action()
        assert "Nothing was changed. Another program is using" in page.saved.banner.text
        assert page.saved.banner.isVisible() and not page.saved.text()
        assert session.tag_classes()[row] == session.classes[0].id and undo.text() == before
        assert page.detail.row == row, "the selection waits for the next try"
        assert not session.classes[1].is_good and len(session.classes) == 3
    undo.trigger()
    locked.execute("ROLLBACK")
    page.saved.banner.button.click()
    assert session.tag_classes()[row] == 0 and undo.text() != before, "tried again"
    locked.execute("BEGIN IMMEDIATE")
    page.classes.good_wanted.emit(session.classes[1].id, True)
    locked.execute("ROLLBACK")
    page.saved.banner.button.click()
    assert session.classes[1].is_good and not page.saved.banner.isVisible()
    assert page.saved.text() == '✓ Saved: change the class "scratch"'
    locked.execute("BEGIN IMMEDIATE")
    QTest.keyClick(page.grid, "2")
    locked.execute("ROLLBACK")
    assert page.saved.banner.isVisible()
    assert session.labeling is not None
    session.show_images(take_snapshot(session.labeling, session.tags.version))
    assert page.saved.banner.isVisible(), "a scan does not save it"
    other = Project.open(bench.project)
    assert other.classes()[1].is_good
    other.close()


def test_every_control_for_classes_has_a_name_and_can_be_reached(labelling: MainWindow) -> None:
    labelling.label.add_class()
    dialog = dialog_of(labelling)
    for widget in (dialog.key, dialog.color.other, *dialog.color.squares.values()):
        assert widget.accessibleName() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    dialog.color.choose("#123456")
    assert dialog.color.color == "#123456" and not any(one.isChecked() for one in dialog.color.squares.values())
    dialog.color.choose(PALETTE[3])
    assert [color for color, one in dialog.color.squares.items() if one.isChecked()] == [PALETTE[3]]
    dialog.good.click()
    assert dialog.cost.value() == 1
    dialog.reject()
