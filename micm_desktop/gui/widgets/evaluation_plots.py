"""The curves of an evaluation: precision against recall, cost by line, reliability, and learning."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLocale, QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.evaluation_words import exact_percent
from micm_desktop.gui.i18n import decimal, number
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.plots import quiet_plot, restyle_plot
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.evaluation.curves import CostCurve, PrecisionRecall
    from micm_desktop.evaluation.learning_curve import LearningCurve
    from micm_desktop.evaluation.reliability import Reliability

TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
"""Risks that the axis of the cost curve names."""
HEADROOM = 1.6
"""The cost axis reaches so many times what asking about all would cost: passing all would cost far more."""
HEIGHT = 180


class _Holder(QWidget):
    """Asks for less room than a plot alone does."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(plot)
        self.setMinimumHeight(HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(2 * HEIGHT, HEIGHT)


class Figure(QWidget):
    """A plot below what it says in words. ``retranslate`` of a subclass says the words and the axes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = styled_label("heading", wrap=True)
        self.words = styled_label("muted", wrap=True)
        self.plot = quiet_plot()
        self.plot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.plot.getPlotItem().setContentsMargins(6, 6, 14, 8)
        for side in ("bottom", "left"):
            self.plot.getAxis(side).enableAutoSIPrefix(False)
        self.line = self.plot.plot([], [])
        self.mark = self.plot.plot([], [])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addWidget(_Holder(self.plot), 1)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        used = colors()
        restyle_plot(self.plot)
        self.line.setPen(pg.mkPen(used.accent, width=2))
        self.mark.setPen(None)
        self.mark.setSymbol("d")
        self.mark.setSymbolSize(13)
        self.mark.setSymbolBrush(used.error)
        self.mark.setSymbolPen(used.surface)
        self.retranslate()

    def retranslate(self) -> None:
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _say(self, title: str, told: str, bottom: str, left: str) -> None:
        self.title.setText(title)
        self.words.setText(told)
        self.plot.setLabel("bottom", bottom)
        self.plot.setLabel("left", left)
        self.plot.setAccessibleName(title)
        self.plot.setAccessibleDescription(told)


class PrecisionRecallFigure(Figure):
    """The line in use is a diamond."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[PrecisionRecall, int] | None = None
        self.plot.setXRange(0, 1)
        self.plot.setYRange(0, 1)
        _in_percent(self, "bottom", "left")
        self.restyle()

    def show_curve(self, curve: "PrecisionRecall | None", threshold: float) -> None:
        """``threshold``: the risk from which a part is a defect now."""
        self.setVisible(curve is not None)
        if curve is None:
            return
        place = min(int(np.searchsorted(curve.threshold, threshold)), len(curve.threshold) - 1)
        self._shown = curve, place
        self.line.setData(curve.recall, curve.precision, stepMode=None)
        self.mark.setData([float(curve.recall[place])], [float(curve.precision[place])])
        self.retranslate()

    def retranslate(self) -> None:
        told = ""
        if self._shown is not None:
            curve, place = self._shown
            told = self.tr(
                "Were nobody asked, the line in use (diamond) would find {recall} of defects, and of 100 parts called "
                "a defect {right} would be one, where {share} of parts are defective. Average precision: {average}."
            ).format(
                recall=exact_percent(float(curve.recall[place])),
                right=decimal(100 * float(curve.precision[place])),
                share=exact_percent(curve.defect_share),
                average=f"{curve.average_precision:.2f}",
            )
        left = self.tr("Precision, %")
        self._say(self.tr("Precision and recall"), told, self.tr("Recall, %"), left)


class CostFigure(Figure):
    """The line in use is a diamond, the cheapest one a ring; what asking about all parts costs is a dashed line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: CostCurve | None = None
        self.cheapest = self.plot.plot([], [])
        self.ask = pg.InfiniteLine(angle=0)
        self.plot.addItem(self.ask)
        self.restyle()

    def show_curve(self, curve: "CostCurve | None") -> None:
        self.setVisible(curve is not None)
        if curve is None:
            return
        self._shown = curve
        places = logits(curve.threshold)
        self.line.setData(places, curve.cost)
        self.mark.setData([places[curve.chosen]], [float(curve.cost[curve.chosen])])
        self.cheapest.setData([places[curve.cheapest]], [float(curve.cost[curve.cheapest])])
        self.ask.setValue(curve.ask_all)
        limit = max(HEADROOM * curve.ask_all, 1.2 * float(curve.cost[curve.chosen]), 1.0)
        self.plot.setYRange(0, limit)
        self.plot.setXRange(float(places[0]), float(places[-1]))
        self.retranslate()

    def restyle(self) -> None:
        used = colors()
        self.cheapest.setPen(None)
        self.cheapest.setSymbol("o")
        self.cheapest.setSymbolSize(16)
        self.cheapest.setSymbolBrush(None)
        self.cheapest.setSymbolPen(pg.mkPen(used.good, width=2))
        self.ask.setPen(pg.mkPen(used.muted, width=1.5, style=Qt.PenStyle.DashLine))
        super().restyle()

    def retranslate(self) -> None:
        told, curve = "", self._shown
        if curve is not None:
            told = self.tr(
                "1,000 parts cost as much as {cost} false alarms with the line in use (diamond), {least} with the one "
                "that is cheapest on these images (ring), {asked} were a person asked about each (dashed), and "
                "{passed} without any inspection."
            ).format(
                cost=_parts(float(curve.cost[curve.chosen])),
                least=_parts(float(curve.cost[curve.cheapest])),
                asked=_parts(curve.ask_all),
                passed=_parts(curve.pass_all),
            )
        ticks = [(float(logits(np.array([risk]))[0]), f"{QLocale().toString(100 * risk)}%") for risk in TICKS]
        self.plot.getAxis("bottom").setTicks([ticks])
        left = self.tr("Cost of 1,000 parts")
        self._say(self.tr("Costs"), told, self.tr("Line: risk from which a part is a defect"), left)


class ReliabilityFigure(Figure):
    """Points with whiskers beside the diagonal, on which probabilities would be right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Reliability | None = None
        self.whiskers = pg.ErrorBarItem(beam=0.015)
        self.plot.addItem(self.whiskers)
        self.diagonal = self.plot.plot([0, 1], [0, 1])
        self.plot.setXRange(0, 1)
        self.plot.setYRange(0, 1)
        _in_percent(self, "bottom", "left")
        self.restyle()

    def show_reliability(self, found: "Reliability | None") -> None:
        self.setVisible(found is not None)
        if found is None:
            return
        self._shown = found
        places = [one.confidence for one in found.bins]
        _draw_points(self, places, [(one.right.share, one.right.low, one.right.high) for one in found.bins])
        self.retranslate()

    def restyle(self) -> None:
        used = colors()
        self.diagonal.setPen(pg.mkPen(used.muted, width=1.5, style=Qt.PenStyle.DashLine))
        super().restyle()
        _style_points(self)
        # Between the points there is nothing.
        self.line.setPen(None)

    def retranslate(self) -> None:
        told, found = "", self._shown
        if found is not None:
            told = self.tr(
                "Each point is of images that are about equally certain. On the dashed line, what is called 80% "
                "certain is right in 80% of cases; below it the program is too sure. On average it is {confidence} "
                "certain and right in {right}; calibration error {error}."
            ).format(
                confidence=exact_percent(found.confidence),
                right=exact_percent(found.right.share),
                error=exact_percent(found.calibration_error),
            )
        left = self.tr("Right, %")
        title = self.tr("Do the percentages mean what they say?")
        self._say(title, told, self.tr("Probability of the most probable class, %"), left)


class LearningFigure(Figure):
    """How often it is right with a part of the tags, and with all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: LearningCurve | None = None
        self.whiskers = pg.ErrorBarItem(beam=0.0)
        self.plot.addItem(self.whiskers)
        _in_percent(self, "left")
        self.restyle()

    def show_curve(self, curve: "LearningCurve | None") -> None:
        self.setVisible(curve is not None)
        if curve is None:
            return
        self._shown = curve
        tags = [float(point.tags) for point in curve.points]
        self.whiskers.setOpts(beam=0.02 * (max(tags) - min(tags)))
        _draw_points(self, tags, [(point.accuracy, point.low, point.high) for point in curve.points])
        self.plot.setYRange(min(point.low for point in curve.points), 1)
        self.retranslate()

    def restyle(self) -> None:
        super().restyle()
        _style_points(self)

    def retranslate(self) -> None:
        told = ""
        if self._shown is not None:
            told = ", ".join(
                self.tr("{tags} tags: {share}").format(tags=number(point.tags), share=exact_percent(point.accuracy))
                for point in self._shown.points
            )
        left = self.tr("Accuracy, %")
        self._say(self.tr("What the tags have taught so far"), told, self.tr("Tags learned from"), left)


def logits(risk: NDArray[np.floating]) -> NDArray[np.float64]:
    """Where risks (T,) in (0, 1) lie on the axis."""
    exact = np.clip(np.asarray(risk, np.float64), 1e-6, 1 - 1e-6)
    out: NDArray[np.float64] = np.log(exact / (1 - exact))
    return out


def _in_percent(figure: Figure, *sides: str) -> None:
    for side in sides:
        figure.plot.getAxis(side).setScale(100)


def _parts(cost: float) -> str:
    return decimal(cost) if cost < 10 else number(math.floor(cost + 0.5))


def _draw_points(
    figure: ReliabilityFigure | LearningFigure, places: Sequence[float], values: Sequence[tuple[float, float, float]]
) -> None:
    """``values``: each with the ends of its interval."""
    middle, low, high = np.array(values, np.float64).T
    figure.line.setData(places, middle)
    figure.whiskers.setData(x=np.array(places), y=middle, top=high - middle, bottom=middle - low)


def _style_points(figure: ReliabilityFigure | LearningFigure) -> None:
    used = colors()
    figure.whiskers.setOpts(pen=pg.mkPen(used.text, width=2))
    figure.line.setSymbol("o")
    figure.line.setSymbolSize(9)
    figure.line.setSymbolBrush(used.accent)
    figure.line.setSymbolPen(used.surface)
