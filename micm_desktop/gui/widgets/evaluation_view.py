"""An evaluation in words, tables and curves, with the images behind each figure."""

from operator import is_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QTabWidget, QVBoxLayout, QWidget

from micm_desktop.evaluation.notes import sentence
from micm_desktop.gui.evaluating import EvaluationWork
from micm_desktop.gui.evaluation_notes import Step, note_words
from micm_desktop.gui.evaluation_words import evaluation_words
from micm_desktop.gui.i18n import language
from micm_desktop.gui.models.confusion_model import ConfusionModel
from micm_desktop.gui.models.interval_model import IntervalModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.comparison_box import ComparisonBox
from micm_desktop.gui.widgets.figure_table import figure_table
from micm_desktop.gui.widgets.finding_cards import FindingCards, Mood, Said
from micm_desktop.gui.widgets.interval_bars import show_bars
from micm_desktop.gui.widgets.judged_images import JudgedImages
from micm_desktop.gui.widgets.learning_box import LearningBox
from micm_desktop.gui.widgets.scroll_form import scroll_form
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.evaluation_plots import CostFigure, PrecisionRecallFigure, ReliabilityFigure
    from micm_desktop.labeling.evaluation_values import Evaluation

NOTES, CONFUSION, CLASSES, CURVES, RELIABILITY, LEARNING, COMPARISON = range(7)
METHODS = ("auto", "prototype", "ridge", "opta", "opta-shares", "soft-kmeans", "logistic")
"""Those that can be compared."""
Rows = NDArray[np.int64]


class EvaluationView(QSplitter):
    """Reads what :class:`EvaluationWork` holds when :meth:`show_evaluated` is called."""

    activated = Signal(object)
    """The :class:`ImageRecord` that was double-clicked."""
    step_wanted = Signal(object)
    """A :class:`Step`."""

    def __init__(
        self, session: Session, work: EvaluationWork, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._work = work
        self._made_of: tuple[object, ...] = ()
        self._steps: list[Step | None] = []
        self.notes = FindingCards()
        self.notes.wanted.connect(lambda place: self.step_wanted.emit(self._steps[place]))
        self.confusion, self.scores = ConfusionModel(self), IntervalModel(self)
        self.matrix, self.score_table = figure_table(self.confusion), figure_table(self.scores)
        show_bars(self.score_table)
        self.matrix.selectionModel().currentChanged.connect(self._on_cell)
        self.score_table.selectionModel().currentChanged.connect(self._on_score)
        self._about_matrix, self._about_scores = styled_label("muted", wrap=True), styled_label("muted", wrap=True)
        self.precision_recall: PrecisionRecallFigure | None = None
        self.cost: CostFigure | None = None
        self.reliability: ReliabilityFigure | None = None
        self._curves, self._reliability = QWidget(), QWidget()
        self._no_curves = styled_label("muted", wrap=True)
        self._no_curves.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.learning = LearningBox()
        self.learning.tag_wanted.connect(lambda name: self.step_wanted.emit(Step("tag_class", name)))
        self.comparison = ComparisonBox(METHODS)
        self.comparison.part_wanted.connect(self._show_part)
        self.tabs = QTabWidget()
        self.images = JudgedImages(session, thumbnails)
        self.images.activated.connect(self.activated)
        self._layout_view()
        self.tabs.currentChanged.connect(self._on_tab)
        self.retranslate()

    def _layout_view(self) -> None:
        for holder in (self._curves, self._reliability):
            QVBoxLayout(holder).setContentsMargins(0, 0, 8, 0)
        _add(self._curves, self._no_curves)
        matrix, scores = QWidget(), QWidget()
        for page, about, table in (
            (matrix, self._about_matrix, self.matrix),
            (scores, self._about_scores, self.score_table),
        ):
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 8, 8, 0)
            column.addWidget(about)
            column.addWidget(table, 1)
        forms = (self._curves, self._reliability, self.learning, self.comparison)
        for part in (scroll_form(self.notes), matrix, scores, *map(scroll_form, forms)):
            self.tabs.addTab(part, "")
        self.addWidget(self.tabs)
        self.addWidget(self.images)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setSizes([740, 380])

    # --- what was found

    def show_evaluated(self, *, anew: bool = False) -> None:
        """Say everything where it is another one than before, or ``anew``."""
        evaluated, state = self._work.evaluated, self._work.state
        made_of = (evaluated, self._work.compared, state, self._work.comparison_outdated)
        if not anew and len(made_of) == len(self._made_of) and all(map(is_, made_of, self._made_of)):
            return
        self._made_of = made_of
        self.comparison.show_compared(self._work.compared, self._work.comparison_outdated)
        if state is not None:
            self.comparison.set_encoders(state.encoders)
        if evaluated is None:
            return
        found = evaluated.evaluation
        self._say_notes(found)
        self._fill_tables(found)
        self.learning.show_evaluation(found)
        for tab in (CONFUSION, CLASSES, CURVES, RELIABILITY, LEARNING):
            self.tabs.setTabVisible(tab, found.judged is not None)
        self._on_tab()

    def _say_notes(self, found: "Evaluation") -> None:
        said: list[Said] = []
        self._steps = []
        for note in found.notes:
            step = note_words.step(note, found)
            mood: Mood = "info" if note.severity == "info" else "warning"
            said.append(Said(sentence(note, language()), mood, note_words.button(step)))
            self._steps.append(step)
        if not any(note.severity != "info" for note in found.notes):
            said.insert(0, Said(self.tr("Nothing is missing for these figures."), "good"))
            self._steps.insert(0, None)
        said.append(Said(evaluation_words.judged_with(found), "info"))
        self._steps.append(None)
        self.notes.show_all(said)

    def _fill_tables(self, found: "Evaluation") -> None:
        place = self.matrix.currentIndex().row(), self.matrix.currentIndex().column()
        if found.confusion is None:
            self.confusion.set_counts((), np.zeros((0, 1), np.int64))
            self.scores.set_figures((), (), ())
            return
        counts = found.confusion.counts
        self.confusion.set_counts(found.classes, counts, found.trained)
        inside = 0 <= place[0] < counts.shape[0] and 0 <= place[1] < counts.shape[1]
        if not inside or not counts[place]:
            wrong = np.argwhere((counts * (1 - np.eye(*counts.shape, dtype=np.int64)))[:, : found.trained])
            place = (int(wrong[0][0]), int(wrong[0][1])) if len(wrong) else (0, 0)
        self.matrix.setCurrentIndex(self.confusion.index(*place))
        cells = [
            [
                evaluation_words.cell(score.recall, self._recall(record.name)),
                evaluation_words.cell(score.precision, self._precision(record.name)),
            ]
            for record, score in zip(found.classes, found.by_class, strict=True)
        ]
        titles = (self.tr("Recall: found"), self.tr("Precision: right when said"))
        chosen = self.score_table.currentIndex().row(), self.score_table.currentIndex().column()
        self.scores.set_figures(titles, [record.name for record in found.classes], cells)
        self.score_table.setCurrentIndex(self.scores.index(max(chosen[0], 0), max(chosen[1], 0)))

    def _recall(self, name: str) -> str:
        return self.tr("Tagged “{name}”, and judged so").format(name=name)

    def _precision(self, name: str) -> str:
        return self.tr("Judged “{name}”, and tagged so").format(name=name)

    # --- the images behind it

    def show_right(self) -> None:
        """Show the images that get their class without a person being asked; and so on below."""
        found = self._found()
        if found is not None and found.judged is not None:
            self._show(self.tr("Right, nobody asked"), np.flatnonzero(found.judged.right))

    def show_missed(self) -> None:
        found = self._found()
        if found is not None and found.judged is not None:
            self._show(self.tr("Missed defects"), found.judged.misses(found.good))

    def show_false_alarms(self) -> None:
        found = self._found()
        if found is not None and found.judged is not None:
            self._show(self.tr("False alarms"), found.judged.false_alarms(found.good))

    def show_asked(self) -> None:
        found = self._found()
        if found is not None and found.judged is not None:
            self._show(self.tr("A person is asked"), np.flatnonzero(found.judged.column >= found.trained))

    def _found(self) -> "Evaluation | None":
        return None if self._work.evaluated is None else self._work.evaluated.evaluation

    def _show(self, title: str, rows: Rows, *, counted: bool = False) -> None:
        """``counted``: the title says how many they are."""
        if self._work.evaluated is not None:
            told = (
                title if counted else self.tr("{title}: {images}").format(title=title, images=words.images(len(rows)))
            )
            self.images.show_judged(self._work.evaluated, told, rows)

    @Slot(QModelIndex)
    def _on_cell(self, index: QModelIndex) -> None:
        found = self._found()
        if index.isValid() and found is not None and found.judged is not None:
            rows = found.judged.cell(index.row(), index.column())
            self._show(self.confusion.in_words(index.row(), index.column()), rows, counted=True)

    @Slot(QModelIndex)
    def _on_score(self, index: QModelIndex) -> None:
        found = self._found()
        if index.isValid() and found is not None and found.judged is not None:
            judged, name = found.judged, found.classes[index.row()].name
            # Those that lower the figure first: they are what one wants to see.
            of, other = (judged.labels, judged.column) if index.column() == 0 else (judged.column, judged.labels)
            rows = np.flatnonzero((of == index.row()) & (other != index.row()))
            text = self.tr("Tagged “{name}”, but not judged so") if index.column() == 0 else ""
            text = text or self.tr("Judged “{name}”, but not tagged so")
            self._show(text.format(name=name), rows)

    @Slot(str)
    def _show_part(self, part: str) -> None:
        compared = self._work.compared
        if compared is None:
            return
        first, second = compared.comparison.first_right, compared.comparison.second_right
        wanted = {
            "both": first & second,
            "only_first": first & ~second,
            "only_second": second & ~first,
            "neither": ~first & ~second,
        }
        self.images.show_compared(compared, self.comparison.parts[part].text(), np.flatnonzero(wanted[part]))

    @Slot()
    def _on_tab(self) -> None:
        """Draw what is seen, and show what its current figure is about."""
        tab, found = self.tabs.currentIndex(), self._found()
        if found is None or found.judged is None:
            self.images.clear()
            return
        if tab in (CURVES, RELIABILITY, LEARNING):
            self._draw(tab, found)
        if tab == CONFUSION:
            self._on_cell(self.matrix.currentIndex())
        elif tab == CLASSES:
            self._on_score(self.score_table.currentIndex())
        elif tab == COMPARISON:
            self.images.clear()
        else:
            wrong = ~found.judged.right & (found.judged.column < found.trained)
            self._show(self.tr("Wrong, and nobody asked"), np.flatnonzero(wrong))

    def _draw(self, tab: int, found: "Evaluation") -> None:
        # Here, not above: the plot library takes half a second to load and the window is shown first.
        from micm_desktop.gui.widgets.evaluation_plots import CostFigure, PrecisionRecallFigure, ReliabilityFigure

        if tab == CURVES:
            if self.precision_recall is None or self.cost is None:
                self.precision_recall, self.cost = PrecisionRecallFigure(), CostFigure()
                _add(self._curves, self.cost)
                _add(self._curves, self.precision_recall)
            policy = found.policy
            line = 0.5 if policy is None or not policy.two_sided else policy.threshold or policy.least_cost_threshold()
            self.cost.show_curve(found.cost)
            self.precision_recall.show_curve(found.precision_recall, line)
            self._no_curves.setText(
                " ".join(sentence(note, language()) for note in found.notes if note.kind in ("no_line", "one_side"))
            )
            self._no_curves.setVisible(found.cost is None and found.precision_recall is None)
        elif tab == RELIABILITY:
            if self.reliability is None:
                self.reliability = ReliabilityFigure()
                _add(self._reliability, self.reliability)
            self.reliability.show_reliability(found.reliability)
        else:
            self.learning.draw(found)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.learning.restyle()
        for figure in (self.precision_recall, self.cost, self.reliability):
            if figure is not None:
                figure.restyle()

    def retranslate(self) -> None:
        names = (
            self.tr("In words"),
            self.tr("Mix-ups"),
            self.tr("Classes"),
            self.tr("Line"),
            self.tr("Certainty"),
            self.tr("More tags"),
            self.tr("Compare"),
        )
        for place, name in enumerate(names):
            self.tabs.setTabText(place, name)
        self._about_matrix.setText(self.tr("Rows: the tag. Columns: the verdict. Choose a number to see its images."))
        self._about_scores.setText(
            self.tr(
                "The bar is the share, the line across it where the truth lies with 95% certainty (Clopper-Pearson). "
                "Choose one to see the images that lower it."
            )
        )
        self.matrix.setAccessibleName(self.tr("Which class is taken for which"))
        self.score_table.setAccessibleName(self.tr("Recall and precision of each class"))
        self.show_evaluated(anew=True)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _add(holder: QWidget, part: QWidget | QLabel) -> None:
    column = holder.layout()
    assert isinstance(column, QVBoxLayout)
    column.addWidget(part, 0 if isinstance(part, QLabel) else 1)
