"""The map with what belongs around it: progress, what to do where there is none, a legend, a picture."""

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout, QWidget

from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.embedding_map import EmbeddingMap
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.styled import styled_label

PICTURE = 128
AWAY = 16
"""Pixels between the pointer and the picture."""


class MapPanel(QWidget):
    """Made when the map is first shown: its library takes half a second to load."""

    action = Signal()
    """The button of the banner was pressed."""
    words_wanted = Signal()
    """The language or the colours have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = EmbeddingMap()
        self.progress = ProgressRow()
        self.banner = Banner()
        self.banner.action.connect(self.action)
        self._empty = styled_label("empty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self.legend = QLabel()
        self.legend.setWordWrap(True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.notes = styled_label("muted", wrap=True)
        self.popup = Popup(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.progress, self.banner):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.notes)

    @property
    def shows_map(self) -> bool:
        return self._stack.currentWidget() is self.view

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.words_wanted.emit()

    def show_map(self) -> None:
        self._stack.setCurrentWidget(self.view)

    def show_text(self, text: str) -> None:
        """Say why there is no map."""
        self._empty.setText(text)
        self._stack.setCurrentWidget(self._empty)
        for label in (self.legend, self.notes):
            label.clear()


class Popup(QFrame):
    """The image at the pointer; it never takes a click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._within = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.picture, self.text = QLabel(), QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.text.setWordWrap(True)
        self.text.setFixedWidth(PICTURE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self.picture)
        layout.addWidget(self.text)
        self.hide()

    def show_image(self, place: QPointF, picture: QPixmap | None, name: str, state: str) -> None:
        """Show an image beside ``place``, a point of the parent; ``picture`` may come later."""
        self.setStyleSheet(
            f"Popup {{ background: {colors().surface}; border: 1px solid {colors().border}; border-radius: 5px; }}"
        )
        self.set_picture(picture)
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, PICTURE)
        self.text.setText(f"{shown}\n{state}")
        self.adjustSize()
        whole = self._within.size()
        self.move(_beside(place.x(), self.width(), whole.width()), _beside(place.y(), self.height(), whole.height()))
        self.show()
        self.raise_()

    def set_picture(self, picture: QPixmap | None) -> None:
        if picture is None:
            self.picture.clear()
            return
        ratio = self.devicePixelRatioF()
        shown = picture.scaled(
            QSize(PICTURE, PICTURE) * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(shown)


def _beside(at: float, size: int, whole: int) -> int:
    """After the pointer where there is room, else before it."""
    after = at + AWAY
    return round(after if after + size <= whole else max(at - AWAY - size, 0))
