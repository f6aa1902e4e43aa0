"""Settings, the command palette, keys, hints, and how the window was left."""

import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from gui_bench import TIMEOUT, Bench
from PySide6.QtCore import Qt, QThread
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMenu, QSplitter
from pytestqt.qtbot import QtBot

from micm_desktop.gui import engine
from micm_desktop.gui.app import make_window
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.command_model import COMMAND_ROLE
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.priority import NICE
from micm_desktop.gui.widgets.command_palette import CommandPalette
from micm_desktop.gui.widgets.settings_dialog import SettingsDialog
from micm_desktop.gui.widgets.shortcut_sheet import ShortcutSheet
from micm_desktop.progress import JobControl


def palette(window: MainWindow) -> CommandPalette:
    window.menus.actions["palette"].trigger()
    assert isinstance(window.shell.dialog, CommandPalette)
    return window.shell.dialog


def names(dialog: CommandPalette) -> list[str]:
    return [dialog.found.index(row, 0).data() for row in range(dialog.found.rowCount())]


def settings(window: MainWindow) -> SettingsDialog:
    window.menus.actions["settings"].trigger()
    assert isinstance(window.shell.dialog, SettingsDialog)
    return window.shell.dialog


# --- the palette


@pytest.mark.may_stall  # the theme is changed: Qt styles every widget anew
def test_an_action_is_found_in_both_languages_and_run_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    window._choose_language("ja")
    qtbot.waitUntil(lambda: window.navigation.buttons["label"].text() == "タグ付け")
    for typed in ("decide", "判定", "ＤＥＣＩＤＥ"):
        dialog = palette(window)
        dialog.line.setText(typed)
        assert names(dialog)[0] == "判定"
        dialog.close()
    for typed in ("fit show the whole", "全体 ダブルクリック"):
        dialog = palette(window)
        dialog.line.setText(typed)
        assert len(names(dialog)) == 1 and names(dialog)[0].startswith("全体"), "of the Image menu"
        dialog.close()
    dialog = palette(window)
    dialog.line.setText("dark theme")
    assert names(dialog) == ["テーマ › ダーク"]
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window._preferences.theme() == "dark")
    assert window.shell.dialog is None
    window._choose_language("en")
    qtbot.waitUntil(lambda: window.navigation.buttons["label"].text() == "Label")
    for typed, found in (("判定", "Decide"), ("元に戻す", "Undo"), ("比較", "Compare")):
        dialog = palette(window)
        dialog.line.setText(typed)
        assert any(name.startswith(found) for name in names(dialog))
        dialog.close()


def test_what_cannot_be_done_says_why_and_is_not_run(window: MainWindow) -> None:
    dialog = palette(window)
    dialog.line.setText("start pretraining")
    assert names(dialog) == ["Start pretraining"]
    assert dialog.note.text() == "Open a folder of images first."
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert window.shell.dialog is dialog and window.page == "start"
    dialog.line.setText("nothing is called so")
    assert not names(dialog) and "No action" in dialog.note.text()


def test_the_arrow_keys_move_while_one_types(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_Slash, control)
    assert isinstance(window.shell.dialog, ShortcutSheet)
    window.shell.dialog.close()
    QTest.keyClick(window, Qt.Key.Key_P, control | shift)
    dialog = window.shell.dialog
    assert isinstance(dialog, CommandPalette)
    QTest.keyClick(dialog.line, Qt.Key.Key_Down)
    assert dialog.list.currentIndex().row() == 1
    QTest.keyClick(dialog.line, Qt.Key.Key_Escape)
    assert window.shell.dialog is None


def test_every_action_can_be_found_and_most_have_a_key(window: MainWindow) -> None:
    dialog = palette(window)
    known = {id(dialog.found.index(row, 0).data(COMMAND_ROLE).action) for row in range(dialog.found.rowCount())}
    actions = [*window.menus.actions.values(), *window.work.actions.values()]
    assert all(id(action) in known for action in actions)
    keys = [action.shortcut().toString() for action in actions if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys)) > 25


def test_an_entry_of_the_work_menu_shows_its_page_and_presses_there(labelling: MainWindow, qtbot: QtBot) -> None:
    labelling.show_page("decide")
    labelling.work.actions["what_next"].trigger()
    assert labelling.page == "label" and labelling.label.queue.active
    labelling.work.actions["what_next"].trigger()
    assert not labelling.label.queue.active
    pause, start = labelling.work.actions["pause"], labelling.work.actions["pretrain"]
    assert start.isEnabled() and not pause.isEnabled()
    labelling.session.close()
    assert not start.isEnabled()


# --- keys


def assert_no_key_twice(window: MainWindow) -> None:
    """Two with the same key in one window: Qt calls neither."""
    keys = [key for action in window.findChildren(QAction) for key in action.shortcuts()]
    keys += chain.from_iterable(QShortcut.keys(shortcut) for shortcut in window.findChildren(QShortcut))
    keys += [button.shortcut() for button in window.findChildren(QAbstractButton)]
    told = sorted(key.toString() for key in keys if not key.isEmpty())
    assert len(told) > 30 and [key for key, count in Counter(told).items() if count > 1] == []


def test_no_key_means_two_things(labelling: MainWindow, qtbot: QtBot) -> None:
    assert_no_key_twice(labelling)
    # Again in Japanese, with everything made that is only made when it is asked for.
    labelling._choose_language("ja")
    labelling.label.map.bar.map.click()
    labelling.work.actions["what_next"].trigger()
    assert_no_key_twice(labelling)


def test_a_key_can_be_changed_taken_and_reset(window: MainWindow) -> None:
    dialog = settings(window)
    keys, actions = dialog.keys, window.shell.shortcuts.actions
    keys.table.selectRow(keys.model.names.index("rescan"))
    keys.edit.setKeySequence(QKeySequence("F9"))
    assert keys.note.text() == "This key is free."
    keys.set.click()
    assert actions["rescan"].shortcut().toString() == "F9"
    keys.edit.setKeySequence(QKeySequence("Ctrl+T"))
    assert "What to tag next" in keys.note.text()
    keys.set.click()
    assert actions["rescan"].shortcut().toString() == "Ctrl+T" and actions["what_next"].shortcut().isEmpty()
    assert Preferences().key("rescan") == "Ctrl+T" and Preferences().key("what_next") == ""
    for typed in ("3", "A", "Space", "Shift+Q", "Del"):
        keys.edit.setKeySequence(QKeySequence(typed))
        assert not keys.set.isEnabled() and "without Ctrl or Alt" in keys.note.text()
    for fixed in ("Ctrl+L", "Ctrl+F", "Ctrl+/", "Ctrl+Y"):
        keys.edit.setKeySequence(QKeySequence(fixed))
        assert not keys.set.isEnabled() and "for good" in keys.note.text()
    assert_no_key_twice(window)
    keys.reset.click()
    assert actions["rescan"].shortcut().toString() == "F5" and actions["what_next"].shortcut().toString() == "Ctrl+T"
    assert Preferences().key("rescan") is None


def test_chosen_keys_are_there_at_the_next_start(qapp: QApplication) -> None:
    Preferences().set_key("rescan", "Ctrl+F9")
    window = make_window(qapp)
    assert window.menus.actions["rescan"].shortcut().toString() == "Ctrl+F9"
    window.close()
    window.translator.remove()


def test_the_sheet_lists_the_keys_as_they_are(labelling: MainWindow) -> None:
    labelling.shell.shortcuts.choose("rescan", QKeySequence("F9"))
    labelling.menus.actions["shortcuts"].trigger()
    assert isinstance(labelling.shell.dialog, ShortcutSheet)
    text = labelling.shell.dialog.text.toPlainText()
    assert "F9" in text and "Tag the selected images as “scratch”" in text and "F5" not in text
    assert "as unsure" in text and "Compare – " in text


# --- settings


@pytest.mark.may_stall  # the theme is changed: Qt styles every widget anew
def test_language_and_theme_change_at_once(window: MainWindow, qtbot: QtBot) -> None:
    dialog = settings(window)
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dialog.theme.activated.emit(0)
    assert window._preferences.theme() == "dark" and window.menus._themes.actions["dark"].isChecked()
    dialog.language.setCurrentIndex(dialog.language.findData("ja"))
    dialog.language.activated.emit(0)
    assert isinstance(window.shell.dialog, SettingsDialog) and window.shell.dialog is not dialog
    assert window.shell.dialog.windowTitle() == "設定" and window.menus._languages.actions["ja"].isChecked()


def test_device_and_threads_reach_the_next_run(labelling: MainWindow, qtbot: QtBot) -> None:
    dialog = settings(labelling)
    qtbot.waitUntil(lambda: "Looking" not in dialog.device_note.text(), timeout=TIMEOUT)
    dialog.device.setCurrentIndex(dialog.device.findData("cpu"))
    dialog.device.activated.emit(1)
    dialog.threads.setValue(1)
    assert Preferences().device() == "cpu" and Preferences().threads() == 1 and labelling.session.device == "cpu"
    found: list[int] = []

    def work(_control: JobControl) -> Iterator[object]:
        import torch

        found.append(torch.get_num_threads())
        yield None

    def run() -> int:
        labelling.session.jobs.start(work, needs_engine=True)
        qtbot.waitUntil(lambda: not labelling.session.jobs.running, timeout=TIMEOUT)
        return found.pop()

    try:
        assert run() == 1
        engine.set_threads(2)
        assert run() == 2
    finally:
        engine.set_threads(0)
    assert run() == engine._threads_of_torch


def test_a_card_that_is_gone_is_not_asked_for() -> None:
    import torch

    assert engine.existing("cpu") == "cpu" and engine.existing("auto") == "auto"
    assert engine.existing("cuda") == ("cuda" if torch.cuda.is_available() else "auto")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the priority is Qt's to set")
def test_training_yields_to_the_window(window: MainWindow, qtbot: QtBot) -> None:
    found: list[tuple[int, int]] = []

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work(_control: JobControl) -> Iterator[object]:
        inner: list[int] = []
        thread = threading.Thread(target=lambda: inner.append(niceness()))
        thread.start()
        thread.join()
        found.append((niceness(), inner[0]))
        yield None

    before = niceness()
    for priority in (QThread.Priority.LowPriority, QThread.Priority.InheritPriority):
        window.session.jobs.start(work, priority=priority)
        qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    assert found == [(max(before, NICE),) * 2, (before, before)] and niceness() == before


def test_thumbnails_are_counted_limited_and_moved(
    labelling: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert labelling.session.folder is not None
    own = labelling.session.folder / "thumbnails"
    for number in range(3):
        digest = f"{number:064x}"
        (own / "00").mkdir(parents=True, exist_ok=True)
        file = own / "00" / f"{digest}_256.jpg"
        file.write_bytes(bytes(9_000_000))
        os.utime(file, (number, number))
    dialog = settings(labelling)
    assert dialog.place.text() == str(own)
    qtbot.waitUntil(lambda: "file" in dialog.used.text(), timeout=TIMEOUT)
    dialog.limit.setValue(10)
    qtbot.waitUntil(lambda: "2 deleted" in dialog.used.text(), timeout=TIMEOUT)
    assert (own / "00" / f"{2:064x}_256.jpg").exists() and not (own / "00" / f"{0:064x}_256.jpg").exists()
    dialog.clear.click()
    qtbot.waitUntil(lambda: "0 files" in dialog.used.text(), timeout=TIMEOUT)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "elsewhere"))
    dialog.choose.click()
    assert labelling.thumbnails._cache == tmp_path / "elsewhere" / "micm-desktop-thumbnails"
    dialog.in_project.click()
    assert labelling.thumbnails._cache == own and Preferences().cache_place() is None


# --- hints


def test_a_hint_leads_on_and_is_dismissed_for_good(opened: MainWindow) -> None:
    bar = opened.shell.hints.bar
    opened.show_page("images")
    assert bar.isVisible() and "images that were found" in bar.text.text()
    bar.next.click()
    assert opened.page == "inventory" and bar.isVisible()
    bar.next.click()
    assert opened.page == "pretrain" and bar.isVisible()
    assert "has got to know your images" in bar.text.text(), "nobody is told to skip what is done"
    bar.dismiss.click()
    assert not bar.isVisible()
    opened.show_page("images")
    assert bar.isVisible(), "only the hint that was dismissed is gone"
    opened.show_page("pretrain")
    assert not bar.isVisible() and Preferences().seen_hints() == {"pretrained"}
    opened.menus.actions["hints"].trigger()
    assert bar.isVisible() and Preferences().seen_hints() == frozenset()


def test_tags_lead_to_the_evaluation_and_a_missing_good_class_is_asked_for(labelling: MainWindow, qtbot: QtBot) -> None:
    session, bar = labelling.session, labelling.shell.hints.bar

    def tag(first: int, last: int) -> None:
        for record in session.classes:
            named = (row for row, image in enumerate(session.images) if image.path.name.startswith(record.name))
            session.tag(list(named)[first:last], record.id)
        qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)

    labelling.label.editing.set_good(session.classes[0].id, False)
    tag(0, 4)
    qtbot.waitUntil(lambda: bar.isVisible() and "No class means good parts" in bar.text.text())
    bar.next.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.actions()[0].trigger()
    menu.close()
    assert session.classes[0].is_good
    qtbot.waitUntil(lambda: "Five tags for each class" in bar.text.text())
    # The menu took the window's place.
    labelling.activateWindow()
    qtbot.waitUntil(labelling.isActiveWindow)
    labelling.label.grid.setFocus()
    QTest.mouseClick(bar.dismiss, Qt.MouseButton.LeftButton)
    assert bar.isHidden() and labelling.label.grid.hasFocus(), "the next key is a tag, not typed into a field"
    tag(4, 5)
    qtbot.waitUntil(lambda: "Every class has five tags" in bar.text.text())
    bar.next.click()
    assert labelling.page == "evaluate" and "with the images behind each figure" in bar.text.text()


def test_the_last_hint_is_for_a_file_that_was_written(labelling: MainWindow) -> None:
    labelling.show_page("export")
    assert not labelling.shell.hints.bar.isVisible(), "the page itself says that tags are missing"
    labelling.show_page("start")
    assert not labelling.shell.hints.bar.isVisible()


# --- how it was left


def test_parts_and_page_are_as_they_were_left(
    window: MainWindow, bench: Bench, qtbot: QtBot, qapp: QApplication
) -> None:
    def opened(which: MainWindow) -> MainWindow:
        which.opener.open_project(bench.project)
        qtbot.waitUntil(lambda: which.session.labeling is not None, timeout=TIMEOUT)
        qtbot.waitUntil(lambda: not which.features.loading and not which.session.jobs.running, timeout=TIMEOUT)
        return which

    def parts(which: MainWindow) -> QSplitter:
        """The list, the large view and the classes."""
        return next(split for split in which.label.findChildren(QSplitter) if split.count() == 3)

    opened(window).show_page("label")
    split = parts(window)
    split.setSizes([300, 500, 300])
    sizes = split.sizes()
    window.session.close()
    again = make_window(qapp)
    again.resize(window.size())
    again.show()
    assert again.page == "start"
    opened(again)
    assert again.page == "label"
    split = parts(again)
    assert split.sizes() == pytest.approx(sizes, abs=10) and sizes[2] == pytest.approx(300, abs=40)
    again.close()
    again.deleteLater()
