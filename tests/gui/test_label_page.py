"""An engineer tags by keyboard and watches the predictions follow."""

from collections.abc import Callable

import numpy as np
from gui_bench import TIMEOUT
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.widgets.class_dialog import ClassDialog
from micm_desktop.project.store import Project

Select = Callable[[str], int]


def predicted(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.session.predicting, timeout=TIMEOUT)


def tag_some(window: MainWindow, select: Select, qtbot: QtBot) -> None:
    """Two tags for each of the three classes."""
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        for index in (0, 1):
            select(f"{kind}_{index}.png")
            QTest.keyClick(window.label.grid, str(number))
    predicted(window, qtbot)


def test_a_key_press_is_on_disk_before_it_returns(labelling: MainWindow, select: Select) -> None:
    row = select("good_3.png")
    image = labelling.session.images[row]
    record = labelling.session.classes[0]
    assert labelling.session.folder is not None
    other = Project.open(labelling.session.folder)
    QTest.keyClick(labelling.label.grid, "1")
    assert other.tags() == {image.sha256: record.id}
    assert labelling.label.saved.text() == "✓ Saved: 1 image"
    assert labelling.label.detail.row != row, "the next image is selected"
    select("good_3.png")
    QTest.keyClick(labelling.label.grid, "0")
    assert other.tags() == {}
    select("good_3.png")
    QTest.keyClick(labelling.label.grid, "2")
    select("good_3.png")
    QTest.keyClick(labelling.label.grid, Qt.Key.Key_Delete)
    assert other.tags() == {}
    other.close()


def test_several_selected_images_get_one_tag(labelling: MainWindow, select: Select) -> None:
    select("good_0.png")
    grid = labelling.label.grid
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    rows = grid.selected_rows()
    assert len(rows) == 4
    QTest.keyClick(grid, "2")
    assert np.all(labelling.session.tag_classes()[rows] == labelling.session.classes[1].id)
    assert np.count_nonzero(labelling.session.tag_classes()) == 4
    assert labelling.label.classes.buttons[labelling.session.classes[1].id].tagged == 4


def test_undo_and_redo(labelling: MainWindow, select: Select) -> None:
    row = select("pit_0.png")
    first, second = (record.id for record in labelling.session.classes[:2])
    QTest.keyClick(labelling.label.grid, "1")
    select("pit_0.png")
    QTest.keyClick(labelling.label.grid, "2")

    def tag() -> int:
        return int(labelling.session.tag_classes()[row])

    undo, redo = labelling.menus.actions["undo"], labelling.menus.actions["redo"]
    assert tag() == second
    undo.trigger()
    assert tag() == first
    undo.trigger()
    assert tag() == 0 and undo.text() == '&Undo: add the class "pit"'
    redo.trigger()
    redo.trigger()
    assert tag() == second and not redo.isEnabled()
    assert labelling.session.labeling is not None
    actions = [entry.action for entry in labelling.session.labeling.project.history()]
    assert actions.count("untag") == 1, "an undo is a record too"


def test_predictions_appear_and_change(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    guide = labelling.label.guide
    assert labelling.session.predictions is None
    assert "One tag each for two classes" in guide.banner.text
    select("good_0.png")
    QTest.keyClick(labelling.label.grid, "1")
    predicted(labelling, qtbot)
    assert "another class" in guide.banner.text
    select("scratch_0.png")
    QTest.keyClick(labelling.label.grid, "2")
    predicted(labelling, qtbot)
    found = labelling.session.predictions
    assert found is not None and not guide.banner.isVisible()
    assert set(found.class_index.tolist()) <= {0, 1} and len(found.classes) == 2
    card = labelling.label.model.card(0)
    assert card.predicted is not None and 0 < card.confidence <= 1
    tag_some(labelling, select, qtbot)
    later = labelling.session.predictions
    assert later is not None and len(later.classes) == 3
    row = select("pit_0.png")
    assert later.classes[int(later.class_index[row])].name == "pit", "a tagged image is predicted as tagged"
    assert "changed" in labelling.label.changes.note.text()
    counts = [button.predicted for button in labelling.label.classes.buttons.values()]
    assert sum(count or 0 for count in counts) + int(later.unknown.sum()) == 24


def test_the_filter_shows_what_it_says_and_stays_put_while_tagging(
    labelling: MainWindow, select: Select, qtbot: QtBot
) -> None:
    tag_some(labelling, select, qtbot)
    bar, model = labelling.label.gallery.bar, labelling.label.model
    bar.choose(Filter(tag="untagged"))
    assert model.rowCount() == 18 and not labelling.label.update_list.isVisible()
    labelling.label.grid.select_row(int(model.rows[0]))
    QTest.keyClick(labelling.label.grid, "1")
    assert model.rowCount() == 18 and labelling.label.update_list.isVisible()
    labelling.label.update_list.click()
    assert model.rowCount() == 17 and not labelling.label.update_list.isVisible()
    predicted(labelling, qtbot)
    total = 0
    for record in labelling.session.classes:
        bar.choose(Filter(predicted=record.id))
        total += model.rowCount()
        assert f"({model.rowCount()})" in bar.predicted.currentText()
        cards = [model.card(position) for position in range(model.rowCount())]
        assert all(card.predicted is not None and card.predicted.id == record.id for card in cards)
    bar.choose(Filter(verdict="unknown"))
    assert total + model.rowCount() == 24


def test_classes_are_added_changed_and_removed(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    labelling.label.classes.add.click()
    dialog = labelling.findChild(ClassDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.name.setText("good")
    dialog.accept()
    assert dialog.isVisible() and "already a class named good" in dialog.problem
    dialog.name.setText("dent")
    dialog.accept()
    assert [record.name for record in labelling.session.classes] == ["good", "scratch", "pit", "dent"]
    assert labelling.session.classes[-1].key == "4"
    qtbot.waitUntil(lambda: labelling.findChild(ClassDialog) is None)
    pit = labelling.session.classes[2]
    select("pit_0.png")
    labelling.label.classes.buttons[pit.id].click()
    assert np.count_nonzero(labelling.session.tag_classes() == pit.id) == 1
    labelling.label.classes.remove_wanted.emit(pit.id)
    box = labelling.findChild(QMessageBox)
    assert box is not None and "1 image loses its tag" in box.informativeText()
    next(button for button in box.buttons() if button.text() == "Remove").click()
    assert [record.name for record in labelling.session.classes] == ["good", "scratch", "dent"]
    assert not labelling.session.tag_classes().any()
    assert labelling.label.saved.text() == '✓ Saved: remove the class "pit"'
    labelling.menus.actions["undo"].trigger()
    assert [record.name for record in labelling.session.classes] == ["good", "scratch", "pit", "dent"]
    assert np.count_nonzero(labelling.session.tag_classes() == pit.id) == 1


def test_without_a_class_the_page_asks_for_one(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("label")
    predicted(opened, qtbot)
    assert "First add the classes" in opened.label.guide.banner.text
    opened.label.guide.banner.button.click()
    assert opened.findChild(ClassDialog) is not None


def test_a_new_class_means_good_parts_if_it_is_called_so(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("label")
    opened.label.add_class()
    dialog = opened.findChild(ClassDialog)
    assert dialog is not None and not dialog.good.isChecked()
    for name, good in (("crack", False), (" 良品 ", True), ("OK", True), ("okra", False)):
        # Typed through an input method, whose characters no single key stands for.
        typed = QInputMethodEvent()
        typed.setCommitString(name)
        dialog.name.clear()
        QApplication.sendEvent(dialog.name, typed)
        assert dialog.name.text() == name and dialog.good.isChecked() == good
    dialog.good.click()
    QTest.keyClicks(dialog.name, " x")
    assert dialog.good.isChecked(), "what the user said stays"
    dialog.reject()
