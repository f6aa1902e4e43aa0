"""Pretraining in the real thread: it runs, pauses, goes on, stops, and closing the window keeps its state."""

from collections.abc import Callable
from dataclasses import replace

from gui_bench import TIMEOUT, TINY
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow

LONG = replace(TINY, epochs=100_000)


def start_long(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("pretrain")
    window.pretrain.run.start(LONG)
    qtbot.waitUntil(lambda: window.pretrain.run.last_step is not None, timeout=TIMEOUT)


def answer(qtbot: QtBot, button: str, asked: list[str]) -> None:
    """Press ``button`` in the next message box."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, press)
            return
        asked.append(box.text())
        next(found for found in box.buttons() if found.text() == button).click()

    QTimer.singleShot(0, press)


def test_a_run_ends_with_a_new_encoder_and_new_predictions(
    labelling: MainWindow, select: Callable[[str], int], qtbot: QtBot
) -> None:
    for number, kind in enumerate(("good", "scratch"), start=1):
        select(f"{kind}_0.png")
        QTest.keyClick(labelling.label.grid, str(number))
    labelling.show_page("pretrain")
    page = labelling.pretrain
    assert labelling.session.labeling is not None
    before = labelling.session.labeling.project.active_encoder()
    page.run.start(TINY)
    assert not page.panel.start.isVisible() and page.panel.stop.isVisible()
    qtbot.waitUntil(lambda: labelling.navigation.buttons["pretrain"].state == "running")
    qtbot.waitUntil(lambda: not page.running and not labelling.features.running, timeout=TIMEOUT)
    assert page.banner.text.startswith("Pretraining is finished")
    after = labelling.session.labeling.project.active_encoder()
    assert before is not None and after is not None and after.id != before.id
    assert after.name in page.panel.encoder.text()
    assert page.curves is not None and page.curves.steps == [1, 2, 3, 4, 5, 6]
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    predictions = labelling.session.predictions
    assert predictions is not None and (predictions.class_index >= 0).all()


def test_the_tagged_images_show_what_is_learned(
    labelling: MainWindow, select: Callable[[str], int], qtbot: QtBot
) -> None:
    for name, key in (("good_0.png", "1"), ("good_1.png", "1"), ("scratch_0.png", "2"), ("scratch_1.png", "2")):
        select(name)
        QTest.keyClick(labelling.label.grid, key)
    start_long(labelling, qtbot)
    page = labelling.pretrain
    qtbot.waitUntil(lambda: "% of the tagged images told apart" in page.numbers.text(), timeout=TIMEOUT)
    labelling._choose_language("ja")
    qtbot.waitUntil(lambda: "タグ付き画像の正解率" in page.numbers.text(), timeout=TIMEOUT)
    page.panel.stop.click()
    qtbot.waitUntil(lambda: not page.run.running, timeout=TIMEOUT)


def test_pause_go_on_and_stop(opened: MainWindow, qtbot: QtBot) -> None:
    start_long(opened, qtbot)
    page, run = opened.pretrain, opened.pretrain.run
    page.panel.pause.click()
    assert run.phase == "paused" and page.panel.pause.text() == "Go on"
    qtbot.wait(1000)  # the step that had begun may still end
    held = run.last_step
    qtbot.wait(200)
    assert run.last_step == held
    page.panel.pause.click()
    qtbot.waitUntil(lambda: run.last_step != held, timeout=TIMEOUT)
    opened.show_page("label")
    seen = run.last_step
    qtbot.waitUntil(lambda: run.last_step != seen, timeout=TIMEOUT)
    page.panel.stop.click()
    qtbot.waitUntil(lambda: not run.running, timeout=TIMEOUT)
    assert "stopped" in page.banner.text
    opened.show_page("pretrain")
    assert page.panel.resume.isVisible(), "a stopped run can go on"
    reached = run.last_step
    assert reached is not None
    run.start(LONG, resume=True)
    qtbot.waitUntil(lambda: run.last_step is not None, timeout=TIMEOUT)
    assert run.last_step is not None and run.last_step.step > reached.step
    page.panel.stop.click()
    qtbot.waitUntil(lambda: not run.running, timeout=TIMEOUT)


def test_closing_the_window_asks_and_keeps_the_state(opened: MainWindow, qtbot: QtBot) -> None:
    start_long(opened, qtbot)
    folder = opened.session.folder
    assert folder is not None
    state = folder / "encoders" / "pretraining.state.safetensors"
    asked: list[str] = []
    answer(qtbot, "Keep running", asked)
    assert not opened.close()
    assert opened.isVisible() and opened.pretrain.running
    answer(qtbot, "Stop pretraining", asked)
    opened.close()
    qtbot.waitUntil(lambda: not opened.isVisible(), timeout=TIMEOUT)
    assert asked == ["Pretraining is still running. Stop it?"] * 2
    assert not opened.session.jobs.running and opened.session.labeling is None
    assert state.is_file()


def test_too_few_images_are_said_in_words(opened: MainWindow, qtbot: QtBot) -> None:
    for image in opened.session.images[4:]:
        image.path.unlink()
    opened.scanner.start()
    qtbot.waitUntil(lambda: not opened.session.jobs.running, timeout=TIMEOUT)
    opened.show_page("pretrain")
    opened.pretrain.run.start(TINY)
    qtbot.waitUntil(lambda: not opened.pretrain.running, timeout=TIMEOUT)
    text = opened.pretrain.banner.text
    assert "at least 16" in text and "4 were found" in text
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: "16 枚以上" in opened.pretrain.banner.text)


def test_what_a_run_has_to_say_is_shown_in_the_user_s_language(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page = opened.pretrain
    page.run.start(replace(LONG, centering="ema", teacher_temperature=(5.0, 5.0)))
    qtbot.waitUntil(lambda: "no longer told the images apart" in page.notices.text, timeout=TIMEOUT)
    assert page.notices.isVisible() and page.notices.text.startswith("Step ")
    assert "went back to what it knew at step 0" in page.notices.text
    assert page.status.text().startswith("Learning on"), "what happens now is said beside it"
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: "区別できなくなりました" in page.notices.text)
    assert "ステップ 0 の時点の状態に戻り" in page.notices.text
    page.panel.stop.click()
    qtbot.waitUntil(lambda: not page.run.running, timeout=TIMEOUT)


def test_the_verdict_on_a_run_is_said_in_the_user_s_language(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page, phases = opened.pretrain, []
    page.run.phase_changed.connect(lambda: phases.append((page.run.phase, page.status.text())))
    assert opened.session.labeling is not None
    encoder = opened.session.labeling.project.active_encoder()
    assert encoder is not None
    page.run.start(replace(TINY, init=str(encoder.path)))
    qtbot.waitUntil(lambda: not page.running, timeout=TIMEOUT)
    assert page.run.result is not None and page.run.result.verdict is not None
    assert "features" in page.banner.text and page.run.result.verdict.reason in page.banner.text
    assert "new encoder is in use" not in page.banner.text, "the verdict says what is in use"
    assert ("judging", "Comparing what was learned with what was known before…") in phases
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: "特徴を" in page.banner.text)


def test_a_run_that_ends_early_says_why_with_its_result(opened: MainWindow, qtbot: QtBot) -> None:
    page = opened.pretrain
    opened.show_page("pretrain")
    page.run.start(replace(TINY, epochs=20, objective="cl", learning_rate=1e-12, drop_path=0.0, early_stop=True))
    qtbot.waitUntil(lambda: not page.running, timeout=TIMEOUT)
    assert "more training would teach nothing new" in page.banner.text
    assert "Pretraining is finished" in page.banner.text
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: "これ以上学習しても得るものはありません" in page.banner.text)
