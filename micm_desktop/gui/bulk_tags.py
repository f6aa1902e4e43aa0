"""Tags of thousands of images at once, saved by a worker: the window shows them when they are on disk."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from micm_desktop.gui.jobs import Failure, Jobs, Outcome
from micm_desktop.progress import JobControl

MOST_AT_ONCE = 500
"""Tags that are saved before the key press returns; a tenth of a frame for each hundred."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Request:
    work: Callable[[], object]
    done: Callable[[Any], None]
    failed: Callable[[Failure], None]


class BulkTags(QObject):
    """Saves one request after the other. While it does, smaller ones wait in the same line: the project has one writer
    at a time, and the window must not wait for it."""

    started = Signal(int)
    """Tags of so many images are being saved."""
    ended = Signal()
    """The line is empty."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._line: deque[_Request | Callable[[], None]] = deque()
        self._result: object = None
        self.busy = False

    def takes(self, count: int) -> bool:
        """Whether tags of ``count`` images go this way."""
        return self.busy or count > MOST_AT_ONCE

    def save(
        self, count: int, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Failure], None]
    ) -> None:
        """Run ``work`` in a worker, then ``done`` with what it returned; where it raised, ``failed``: nothing of that
        request was changed."""
        self._line.append(_Request(work, done, failed))
        if not self.busy:
            self.busy = True
            self.started.emit(count)
            self._next()

    def in_turn(self, act: Callable[[], None]) -> None:
        """Call ``act`` when all that is in the line by now is saved, at once where nothing is. What it saves comes
        before what joins the line later."""
        if self.busy:
            self._line.append(act)
        else:
            act()

    def _next(self) -> None:
        while self._line:
            request = self._line.popleft()
            if isinstance(request, _Request):
                self._run(request)
                return
            later, self._line = self._line, deque()
            request()
            self._line.extend(later)
        self.busy = False
        self.ended.emit()

    def _run(self, request: _Request) -> None:
        self._result = None

        def run(_control: JobControl) -> Iterator[object]:
            yield request.work()

        def end(outcome: Outcome) -> None:
            if outcome.failure is not None:
                request.failed(outcome.failure)
            elif self._result is not None:
                request.done(self._result)
            self._next()

        self._jobs.start(run, on_event=self._on_result, on_end=end)

    def _on_result(self, result: object) -> None:
        self._result = result
