"""Screens that are small, or of a large scale: 1366×768 pixels at 150 % and 200 % are 911×512 and 683×384 points."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.steps import PAGES
from micm_desktop.gui.widgets.fitting_label import WholeText
from micm_desktop.gui.widgets.navigation import NARROW, WIDTH
from micm_desktop.gui.widgets.short_combo import ShortCombo


def is_whole(label: WholeText) -> bool:
    return label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize(("language", "size"), [("en", (683, 384)), ("ja", (911, 492))])
def test_what_does_not_fit_scrolls(labelling: MainWindow, qtbot: QtBot, language: str, size: tuple[int, int]) -> None:
    labelling._choose_language(language)
    for row, class_id in ((0, 0), (9, 1)):
        labelling.session.tag([row], labelling.session.classes[class_id].id)
    labelling.label.queue.bar.on.click()
    labelling.label.detail.large.tools.actions_by_name["light"].trigger()
    labelling.resize(*size)
    qtbot.waitUntil(lambda: labelling.size().toTuple() == size)
    assert labelling.navigation.width() == NARROW
    for name in PAGES:
        labelling.show_page(name)
        page = labelling._pages[name]
        qtbot.waitUntil(
            lambda page=page: (
                page.width() >= page.minimumSizeHint().width()  # type: ignore[misc]
                and page.height() >= page.minimumSizeHint().height()
            )
        )
        for button in page.findChildren(QPushButton):
            if button.isVisible() and button.sizePolicy().horizontalPolicy() != button.sizePolicy().Policy.Ignored:
                assert button.width() >= button.minimumSizeHint().width(), button.text()
        texts = [label for label in page.findChildren(WholeText) if label.isVisible()]
        qtbot.waitUntil(lambda texts=texts: all(map(is_whole, texts)))  # type: ignore[misc]
    assert labelling.navigation.buttons["decide"].toolTip().startswith({"en": "Decide", "ja": "判定"}[language])
    labelling.resize(1366, 738)
    qtbot.waitUntil(lambda: labelling.navigation.width() == WIDTH)
    qtbot.waitUntil(lambda: not labelling.navigation.buttons["decide"].toolTip())


def test_the_focus_scrolls_into_view(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(683, 384)
    opened.show_page("label")
    qtbot.waitUntil(lambda: opened.size().toTuple() == (683, 384))
    add = next(button for button in opened.label.classes.findChildren(QPushButton) if button.text() == "Add a class…")
    opened.label.grid.setFocus()
    for _ in range(60):
        QTest.keyClick(opened.focusWidget(), Qt.Key.Key_Tab)
        if add.hasFocus():
            break
    assert add.hasFocus()
    assert not add.visibleRegion().isEmpty()


def test_a_choice_that_does_not_fit_ends_in_dots(qtbot: QtBot) -> None:
    box = ShortCombo(3)
    qtbot.addWidget(box)
    box.addItem("a very long name indeed")
    box.show()
    box.resize(90, box.height())
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    assert option.currentText.endswith("…") and option.currentText.startswith("a")
    box.resize(400, box.height())
    box.initStyleOption(option)
    assert option.currentText == "a very long name indeed"
