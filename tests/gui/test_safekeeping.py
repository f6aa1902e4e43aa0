"""Backups made and restored from the window, a damaged project, and labels as a file."""

import os
import sys
from pathlib import Path

import pytest
from gui_bench import TIMEOUT, Bench, write_picture
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from micm_desktop.gui import closing
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.project import network
from micm_desktop.project.holding import is_free
from micm_desktop.project.records import UNSURE
from micm_desktop.project.store import Project


def settled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)


def choose_backup(window: MainWindow, qtbot: QtBot, place: int) -> None:
    """Select an entry of the dialog that is about to open, and restore it."""
    safe = window.safekeeping
    qtbot.waitUntil(lambda: safe.restoring.dialog is not None and safe.restoring.dialog.isVisible(), timeout=TIMEOUT)
    dialog = safe.restoring.dialog
    assert dialog is not None and not dialog.restore.isEnabled()
    dialog.list.setCurrentItem(dialog.list.topLevelItem(place))
    assert dialog.restore.isEnabled()
    dialog.restore.click()
    safe.restoring.dialog = None


def test_labels_are_backed_up_and_restored(labelling: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    window, safe = labelling, labelling.safekeeping
    ids = [record.id for record in window.session.classes]
    window.session.tag([0, 1], ids[0])
    safe.backups.look(opening=True)
    qtbot.waitUntil(lambda: not safe.backups._latest.busy, timeout=TIMEOUT)
    window.session.tag([0, 1, 2], ids[1])
    window.session.remove_class(ids[2])
    window.menus.actions["restore"].trigger()
    choose_backup(window, qtbot, 0)
    qtbot.waitUntil(lambda: safe.note.isVisible() and "as of" in safe.note.text, timeout=TIMEOUT)
    settled(window, qtbot)
    session = window.session
    assert session.tag_classes()[:3].tolist() == [ids[0], ids[0], 0] and len(session.classes) == 3
    assert session.labeling is not None and session.labeling.project.holder is None
    whys = [one.why for one in session.labeling.project.backups()]
    assert sorted(whys) == ["auto", "before-restore"]
    safe.note.button.click()
    assert not safe.note.isVisible()


def test_a_damaged_project_leads_to_its_backups(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    project = Project.open(bench.project)
    project.tag([project.images()[0].sha256], project.add_class("good").id)
    project.back_up()
    project.close()
    file = bench.project / "project.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    window.opener.open_project(bench.project)
    banner = window.start.banner
    qtbot.waitUntil(lambda: banner.isVisible() and banner.button.isVisible(), timeout=TIMEOUT)
    assert "damaged" in banner.text and banner.button.text() == "Restore labels from a backup…"
    banner.button.click()
    choose_backup(window, qtbot, 0)
    settled(window, qtbot)
    assert window.session.tag_classes()[0] and not banner.isVisible()


def test_labels_go_out_and_come_in(labelling: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window, files, session = labelling, labelling.safekeeping.label_files, labelling.session
    ids = [record.id for record in session.classes]
    session.tag([0, 1], ids[0])
    session.tag([2], UNSURE)
    session.regions.add(session.images[1], None, (1, 1, 9, 9))
    file = tmp_path / "ラベル.csv"
    files.export(file)
    qtbot.waitUntil(lambda: "3 labels written" in window.safekeeping.note.text, timeout=TIMEOUT)
    session.tag([0, 1, 2], None)
    session.tag([2], ids[1])
    session.remove_class(ids[0])
    files.look_into(file)
    qtbot.waitUntil(lambda: files.box is not None and files.box.isVisible(), timeout=TIMEOUT)
    box = files.box
    assert box is not None and box.text() == "Take up 2 new labels?"
    assert "1 label disagrees" in box.informativeText() and "is “pit”" not in box.detailedText()
    assert "is “scratch” in the project, “unsure” in the file" in box.detailedText()
    next(button for button in box.buttons() if button.text() == "Take up").click()
    qtbot.waitUntil(lambda: "2 labels taken up" in window.safekeeping.note.text, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=TIMEOUT)
    good = next(record.id for record in session.classes if record.name == "good")
    assert session.tag_states()[:3].tolist() == [good, good, ids[1]]
    session.undo.undo()
    assert session.tag_states()[:3].tolist() == [0, 0, ids[1]]
    assert [record.name for record in session.classes] == ["scratch", "pit"]
    file.write_bytes(b"path,class\na.png\n")
    files.look_into(file)
    qtbot.waitUntil(lambda: "line 2" in window.safekeeping.note.text, timeout=TIMEOUT)


def test_images_that_were_edited_are_shown_and_labelled_as_before(
    labelling: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    window, session, safe = labelling, labelling.session, labelling.safekeeping
    pit = next(record.id for record in session.classes if record.name == "pit")
    session.tag([0], pit)
    write_picture(session.images[0].path, "scratch", 999)
    window.menus.rescan.emit()
    qtbot.waitUntil(lambda: safe.note.isVisible() and "shows something else now" in safe.note.text, timeout=TIMEOUT)
    assert session.tag_classes()[0] == 0, "nothing is decided by itself"
    safe.note.button.click()
    dialog = safe.edited.dialog
    assert dialog is not None and dialog.list.topLevelItem(0).text(1) == "pit"
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Label them as before").click()
    qtbot.waitUntil(lambda: session.tag_classes()[0] == pit, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=TIMEOUT)
    assert session.undo.canUndo()


def test_a_network_drive_is_named_and_closing_waits_for_it_or_does_not(
    window: MainWindow, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(network, "kind_of", lambda _folder: "cifs")
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "cache")
    window.opener.open_project(bench.project)
    settled(window, qtbot)
    assert "network drive (cifs)" in window.safekeeping.note.text
    record = window.session.add_class("good", key="1", color="#0072b2", is_good=True)
    window.session.tag([0], record.id)
    away = bench.project.with_name("away")
    bench.project.rename(away)
    window.close()
    assert window.isVisible() and window.session.labeling is None
    box = window.safekeeping.closing
    qtbot.waitUntil(lambda: box.again.isVisible(), timeout=TIMEOUT)
    assert "written back when the project is opened here again" in box.text.text()
    away.rename(bench.project)
    box.again.click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=TIMEOUT)
    assert not box.isVisible()
    monkeypatch.undo()
    project = Project.open_exclusively(bench.project)
    assert len(project.tags()) == 1 and project.holder is None
    project.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a FIFO hangs as a drive does")
def test_a_drive_that_does_not_answer_does_not_hold_up_the_next_project(
    window: MainWindow, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(network, "kind_of", lambda folder: "cifs" if folder == bench.project else "")
    monkeypatch.setattr(network, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(network, "SETTLE", 600.0)
    monkeypatch.setattr(closing, "SOON", 0)
    Project.open(tmp_path / "other").close()
    window.opener.open_project(bench.project)
    settled(window, qtbot)
    window.session.add_class("good", key="1", color="#0072b2", is_good=True)
    part = bench.project / "project.part"
    os.mkfifo(part)
    window.opener.open_project(tmp_path / "other")
    box = window.safekeeping.closing
    qtbot.waitUntil(lambda: box.isVisible(), timeout=TIMEOUT)
    assert "You need not wait" in box.text.text() and box.bar.maximum() == 0
    window.close()
    window.opener.cancel()
    assert window.isVisible(), "waits for the one that is closed, and writes it back"
    window.opener.open_project(tmp_path / "other")
    box.leave.click()
    qtbot.waitUntil(lambda: window.session.folder == tmp_path / "other", timeout=TIMEOUT)
    assert not box.isVisible()
    part.read_bytes()
    qtbot.waitUntil(lambda: is_free(bench.project) and not part.exists(), timeout=TIMEOUT)
