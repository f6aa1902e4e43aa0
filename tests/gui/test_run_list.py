"""After a pretraining run: the desktop tells of it, and it can be deleted."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from gui_bench import TIMEOUT, TINY
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from micm_desktop.gui import run_notice
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.progress import UserError


def finish(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.pretrain.running and not window.features.running, timeout=TIMEOUT)


def answer(button: str, asked: list[str]) -> None:
    """Press ``button`` in the next message box."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, press)
            return
        asked.append(box.text())
        next(found for found in box.buttons() if found.text() == button).click()

    QTimer.singleShot(0, press)


def test_a_run_is_deleted_after_a_question_but_never_the_one_in_use(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page, runs = opened.pretrain, opened.pretrain.runs
    assert opened.session.labeling is not None
    project = opened.session.labeling.project
    first = project.active_encoder()
    page.run.start(replace(TINY, epochs=3))
    finish(opened, qtbot)
    second = project.active_encoder()
    assert first is not None and second is not None
    assert not runs.delete.isEnabled(), "the one in use is selected"
    runs.table.selectRow(2)
    assert not runs.delete.isEnabled(), "the shipped one"
    runs.table.selectRow(1)
    features = {path.name for path in (project.folder / "features").iterdir()}
    asked: list[str] = []
    answer("Cancel", asked)
    runs.delete.click()
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert len(project.encoders()) == 2 and first.path.is_file()
    answer("Delete", asked)
    runs.delete.click()
    qtbot.waitUntil(lambda: runs.model.rowCount() == 2, timeout=TIMEOUT)
    assert asked == [f'Delete "{first.name}"?'] * 2
    assert not first.path.exists() and second.path.is_file()
    assert project.encoders() == [second]
    left = {path.name for path in (project.folder / "features").iterdir()}
    assert left < features, "its features are gone, those in use are not"
    assert opened.session.labeling.missing_features() == 0
    with pytest.raises(UserError, match="in use cannot be deleted"):
        opened.session.labeling.delete_run(second.id)


class Tray(QSystemTrayIcon):
    """What the desktop would show."""

    shown: ClassVar[list[tuple[str, str]]] = []

    @staticmethod
    def isSystemTrayAvailable() -> bool:
        return True

    @staticmethod
    def supportsMessages() -> bool:
        return True

    def showMessage(self, title: str, text: str, *_: object) -> None:
        self.shown.append((title, text))


def test_the_desktop_tells_whoever_looks_elsewhere_that_a_run_has_ended(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_notice, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(Tray, "shown", [])
    opened.show_page("pretrain")
    page = opened.pretrain
    page.run.start(TINY)
    opened.show_page("label")
    finish(opened, qtbot)
    ((title, text),) = Tray.shown
    assert title == "Pretraining has ended" and text == page.banner.text
    tray = opened.findChild(Tray)
    assert tray is not None
    tray.messageClicked.emit()
    assert opened.page == "pretrain" and page.isVisible()
    page.run.start(replace(TINY, epochs=100_000))
    opened.show_page("label")
    qtbot.waitUntil(lambda: page.run.last_step is not None, timeout=TIMEOUT)
    page.panel.stop.click()
    finish(opened, qtbot)
    assert len(Tray.shown) == 1, "who has stopped it knows that it has ended"


def test_two_runs_side_by_side(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.session
    assert session.labeling is not None
    for kind in ("good", "pit"):
        record = session.add_class(kind, key=kind[0], color="#0072b2", is_good=kind == "good")
        session.tag([row for row, image in enumerate(session.images) if image.path.name.startswith(kind)], record.id)
    first = session.labeling.project.active_encoder()
    opened.show_page("pretrain")
    page = opened.pretrain
    page.run.start(replace(TINY, epochs=3))
    finish(opened, qtbot)
    second = session.labeling.project.active_encoder()
    assert first is not None and second is not None
    assert not page.runs.compare.isEnabled(), "there is nothing to compare the one in use with"
    page.runs.table.selectRow(1)
    page.runs.compare.click()
    dialog = page.comparing.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.rows), timeout=TIMEOUT)
    shown = dict(dialog.rows)
    assert shown["Run"] == [f"{second.name} (in use)", first.name]
    assert shown["Passes over the images"] == ["3", "2"] and shown["Images"] == ["24", "24"]
    predictions = session.labeling.predict()
    assert predictions is not None
    held_out = predictions.held_out
    right = int((held_out.probabilities.argmax(axis=1) == held_out.labels).sum())
    told = shown["Your tagged images, each judged without its own tag"]
    assert told[0].startswith(f"{right} of {len(held_out.labels)} (") and told[1] != "–"
    assert all("–" not in value for value in shown["Independent directions of the features"])
    dialog.reject()
    page.runs.table.selectRow(2)
    page.runs.compare.click()
    other = page.comparing.dialog
    assert other is not None
    qtbot.waitUntil(lambda: bool(other.rows), timeout=TIMEOUT)
    assert dict(other.rows)["Your tagged images, each judged without its own tag"][1] == "–"
    assert "using it prepares them" in other.note.text()
    other.reject()


def test_new_tags_judge_a_run_again(opened: MainWindow, qtbot: QtBot) -> None:
    session, page, runs = opened.session, opened.pretrain, opened.pretrain.runs
    assert session.labeling is not None
    project = session.labeling.project
    first = project.active_encoder()
    assert first is not None
    opened.show_page("pretrain")
    page.run.start(replace(TINY, init=str(first.path)))
    finish(opened, qtbot)
    page.tabs.setCurrentWidget(runs)
    judged = project.active_encoder()
    assert judged is not None and not runs.judge.isVisible(), "it is by all tags that there are: none"
    ids = [session.add_class(kind, key=kind[0], color="#0072b2", is_good=kind == "good").id for kind in ("good", "pit")]
    for kind, class_id in zip(("good", "pit"), ids, strict=True):
        rows = [row for row, image in enumerate(session.images) if image.path.name.startswith(kind)]
        session.tag(rows[:2], class_id)
        assert not runs.judge.isVisible(), "a class needs three tags to have a say"
        session.tag(rows[:5], class_id)
    assert runs.judge.isVisible() and runs.judge.text() == "Judge again with 10 new tags"
    # The tags of a test set judge no run, and are in no model file.
    hidden = [image for image in session.images if image.path.name.startswith("pit")][5]
    project.lock([hidden.sha256], "list")
    opened.evaluation_work.read_state()
    qtbot.waitUntil(lambda: session.locked == {hidden.sha256}, timeout=TIMEOUT)
    session.tag([session.images.index(hidden)], ids[1])
    assert runs.judge.text() == "Judge again with 10 new tags"
    assert np.bincount(session.support_classes())[ids].tolist() == [5, 5]
    runs.table.selectRow(1)
    assert not runs.judge.isVisible(), "the first run has nothing to be compared with"
    runs.table.selectRow(0)
    before = runs.verdict.text()
    runs.judge.click()
    assert page.rejudging.row.isVisible() and not runs.judge.isEnabled() and not runs.use.isEnabled()
    page.rejudging.row.cancelled.emit()
    qtbot.waitUntil(lambda: not page.rejudging.running, timeout=TIMEOUT)
    assert runs.verdict.text() == before and runs.judge.isVisible() and not page.rejudging.row.isVisible()
    runs.judge.click()
    qtbot.waitUntil(lambda: not page.rejudging.running, timeout=TIMEOUT)
    finish(opened, qtbot)
    assert not runs.judge.isVisible() and "judged by the other tags" in runs.verdict.text() != before
    now = project.active_encoder()
    assert now is not None and (now.id, now.name, now.created) == (judged.id, judged.name, judged.created)
    assert session.labeling.past_runs()[0].judged_by == 10
    assert session.labeling.missing_features() == 0
