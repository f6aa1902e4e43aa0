"""Work of one kind on the open project, of which one job runs at a time, below the window's own priority."""

from PySide6.QtCore import QObject, QThread, Signal, Slot

from micm_desktop.gui.jobs import Job, Outcome, Work
from micm_desktop.gui.session import Session


class OneJob(QObject):
    """At most one job. All signals arrive on the GUI thread."""

    began = Signal(str)
    """What is being done."""
    progress = Signal(object)
    """:class:`Progress`."""
    ended = Signal(object)
    """An :class:`Outcome`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.doing: str | None = None

    @property
    def running(self) -> bool:
        return self._job is not None

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _run(self, doing: str, work: Work, *, needs_engine: bool = False) -> None:
        """Start ``work``, whose events go to :meth:`_on_event`; nothing where a job runs already."""
        if self._job is not None:
            return
        self.doing = doing
        self._job = self._session.jobs.start(
            work,
            on_event=self._on_event,
            on_end=self._on_end,
            needs_engine=needs_engine,
            priority=QThread.Priority.LowPriority,
        )
        self.began.emit(doing)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        raise NotImplementedError

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = self.doing = None
        self.ended.emit(outcome)
