"""Ways into a project: the sample set, a recent one, a project folder, and from one to the next."""

import pytest
from gui_bench import TIMEOUT, TINY, Bench
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui import opener
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.steps import PAGES


def settled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)


def test_the_sample_set_is_made_once_and_opened(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opener, "SAMPLE_PER_CLASS", 1)
    window.start.sample_button.click()
    assert window.start.progress.isVisible() and not window.start.folder_button.isEnabled()
    settled(window, qtbot)
    assert window.images.model.rowCount() == 6
    assert not window.start.progress.isVisible() and window.start.folder_button.isEnabled()
    first = window.session.images[0].modified
    window.show_page("start")
    window.start.sample_button.click()
    qtbot.waitUntil(lambda: window.page == "images", timeout=TIMEOUT)
    settled(window, qtbot)
    assert window.session.images[0].modified == first


def test_a_recent_project_is_opened_with_one_click(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    window.opener.open_project(bench.project)
    settled(window, qtbot)
    record = window.session.add_class("good", key="1", color="#0072b2", is_good=True)
    window.session.tag([0], record.id)
    window.session.close()
    assert window.windowTitle()
    qtbot.waitUntil(lambda: window.navigation.buttons["images"].state == "open")
    window.show_page("start")
    window.start.recent.itemClicked.emit(window.start.recent.item(0))
    settled(window, qtbot)
    assert window.session.folder == bench.project
    assert window.page == "label", "a project with tags opens where the work goes on"
    assert window.windowTitle().startswith("検査画像")


def test_a_project_folder_is_opened_as_such(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    window.opener.open_images([bench.project])
    settled(window, qtbot)
    assert window.session.folder == bench.project and len(window.session.images) == 24


@pytest.mark.parametrize("agree", [False, True])
def test_another_project_is_opened_only_after_pretraining_may_stop(
    opened: MainWindow, bench: Bench, qtbot: QtBot, agree: bool
) -> None:
    opened.pretrain.run.start(TINY.__class__(**{**TINY.__dict__, "epochs": 100_000}))
    qtbot.waitUntil(lambda: opened.pretrain.run.last_step is not None, timeout=TIMEOUT)
    wanted = "Stop pretraining" if agree else "Keep running"

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text() == wanted).click()

    QTimer.singleShot(100, press)
    opened.opener.open_images([bench.images])
    if agree:
        qtbot.waitUntil(lambda: opened.session.folder not in (None, bench.project), timeout=TIMEOUT)
        settled(opened, qtbot)
        assert not opened.pretrain.running
    else:
        assert opened.session.folder == bench.project and opened.pretrain.running


def test_every_page_has_a_shortcut(window: MainWindow) -> None:
    for number, page in enumerate(PAGES, start=1):
        action = window.menus.actions[f"page_{page}"]
        assert action.shortcut().toString() == f"Ctrl+{number}"
        action.trigger()
        assert window.page == page
    shortcuts = [action.shortcut().toString() for action in window.menus.actions.values()]
    taken = [shortcut for shortcut in shortcuts if shortcut]
    assert len(taken) == len(set(taken))


def test_the_geometry_is_restored(window: MainWindow, qapp: QApplication, qtbot: QtBot) -> None:
    from micm_desktop.gui.app import make_window

    window.resize(760, 655)
    window.close()
    again = make_window(qapp)
    assert (again.width(), again.height()) == (760, 655)
    again.translator.remove()
    again.deleteLater()
    window.show()


def test_a_double_click_opens_the_image_on_the_label_page(opened: MainWindow) -> None:
    opened.show_page("images")
    opened.images.grid.doubleClicked.emit(opened.images.model.index(5))
    assert opened.page == "label" and opened.label.detail.row == opened.images.model.row_of(
        opened.images.model.index(5)
    )


def test_opening_can_be_given_up(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    window.opener.open_images([bench.images])
    assert window.start.progress.isVisible() and not window.start.folder_button.isEnabled()
    window.start.progress.cancelled.emit()
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    assert window.session.labeling is None and not window.start.progress.isVisible()
    assert window.start.folder_button.isEnabled() and not window.start.banner.isVisible()
