"""The estimate before a run: measured while nothing else runs, anew for another choice, and never in the way."""

import threading
from collections.abc import Iterator

import pytest
from gui_bench import TIMEOUT, TINY
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.messages import reason_in_words
from micm_desktop.micm.config import PretrainConfig
from micm_desktop.micm.events import Step
from micm_desktop.micm.presets import ImageFacts, choose
from micm_desktop.progress import JobControl


def wait_for(window: MainWindow, state: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.pretrain.run.estimate.state == state, timeout=2 * TIMEOUT)


def test_what_to_expect_is_said_before_the_start_and_anew_for_another_choice(opened: MainWindow, qtbot: QtBot) -> None:
    page, estimate = opened.pretrain, opened.pretrain.run.estimate
    assert estimate.state == "none", "nobody looks"
    opened.show_page("pretrain")
    box = page.panel.expectation
    assert box.isVisible() and "You can start at once" in box.text.text()
    assert page.panel.start.isEnabled()
    wait_for(opened, "known", qtbot)
    found = estimate.estimate
    assert found is not None and found.images == 24 and found.seconds <= 300
    assert box.text.text().startswith("About ") and "24 images" in box.text.text()
    assert "two crops of 96 px" in box.reasons.text()
    opened._choose_language("ja")
    qtbot.waitUntil(lambda: "24 枚の画像をそれぞれ" in box.text.text())
    assert "96 px の切り抜き" in box.reasons.text()
    opened._choose_language("en")
    page.panel.duration.spin.setValue(1)
    assert estimate.estimate is None and "You can start at once" in box.text.text()
    wait_for(opened, "known", qtbot)
    shorter = estimate.estimate
    assert shorter is not None and shorter.seconds <= 60
    page.panel.duration.spin.setValue(5)
    assert estimate.state == "known", "what was measured is not measured again"
    opened.show_page("label")
    assert estimate.state == "none"


def test_a_run_starts_at_once_and_alone(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    page, estimate = opened.pretrain, opened.pretrain.run.estimate
    qtbot.waitUntil(lambda: opened.session.jobs.running, timeout=TIMEOUT)
    assert estimate.state == "measuring"
    steps: list[Step] = []
    page.run.stepped.connect(steps.append)
    page.run.start(TINY)
    assert page.run.phase == "loading" and estimate.state == "none"
    assert not page.panel.expectation.isVisible()
    qtbot.waitUntil(lambda: not page.run.running, timeout=TIMEOUT)
    assert len(steps) == 6 and page.run.result is not None and page.run.result.completed
    again: list[Step] = []
    page.run.stepped.connect(again.append)
    opened.show_page("label")
    qtbot.waitUntil(lambda: not opened.session.jobs.running, timeout=TIMEOUT)
    page.run.start(TINY)
    qtbot.waitUntil(lambda: not page.run.running, timeout=TIMEOUT)
    assert [step.losses for step in again] == [step.losses for step in steps[:6]], "as if nothing had been measured"


@pytest.mark.slow
def test_it_waits_for_other_work(opened: MainWindow, qtbot: QtBot) -> None:
    done = threading.Event()

    def work(control: JobControl) -> Iterator[object]:
        while not done.wait(0.01):
            control.safe_point()
        yield None

    opened.session.jobs.start(work)
    opened.show_page("pretrain")
    wait_for(opened, "waiting", qtbot)
    box = opened.pretrain.panel.expectation
    assert "when the other work in the background is done" in box.text.text()
    assert opened.pretrain.panel.start.isEnabled()
    done.set()
    wait_for(opened, "known", qtbot)


def test_what_is_wrong_with_the_images_is_said_before_the_start(opened: MainWindow, qtbot: QtBot) -> None:
    for image in opened.session.images:
        image.path.write_bytes(b"no image any more")
    opened.show_page("pretrain")
    wait_for(opened, "failed", qtbot)
    box = opened.pretrain.panel.expectation
    assert "fewer than two can be read" in box.text.text() and not box.reasons.isVisible()
    assert opened.pretrain.panel.start.isEnabled()


@pytest.mark.slow
def test_other_images_are_measured_anew(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    wait_for(opened, "known", qtbot)
    for image in opened.session.images[:4]:
        image.path.unlink()
    opened.scanner.start()
    qtbot.waitUntil(lambda: opened.pretrain.run.estimate.estimate is None, timeout=TIMEOUT)
    wait_for(opened, "known", qtbot)
    found = opened.pretrain.run.estimate.estimate
    assert found is not None and found.images == 20


@pytest.mark.slow
def test_the_page_can_be_closed_while_it_measures(opened: MainWindow, qtbot: QtBot) -> None:
    opened.show_page("pretrain")
    qtbot.waitUntil(lambda: opened.session.jobs.running, timeout=TIMEOUT)
    opened.close()
    qtbot.waitUntil(lambda: not opened.isVisible(), timeout=TIMEOUT)
    assert opened.session.labeling is None


@pytest.mark.parametrize("minutes", [1.0, 30.0, 480.0])
def test_every_reason_for_a_choice_is_known_in_japanese(minutes: float, window: MainWindow) -> None:
    window._choose_language("ja")
    for facts in (ImageFacts(50, 200), ImageFacts(2000, 640), ImageFacts(100_000)):
        for device in ("cpu", "cuda"):
            for reason in choose(PretrainConfig(minutes=minutes), facts, device, 8).reasons:
                assert not reason_in_words(reason).isascii(), reason
