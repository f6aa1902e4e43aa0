"""Every control of the real window: its words fit, it has a name to be read aloud, the keyboard reaches it, and it
speaks Japanese. In both languages, at the sizes of a small notebook and of a large screen.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.steps import PAGES
from micm_desktop.gui.widgets.class_dialog import ClassDialog
from micm_desktop.gui.widgets.navigation import StepButton

SIZES = ((1366, 740), (2560, 1400))
"""A screen less the desktop's own bars."""
CONTROLS = (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QAbstractItemView,
    QSlider,
    QTabBar,
    QGraphicsView,
    QTextBrowser,
)
OWN_WORDS = re.compile(
    r"Export\.\.\.|MICM .*|English|1:1|⋯|good|scratch|pit|.*\.png|.*[/\\].*|micm-desktop predict.*|"
    r"(Ctrl|Shift|Alt|F\d+|\+|[0-9A-Z.,])+|<b>.</b>|[\d\s.,×%{}MB]*|.*\(CUDA\)"
)
"""Names, file names, keys and numbers: the same in every language."""


def visible(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    found = [*([root] if isinstance(root, kind) else []), *root.findChildren(kind)]
    return [widget for widget in found if widget.isVisible() and not isinstance(widget, QScrollBar)]


def inner(widget: QWidget) -> bool:
    """Whether Qt made it as a part of another control."""
    parent = widget.parent()
    while isinstance(parent, QWidget):
        if isinstance(parent, (QAbstractSpinBox, QComboBox, QAbstractItemView, QGraphicsView)):
            return True
        if type(parent).__name__ in ("QKeySequenceEdit", "QLineEdit", "QTabBar"):
            return True
        parent = parent.parent()
    return isinstance(widget, QHeaderView)


def cut_off(root: QWidget) -> Iterator[str]:
    """Where a text has less room than it needs, and where a widget sticks out of the one around it."""
    for label in visible(root, QLabel):
        assert isinstance(label, QLabel)
        # Names of files and of classes may be of any length; the whole is in the tip.
        if not label.text() or label.toolTip() or inner(label):
            continue
        if label.wordWrap():
            if label.heightForWidth(label.width()) > label.height() + 1:
                yield f"label {label.text()!r}: {label.height()} px high"
        elif label.sizeHint().width() > label.width() + 1 or label.sizeHint().height() > label.height() + 1:
            yield f"label {label.text()!r}: {label.width()} of {label.sizeHint().width()} px"
    for button in visible(root, QAbstractButton):
        assert isinstance(button, QAbstractButton)
        needed = button.sizeHint()
        if isinstance(button, StepButton):
            bold = QFont(button.font())
            bold.setBold(True)
            fits = QFontMetrics(bold).horizontalAdvance(button.text()) <= button.width() - 64
            fits = fits and button.fontMetrics().horizontalAdvance(button.note) * 0.9 <= button.width() - 64
        else:
            ordinary = isinstance(button, (QPushButton, QCheckBox, QRadioButton))
            fits = not ordinary or (needed.width() <= button.width() + 1 and needed.height() <= button.height() + 1)
        if not fits:
            yield f"button {button.text()!r}: {button.width()} of {needed.width()} px"
    for box in visible(root, QComboBox):
        assert isinstance(box, QComboBox)
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box).width()
        if box.fontMetrics().horizontalAdvance(box.currentText()) > room:
            yield f"choice {box.currentText()!r}: {room} px"
    for spin in visible(root, QAbstractSpinBox):
        assert isinstance(spin, QAbstractSpinBox)
        line = spin.lineEdit()
        if spin.fontMetrics().horizontalAdvance(spin.text()) > line.width():
            yield f"number {spin.text()!r}: {line.width()} px"
    for line in visible(root, QLineEdit):
        assert isinstance(line, QLineEdit)
        if line.fontMetrics().horizontalAdvance(line.placeholderText()) > line.width():
            yield f"line {line.placeholderText()!r}: {line.width()} px"
    for bar in visible(root, QTabBar):
        assert isinstance(bar, QTabBar)
        for place in range(bar.count()):
            if bar.isTabVisible(place) and not bar.rect().contains(bar.tabRect(place)):
                yield f"tab {bar.tabText(place)!r}"
    for table in visible(root, QTableView):
        assert isinstance(table, QTableView)
        header = table.horizontalHeader()
        if header.isVisible() and header.textElideMode() == Qt.TextElideMode.ElideNone:
            for place in range(header.count()):
                if header.sectionSizeHint(place) > header.sectionSize(place):
                    yield f"column {header.model().headerData(place, Qt.Orientation.Horizontal)!r}"
    for widget in visible(root, QWidget):
        around = widget.parentWidget()
        if widget.isWindow() or around is None or inner(widget) or isinstance(around.parent(), QAbstractScrollArea):
            continue
        if not around.rect().contains(widget.geometry()) and widget.width() and widget.height():
            yield f"{type(widget).__name__} {widget.geometry()} sticks out of {around.rect()}"


def name_of(widget: QWidget) -> str:
    """What a screen reader says of it."""
    if isinstance(widget, QComboBox):
        # On Linux Qt says what is chosen instead.
        return widget.accessibleName()
    found = QAccessible.queryAccessibleInterface(widget)
    return (found.text(QAccessible.Text.Name) if found is not None else "") or widget.accessibleName()


def unnamed(root: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for kind in CONTROLS
        for widget in visible(root, kind)
        if not inner(widget) and not isinstance(widget, QTabBar) and not name_of(widget).strip(" ⋯")
    ]


def out_of_reach(root: QWidget) -> list[str]:
    """What the Tab key does not come to; of buttons of which one is chosen it comes to that one, and arrows go on."""
    return [
        f"{type(widget).__name__} {name_of(widget)!r}"
        for kind in CONTROLS
        for widget in visible(root, kind)
        if not inner(widget)
        and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (isinstance(widget, QAbstractButton) and widget.group() is not None)
        and not isinstance(widget.window(), QDialog)
    ]


def texts(root: QWidget) -> Iterator[str]:
    """What is shown and said."""
    for widget in visible(root, QWidget):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
        match widget:
            case QLabel() | QAbstractButton():
                yield widget.text()
            case QComboBox():
                yield from (widget.itemText(place) for place in range(widget.count()))
            case QAbstractSpinBox():
                yield widget.text()
            case QLineEdit():
                yield widget.placeholderText()
            case QTabBar():
                yield from (widget.tabText(place) for place in range(widget.count()))
            case QTextBrowser():
                yield from widget.toPlainText().splitlines()
            case QTableView():
                model = widget.model()
                columns = range(model.columnCount())
                yield from (str(model.headerData(place, Qt.Orientation.Horizontal) or "") for place in columns)


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def everywhere(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """The window on each of its pages, then its dialogs."""
    for page in PAGES:
        window.show_page(page)
        settle()
        yield page, window
    window.show_page("evaluate")
    parts = window.evaluate.view.tabs
    for place in range(parts.count()):
        parts.setCurrentIndex(place)
        settle()
        yield f"evaluate {place}", window
    window.evaluate.ask_set_aside()
    settle()
    yield "SetAsideDialog", window.evaluate.dialog
    window.evaluate.dialog.close()
    shell = window.shell
    for show in (shell.show_settings, shell.show_palette, shell.show_shortcuts):
        show()
        dialog = shell.dialog
        assert dialog is not None
        tabs = getattr(dialog, "tabs", None)
        for place in range(tabs.count() if tabs is not None else 1):
            if tabs is not None:
                tabs.setCurrentIndex(place)
            settle()
            yield f"{type(dialog).__name__} {place}", dialog
        dialog.close()
    asked = ClassDialog(window.session.classes, None, lambda _values: None, window)
    asked.open()
    settle()
    yield "ClassDialog", asked
    asked.close()


def check(window: MainWindow, find: Callable[[QWidget], object]) -> dict[str, list[str]]:
    found = {where: [*find(root)] for where, root in everywhere(window)}  # type: ignore[call-overload]
    return {where: wrong for where, wrong in found.items() if wrong}


@pytest.fixture
def speaking(labelling: MainWindow, qtbot: QtBot) -> Callable[[str], None]:
    """Switches the language; skips where no font can show it."""

    def switch(language: str) -> None:
        if language == "ja" and not QFontDatabase.families(QFontDatabase.WritingSystem.Japanese):
            pytest.skip("no Japanese font: nothing can be said about the room that its texts need")
        labelling._choose_language(language)
        word = {"en": "Label", "ja": "タグ付け"}[language]
        qtbot.waitUntil(lambda: labelling.navigation.buttons["label"].text() == word)

    return switch


def tag_all(window: MainWindow, qtbot: QtBot) -> None:
    """Two tags for each class, so that all pages have something to show."""
    for record in window.session.classes:
        rows = [row for row, image in enumerate(window.session.images) if image.path.parent.name == record.name]
        window.session.tag(rows[:3], record.id)
    qtbot.waitUntil(lambda: window.session.predictions is not None and not window.session.predicting, timeout=60_000)
    work = window.evaluation_work
    window.show_page("evaluate")
    qtbot.waitUntil(lambda: work.evaluated is not None and not work.running, timeout=60_000)
    work.compare_methods("ridge", "prototype")
    qtbot.waitUntil(lambda: work.compared is not None and not work.running, timeout=60_000)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_is_cut_off_unnamed_out_of_reach_or_untranslated(
    labelling: MainWindow, qtbot: QtBot, speaking: Callable[[str], None], language: str
) -> None:
    tag_all(labelling, qtbot)
    speaking(language)
    assert {name for name, _ in everywhere(labelling)} > {"start", "export", "ClassDialog", "SettingsDialog 3"}
    for size in SIZES:
        labelling.resize(*size)
        settle()
        assert (labelling.width(), labelling.height()) == size, "the window needs more room than the screen has"
        assert check(labelling, cut_off) == {}
    assert check(labelling, unnamed) == {}
    assert check(labelling, out_of_reach) == {}
    if language == "ja":
        left = check(labelling, english_left)
        assert left == {}


def english_left(root: QWidget) -> list[str]:
    return sorted(
        {
            text
            for text in texts(root)
            if text.isascii() and re.search("[A-Za-z]", text) and not OWN_WORDS.fullmatch(text)
        }
    )


@pytest.mark.may_stall  # the theme is changed: Qt styles every widget anew
def test_what_has_the_keyboard_shows_it(labelling: MainWindow, qtbot: QtBot) -> None:
    tag_all(labelling, qtbot)
    labelling.activateWindow()
    qtbot.waitUntil(labelling.isActiveWindow)
    # As after a press of the Tab key: who uses the mouse is not shown where the keyboard is.
    labelling.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    unseen = set()
    for theme, page in product(("light", "dark"), PAGES):
        labelling._choose_theme(theme)
        labelling.show_page(page)
        settle()
        for widget in (widget for kind in CONTROLS for widget in visible(labelling, kind)):
            if inner(widget) or not widget.isEnabled() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                continue
            parent = widget.parentWidget()
            while parent is not None:
                if isinstance(parent, QScrollArea):
                    parent.ensureWidgetVisible(widget)  # as Tab does
                parent = parent.parentWidget()
            around = QRect(widget.mapTo(labelling, QPoint(-4, -4)), widget.size() + QSize(8, 8))
            labelling.setFocus()
            before = labelling.grab(around).toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            if widget.hasFocus() and labelling.grab(around).toImage() == before:
                unseen.add(f"{theme}, {page}: {type(widget).__name__} {name_of(widget)!r}")
    assert not unseen, "\n".join(sorted(unseen))


def test_the_checks_find_what_is_wrong(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    label, button, nameless = QLabel("Much too long", holder), QPushButton("Much too long", holder), QSlider(holder)
    for widget in (label, button):
        widget.setFixedWidth(20)
    nameless.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    nameless.move(holder.width(), 0)
    holder.show()
    assert len(list(cut_off(holder))) == 3
    assert len(unnamed(holder)) == 1 and len(out_of_reach(holder)) == 1
    assert english_left(holder) == ["Much too long"]
