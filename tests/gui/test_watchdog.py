"""What watches the window notices when it hangs, and nothing else."""

import logging
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from stalls import StallFinder

from micm_desktop.gui import watchdog as product
from micm_desktop.gui.models.columns import columns_of
from micm_desktop.gui.watchdog import LIMIT, Stall, Watchdog
from micm_desktop.project.records import ImageRecord


@pytest.fixture
def stalls(qtbot: QtBot) -> Iterator[list[Stall]]:
    found: list[Stall] = []
    dog = Watchdog(found.append, beat_ms=5)
    yield found
    dog.stop()


def hang(seconds: float) -> None:
    time.sleep(seconds)


def test_a_stall_is_reported_with_the_stack(qtbot: QtBot, stalls: list[Stall]) -> None:
    QTimer.singleShot(0, lambda: hang(3 * LIMIT))
    qtbot.waitUntil(lambda: any(stall.seconds > 2.9 * LIMIT for stall in stalls))
    worst = max(stalls, key=lambda stall: stall.seconds)
    assert worst.stack.splitlines()[0].endswith(" hang") and "test_watchdog.py" in worst.stack
    assert worst.busy < LIMIT, "it slept"


def test_the_log_gets_one_stack_in_a_while(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    dog = Watchdog(beat_ms=5)
    with caplog.at_level(logging.WARNING, product.__name__):
        for _ in range(2):
            QTimer.singleShot(0, lambda: hang(2.5 * LIMIT))
            qtbot.wait(round(3500 * LIMIT))
    dog.stop()
    (line,) = [record.getMessage() for record in caplog.records if " hang" in record.getMessage()]
    assert "did not answer for 0." in line
    assert dog.longest > 2 * LIMIT


def images(count: int) -> list[ImageRecord]:
    return [ImageRecord(n, "/d", f"{n}.png", 1, f"{n}.png", str(n), 1, 1, 1, 1.0, "ok", "") for n in range(count)]


def compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.mark.may_stall
@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="the system does not tell a thread's time")
def test_the_stall_finder_blames_the_window_alone(qtbot: QtBot) -> None:
    """A long call into the window's code is one stall; many short ones, the test's own code and sleep are none."""
    many, few = images(60_000), images(200)
    finder = StallFinder(0.05)
    compute(0.15)
    time.sleep(0.15)
    for _ in range(40):
        columns_of(few)
        qtbot.wait(1)
    assert not finder.stop()
    finder = StallFinder(0.05)
    columns_of(many)
    (found,) = finder.stop()
    assert "columns_of" in found.where and found.seconds > 0.05
