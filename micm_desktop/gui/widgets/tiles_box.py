"""On the Export page: whether the model file cuts images into tiles, offered where the tags say that it helps."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from micm_desktop.gui.features import Features
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.messages import in_words, reason_in_words
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from micm_desktop.fewshot.tile_trial import TileTrial


class TilesBox(QFrame):
    """Tries tiles on the tags in a worker; what it found holds until tags, regions or the encoder change."""

    changed = Signal()
    """Another choice, or a trial has begun or ended."""

    def __init__(self, session: Session, features: Features, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._trial: TileTrial | None = None
        self._outcome: Outcome | None = None
        self.setProperty("role", "panel")
        self._title = styled_label("heading")
        self.cut = QCheckBox()
        self.cut.toggled.connect(self.changed)
        self.try_it = QPushButton()
        self.try_it.clicked.connect(self._start)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self.cancel)
        row = QHBoxLayout()
        row.addWidget(self.cut)
        row.addStretch(1)
        row.addWidget(self.try_it)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self._title)
        layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(self.progress)
        for signal in (
            session.opened,
            session.closed,
            session.images_changed,
            session.classes_changed,
            session.tags_changed,
            session.regions.saved,
            features.ended,
        ):
            signal.connect(self._forget)
        session.predictions_changed.connect(self._refresh)
        self.retranslate()

    @property
    def count(self) -> int:
        """Tiles along each edge; 1 for whole images."""
        return self._trial.count if self._trial is not None and self.cut.isChecked() else 1

    @property
    def running(self) -> bool:
        return self._job is not None

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot()
    def _start(self) -> None:
        labeling = self._session.labeling
        if labeling is None or self._job is not None:
            return

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.try_tiles(control)

        self._trial = self._outcome = None
        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end, needs_engine=True)
        self.progress.begin(lambda: self.tr("Trying tiles"))
        self._refresh()
        self.changed.emit()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.update_progress(event)
        else:
            self._trial = event  # type: ignore[assignment]

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        self.progress.end()
        self._outcome = outcome
        self._refresh()
        self.cut.setChecked(self._trial is not None and self._trial.offered)
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        # A trial that runs now judges by what has changed meanwhile.
        self.cancel()
        self._trial = self._outcome = None
        self.cut.setChecked(False)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        offered = self._trial is not None and self._trial.offered
        self.cut.setEnabled(offered and not self.running)
        self.try_it.setEnabled(self._session.predictions is not None and not self.running)
        self.said.setText(self._words())

    def _words(self) -> str:
        outcome = self._outcome
        if outcome is None or outcome.status == "cancelled":
            return self.tr(
                "Small defects in large images are often found better when images are cut into overlapping tiles."
                " Judging then takes many times as long, so that is done only where your tags show that it helps."
            )
        if outcome.failure is not None:
            return in_words(outcome.failure)
        if self._trial is None:
            return self.tr(
                "Tiles do not come into question here: they need images with at least twice the pixels of the"
                " network's input along each edge, three tags of each class, and a class of good parts."
            )
        said = reason_in_words(self._trial.sentence())
        if self._trial.offered:
            said += " " + self.tr("The window itself goes on judging whole images.")
        return said

    def retranslate(self) -> None:
        self._title.setText(self.tr("Small defects in large images"))
        self.cut.setText(self.tr("Cut large images into tiles"))
        self.try_it.setText(self.tr("Try it on the tags"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
