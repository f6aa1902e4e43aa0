"""Tags of thousands of images at once, saved by a worker: the window shows them when they are on disk."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from micm_desktop.gui.jobs import Jobs, Outcome
from micm_desktop.progress import JobControl
from micm_desktop.project.records import TagChange

MOST_AT_ONCE = 500
"""Tags that are saved before the key press returns; a tenth of a frame for each hundred."""


@dataclass(frozen=True)
class _Request:
    work: Callable[[], TagChange]
    done: Callable[[TagChange], None]


class BulkTags(QObject):
    """Saves one request after the other. While it does, smaller ones wait in the same line: the project has one writer
    at a time, and the window must not wait for it."""

    started = Signal(int)
    """Tags of so many images are being saved."""
    ended = Signal()
    """The line is empty."""
    failed = Signal(object)
    """A :class:`Failure`; nothing of that request was changed."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._line: deque[_Request] = deque()
        self._change: TagChange | None = None
        self.busy = False

    def takes(self, count: int) -> bool:
        """Whether tags of ``count`` images go this way."""
        return self.busy or count > MOST_AT_ONCE

    def save(self, count: int, work: Callable[[], TagChange], done: Callable[[TagChange], None]) -> None:
        """Run ``work`` in a worker, then ``done`` with what it returned, unless it raised."""
        self._line.append(_Request(work, done))
        if not self.busy:
            self.busy = True
            self.started.emit(count)
            self._next()

    def _next(self) -> None:
        request = self._line.popleft()
        self._change = None

        def run(_control: JobControl) -> Iterator[object]:
            yield request.work()

        def end(outcome: Outcome) -> None:
            if outcome.failure is not None:
                self.failed.emit(outcome.failure)
            elif self._change is not None:
                request.done(self._change)
            if self._line:
                self._next()
            else:
                self.busy = False
                self.ended.emit()

        self._jobs.start(run, on_event=self._on_change, on_end=end)

    def _on_change(self, change: object) -> None:
        if isinstance(change, TagChange):
            self._change = change
