"""The colours of the heatmap, remembered from one start to the next."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from micm_desktop.gui.heat_colors import ColorMap
from micm_desktop.gui.preferences import Preferences

SWATCH = QSize(24, 14)
STOPS = {
    ColorMap.INFERNO: ("#000004", "#420a68", "#932667", "#dd513a", "#fca50a", "#fcffa4"),
    ColorMap.VIRIDIS: ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"),
    ColorMap.CIVIDIS: ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838"),
    ColorMap.TURBO: ("#30123b", "#3e9bfe", "#46f884", "#e1dd37", "#f05b12", "#7a0403"),
}
"""Of the swatches, which are there before the library with the colours is loaded."""


class ColorMapButton(QToolButton):
    """Shows the colours in use and a menu of all."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = Preferences()
        self.chosen = self._preferences.heat_colors()
        self.setProperty("role", "tool")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setIconSize(SWATCH)
        menu, group = QMenu(self), QActionGroup(self)
        # The button's own, not the menu's, which goes before it does.
        self.choices = {colors: QAction(self) for colors in ColorMap}
        menu.addActions(list(self.choices.values()))
        for colors, action in self.choices.items():
            action.setIcon(_swatch(colors))
            action.setIconVisibleInMenu(True)
            action.setCheckable(True)
            action.setChecked(colors is self.chosen)
            action.triggered.connect(lambda _checked=False, one=colors: self.choose(one))
            group.addAction(action)
        self.setMenu(menu)
        self.setIcon(self.choices[self.chosen].icon())
        self.retranslate()

    def choose(self, colors: ColorMap) -> None:
        """Take these colours from now on."""
        self.choices[colors].setChecked(True)
        if colors is self.chosen:
            return
        self.chosen = colors
        self._preferences.set_heat_colors(colors)
        self.setIcon(self.choices[colors].icon())
        self.changed.emit()

    def retranslate(self) -> None:
        texts = {
            ColorMap.INFERNO: self.tr("Black to yellow (default)"),
            ColorMap.VIRIDIS: self.tr("Violet to yellow"),
            ColorMap.CIVIDIS: self.tr("Blue to yellow"),
            ColorMap.TURBO: self.tr("Rainbow (hard to read for colour-blind people)"),
        }
        for colors, text in texts.items():
            self.choices[colors].setText(text)
        self.setAccessibleName(self.tr("Colours of the heatmap"))
        self.setToolTip(self.tr("Colours of the heatmap"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _swatch(colors: ColorMap) -> QIcon:
    pixmap = QPixmap(SWATCH)
    gradient = QLinearGradient(0, 0, SWATCH.width(), 0)
    for place, color in enumerate(STOPS[colors]):
        gradient.setColorAt(place / (len(STOPS[colors]) - 1), QColor(color))
    painter = QPainter(pixmap)
    painter.fillRect(pixmap.rect(), gradient)
    painter.end()
    return QIcon(pixmap)
