"""Chooses between the gallery and the map, and how the map is coloured and used."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.short_combo import ShortCombo

ICON = 18
TOOLS = ("lasso", "rectangle", "move")


class MapBar(QWidget):
    """Two rows. What belongs to the map is hidden while the gallery is shown."""

    switched = Signal(bool)
    """Whether the map is to be shown."""
    color_chosen = Signal(str)
    tool_chosen = Signal(str)
    all_wanted = Signal()
    anew_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gallery, self.map = _button(), _button()
        self._views = QButtonGroup(self)
        for button in (self.gallery, self.map):
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            self._views.addButton(button)
        self.gallery.setChecked(True)
        self.map.toggled.connect(self._on_switch)
        self.colors = ShortCombo(8)
        # The page is to fit a small window: what does not fit is in the list.
        self.colors.activated.connect(lambda: self.color_chosen.emit(self.colors.currentData()))
        self.tools = {name: _button() for name in TOOLS}
        self._group = QButtonGroup(self)
        for name, button in self.tools.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, name=name: self.tool_chosen.emit(name))
            self._group.addButton(button)
        self.tools["lasso"].setChecked(True)
        self.fit, self.anew = _button(), _button()
        self.fit.clicked.connect(self.all_wanted)
        self.anew.clicked.connect(self.anew_wanted)
        self._of_map = (self.colors, *self.tools.values(), self.fit, self.anew)
        row, below = QHBoxLayout(), QHBoxLayout()
        for line in (row, below):
            line.setSpacing(3)
        row.addWidget(self.gallery)
        row.addWidget(self.map)
        row.addStretch(1)
        row.addWidget(self.colors, 3)
        for button in self.tools.values():
            below.addWidget(button)
        below.addStretch(1)
        below.addWidget(self.fit)
        below.addWidget(self.anew)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addLayout(below)
        for widget in self._of_map:
            widget.hide()
        self.retranslate()
        self.restyle()

    def set_ready(self, ready: bool) -> None:
        """Whether there is a map to use."""
        for button in (*self.tools.values(), self.fit, self.anew):
            button.setEnabled(ready)

    def _on_switch(self, to_map: bool) -> None:
        for widget in self._of_map:
            widget.setVisible(to_map)
        self.switched.emit(to_map)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        for name, button in (*self.tools.items(), ("fit", self.fit), ("anew", self.anew)):
            button.setIcon(_icon(name))
        used = colors()
        style = f"""
            QToolButton {{ padding: 3px 5px; border: 1px solid {used.border}; border-radius: 4px;
                background: {used.surface}; color: {used.text}; }}
            QToolButton:hover {{ background: {used.raised}; }}
            QToolButton:checked {{ background: {used.accent_soft}; border: 1px solid {used.accent}; font-weight: 600; }}
            QToolButton:focus {{ border: 2px solid {used.accent}; padding: 2px 4px; }}
            QToolButton:disabled {{ color: {used.muted}; background: {used.window}; }}
        """
        # Setting it tells of new colours again.
        if style != self.styleSheet():
            self.setStyleSheet(style)

    def retranslate(self) -> None:
        self.gallery.setText(self.tr("Gallery"))
        self.map.setText(self.tr("Map"))
        self.map.setToolTip(self.tr("All images as points; those that look alike lie side by side"))
        words = {
            "lasso": self.tr("Select by drawing around images (Shift adds)"),
            "rectangle": self.tr("Select a rectangle (Shift adds)"),
            "move": self.tr("Move the map (the right button always does, the wheel zooms)"),
        }
        for name, button in self.tools.items():
            _name(button, words[name])
        _name(self.fit, self.tr("Show all images"))
        _name(self.anew, self.tr("Arrange the map anew, with all images added since"))
        choices = (
            ("tag", self.tr("Colour: tag")),
            ("prediction", self.tr("Colour: prediction")),
            ("oddity", self.tr("Colour: oddity")),
        )
        kept = max(self.colors.currentIndex(), 0)
        self.colors.clear()
        for value, text in choices:
            self.colors.addItem(text, value)
        self.colors.setCurrentIndex(kept)
        self.colors.setAccessibleName(self.tr("What the colours of the map mean"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange and hasattr(self, "_of_map"):
            self.restyle()


def _button() -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(ICON, ICON))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _name(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)


def _icon(name: str) -> QIcon:
    pixmap = QPixmap(2 * ICON, 2 * ICON)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors().text), 1.5))
    match name:
        case "lasso":
            painter.drawEllipse(QRectF(2, 2, 14, 9))
            painter.drawPolyline(QPolygonF([QPointF(6, 11), QPointF(5, 14), QPointF(8, 16)]))
        case "rectangle":
            painter.setPen(QPen(QColor(colors().text), 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(QRectF(2, 3, 14, 12))
        case "move":
            painter.drawLine(QPointF(9, 1), QPointF(9, 17))
            painter.drawLine(QPointF(1, 9), QPointF(17, 9))
            for x, y in ((0, -1), (0, 1), (-1, 0), (1, 0)):
                tip = QPointF(9 + 8 * x, 9 + 8 * y)
                for side in (-2, 2):
                    back = QPointF(tip.x() - 2.5 * x + side * y, tip.y() - 2.5 * y + side * x)
                    painter.drawLine(tip, back)
        case "fit":
            for x, y in ((2, 2), (16, 2), (16, 16), (2, 16)):
                inward = (1 if x == 2 else -1, 1 if y == 2 else -1)
                painter.drawLine(QPointF(x, y), QPointF(x + 5 * inward[0], y))
                painter.drawLine(QPointF(x, y), QPointF(x, y + 5 * inward[1]))
        case _:
            painter.drawArc(QRectF(3, 3, 12, 12), 60 * 16, 290 * 16)
            painter.drawPolyline(QPolygonF([QPointF(9.5, 0.8), QPointF(12.5, 3.6), QPointF(9, 6)]))
    painter.end()
    return QIcon(pixmap)
