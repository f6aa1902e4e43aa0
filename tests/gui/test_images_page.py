"""The Images page on real files."""

import shutil
from pathlib import Path

import pytest
from gui_bench import TIMEOUT, Bench, write_picture
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.pages.images import DUPLICATES


def open_and_scan(window: MainWindow, folders: list[Path], qtbot: QtBot) -> None:
    window.opener.open_images(folders)
    qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)


def test_a_folder_fills_the_grid_with_thumbnails(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    before = {path: path.stat().st_mtime_ns for path in bench.images.rglob("*")}
    open_and_scan(window, [bench.images], qtbot)
    assert window.page == "images"
    assert window.images.model.rowCount() == 24
    first = window.session.images[0]
    qtbot.waitUntil(lambda: window.thumbnails.pixmap(first) is not None, timeout=TIMEOUT)
    assert {path: path.stat().st_mtime_ns for path in bench.images.rglob("*")} == before
    assert window.navigation.buttons["images"].state == "done"
    assert "24" in window.navigation.buttons["images"].note


def test_the_same_folder_opens_the_same_project(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    open_and_scan(window, [bench.images], qtbot)
    first = window.session.folder
    window.session.add_class("kept", key="1", color="#000000", is_good=False)
    window.session.close()
    open_and_scan(window, [bench.images], qtbot)
    assert window.session.folder == first
    assert [record.name for record in window.session.classes] == ["kept"]
    assert window.start.recent.count() == 1


def test_what_cannot_be_read_is_listed_with_its_reason(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "mixed"
    write_picture(folder / "whole.png", "good", 1)
    shutil.copy(folder / "whole.png", folder / "copy.png")
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.bmp").write_text("not an image")
    (folder / "cut.png").write_bytes((folder / "whole.png").read_bytes()[:600])
    open_and_scan(window, [folder], qtbot)
    problems = window.images.problems
    listed = {problems.index(row, 0).data(): problems.index(row, 1).data() for row in range(problems.rowCount())}
    assert set(listed) == {"empty.png", "text.bmp", "cut.png"}
    assert listed["empty.png"] == "the file is empty (0 bytes)"
    assert all(listed.values())
    assert window.images.model.rowCount() == 2
    window.images.show_only.setCurrentIndex(DUPLICATES)
    assert window.images.model.rowCount() == 2
    window._choose_language("ja")
    reasons = [problems.index(row, 1).data() for row in range(problems.rowCount())]
    assert "ファイルが空です（0 バイト）" in reasons
    assert all(not reason.isascii() for reason in reasons)


def test_an_empty_folder_says_what_to_do(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "nothing").mkdir()
    open_and_scan(window, [tmp_path / "nothing"], qtbot)
    text = window.images._empty.text()
    assert window.images._empty.isVisible()
    assert "No images were found" in text and str(tmp_path / "nothing") in text and "Add another folder" in text


def test_a_folder_that_is_not_there_is_named(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.opener.open_images([tmp_path / "gone"])
    qtbot.waitUntil(lambda: window.start.banner.isVisible(), timeout=TIMEOUT)
    assert str(tmp_path / "gone") in window.start.banner.text
    assert window.session.labeling is None and window.start.folder_button.isEnabled()


def test_a_folder_that_vanishes_keeps_its_tags_and_can_be_found_again(
    opened: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    record = opened.session.add_class("good", key="1", color="#000000", is_good=True)
    opened.session.tag([0], record.id)
    moved = bench.images.with_name("moved")
    bench.images.rename(moved)
    opened.session.folders_added.emit()
    qtbot.waitUntil(lambda: not opened.session.jobs.running, timeout=TIMEOUT)
    assert opened.images.model.rowCount() == 0 and opened.images.problems.rowCount() == 24
    folder = opened.session.folders[0]
    opened.session.relocate_folder(folder.id, moved)
    qtbot.waitUntil(lambda: opened.images.model.rowCount() == 24, timeout=TIMEOUT)
    assert opened.images.problems.rowCount() == 0
    assert int((opened.session.tag_classes() == record.id).sum()) == 1


@pytest.mark.parametrize("project_open", [False, True])
def test_folders_can_be_dropped_onto_the_window(
    window: MainWindow, bench: Bench, tmp_path: Path, qtbot: QtBot, project_open: bool
) -> None:
    write_picture(tmp_path / "more" / "extra.png", "pit", 77)
    if project_open:
        open_and_scan(window, [bench.images], qtbot)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "more"))])
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), action, mime, button, key))
    expected = 25 if project_open else 1
    qtbot.waitUntil(lambda: window.images.model.rowCount() == expected, timeout=TIMEOUT)


def test_a_dropped_file_stands_for_its_folder(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    open_and_scan(window, [bench.images / "good" / "good_0.png", bench.images / "good" / "good_1.png"], qtbot)
    assert [folder.path for folder in window.session.folders] == [bench.images / "good"]
    assert window.images.model.rowCount() == 8


def test_a_scan_can_be_cancelled(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    for number in range(30):
        write_picture(tmp_path / "many" / f"{number}.png", "good", number % 3, size=24)
    started: list[bool] = []
    window.scanner.started.connect(lambda: started.append(window.scanner.running))
    window.scanner.started.connect(window.scanner.cancel)
    window.opener.open_images([tmp_path / "many"])
    qtbot.waitUntil(lambda: bool(started), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    assert not window.images.progress.isVisible()
    assert len(window.session.images) < 30
    assert "cancelled" in window.images.banner.text


def test_scrolling_stays_where_it_is_while_images_are_added(opened: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    opened.resize(1000, 640)
    opened.show_page("images")
    for number in range(40):
        write_picture(bench.images / "zz" / f"{number:02d}.png", "good", 500 + number, size=24)
    opened.scanner.start()
    qtbot.waitUntil(lambda: opened.images.model.rowCount() == 64, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not opened.session.jobs.running, timeout=TIMEOUT)
    grid = opened.images.grid
    grid.select_row(20)
    bar = grid.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 400)
    bar.setValue(300)
    for number in range(40, 60):
        write_picture(bench.images / "zz" / f"{number:02d}.png", "good", 500 + number, size=24)
    opened.scanner.start()
    qtbot.waitUntil(lambda: opened.images.model.rowCount() == 84, timeout=TIMEOUT)
    qtbot.wait(50)
    assert bar.value() == 300 and grid.selected_rows() == [20]
