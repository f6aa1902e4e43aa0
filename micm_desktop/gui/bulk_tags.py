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
        self._line: deque[_Request | Callable[[], object]] = deque()
        self._in_turn = False
        self._result: object = None
        self.busy = False
        self.failed = False
        """Whether the last request came to nothing."""

    def takes(self, count: int) -> bool:
        """Whether tags of ``count`` images go this way."""
        return self.busy or count > MOST_AT_ONCE

    def save(
        self, count: int, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Failure], None]
    ) -> None:
        """Run ``work`` in a worker, then ``done`` with what it returned; where it raised, ``failed``: nothing of that
        request was changed."""
        request = _Request(work, done, failed)
        if self._in_turn:
            self._line.appendleft(request)
        else:
            self._line.append(request)
        if not self.busy:
            self.busy, self.failed = True, False
            self.started.emit(count)
            self._next()

    def put_off(self, action: Callable[[], object]) -> bool:
        """Whether ``action`` waits in the line, to be called on this thread in its turn: for what depends on how the
        requests before it end. What it saves comes before all that waits."""
        if not self.busy or self._in_turn:
            return False
        self._line.append(action)
        return True

    def _next(self) -> None:
        if not self._line:
            self.busy = False
            self.ended.emit()
            return
        first = self._line.popleft()
        if isinstance(first, _Request):
            self._start(first)
            return
        self._in_turn = True
        try:
            first()
        finally:
            self._in_turn = False
            self._next()

    def _start(self, request: _Request) -> None:
        self._result = None

        def run(_control: JobControl) -> Iterator[object]:
            yield request.work()

        def end(outcome: Outcome) -> None:
            if outcome.status == "cancelled":
                # All jobs were stopped before this one began. What a person has tagged is saved all the same.
                self._start(request)
                return
            self.failed = outcome.failure is not None
            try:
                if outcome.failure is not None:
                    request.failed(outcome.failure)
                elif self._result is not None:
                    request.done(self._result)
            finally:
                self._next()

        self._jobs.start(run, on_event=self._on_result, on_end=end)

    def _on_result(self, result: object) -> None:
        self._result = result
