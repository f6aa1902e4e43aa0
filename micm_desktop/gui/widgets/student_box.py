"""On the Export page: a small student for PCs that are too slow, and what it costs."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from micm_desktop.export.target import STUDENT_LIMIT
from micm_desktop.gui.distilling import Distilling
from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.places import ending_in, suggested_file
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.progress import Progress

if TYPE_CHECKING:
    from micm_desktop.export.student_check import Comparison

MINUTES = 10


class StudentBox(QFrame):
    """Asks for a file and a time, teaches a student, and says how it compares with its teacher."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.distilling = Distilling(session, self)
        self.setProperty("role", "panel")
        self._title = styled_label("heading")
        self._said = styled_label("muted", wrap=True)
        self._time = QLabel()
        self.minutes = QSpinBox()
        self.minutes.setRange(1, 600)
        self.minutes.setValue(MINUTES)
        self._time.setBuddy(self.minutes)
        self.write = QPushButton()
        self.write.clicked.connect(self._browse)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self.distilling.cancel)
        self.banner = Banner()
        self.banner.action.connect(self._keep)
        self.result = QLabel()
        self.result.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self._time)
        row.addWidget(self.minutes)
        row.addStretch(1)
        row.addWidget(self.write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self._title)
        layout.addWidget(self._said)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        layout.addWidget(self.banner)
        layout.addWidget(self.result)
        self.distilling.progress.connect(self._on_progress)
        self.distilling.ended.connect(self._on_end)
        session.opened.connect(self._on_project)
        session.closed.connect(self._on_project)
        session.predictions_changed.connect(self._refresh)
        self.retranslate()

    @Slot()
    def _browse(self) -> None:
        suggested = str(suggested_file(self._session.folders, "-small.onnx", "model"))
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the small model file"), suggested, self.tr("Model file (*.onnx)")
        )
        if chosen:
            self.start(Path(ending_in(".onnx", chosen)))

    def start(self, out: Path) -> None:
        """Teach a student, and write it to ``out``."""
        self.banner.hide()
        self.distilling.start(out, float(self.minutes.value()))
        if self.distilling.running:
            self.progress.begin(self._doing)
        self._refresh()

    @Slot()
    def _keep(self) -> None:
        self.banner.hide()
        self.distilling.keep()
        self._refresh()

    def _doing(self) -> str:
        match self.distilling.phase:
            case "teacher":
                return self.tr("Asking the teacher")
            case "student":
                return self.tr("The student learns")
            case "compare":
                return self.tr("Comparing both")
            case _:
                return self.tr("Teaching a student")

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        if self.progress.title != self._doing():
            self.progress.begin(self._doing)
        self.progress.update_progress(progress)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self.progress.end()
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif outcome.status == "cancelled":
            self.banner.show_message("info", self.tr("Teaching was cancelled; no file was left behind."))
        self._refresh()

    @Slot()
    def _on_project(self) -> None:
        self.distilling.cancel()
        self.distilling.made = None
        self.banner.hide()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        idle = not self.distilling.running
        self.write.setEnabled(idle and self._session.predictions is not None)
        self.minutes.setEnabled(idle)
        made = self.distilling.made
        self.result.setVisible(made is not None)
        if made is not None:
            written = [] if made.refused else [self.tr("{file} is written.").format(file=made.export.model_file)]
            self.result.setText("\n".join([*written, *self.sentences(made.comparison)]))
            if made.refused and idle:
                text = self.tr(
                    "The student loses more than {limit} points of accuracy or {limit} % of the defects, or mostly"
                    " decides otherwise than its teacher; so no file was written. Let it learn longer, or from more"
                    " images."
                ).format(limit=f"{100 * STUDENT_LIMIT:g}")
                self.banner.show_message("warning", text, self.tr("Write it all the same"))

    def sentences(self, found: "Comparison") -> list[str]:
        """How student and teacher compare, the worst news first."""
        said = []
        if found.student.missed > found.teacher.missed:
            text = self.tr(
                "Warning: of {defects} tagged defects in the test set the student misses {missed}, the teacher"
                " {before}."
            )
            counts = (found.student.defects, found.student.missed, found.teacher.missed)
            said.append(text.format(**_words(("defects", "missed", "before"), counts)))
        if found.missed:
            text = self.tr(
                "Warning: of {defects} images that the teacher calls defects or unknown, the student calls {missed}"
                " good. They would be missed on the line."
            )
            said.append(text.format(**_words(("defects", "missed"), (found.defects, found.missed))))
        if found.differs:
            text = self.tr(
                "Warning: on {others} of {images} images that it has not learned from, the student decides otherwise"
                " than its teacher. Try it on images that you know before you use it; more time to learn, or more"
                " images, may help."
            )
            said.append(text.format(**_words(("others", "images"), (found.images - found.same, found.images))))
        if found.student.images:
            text = self.tr("Test set: {own} of {images} images judged right; by the teacher {before}.")
            counts = (found.student.right, found.student.images, found.teacher.right)
            said.append(text.format(**_words(("own", "images", "before"), counts)))
        if found.images:
            text = self.tr("It decides as its teacher does on {same} of {images} images that it has not learned from.")
            said.append(text.format(**_words(("same", "images"), (found.same, found.images))))
        if found.few:
            said.append(self.tr("So few defects say little about how many it misses."))
        if found.alarms:
            text = self.tr("Of {good} images that the teacher calls good, it stops {alarms}.")
            said.append(text.format(**_words(("good", "alarms"), (found.good, found.alarms))))
        if found.unasked:
            text = self.tr("Of {asked} images that the teacher asks about, it calls {unasked} good.")
            said.append(text.format(**_words(("asked", "unasked"), (found.asked, found.unasked))))
        text = self.tr("An image takes {own} ms on one core instead of {before} ms: {times} times as fast.")
        own, before = f"{1000 * found.seconds:.1f}", f"{1000 * found.teacher_seconds:.1f}"
        return [*said, text.format(own=own, before=before, times=f"{found.speedup:.1f}")]

    def retranslate(self) -> None:
        self._title.setText(self.tr("For slow PCs: a small student"))
        self._said.setText(
            self.tr(
                "A small network learns from all images of the project to answer as the large one does, many times as"
                " fast. Afterwards both are compared on images that it has not learned from. Tags that change call for"
                " a new one."
            )
        )
        self._time.setText(self.tr("Time to learn"))
        self.minutes.setSuffix(self.tr(" min"))
        self.write.setText(self.tr("Small model file…"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _words(names: tuple[str, ...], counts: tuple[int, ...]) -> dict[str, str]:
    return {name: number(count) for name, count in zip(names, counts, strict=True)}
