"""A few images with hidden parts, as the network rebuilds them, and as they are."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from micm_desktop.gui.i18n import number
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.micm.events import Preview

COLUMNS = 3
GAP = 8
SMALLEST, LARGEST = 84, 256
"""Edge of a picture in pixels of the screen."""


def to_image(pixels: npt.NDArray[np.uint8]) -> QImage:
    """(H, W, 3) uint8 RGB -> an image with a copy of its pixels."""
    height, width, _ = pixels.shape
    pixels = np.ascontiguousarray(pixels)
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class Sheet(QWidget):
    """One row for each image: what the network sees, what it makes of it, and the image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[QImage, QImage]] = []
        """Of each image the original and what was rebuilt."""
        self.hidden: npt.NDArray[np.bool_] = np.zeros((0, 0, 0), bool)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_preview(self, preview: "Preview") -> None:
        pairs = zip(preview.originals, preview.rebuilt, strict=True)
        self.rows = [(to_image(original), to_image(rebuilt)) for original, rebuilt in pairs]
        self.hidden = preview.hidden
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        self.rows = []
        self.update()

    def sizeHint(self) -> QSize:
        high = self._heading() + max(len(self.rows), 1) * (SMALLEST + GAP)
        return QSize(COLUMNS * (SMALLEST + GAP) - GAP, high)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _heading(self) -> int:
        return self.fontMetrics().height() + 4

    def edge(self) -> float:
        """Edge of a picture so that all fit."""
        wide = (self.width() - (COLUMNS - 1) * GAP) / COLUMNS
        high = (self.height() - self._heading()) / max(len(self.rows), 1) - GAP
        return max(min(wide, high, LARGEST), 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        edge, top = self.edge(), self._heading()
        painter.setPen(QColor(colors().text))
        for column, name in enumerate((self.tr("It sees"), self.tr("It rebuilds"), self.tr("The image"))):
            place = QRectF(column * (edge + GAP), 0, edge + GAP - 2, top)
            shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
        for row, (original, rebuilt) in enumerate(self.rows):
            places = [QRectF(column * (edge + GAP), top + row * (edge + GAP), edge, edge) for column in range(COLUMNS)]
            for place, image in zip(places, (original, rebuilt, original), strict=True):
                painter.drawImage(place, image)
            self._hide(painter, places[0], self.hidden[row])

    def _hide(self, painter: QPainter, place: QRectF, hidden: npt.NDArray[np.bool_]) -> None:
        """Cover what is hidden, with hatching so that it is no part of a grey picture."""
        used = colors()
        size = place.width() / len(hidden)
        for y, x in np.argwhere(hidden).tolist():
            patch = QRectF(place.x() + x * size, place.y() + y * size, size, size)
            painter.fillRect(patch, QColor(used.canvas))
            painter.fillRect(patch, QBrush(QColor(used.accent), Qt.BrushStyle.BDiagPattern))


class Rebuilding(QWidget):
    """The sheet with its title; hidden until there is something to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = styled_label("heading")
        self._hint = styled_label("muted", wrap=True)
        self.sheet = Sheet()
        self._step = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addWidget(self.sheet, 1)
        self.hide()
        self.retranslate()

    def show_preview(self, preview: "Preview") -> None:
        self._step = preview.step
        self.sheet.show_preview(preview)
        self.retranslate()
        self.show()

    def clear(self) -> None:
        self.sheet.clear()
        self.hide()

    def retranslate(self) -> None:
        self._title.setText(self.tr("What it imagines"))
        hint = self.tr(
            "Hatched parts are hidden from the network. The better it knows your product, the closer it comes to the "
            "image. Step {step}."
        ).format(step=number(self._step))
        self._hint.setText(hint)
        self.sheet.setAccessibleName(self._title.text())
        self.sheet.setAccessibleDescription(hint)
        self.sheet.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
