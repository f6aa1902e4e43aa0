"""What the tags have taught so far, and of which class more would help most."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from micm_desktop.evaluation.notes import sentence
from micm_desktop.gui.evaluation_words import evaluation_words
from micm_desktop.gui.i18n import language
from micm_desktop.gui.models.interval_model import IntervalModel
from micm_desktop.gui.widgets.figure_table import figure_table
from micm_desktop.gui.widgets.interval_bars import ROW_HEIGHT, show_bars
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.evaluation_plots import LearningFigure
    from micm_desktop.labeling.evaluation_values import Evaluation

LEAST_GAIN = 0.02
"""The scale of gains reaches at least so far to either side."""


class LearningBox(QWidget):
    """The curve is made when it is first seen."""

    tag_wanted = Signal(str)
    """The name of the class that more tags would help most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.best = ""
        self.advice = styled_label("heading", wrap=True)
        # Names of classes are no markup.
        self.advice.setTextFormat(Qt.TextFormat.PlainText)
        self.tag_more = QPushButton()
        self.tag_more.clicked.connect(lambda: self.tag_wanted.emit(self.best))
        self.gains = IntervalModel(self)
        self.table = figure_table(self.gains)
        show_bars(self.table)
        self.figure: LearningFigure | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 8, 0)
        self._column.addWidget(self.advice)
        self._column.addWidget(self.tag_more)
        self._column.addWidget(self.table)
        self._column.addStretch(1)

    def show_evaluation(self, found: "Evaluation") -> None:
        """Say everything anew; :meth:`draw` draws."""
        curve = found.learning
        notes = [note for note in found.notes if note.kind.startswith("learning") or note.kind == "tag_first"]
        self.advice.setText(" ".join(sentence(note, language()) for note in notes))
        self.best = "" if curve is None or curve.best is None else found.classes[curve.best].name
        self.tag_more.setText(self.tr("Tag more of “{name}”").format(name=self.best))
        self.tag_more.setVisible(bool(self.best))
        self.table.setVisible(curve is not None)
        self.table.setAccessibleName(self.tr("What more tags of each class would bring"))
        if curve is None:
            self.gains.set_figures((), (), ())
            return
        names = [found.classes[one.class_index].name for one in curve.gains]
        ends = [abs(end) for one in curve.gains for end in (one.low, one.high) if end is not None]
        most = max([LEAST_GAIN, *ends])
        rows = [[evaluation_words.gain(one, name, most)] for one, name in zip(curve.gains, names, strict=True)]
        self.gains.set_figures((self.tr("Accuracy with more tags"),), names, rows)
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setMinimumHeight(header + min(len(names), 6) * ROW_HEIGHT + 4)

    def draw(self, found: "Evaluation") -> None:
        """Draw the curve."""
        if self.figure is None:
            # Here, not above: the plot library takes half a second to load and the window is shown first.
            from micm_desktop.gui.widgets.evaluation_plots import LearningFigure

            self.figure = LearningFigure()
            self._column.insertWidget(2, self.figure, 1)
        self.figure.show_curve(found.learning)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        if self.figure is not None:
            self.figure.restyle()
