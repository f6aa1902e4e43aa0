"""Judges a finished pretraining run again, in the background, once there are more tags than its verdict is by."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.fewshot.usable_tags import usable_counts
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.run_list import RunList
from micm_desktop.progress import JobControl, Progress


class Rejudging(QObject):
    """``runs`` offers it; the progress with its button stands below them."""

    changed = Signal()
    """It has begun or ended."""
    ended = Signal(int, object)
    """The id of the encoder, and an :class:`Outcome`."""

    def __init__(self, session: Session, runs: RunList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runs = runs
        self._job: Job | None = None
        self._encoder_id = 0
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self._cancel)
        runs.add_below(self.progress)
        runs.judge_wanted.connect(self._start)
        runs.shown.connect(self.count)
        for signal in (session.tags_changed, session.classes_changed, session.images_changed, session.closed):
            signal.connect(self.count)

    @property
    def running(self) -> bool:
        return self._job is not None

    @Slot()
    def count(self) -> None:
        """Tell the list how many tagged images a verdict could be by now; counted while somebody looks."""
        if self._runs.isVisible():
            self._runs.set_usable(usable(self._session))

    @Slot(int)
    def _start(self, encoder_id: int) -> None:
        labeling = self._session.labeling
        if labeling is None or self._job is not None:
            return

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.judge_run_again(encoder_id, control)

        self._encoder_id = encoder_id
        self.progress.begin(lambda: self.tr("Judging the run by the tags"))
        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end, needs_engine=True)
        self.changed.emit()

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.update_progress(event)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        self.progress.end()
        self.changed.emit()
        self.ended.emit(self._encoder_id, outcome)


def usable(session: Session) -> int:
    """How many tagged images a verdict could be by: one of each content, of classes with enough of them, without the
    test set."""
    columns, tags = session.columns, session.support_classes()
    rows = np.flatnonzero(columns.readable & (tags > 0))
    _, first = np.unique(columns.content[rows], return_index=True)
    return sum(usable_counts(Counter(tags[rows[first]].tolist())).values())
