"""A project that another program has open: the window shows all of it, and changes nothing."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gui_bench import TIMEOUT, Bench
from PySide6.QtCore import QEvent, QPoint, QTimer
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QMessageBox, QToolTip
from pytestqt.qtbot import QtBot
from small_disk import make_read_only, make_writable, own_mounts

from micm_desktop.gui import read_only
from micm_desktop.gui.actions import commands
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.steps import PAGES
from micm_desktop.project.holding import HOLDER_FILE
from micm_desktop.project.store import Project


@pytest.fixture
def other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Another program that has the bench's project open, with two classes and two tags."""
    monkeypatch.setattr(read_only, "LOOK_AGAIN", 50)
    project = Project.open_exclusively(bench.project)
    images = project.images()
    for name, image in zip(("good", "scratch"), images, strict=False):
        project.tag([image.sha256], project.add_class(name).id)
    yield project
    project.close()


def opened(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.opener.open_project(folder)
    qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)


def test_it_shows_everything_changes_nothing_and_edits_once_the_holder_has_left(
    other: Project, window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    opened(window, bench.project, qtbot)
    banner, session = window.safekeeping.read_only, window.session
    assert banner.isVisible() and "open since" in banner.text and not banner.button.isVisible()
    assert not window.safekeeping.backups._settled.isActive(), "no backup beside a holder"
    assert not window.menus.actions["restore"].isEnabled() and window.menus.actions["export_labels"].isEnabled()
    assert len(session.images) == 24 and [record.name for record in session.classes] == ["good", "scratch"]
    journal = len(other.history())
    for page in PAGES:
        window.show_page(page)
    window.show_page("label")
    # Whatever a page enables again meanwhile stays off.
    window.menus.set_saving(False)
    window.label.classes.add.setEnabled(True)
    guarded = [*banner._widgets, *banner._actions]
    assert [part for part in guarded if part.isEnabled()] == []
    assert not any(button.isEnabled() for button in window.label.classes.buttons.values())
    for part in (
        *window.label.classes.buttons.values(),
        window.label.classes.add,
        *window.decide.costs.findChildren(QAbstractSpinBox),
    ):
        QApplication.sendEvent(part, QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), part.mapToGlobal(QPoint(1, 1))))
        assert "open since" in QToolTip.text()
        QToolTip.hideText()
    reasons = {command.action: command.reason for command in commands(window.menuBar())}
    assert all("open since" in reasons[window.menus.actions[name]] for name in ("add_class", "undo", "add_folder"))
    assert window.label.grid.isEnabled() and window.export.export is not None
    menu = window.label.menu.build()
    assert menu is not None and [action.isEnabled() for action in menu.actions()[:3]] == [False] * 3
    menu.close()
    window.evaluate.ask_set_aside()
    assert "can only be looked at" in window.evaluate.banner.text
    # What is not switched off, such as keys, comes to nothing, and that is said.
    window.label.press("1")
    assert window.label.saved.banner.isVisible() and "can only be looked at" in window.label.saved.banner.text
    assert len(other.history()) == journal and len(other.tags()) == 2

    other.close()
    qtbot.waitUntil(lambda: banner.button.isVisible(), timeout=TIMEOUT)
    assert "has closed the project" in banner.text
    banner.button.click()
    qtbot.waitUntil(lambda: session.labeling is not None and banner.holder is None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not session.jobs.running, timeout=TIMEOUT)
    assert not banner.isVisible()
    for part in (window.label.classes.add, window.images.add, window.pretrain.panel.start):
        assert part.isEnabled()
    window.show_page("label")
    window.label.press("2")
    assert len(session.labeling.project.tags()) in (2, 3) and window.menus.actions["undo"].isEnabled()


@pytest.mark.slow
def test_silence_on_another_computer_is_asked_about(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    file = bench.project / HOLDER_FILE
    since = datetime.now(UTC).isoformat()
    file.write_text(json.dumps({"user": "佐藤", "machine": "line-3", "since": since, "token": "theirs"}))
    os.utime(file, (0, file.stat().st_mtime - 600))
    opened(window, bench.project, qtbot)
    banner = window.safekeeping.read_only
    assert "佐藤 on line-3" in banner.text and banner.button.text() == "Open for editing…"

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox) and "line-3" in box.text()
        next(button for button in box.buttons() if "It is closed" in button.text()).click()

    QTimer.singleShot(50, press)
    banner.button.click()
    qtbot.waitUntil(lambda: window.session.labeling is not None and banner.holder is None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)
    assert not banner.isVisible()


@pytest.fixture
def mounts() -> None:
    own_mounts()


def test_a_folder_that_turns_read_only_is_named_and_the_window_stays(
    mounts: None, labelling: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    window, session, safe = labelling, labelling.session, labelling.safekeeping
    ids = [record.id for record in session.classes]
    session.tag([0, 1], ids[0])
    make_read_only(bench.project)
    try:
        session.tag([2], ids[1])
        safe.backups.look(opening=True)
        qtbot.waitUntil(lambda: safe.note.isVisible(), timeout=TIMEOUT)
        assert "Read-only file system" in safe.note.text
        qtbot.waitUntil(lambda: not session.jobs.running and not session.predicting, timeout=TIMEOUT)
        for page in PAGES:
            window.show_page(page)
        window.opener.open_project(bench.project)
        qtbot.waitUntil(lambda: window.start.banner.isVisible(), timeout=TIMEOUT)
        assert "cannot be written" in window.start.banner.text and window.page == "start"
    finally:
        make_writable(bench.project)
    opened(window, bench.project, qtbot)
    assert session.tag_classes()[:3].tolist() == [ids[0], ids[0], ids[1]] and safe.read_only.holder is None
