"""Keeps the wheel that scrolls a form from changing what is entered in it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QWidget


class WheelGuard(QObject):
    """A guarded box or slider takes the wheel only while it has the focus; else the form around it scrolls."""

    def guard(self, widget: QAbstractSlider | QAbstractSpinBox) -> None:
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
