"""What a pretraining run shows: its balance, what it imagines, what happened to it, and later what came of it."""

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from gui_bench import TIMEOUT, TINY, Bench
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.run_model import NAME, RESULT
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.attention_story import AttentionStory
from micm_desktop.gui.widgets.rebuilding import Rebuilding, to_image
from micm_desktop.gui.widgets.run_view import RunView
from micm_desktop.micm.events import Preview, Told


def finish(window: MainWindow, qtbot: QtBot) -> None:
    """Wait for the run and the features that follow it; what is measured for the next run is not waited for."""
    qtbot.waitUntil(lambda: not window.pretrain.running and not window.features.running, timeout=TIMEOUT)


def test_a_balance_that_adapts_is_drawn_with_its_reasons(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page = opened.pretrain
    page.run.start(replace(TINY, epochs=20, dynamic_balance=True))
    finish(opened, qtbot)
    balance = page.view.balance
    assert balance is not None and balance.isVisible()
    assert len(balance.steps) == len(balance.hidden) == len(balance.weights) > 2
    assert all(0 < hidden <= 75 for hidden in balance.hidden)
    assert balance.reasons.text().endswith(f"has the weight {balance.weights[-1]:.2f}.")
    assert page.banner.text.startswith("Pretraining is finished"), "it is no message that stays"
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: "重み" in balance.reasons.text())
    page.run.start(TINY)
    assert not balance.isVisible(), "a fixed balance has nothing to draw"
    finish(opened, qtbot)
    assert not balance.isVisible()


def test_what_the_network_imagines_is_shown_and_forgotten_with_its_run(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page, shown = opened.pretrain, opened.pretrain.view.rebuilding
    assert not shown.isVisible()
    page.run.start(TINY)
    qtbot.waitUntil(lambda: shown.isVisible(), timeout=TIMEOUT)
    assert len(shown.sheet.rows) == 3 and shown.sheet.hidden.shape == (3, 4, 4)
    attention = page.view.attention
    assert attention.isVisible() and len(attention.strip.moments[0][1]) == 3
    assert shown.sheet.accessibleName() == "What it imagines"
    finish(opened, qtbot)
    assert shown.isVisible(), "it stays until the next run"
    page.run.start(TINY)
    assert not shown.isVisible()
    finish(opened, qtbot)


def test_pictures_are_drawn_as_they_are_and_hidden_parts_are_covered(qtbot: QtBot) -> None:
    rng = np.random.default_rng(0)
    originals = rng.integers(0, 256, (2, 32, 32, 3), np.uint8)
    rebuilt = np.full_like(originals, 200)
    hidden = np.zeros((2, 4, 4), bool)
    hidden[:, 0, 0] = True
    image = to_image(originals[0])
    assert (image.pixelColor(5, 9).getRgb()[:3]) == tuple(originals[0, 9, 5])
    widget = Rebuilding()
    qtbot.addWidget(widget)
    widget.resize(500, 500)
    widget.show_preview(Preview(7, originals, hidden, rebuilt))
    widget.show()
    qtbot.waitExposed(widget)
    sheet = widget.sheet
    seen: QImage = sheet.grab().toImage()
    edge, top = sheet.edge(), sheet._heading()
    patch = edge / 4
    covered = {
        seen.pixelColor(x, y).name() for x in range(2, int(patch) - 2) for y in range(top + 2, top + int(patch) - 2)
    }
    assert colors().canvas in covered and len(covered) < 60, "one ground with hatching, nothing of the picture"
    middle = seen.pixelColor(round(1.5 * edge) + 8, top + round(edge / 2))
    assert middle.getRgb()[:3] == (200, 200, 200)
    assert "Step 7" in widget._hint.text()


def test_attention_is_shown_from_the_start_of_a_run_until_now(qtbot: QtBot) -> None:
    grey = np.full((1, 32, 32, 3), 90, np.uint8)
    left, right = np.zeros((2, 1, 4, 4), np.float32)
    left[0, :, 0] = right[0, :, 3] = 0.25
    story = AttentionStory()
    qtbot.addWidget(story)
    story.resize(620, 200)
    for step in range(40):
        story.show_preview(Preview(step, grey, np.zeros((1, 4, 4), bool), grey, left if step < 20 else right))
    steps = [step for step, _ in story.strip.moments]
    assert steps[0] == 0 and steps[-1] == 39 and 6 <= len(steps) <= 12
    first, last = (story.strip.moments[place][1][0] for place in (0, -1))

    def brightness(image: QImage, x: int) -> int:
        return sum(image.pixelColor(x, 16).getRgb()[:3])

    assert brightness(first, 3) > brightness(first, 28) + 100
    assert brightness(last, 28) > brightness(last, 3) + 100
    seen = story.strip.grab().toImage()
    assert {seen.pixelColor(x, 60).name() for x in range(5, 80)} - {seen.pixelColor(600, 60).name()}
    story.clear()
    assert not story.isVisible() and not story.strip.moments


def test_what_a_run_meets_is_said_when_it_happens_and_kept(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page = opened.pretrain
    page.run.start(replace(TINY, centering="ema", teacher_temperature=(5.0, 5.0), epochs=100_000))
    qtbot.waitUntil(lambda: page.notices.isVisible(), timeout=TIMEOUT)
    assert "Training went back" in page.notices.text
    page.run.stop()
    finish(opened, qtbot)
    assert page.notices.isVisible(), "who comes back in the morning sees what happened"
    page.run.notices = [Told(0, "2 images of the test set are left out: nothing may learn from them.")]
    assert page._words.notices()[0].startswith("2 images"), "there is no step before the first"
    page.run.start(TINY)
    assert not page.notices.isVisible()
    finish(opened, qtbot)


def test_of_several_things_all_are_listed(qtbot: QtBot) -> None:
    view = RunView()
    qtbot.addWidget(view)
    view.show()
    view.show_told(["one"])
    assert not view.told.isVisible(), "the banner says it"
    view.show_told(["two", "one"])
    assert view.told.isVisible() and view.told.text() == "two\none"


def test_the_verdict_is_in_the_list_of_runs_after_a_restart(
    window: MainWindow, bench: Bench, qtbot: QtBot, tmp_path: Path
) -> None:
    def open_project() -> None:
        window.opener.open_project(bench.project)
        qtbot.waitUntil(lambda: window.session.labeling is not None, timeout=TIMEOUT)
        qtbot.waitUntil(lambda: not window.features.loading and not window.session.jobs.running, timeout=TIMEOUT)
        window.show_page("pretrain")

    open_project()
    page, runs = window.pretrain, window.pretrain.runs
    assert page.tabs.currentWidget() is runs and runs.model.rowCount() == 2
    assert window.session.labeling is not None
    encoder = window.session.labeling.project.active_encoder()
    assert encoder is not None
    page.run.start(replace(TINY, init=str(encoder.path)))
    assert page.tabs.currentWidget() is page.view and not runs.use.isEnabled()
    finish(window, qtbot)
    assert page.run.result is not None and page.run.result.verdict is not None
    reason = page.run.result.verdict.reason
    window.show_page("label")
    window.session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=TIMEOUT)
    window.session.close()
    assert runs.model.rowCount() == 1
    open_project()
    index = runs.model.index
    assert runs.model.rowCount() == 3 and page.tabs.currentWidget() is runs
    assert index(0, NAME).data().endswith("(in use)") and index(0, RESULT).data() == reason
    assert runs.verdict.text() == reason and runs.verdict.isVisible()
    window._choose_language("ja")
    qtbot.waitUntil(lambda: "特徴" in runs.verdict.text())
    assert index(0, NAME).data().endswith("（使用中）")
    assert index(2, NAME).data() == "付属の標準エンコーダー"


def test_an_earlier_run_and_the_shipped_encoder_can_be_used_again(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page, runs = opened.pretrain, opened.pretrain.runs
    assert opened.session.labeling is not None
    project = opened.session.labeling.project
    first = project.active_encoder()
    page.run.start(TINY)
    finish(opened, qtbot)
    second = project.active_encoder()
    assert first is not None and second is not None and second.id != first.id
    assert not runs.use.isEnabled(), "the one in use is selected"
    runs.table.selectRow(1)
    other = sqlite3.connect(project.folder / "project.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with qtbot.waitSignal(opened.features.started, timeout=TIMEOUT):
        runs.use.click()
        assert time.monotonic() - began < 1, "whoever else writes is waited for by a worker"
        assert not runs.use.isEnabled() and project.active_encoder() == second
        other.execute("ROLLBACK")
    other.close()
    finish(opened, qtbot)
    active = project.active_encoder()
    assert active is not None and active.id == first.id
    assert opened.session.labeling.missing_features() == 0
    assert first.name in page.panel.encoder.text() and page.trained
    runs.table.selectRow(2)
    assert runs.use.isEnabled()
    with qtbot.waitSignal(opened.features.started, timeout=TIMEOUT):
        runs.use.click()
    assert project.active_encoder() is None
    qtbot.waitUntil(lambda: not page.trained, timeout=TIMEOUT)
    opened.session.jobs.cancel_all()
    finish(opened, qtbot)
