"""Background jobs: events, pause, cancel, failures as values, and requests that were overtaken."""

import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from micm_desktop.gui.jobs import Jobs, Latest, Outcome
from micm_desktop.progress import JobControl, Progress, UserError


def ended(qtbot: QtBot, jobs: Jobs, outcomes: list[Outcome]) -> Outcome:
    qtbot.waitUntil(lambda: bool(outcomes) and not jobs.running, timeout=10_000)
    assert len(outcomes) == 1
    return outcomes[0]


def test_events_arrive_in_order_on_the_gui_thread(qtbot: QtBot) -> None:
    jobs, seen, outcomes, threads = Jobs(), [], [], set()
    worker: list[int] = []

    def work(_control: JobControl) -> Iterator[int]:
        worker.append(threading.get_ident())
        yield from range(200)

    def take(event: object) -> None:
        seen.append(event)
        threads.add(threading.get_ident())

    jobs.start(work, on_event=take, on_end=outcomes.append)
    assert ended(qtbot, jobs, outcomes).status == "done"
    assert seen == list(range(200))
    assert threads == {threading.get_ident()} and worker[0] != threading.get_ident()


def test_progress_is_thinned_out_but_its_last_value_arrives(qtbot: QtBot) -> None:
    jobs, seen, outcomes = Jobs(), [], []

    def work(_control: JobControl) -> Iterator[Progress]:
        for done in range(5001):
            yield Progress(done, 5000)

    jobs.start(work, on_event=seen.append, on_end=outcomes.append)
    ended(qtbot, jobs, outcomes)
    assert seen[-1] == Progress(5000, 5000)
    assert len(seen) < 1000


@pytest.mark.parametrize("paused", [False, True])
def test_cancel_ends_a_running_and_a_paused_job(qtbot: QtBot, paused: bool) -> None:
    jobs, seen, outcomes = Jobs(), [], []

    def work(control: JobControl) -> Iterator[int]:
        while True:
            control.safe_point()
            time.sleep(0.002)
            yield 1

    job = jobs.start(work, on_event=seen.append, on_end=outcomes.append)
    qtbot.waitUntil(lambda: len(seen) > 3)
    if paused:
        job.control.pause()
        qtbot.wait(50)
        count = len(seen)
        qtbot.wait(100)
        assert len(seen) == count
    job.cancel()
    assert ended(qtbot, jobs, outcomes).status == "cancelled"


def test_failures_become_values(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    for error, expected in ((UserError("Plug in the drive."), True), (ZeroDivisionError("oops"), False)):
        jobs, outcomes = Jobs(), []

        def work(_control: JobControl, problem: Exception = error) -> Iterator[int]:
            yield 1
            raise problem

        jobs.start(work, on_end=outcomes.append)
        outcome = ended(qtbot, jobs, outcomes)
        assert outcome.status == "failed" and outcome.failure is not None
        assert outcome.failure.expected is expected
        assert str(error) in outcome.failure.text
    logged = [record for record in caplog.records if record.exc_info]
    assert [record.exc_info[0] for record in logged if record.exc_info] == [ZeroDivisionError]


def test_only_the_newest_request_is_answered(qtbot: QtBot) -> None:
    latest, answers, ran = Latest(), [], []
    latest.ready.connect(lambda key, value: answers.append((key, value)))
    gate = threading.Event()

    def slow(number: int) -> int:
        ran.append(number)
        gate.wait(5)
        return number * number

    for number in range(50):
        latest.request(number, lambda number=number: slow(number))
        if number == 0:
            qtbot.waitUntil(lambda: ran == [0])
    gate.set()
    qtbot.waitUntil(lambda: not latest.busy)
    qtbot.wait(50)
    assert answers == [(49, 49 * 49)]
    assert ran == [0, 49]
    latest.request(1, lambda: 1)
    latest.forget()
    latest.stop()
    qtbot.wait(50)
    assert len(answers) == 1


def test_priority_is_given_to_the_thread(qtbot: QtBot) -> None:
    jobs, outcomes, found = Jobs(), [], []

    def work(_control: JobControl) -> Iterator[int]:
        found.append(QThread.currentThread().priority())
        yield 1

    jobs.start(work, on_end=outcomes.append, priority=QThread.Priority.LowPriority)
    ended(qtbot, jobs, outcomes)
    assert found == [QThread.Priority.LowPriority]
