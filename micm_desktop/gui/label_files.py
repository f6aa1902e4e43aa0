"""Labels out of the open project into a CSV file, and from one into it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from micm_desktop.gui.jobs import Failure, Outcome
from micm_desktop.gui.places import documents, ending_in
from micm_desktop.gui.session import Session
from micm_desktop.gui.snapshot import Snapshot, take_snapshot
from micm_desktop.progress import JobControl
from micm_desktop.project.records import Conflict, Exchange, LabelLine

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling

LISTED = 200
"""Lines that are listed in full."""


@dataclass(frozen=True)
class _Told:
    """What a file would bring."""

    lines: list[LabelLine]
    exchange: Exchange


class LabelFiles(QObject):
    """Asks for the file; reading, comparing and writing are jobs. What a file would change is shown before it does."""

    said = Signal(str)
    """What was done."""
    failed = Signal(object)
    """A :class:`Failure`."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.box: QMessageBox | None = None

    # --- out

    @Slot()
    def ask_to_export(self) -> None:
        start = str(documents() / "labels.csv")
        chosen, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export labels"), start, "CSV (*.csv)")
        if chosen:
            self.export(ending_in(".csv", chosen))

    def export(self, file: Path) -> None:
        """Write every label; answers with :attr:`said` or :attr:`failed`."""
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.project.label_exchange import write_text
            from micm_desktop.project.label_file import to_text

            lines = labeling.project.label_lines()
            control.safe_point()
            write_text(file, to_text(lines))
            yield len(lines)

        def show(count: object) -> None:
            if isinstance(count, int):
                self.said.emit(self.tr("%n label(s) written to {path}.", "", count).format(path=file))

        self._session.jobs.start(work, on_event=show, on_end=self._on_end)

    # --- in

    @Slot()
    def ask_to_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Import labels"), str(documents()), "CSV (*.csv *.txt)"
        )
        if chosen:
            self.look_into(Path(chosen))

    def look_into(self, file: Path) -> None:
        """Say what a file would bring, and ask whether to take it up."""
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.project.label_file import read_lines

            lines = read_lines(file)
            control.safe_point()
            yield _Told(lines, labeling.project.take_up_labels(lines, dry_run=True))

        self._session.jobs.start(work, on_event=self._on_told, on_end=self._on_end)

    @Slot(object)
    def _on_told(self, told: object) -> None:
        if not isinstance(told, _Told) or self._session.labeling is None:
            return
        found = told.exchange
        box = self.box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning if found.conflicts else QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Import labels"))
        box.setText(
            self.tr("Take up %n new label(s)?", "", found.added)
            if found.added
            else self.tr("Nothing new is in the file.")
        )
        parts = [self.tr("%n label(s) of the file are in the project already.", "", found.unchanged)]
        if found.conflicts:
            parts.append(
                self.tr(
                    "%n label(s) disagree with the project; the project's own stay, as listed below.",
                    "",
                    len(found.conflicts),
                )
            )
        if found.missing:
            parts.append(self.tr("The images of %n label(s) are not in the project.", "", len(found.missing)))
        box.setInformativeText("\n".join(parts))
        details = [self._conflict(one) for one in found.conflicts[:LISTED]]
        details += [self._missing(line) for line in found.missing[:LISTED]]
        if details:
            box.setDetailedText("\n".join(details))
        if found.added:
            take = box.addButton(self.tr("Take up"), QMessageBox.ButtonRole.AcceptRole)
            take.clicked.connect(lambda: self._take_up(told.lines))
            box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        else:
            box.addButton(self.tr("Close"), QMessageBox.ButtonRole.RejectRole)
        box.open()

    def _conflict(self, conflict: Conflict) -> str:
        line = conflict.line
        if conflict.why == "tag":
            text = self.tr("Line {number}: {path} is “{here}” in the project, “{there}” in the file.")
        elif conflict.why == "content":
            text = self.tr("Line {number}: {path} shows something else than what was labelled.")
        else:
            text = self.tr("Line {number}: {path} may be any of several images.")
        unsure = self.tr("unsure")
        return text.format(
            number=line.number,
            path=line.path or line.sha256,
            here=conflict.here or unsure,
            there=line.name or unsure,
        )

    def _missing(self, line: LabelLine) -> str:
        return self.tr("Line {number}: {path} is not in the project.").format(
            number=line.number, path=line.path or line.sha256
        )

    def _take_up(self, lines: list[LabelLine]) -> None:
        labeling = self._session.labeling
        if labeling is None or self._session.bulk.put_off(lambda: self._take_up(lines)):
            return
        session = self._session

        def work(control: JobControl) -> Iterator[object]:
            found = labeling.project.take_up_labels(lines, merge=True)
            yield found
            yield self._seen(labeling)

        def show(event: object) -> None:
            if isinstance(event, Exchange):
                self.said.emit(self.tr("%n label(s) taken up. Undo takes them back.", "", event.added))
            elif isinstance(event, Snapshot) and session.labeling is labeling:
                session.show_taken_up(event)

        session.jobs.start(work, on_event=show, on_end=self._on_end)

    def _seen(self, labeling: "Labeling") -> Snapshot:
        return take_snapshot(labeling, self._session.tags.version)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        if isinstance(outcome.failure, Failure):
            self.failed.emit(outcome.failure)
