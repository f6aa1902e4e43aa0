"""The inventory of the project's images in the window: advice, the images behind it, comparison, saving, cancelling."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from gui_bench import TIMEOUT, Bench, write_picture
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from micm_desktop.gui import inventory as work_module
from micm_desktop.gui.inventory import common_root, same_content
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.pages.inventory import InventoryPage
from micm_desktop.gui.widgets.inventory_view import ADVICE, COMPARISON, GROUPS, MEASURES, PAIRS
from micm_desktop.project.records import ImageRecord


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(work_module, "cache_folder", lambda: folder)


def idle(page: InventoryPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page._work.running, timeout=TIMEOUT)


@pytest.fixture
def page(opened: MainWindow, bench: Bench, qtbot: QtBot) -> InventoryPage:
    """The page in view, the project's images with two copies and a name that looks like markup."""
    first = next((bench.images / "good").iterdir())
    shutil.copy(first, bench.images / "good" / "<b>copy &amp; {x} %1.png")
    image = cv2.imdecode(np.frombuffer(first.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    nearly = cv2.imencode(".jpg", np.clip(image * 1.03, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    (bench.images / "good" / "nearly.jpg").write_bytes(nearly.tobytes())
    opened.scanner.start()
    qtbot.waitUntil(lambda: len(opened.session.images) == 26 and not opened.scanner.running, timeout=TIMEOUT)
    opened.show_page("inventory")
    return opened.inventory


def test_before_a_project_is_open_it_says_what_to_do(window: MainWindow) -> None:
    window.show_page("inventory")
    assert window.inventory.empty.text() == "Open a folder of images first."
    assert not window.inventory.take.isEnabled()


def test_what_is_found_shows_its_images(page: InventoryPage, opened: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    assert "26 images" in page.empty.text() and not page.save_page.isEnabled()
    page.take.click()
    qtbot.waitUntil(lambda: opened.navigation.buttons["inventory"].state == "running")
    idle(page, qtbot)
    taken, view = page._work.taken, page.view
    assert taken is not None
    qtbot.waitUntil(lambda: opened.navigation.buttons["inventory"].state == "done")
    assert any("exact copies" in text for text in view.advice.texts)
    for place, button in view.advice.buttons.items():
        button.click()
        wanted = [taken.inventory.files[row] for row in taken.findings[place].rows]
        assert [image.path for image in view.shown.images] == wanted

    view.tabs.setCurrentIndex(GROUPS)
    shown = 0
    for place in range(view.groups.model().rowCount()):
        view.groups.setCurrentIndex(view.groups.model().index(place, 0))
        shown += len(view.shown.images)
    assert shown == 26
    view.tabs.setCurrentIndex(PAIRS)
    names = {image.path.name for image in view.shown.images}
    assert len(view.shown.images) == 2 and "nearly.jpg" in names

    view.tabs.setCurrentIndex(MEASURES)
    assert view.plots is not None
    brightest = float(taken.values["brightness"].max())
    view.plots.choose("brightness", brightest)
    assert int(taken.values["brightness"].argmax()) in [
        taken.inventory.files.index(image.path) for image in view.shown.images
    ]
    # Double-clicking an image shows it on the Label page.
    view.shown.grid.activated_row.emit(0)
    assert opened.page == "label"
    assert opened.label.grid.currentIndex().isValid()


def test_another_folder_is_compared_and_all_is_saved(
    page: InventoryPage, opened: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.take.click()
    idle(page, qtbot)
    other = tmp_path / "今週 <i>"
    for number in range(24):
        write_picture(other / f"{number}.png", "stain", 500 + number)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other))
    page.compare.click()
    idle(page, qtbot)
    view = page.view
    assert view.tabs.currentIndex() == COMPARISON and view.beside.isVisible()
    assert page._work.drift is not None and page._work.drift.found
    assert {image.path.parent for image in view.beside.images} == {other}
    assert all(image in opened.session.images for image in view.shown.images)
    target = tmp_path / "報告.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: page.take.text() == "調査する")
    assert all(not text.isascii() for text in view.advice.texts + view.comparison.texts)
    page.save_page.click()
    idle(page, qtbot)
    text = target.read_text("utf-8")
    assert "2つのフォルダーの比較" in text and "今週 &lt;i&gt;" in text and "<i>" not in text
    assert "&lt;b&gt;copy &amp;amp; {x} %1.png" in text
    listed, other = tmp_path / "第1.2版.txt", tmp_path / "第1.txt"
    other.write_text("another list")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(listed.with_suffix("")), ""))
    page.count.setValue(5)
    page.save_subset.click()
    idle(page, qtbot)
    names = listed.read_text("utf-8").splitlines()
    assert other.read_text() == "another list"
    root = opened.session.folders[0].path
    assert len(set(names)) == 5 and all((root / name).is_file() for name in names)
    assert opened.session.labeling is not None
    hidden = {image.path: image.sha256 for image in opened.session.images}[root / names[0]]
    opened.session.labeling.project.lock([hidden], "list")
    page.save_subset.click()
    idle(page, qtbot)
    fewer = listed.read_text("utf-8").splitlines()
    assert len(fewer) == 5 and names[0] not in fewer, "nothing may learn from the test set"
    # Too few images to compare: said in the user's language.
    few = tmp_path / "few"
    write_picture(few / "1.png", "good", 1)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(few))
    page.compare.click()
    idle(page, qtbot)
    assert "枚しかありません" in page.banner.text
    view.tabs.setCurrentIndex(ADVICE)


def test_a_cancelled_inventory_goes_on_later_and_changed_images_are_noticed(
    page: InventoryPage, opened: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    page.take.click()
    page._work.cancel()
    idle(page, qtbot)
    assert page._work.taken is None and "kept" in page.banner.text and page.take.isEnabled()
    page.take.click()
    idle(page, qtbot)
    assert page._work.taken is not None and not page._work.outdated
    opened.scanner.start()
    qtbot.waitUntil(lambda: not opened.scanner.running, timeout=TIMEOUT)
    assert not page._work.outdated
    write_picture(bench.images / "good" / "new.png", "good", 900)
    opened.scanner.start()
    qtbot.waitUntil(lambda: page._work.outdated, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not opened.scanner.running, timeout=TIMEOUT)
    assert "have changed" in page.banner.text and page.banner.button.isVisible()


def test_roots_and_contents(tmp_path: Path) -> None:
    assert common_root([tmp_path / "a" / "b", tmp_path / "a" / "c"]) == tmp_path / "a"
    images = [ImageRecord(0, "/", name, 0, name, name, 1, 1, 1, 0.0, "ok", "") for name in "abc"]
    assert same_content(images, tuple(images)) and not same_content(images, images[1:])
    assert not same_content(images, images[::-1])
