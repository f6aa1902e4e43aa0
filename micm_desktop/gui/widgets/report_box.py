"""On the Export page: the proof-of-concept report, its limits, and what it said last."""

from pathlib import Path

from PySide6.QtCore import QEvent, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from micm_desktop.gui.i18n import language_of
from micm_desktop.gui.jobs import Failure, Outcome
from micm_desktop.gui.places import suggested_file
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.reporting import Language, Reporting
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.report_limits import LimitsDialog
from micm_desktop.gui.widgets.styled import styled_label


class ReportBox(QFrame):
    """Asks for a file and writes the report; the model file that was exported last is named in it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.reporting = Reporting(session, self)
        self.model_file: Path | None = None
        self.dialog: LimitsDialog | None = None
        self.setProperty("role", "panel")
        self._title = styled_label("heading")
        self._said = styled_label("muted", wrap=True)
        self.language = QComboBox()
        for code, name in (("en", "English"), ("ja", "日本語")):
            self.language.addItem(name, code)
        self.limits = QPushButton()
        self.limits.clicked.connect(self.reporting.read_settings)
        self.write = QPushButton()
        self.write.clicked.connect(self._browse)
        self.open = QPushButton()
        self.open.clicked.connect(self._open)
        self.banner = Banner()
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self.reporting.cancel)
        self.result = styled_label("heading", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.language)
        row.addWidget(self.limits)
        row.addStretch(1)
        row.addWidget(self.write)
        done = QHBoxLayout()
        done.addWidget(self.result, 1)
        done.addWidget(self.open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self._title)
        layout.addWidget(self._said)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        layout.addWidget(self.banner)
        layout.addLayout(done)
        self.reporting.progress.connect(self.progress.update_progress)
        self.reporting.ended.connect(self._on_end)
        self.reporting.settings_read.connect(self._on_settings)
        self.reporting.settings_failed.connect(self._on_failure)
        session.opened.connect(self._on_project)
        session.closed.connect(self._on_project)
        self._choose_language()
        self.retranslate()

    @Slot()
    def _browse(self) -> None:
        suggested = str(suggested_file(self._session.folders, "-report.html", "report"))
        chosen, kind = QFileDialog.getSaveFileName(
            self, self.tr("Save the report"), suggested, self.tr("Web page (*.html);;PDF (*.pdf)")
        )
        if chosen:
            out = Path(chosen)
            if out.suffix.lower() not in (".html", ".pdf"):
                out = out.with_name(out.name + (".pdf" if ".pdf" in kind else ".html"))
            self.start(out)

    def start(self, out: Path) -> None:
        """Write the report to ``out``."""
        language: Language = "ja" if self.language.currentData() == "ja" else "en"
        self.banner.hide()
        self.reporting.start(out, language, self.model_file)
        if self.reporting.running:
            self.progress.begin(lambda: self.tr("Writing the report"))
        self._refresh()

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self.progress.end()
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif outcome.status == "cancelled":
            self.banner.show_message("info", self.tr("Writing was cancelled; no file was left behind."))
        self._refresh()

    @Slot(object)
    def _on_failure(self, failure: Failure) -> None:
        self.banner.show_failure(failure)

    @Slot(object)
    def _on_settings(self, settings: object) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self.dialog = LimitsDialog(settings, self)  # type: ignore[arg-type]
        self.dialog.chosen.connect(self.reporting.write_settings)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.open()

    @Slot()
    def _on_closed(self) -> None:
        self.dialog = None

    @Slot()
    def _open(self) -> None:
        written = self.reporting.written
        if written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(written.file)))

    @Slot()
    def _on_project(self) -> None:
        self.reporting.cancel()
        self.reporting.written = None
        self.model_file = None
        self.banner.hide()
        if self.dialog is not None:
            self.dialog.close()
        self._refresh()

    def _choose_language(self) -> None:
        self.language.setCurrentIndex(self.language.findData(language_of(Preferences().language())))

    @Slot()
    def _refresh(self) -> None:
        idle = self._session.labeling is not None and not self.reporting.running
        for widget in (self.language, self.limits, self.write):
            widget.setEnabled(idle)
        written = self.reporting.written
        self.result.setVisible(written is not None)
        self.open.setVisible(written is not None)
        if written is not None:
            verdict = {
                "ready": self.tr("ready"),
                "checked": self.tr("ready with human check"),
                "not_yet": self.tr("not yet"),
            }[written.verdict]
            said = self.tr("The report is written. Its verdict: {verdict}.")
            self.result.setText(said.format(verdict=verdict))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Report"))
        self._said.setText(
            self.tr(
                "May this inspection run on the line? One file answers that for whoever decides: the verdict and the "
                "limits behind it, results, costs, examples with heatmaps, risks, and who tagged what."
            )
        )
        self.language.setAccessibleName(self.tr("Language of the report"))
        self.limits.setText(self.tr("Limits…"))
        self.write.setText(self.tr("Report…"))
        self.open.setText(self.tr("Open"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._choose_language()
            self.retranslate()
        super().changeEvent(event)
