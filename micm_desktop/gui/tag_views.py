"""After a tag, and when the hands rest: computes augmented views of what was tagged, from which predictions learn."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QThread, QTimer, Slot

from micm_desktop.gui import engine
from micm_desktop.gui.features import Features
from micm_desktop.gui.freed_memory import keeping_freed_memory
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl

REST = 1500
"""Milliseconds without news before it begins: tagging goes first."""


class TagViews(QObject):
    """Runs at most one computation. One that fails is tried again with the next tag: predictions do without."""

    def __init__(self, session: Session, features: Features, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._features = session, features
        self._job: Job | None = None
        self._used = self._before = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._start)
        session.predictions_changed.connect(self._on_predictions)
        session.closing.connect(self._rest.stop)
        # Writing a model file computes what is missing, too.
        session.jobs.idle.connect(self._use)

    @Slot()
    def _start(self) -> None:
        labeling = self._session.labeling
        if labeling is None or self._session.predictions is None or self._job is not None:
            return
        if self._features.running or self._features.loading:
            return  # Predictions follow, and with them the next try.

        def work(control: JobControl) -> Iterator[object]:
            # Where all are known, torch is not even loaded.
            if labeling.missing_views():
                engine.load()
                with keeping_freed_memory():
                    yield from labeling.compute_views(control)

        self._before = labeling.known_views()
        jobs = self._session.jobs
        self._job = jobs.start(work, on_end=self._on_end, priority=QThread.Priority.LowPriority)

    @Slot()
    def _on_predictions(self) -> None:
        labeling = self._session.labeling
        known = labeling.known_views() if labeling is not None else 0
        # While views come in nobody knows which of them these predictions have seen.
        self._used = known if self._job is None else min(known, self._before)
        self._rest.start()

    @Slot(object)
    def _on_end(self, _outcome: Outcome) -> None:
        self._job = None
        self._use()

    @Slot()
    def _use(self) -> None:
        labeling = self._session.labeling
        if labeling is not None and self._session.predictions is not None and labeling.known_views() > self._used:
            self._session.update_predictions(again=True)
