"""How brightness, sharpness and noise are distributed over the images. A click on a bar asks for its images."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.plots import quiet_plot, restyle_plot

Measure = Literal["brightness", "sharpness", "noise"]
MEASURES: Final[tuple[Measure, ...]] = ("brightness", "sharpness", "noise")
MOST_BARS: Final = 40


class Distributions(QWidget):
    """One histogram below the other."""

    wanted = Signal(str, float, float)
    """A measure and the range of values of the bar that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 8, 0)
        self.plots: dict[Measure, pg.PlotWidget] = {}
        self.bars: dict[Measure, pg.BarGraphItem] = {}
        self._edges: dict[Measure, NDArray[np.float64]] = {}
        for name in MEASURES:
            plot = quiet_plot()
            plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            plot.getPlotItem().setContentsMargins(6, 6, 14, 10)
            plot.getAxis("bottom").enableAutoSIPrefix(False)
            bar = pg.BarGraphItem(x0=[], x1=[], height=[])
            plot.addItem(bar)
            plot.scene().sigMouseClicked.connect(lambda event, which=name: self._on_click(which, event))
            self.plots[name], self.bars[name] = plot, bar
            column.addWidget(plot, 1)
        self.restyle()

    def show_values(self, values: Mapping[Measure, NDArray[np.float64]]) -> None:
        """Draw the histograms of these values, (N,) each."""
        for name, found in values.items():
            counts, edges = np.histogram(found, bins=min(MOST_BARS, max(1, round(2 * len(found) ** 0.5))))
            self._edges[name] = edges
            self.bars[name].setOpts(x0=edges[:-1], x1=edges[1:], height=counts)
        self.restyle()

    def _on_click(self, name: Measure, event: Any) -> None:
        edges = self._edges.get(name)
        if edges is not None:
            self.choose(name, float(self.plots[name].getPlotItem().vb.mapSceneToView(event.scenePos()).x()))

    def choose(self, name: Measure, value: float) -> None:
        """Ask for the images of the bar at ``value``."""
        edges = self._edges[name]
        place = int(np.clip(np.searchsorted(edges, value, side="right") - 1, 0, len(edges) - 2))
        if edges[0] <= value <= edges[-1]:
            self.wanted.emit(name, float(edges[place]), float(edges[place + 1]))

    def name_of(self, name: Measure) -> str:
        """A measure in words."""
        return {
            "brightness": self.tr("Brightness (0: black, 1: white)"),
            "sharpness": self.tr("Sharpness (more is sharper)"),
            "noise": self.tr("Noise (grey levels of 255)"),
        }[name]

    def retranslate(self) -> None:
        for name, plot in self.plots.items():
            plot.setLabel("bottom", self.name_of(name))
            plot.setLabel("left", self.tr("Images"))
            plot.setAccessibleName(self.name_of(name))

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        used = colors()
        for name, plot in self.plots.items():
            restyle_plot(plot)
            self.bars[name].setOpts(brush=used.accent, pen=used.surface)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
