"""Live curves of a pretraining run."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.plots import quiet_plot, restyle_plot

NAMES = ("total", "cls", "patch", "pixel")
REDRAW_INTERVAL = 200
"""Milliseconds between two redraws."""
SMOOTHING = 0.9
FEW = 12
LEGEND_HEIGHT = 34
_LINES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class LossCurves(QWidget):
    """The smoothed losses over the steps; told apart by line style as well as by colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = quiet_plot()
        # The legend lies above the curves, not on them.
        item = self._plot.getPlotItem()
        item.setContentsMargins(6, LEGEND_HEIGHT, 14, 8)
        self._legend = item.addLegend(colCount=len(NAMES))
        self._legend.setParentItem(item)
        self._legend.anchor(itemPos=(1, 0), parentPos=(1, 0), offset=(-10, 2))
        self._lines = {name: self._plot.plot([], [], name=name) for name in NAMES}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._steps: list[int] = []
        self._values: dict[str, list[float]] = {name: [] for name in NAMES}
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_INTERVAL)
        self._redraw.timeout.connect(self._draw)
        self._plot.hide()
        self.restyle()

    @property
    def steps(self) -> list[int]:
        """The steps drawn so far."""
        return self._steps

    def clear(self) -> None:
        self._steps.clear()
        for values in self._values.values():
            values.clear()
        self._draw()

    def add(self, step: int, losses: dict[str, float]) -> None:
        """Add the losses of one step; drawn soon."""
        self._steps.append(step)
        for name, values in self._values.items():
            new = losses.get(name, float("nan"))
            values.append(SMOOTHING * values[-1] + (1 - SMOOTHING) * new if values else new)
        if not self._redraw.isActive():
            self._redraw.start()

    def _draw(self) -> None:
        # A line of one point is invisible; many points are unreadable.
        symbol = "o" if len(self._steps) <= FEW else None
        self._plot.setVisible(bool(self._steps))
        for name, line in self._lines.items():
            line.setData(self._steps, self._values[name], symbol=symbol, symbolSize=6)

    def retranslate(self) -> None:
        self._plot.setLabel("bottom", self.tr("Training step"))
        self._plot.setLabel("left", self.tr("Loss (lower is better)"))
        words = {
            "total": self.tr("total"),
            "cls": self.tr("whole image"),
            "patch": self.tr("hidden parts"),
            "pixel": self.tr("rebuilt pixels"),
        }
        self._legend.clear()
        for name, line in self._lines.items():
            self._legend.addItem(line, words[name])

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        used = colors()
        restyle_plot(self._plot)
        for (name, line), color, style in zip(self._lines.items(), used.curves, _LINES, strict=True):
            line.setSymbolBrush(color)
            line.setSymbolPen(color)
            line.setPen(pg.mkPen(color, width=3 if name == "total" else 2, style=style))
        self._legend.setLabelTextColor(used.text)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
