"""The Help menu: version and licences."""

import pytest
from gui_bench import TIMEOUT
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop import about
from micm_desktop.gui.about import LicencesDialog
from micm_desktop.gui.main_window import MainWindow


def test_licences_and_version_are_shown(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window.menus.actions["licences"].trigger()
    dialog = window.shell.dialog
    assert isinstance(dialog, LicencesDialog)
    qtbot.waitUntil(lambda: dialog.packages.count() > 10, timeout=TIMEOUT)
    names = [dialog.packages.item(row).text() for row in range(dialog.packages.count())]
    assert names == [f"{one.name} {one.version}".strip() for one in about.licences()]
    row = next(row for row, name in enumerate(names) if name.startswith("PySide6_Essentials"))
    dialog.packages.setCurrentRow(row)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in dialog.text.toPlainText() and "LGPL-3.0" in dialog.facts.text()
    dialog.close()

    build = about.Build("9.9", "0123456789abcdef+", "2026-01-02T03:04:05+00:00")
    monkeypatch.setattr(about, "build", lambda: build)
    window.menus.actions["about"].trigger()
    qtbot.waitUntil(lambda: isinstance(window.shell.dialog, QMessageBox), timeout=TIMEOUT)
    box = window.shell.dialog
    assert isinstance(box, QMessageBox)
    assert all(part in box.text() for part in ("9.9", "0123456789ab", "2026-01-02", "with changes", "micm-desktop.log"))
    box.close()


def test_a_box_that_was_closed_while_it_was_read_for_is_left_alone(window: MainWindow, qtbot: QtBot) -> None:
    window.menus.actions["licences"].trigger()
    assert window.shell.dialog is not None
    window.shell.dialog.close()
    qtbot.waitUntil(lambda: not window.shell._about._read_licences.busy, timeout=TIMEOUT)
    assert window.shell.dialog is None
