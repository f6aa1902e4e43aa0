"""A ring around the control that has the keyboard, for those kinds that the style shows too faintly or not at all."""

from PySide6.QtCore import QObject, QRectF, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFocusFrame,
    QSlider,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from micm_desktop.gui.theme import colors

RINGED = (QCheckBox, QComboBox, QSlider, QTextBrowser, QToolButton)


class _Frame(QFocusFrame):
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors().accent), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)


class FocusRing(QObject):
    """Follows the keyboard through all windows of the application."""

    def __init__(self, app: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._frame: _Frame | None = None
        app.focusChanged.connect(self._follow)

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        # A new frame each time: it is a child of what it surrounds, and goes when that goes.
        if self._frame is not None:
            self._frame.setWidget(None)  # type: ignore[arg-type]
            self._frame.deleteLater()
            self._frame = None
        if isinstance(now, RINGED):
            frame = _Frame()
            frame.destroyed.connect(lambda: self._forget(frame))
            frame.setWidget(now)
            self._frame = frame

    def _forget(self, frame: _Frame) -> None:
        if self._frame is frame:
            self._frame = None
