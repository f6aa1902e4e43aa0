"""How dynamic balance has changed what a run learns by, and why."""

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.plots import quiet_plot, restyle_plot
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.micm.events import Balance

HEIGHT = 120


class BalanceCurves(QWidget):
    """The hidden share of a masked image and the weight of the class loss over the steps, with the last reasons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: list[int] = []
        self.hidden: list[float] = []
        """Percent."""
        self.weights: list[float] = []
        self._last: Balance | None = None
        self._title = styled_label("heading")
        self.reasons = styled_label("muted", wrap=True)
        self._names = (QLabel(), QLabel())
        self._plots = (quiet_plot(), quiet_plot())
        self._lines = tuple(plot.plot([], [], symbolSize=5) for plot in self._plots)
        row = QHBoxLayout()
        row.setSpacing(12)
        for name, plot in zip(self._names, self._plots, strict=True):
            plot.setFixedHeight(HEIGHT)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(name)
            column.addWidget(plot)
            row.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addLayout(row)
        layout.addWidget(self.reasons)
        self.hide()
        self.restyle()

    def clear(self) -> None:
        for values in (self.steps, self.hidden, self.weights):
            values.clear()
        self._last = None
        self.hide()

    def add(self, balance: "Balance") -> None:
        """Draw one adjustment; adjustments are few."""
        self.steps.append(balance.step)
        self.hidden.append(100 * balance.mask_ratio)
        self.weights.append(balance.lambda_cls)
        self._last = balance
        for line, values in zip(self._lines, (self.hidden, self.weights), strict=True):
            line.setData(self.steps, values, symbol="o")
        self._say_reasons()
        self.show()

    def _say_reasons(self) -> None:
        if self._last is not None:
            self.reasons.setText(" ".join(map(reason_in_words, self._last.sentences)))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Balance, adapted to what training shows"))
        hidden, weight = self._names
        hidden.setText(self.tr("Hidden part of a masked image, in %"))
        weight.setText(self.tr("Weight of telling images apart"))
        for plot, name in zip(self._plots, self._names, strict=True):
            plot.setAccessibleName(name.text())
        self._say_reasons()

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        _, first, second, _ = colors().curves
        styles = ((first, Qt.PenStyle.SolidLine), (second, Qt.PenStyle.DashLine))
        for plot, line, (color, style) in zip(self._plots, self._lines, styles, strict=True):
            restyle_plot(plot)
            line.setPen(pg.mkPen(color, width=2, style=style))
            line.setSymbolBrush(color)
            line.setSymbolPen(color)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
