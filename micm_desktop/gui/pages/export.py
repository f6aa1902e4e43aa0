"""Writes what was labelled as one model file, and says how to use it on the line PC."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.export.target import Target
from micm_desktop.gui.features import Features
from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.places import ending_in, suggested_file
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.contents_box import ContentsBox
from micm_desktop.gui.widgets.format_box import FormatBox
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.report_box import ReportBox
from micm_desktop.gui.widgets.scroll_form import scroll_form
from micm_desktop.gui.widgets.student_box import StudentBox
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.widgets.tiles_box import TilesBox
from micm_desktop.gui.words import words
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from micm_desktop.export.model_file import ExportResult


class ExportPage(Page):
    """Shows what goes into the file, writes it, and shows what came out."""

    page_wanted = Signal(str)
    state_changed = Signal()

    def __init__(self, session: Session, features: Features, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.result: ExportResult | None = None
        self._made_of = (0, 1, Target())
        """The predictions, with their tags and decisions, that the written file holds, and its kind."""
        self._title = styled_label("title")
        self._intro = styled_label("muted", wrap=True)
        self.banner = Banner()
        self.banner.action.connect(lambda: self.page_wanted.emit("label"))
        self.contents = ContentsBox(session)
        self._file_label = QLabel()
        self.file = QLineEdit()
        self.file.textChanged.connect(self._update)
        self.browse = QPushButton()
        self.browse.clicked.connect(self._browse)
        self.tiles = TilesBox(session, features)
        self.tiles.changed.connect(self._on_tiles)
        self.kind = FormatBox()
        self.kind.changed.connect(self._on_kind)
        self.export = QPushButton()
        self.export.setProperty("role", "primary")
        self.export.clicked.connect(self._start)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self._cancel)
        self._done = QFrame()
        self._done_title = styled_label("heading")
        self.summary = QLabel()
        self._use_title = styled_label("heading")
        self._use = QLabel()
        self.command = styled_label("code", wrap=True)
        self.copy = QPushButton()
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command.text()))
        self.show_file = QPushButton()
        self.show_file.clicked.connect(self._show_folder)
        self.student = StudentBox(session)
        self.report = ReportBox(session)
        self._layout_page()
        session.opened.connect(self._on_project)
        session.closed.connect(self._on_project)
        features.started.connect(self._update)
        for signal in (session.images_changed, session.classes_changed, session.tags_changed, features.ended):
            signal.connect(self._update)
        session.predictions_changed.connect(self._on_predictions)
        self.retranslate()

    def _layout_page(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._file_label)
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        action = QHBoxLayout()
        action.addStretch(1)
        action.addWidget(self.export)
        self._done.setProperty("role", "panel")
        done = QVBoxLayout(self._done)
        done.setContentsMargins(18, 14, 18, 14)
        for label in (self.summary, self._use):
            label.setWordWrap(True)
        for label in (self.summary, self.command):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self._done_title, self.summary, self._use_title, self._use, self.command):
            done.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.show_file)
        buttons.addStretch(1)
        done.addLayout(buttons)
        form = QWidget()
        layout = QVBoxLayout(form)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._intro)
        layout.addWidget(self.banner)
        layout.addWidget(self.contents)
        layout.addWidget(self.tiles)
        layout.addWidget(self.kind)
        layout.addLayout(row)
        layout.addLayout(action)
        layout.addWidget(self.progress)
        layout.addWidget(self._done)
        layout.addWidget(self.student)
        layout.addWidget(self.report)
        layout.addStretch(1)
        self._scroll = scroll_form(form)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._scroll)

    @property
    def exported(self) -> bool:
        """Whether the file that was written is what would be written now."""
        return self.result is not None and not self._outdated()

    def _outdated(self) -> bool:
        return self._made_of != (self._session.revision, self.tiles.count, self.kind.target)

    @Slot()
    def _on_predictions(self) -> None:
        self._update()
        self.state_changed.emit()

    @Slot()
    def _on_tiles(self) -> None:
        self._update()
        self.state_changed.emit()

    @Slot()
    def _on_kind(self) -> None:
        file = Path(self.file.text().strip())
        if file.suffix in (".onnx", ".xml"):
            self.file.setText(str(file.with_suffix(self.kind.target.ending)))
        self._on_tiles()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()

    # --- the job

    @Slot()
    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the model file"), self.file.text(), self._kinds()[self.kind.target.ending]
        )
        if chosen:
            self.file.setText(str(ending_in(self.kind.target.ending, chosen)))

    @Slot()
    def _start(self) -> None:
        labeling = self._session.labeling
        if labeling is None or self._job is not None:
            return
        out, tiles, target = Path(self.file.text().strip()), self.tiles.count, self.kind.target

        def work(control: JobControl) -> Iterator[object]:
            yield from labeling.export(out, control, tiles=tiles, target=target)

        self.result = None
        self._made_of = self._session.revision, tiles, target
        self.banner.hide()
        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end, needs_engine=True)
        self.progress.begin(lambda: self.tr("Writing the model file"))
        self._update()

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.update_progress(event)
        else:
            self.result = event  # type: ignore[assignment]

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        self.progress.end()
        self._update()
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif outcome.status == "cancelled":
            self.banner.show_message("info", self.tr("Writing was cancelled; no file was left behind."))
        elif self.result is not None:
            self.report.model_file = self.result.model_file
        told = self._done if self.result is not None else self.banner
        # The page has its new height only once what is new has been laid out.
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(told))
        self.state_changed.emit()

    @Slot()
    def _show_folder(self) -> None:
        if self.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.result.model_file.parent)))

    @Slot()
    def _on_project(self) -> None:
        self.result = None
        if self._session.labeling is not None:
            self.file.setText(str(suggested_file(self._session.folders, self.kind.target.ending, "model")))
        self._update()
        self.state_changed.emit()

    # --- words

    def _kinds(self) -> dict[str, str]:
        """Filters of the file dialog, by ending."""
        return {".onnx": self.tr("Model file (*.onnx)"), ".xml": self.tr("Model file (*.xml)")}

    @Slot()
    def _update(self) -> None:
        if not self.isVisible() and self._job is None:
            return
        ready = self._session.predictions is not None
        idle = self._job is None and not self.tiles.running
        self.export.setEnabled(ready and idle and bool(self.file.text().strip()))
        for widget in (self.file, self.browse, self.kind):
            widget.setEnabled(idle)
        if not ready and idle:
            self.banner.show_message(
                "info",
                self.tr("Tag at least one image each of two classes first; the model file is made from them."),
                self.tr("Go to Label"),
            )
        elif ready:
            self.banner.hide()
        self.contents.refresh()
        self._say_result()

    def _say_result(self) -> None:
        result = self.result
        self._done.setVisible(result is not None)
        if result is None:
            return
        if self._outdated():
            self._done_title.setText(self.tr("Tags, images or decisions have changed: write the model file again"))
        else:
            self._done_title.setText(self.tr("The model file is ready"))
        said = self.tr(
            "{file} ({size}), {count} classes.\nChecked on {images}: the file judges like this program; no "
            "probability differs by more than {difference}."
        )
        if result.int8 is not None:
            said = self.tr(
                "{file} ({size}), {count} classes.\nChecked on {images}: whole numbers change a probability by at most"
                " {difference}."
            )
        said = said.format(
            file=result.model_file,
            size=words.file_size(result.bytes),
            count=number(len(result.classes)),
            images=words.images(result.parity_images),
            difference=f"{result.parity_max_abs_diff:.{6 if result.int8 is None else 2}f}",
        )
        self.summary.setText(said if result.int8 is None else f"{said}\n{self.kind.cost(result.int8)}")
        self.command.setText(f'micm-desktop predict "{result.model_file.name}" IMAGES --out results.csv')

    def retranslate(self) -> None:
        self._title.setText(self.tr("Export"))
        self._intro.setText(
            self.tr(
                "One file holds everything the line PC needs. It runs there without this program and without network."
            )
        )
        self._file_label.setText(self.tr("Model file"))
        self.file.setAccessibleName(self.tr("Model file"))
        self.browse.setText(self.tr("Choose…"))
        self.export.setText(self.tr("Write model file"))
        self._use_title.setText(self.tr("On the line PC"))
        self._use.setText(
            self.tr(
                "Copy the file there and run this command; IMAGES is the folder to judge. The results open in Excel."
            )
        )
        self.copy.setText(self.tr("Copy command"))
        self.show_file.setText(self.tr("Show the file"))
        self._update()
