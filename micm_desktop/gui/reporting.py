"""Writes reports in a worker, and keeps their settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.one_job import OneJob
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl
from micm_desktop.project.folders import cache_folder

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling
    from micm_desktop.report.limits import ReportSettings
    from micm_desktop.report.verdict import Verdict

Language = Literal["en", "ja"]


@dataclass(frozen=True)
class WrittenReport:
    """A report on the disk, and what it says."""

    file: Path
    verdict: "Verdict"


class Reporting(OneJob):
    """At most one report at a time, and one reading or writing of the settings; :attr:`written` is there once one was
    done."""

    settings_read = Signal(object)
    """The project's :class:`~micm_desktop.report.limits.ReportSettings`."""
    settings_failed = Signal(object)
    """A :class:`~micm_desktop.gui.jobs.Failure`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.written: WrittenReport | None = None

    def start(self, out: Path, language: Language, model_file: Path | None) -> None:
        """Write a report to ``out``; nothing where one is being written, or no project is open."""
        labeling = self._session.labeling
        if labeling is None or self.running:
            return
        self.written = None
        self._run(
            "writing", lambda control: write_report(labeling, out, language, model_file, control), needs_engine=True
        )

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, WrittenReport):
            self.written = event
        else:
            self.progress.emit(event)

    def read_settings(self) -> None:
        """Answers with ``settings_read``."""
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.report.limits import read_settings

            yield read_settings(labeling.project)

        self._session.jobs.start(work, on_event=self.settings_read.emit, on_end=self._on_settings)

    def write_settings(self, settings: "ReportSettings") -> None:
        """Kept with the project from now on; answers with ``settings_failed`` where that does not work."""
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.report.limits import write_settings

            write_settings(labeling.project, settings)
            yield from ()

        self._session.jobs.start(work, on_end=self._on_settings)

    @Slot(object)
    def _on_settings(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.settings_failed.emit(outcome.failure)


def write_report(
    labeling: "Labeling", out: Path, language: Language, model_file: Path | None, control: JobControl
) -> Iterator[object]:
    """Progress, and at last the :class:`WrittenReport`. Raises UserError, OSError, Cancelled."""
    from micm_desktop.gui.report_pdf import report_pdf
    from micm_desktop.report.content import Report, gather_report
    from micm_desktop.report.limits import read_settings
    from micm_desktop.report.page import report_page
    from micm_desktop.report.writing import check_place, write_whole

    check_place(out)
    settings = read_settings(labeling.project)
    for event in gather_report(labeling, settings, cache_folder() / "inventory", control, model_file):
        if isinstance(event, Report):
            made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
            if out.suffix.lower() == ".pdf":
                data = report_pdf(event, language, made)
            else:
                data = report_page(event, language, made).encode("utf-8", "replace")
            control.safe_point()
            write_whole(out, data)
            yield WrittenReport(out, event.judgement.verdict)
        else:
            yield event
