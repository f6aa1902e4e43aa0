"""What all plots have in common."""

import pyqtgraph as pg

from micm_desktop.gui.theme import colors


def quiet_plot() -> pg.PlotWidget:
    """A plot that only shows: no menu, no dragging, a faint grid."""
    plot = pg.PlotWidget()
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.showGrid(x=True, y=True, alpha=0.15)
    return plot


def restyle_plot(plot: pg.PlotWidget) -> None:
    """Take the colours of the theme in use."""
    used = colors()
    plot.setBackground(used.surface)
    for side in ("bottom", "left"):
        axis = plot.getAxis(side)
        axis.setPen(used.border)
        axis.setTextPen(used.text)
