"""Two pretraining runs side by side, judged in the background by the tags that are there."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from micm_desktop.gui.i18n import decimal, number, percent
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.messages import in_words, reason_in_words
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words
from micm_desktop.progress import JobControl

if TYPE_CHECKING:
    from micm_desktop.labeling.comparing import ComparedRun

UNKNOWN = "–"
SIZE = (760, 600)
BOLD = 2
"""Rows that matter most."""


class RunComparing(QObject):
    """Opens one dialog at a time."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._page = page
        self.dialog: RunComparison | None = None

    @Slot(object)
    def compare(self, encoder_ids: Sequence[int | None]) -> None:
        """Compare these encoders; None stands for the shipped one."""
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            yield labeling.compare_runs(encoder_ids, control)

        self.dialog = RunComparison(self._page.window())
        self.dialog.open()
        self._session.jobs.start(work, on_event=self._on_compared, on_end=self._on_end, needs_engine=True)

    @Slot(object)
    def _on_compared(self, runs: object) -> None:
        if self.dialog is not None and isinstance(runs, list):
            self.dialog.show_runs(runs)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        if self.dialog is not None and outcome.failure is not None:
            self.dialog.say(in_words(outcome.failure))


class RunComparison(QDialog):
    """One column for each run, one row for each fact."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare runs"))
        self.resize(*SIZE)
        self.rows: list[tuple[str, list[str]]] = []
        """What is shown: the name of each fact, and what it is for each run."""
        self.note = styled_label("muted", wrap=True)
        self.table = QTextBrowser()
        self.table.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.say(self.tr("Judging the tagged images with both…"))

    def say(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_runs(self, runs: "Sequence[ComparedRun]") -> None:
        """Fill in what is known of the runs."""
        names = {"quick": self.tr("Quick"), "standard": self.tr("Standard"), "thorough": self.tr("Thorough")}

        def granted(run: "ComparedRun") -> str:
            preset = names.get(run.preset, "")
            return f"{preset}, {words.duration(60 * run.minutes)}" if preset and run.minutes else preset or UNKNOWN

        def name(run: "ComparedRun") -> str:
            known = run.name or self.tr("Shipped with the program")
            return self.tr("{name} (in use)").format(name=known) if run.active else known

        def held_out(run: "ComparedRun") -> str:
            if run.held_out is None:
                return UNKNOWN
            share = percent(run.held_out.right / run.held_out.tagged)
            counts = {"right": number(run.held_out.right), "tagged": number(run.held_out.tagged), "share": share}
            return self.tr("{right} of {tagged} ({share})").format(**counts)

        def last(key: str, tell: Callable[[float], str]) -> "Callable[[ComparedRun], str]":
            return lambda run: tell(run.monitor[key]) if key in run.monitor else UNKNOWN

        facts: list[tuple[str, Callable[[ComparedRun], str]]] = [
            (self.tr("Run"), name),
            (self.tr("Your tagged images, each judged without its own tag"), held_out),
            (self.tr("Made"), lambda run: words.moment(run.made) if run.made is not None else UNKNOWN),
            (self.tr("Time granted"), granted),
            (self.tr("Time taken"), lambda run: words.duration(run.seconds) if run.seconds else UNKNOWN),
            (self.tr("Images"), lambda run: number(run.images) if run.images else UNKNOWN),
            (self.tr("Passes over the images"), lambda run: number(run.epochs) if run.epochs else UNKNOWN),
            (self.tr("Tagged images told apart during training"), last("few_shot_accuracy", percent)),
            (self.tr("Independent directions of the features"), last("effective_rank", decimal)),
            (self.tr("Two views of an image recognised as one"), last("view_consistency", percent)),
            (self.tr("What came of it"), lambda run: reason_in_words(run.reason) or UNKNOWN),
        ]
        self.rows = [(fact, [tell(run) for run in runs]) for fact, tell in facts]
        lines = []
        for place, (fact, values) in enumerate(self.rows):
            cells = [f"<b>{escape(value)}</b>" if place < BOLD else escape(value) for value in values]
            width = round(100 / (len(values) + 1))
            lines.append("".join(f'<td width="{width}%">{cell}</td>' for cell in (escape(fact), *cells)))
        rows = "".join(f"<tr>{line}</tr>" for line in lines)
        self.table.setHtml(f'<table width="100%" cellpadding="4">{rows}</table>')
        unjudged = any(run.held_out is None for run in runs)
        self.say(
            self.tr(
                "“–”: not known. The tags judge an encoder once two classes have two tags each and the images were "
                "prepared for it; using it prepares them."
            )
            if unjudged
            else ""
        )
