"""Judges a finished pretraining run again, in the background, once there are more tags than its verdict is by."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QObject, Slot

from micm_desktop.fewshot.usable_tags import usable_counts
from micm_desktop.gui.one_job import OneJob
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.run_list import RunList
from micm_desktop.progress import JobControl, Progress


class Rejudging(OneJob):
    """``runs`` offers it; the progress with its button stands below them. :attr:`encoder_id` is whose run was judged
    last."""

    def __init__(self, session: Session, runs: RunList, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._runs = runs
        self.encoder_id = 0
        self.row = ProgressRow()
        self.row.cancelled.connect(self.cancel)
        self.progress.connect(self.row.update_progress)
        self.ended.connect(self.row.end)
        runs.add_below(self.row)
        runs.judge_wanted.connect(self._start)
        runs.shown.connect(self.count)
        for signal in (session.tags_changed, session.classes_changed, session.images_changed, session.closed):
            signal.connect(self.count)

    @Slot()
    def count(self) -> None:
        """Tell the list how many tagged images a verdict could be by now; counted while somebody looks."""
        if self._runs.isVisible():
            self._runs.set_usable(usable(self._session))

    @Slot(int)
    def _start(self, encoder_id: int) -> None:
        labeling = self._session.labeling
        if labeling is None or self.running:
            return

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.judge_run_again(encoder_id, control)

        self.encoder_id = encoder_id
        self.row.begin(lambda: self.tr("Judging the run by the tags"))
        self._run("judging", work, needs_engine=True)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.emit(event)


def usable(session: Session) -> int:
    """How many tagged images a verdict could be by: one of each content, of classes with enough of them, without the
    test set."""
    columns, tags = session.columns, session.support_classes()
    rows = np.flatnonzero(columns.readable & (tags > 0))
    _, first = np.unique(columns.content[rows], return_index=True)
    return sum(usable_counts(Counter(tags[rows[first]].tolist())).values())
