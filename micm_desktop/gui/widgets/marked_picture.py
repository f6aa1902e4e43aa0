"""A picture with numbered places."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

MARKER = 20
"""Diameter of a marker, pixels."""
MARKER_COLORS = ("#ffffff", "#10151c")
"""Of the figure and its ring, and of the ground: they stand out on any picture without colour."""


class MarkedPicture(QWidget):
    """Shows a picture as large as it goes, with a numbered disc at each of some places."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._places: tuple[tuple[float, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(100, 100)

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        return self._places

    def show_picture(self, picture: QImage, places: Sequence[tuple[float, float]]) -> None:
        """``places``: (x, y) in [0, 1] from the upper left corner, numbered from 1."""
        self._picture, self._places = picture, tuple(places)
        self.update()

    def clear(self) -> None:
        self.show_picture(QImage(), ())

    def marker_centers(self) -> list[QPointF]:
        """Where the markers' centres are on this widget."""
        area = self._area()
        return [QPointF(area.x() + x * area.width(), area.y() + y * area.height()) for x, y in self._places]

    def _area(self) -> QRectF:
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        # Upper edges in line, so that two pictures of different proportions stand side by side.
        return QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.drawImage(self._area(), self._picture)
        light, dark = (QColor(name) for name in MARKER_COLORS)
        font = painter.font()
        font.setBold(True)
        font.setPixelSize(MARKER * 3 // 5)
        painter.setFont(font)
        for number, center in enumerate(self.marker_centers(), start=1):
            disc = QRectF(0, 0, MARKER, MARKER)
            disc.moveCenter(center)
            painter.setPen(QPen(light, 2))
            painter.setBrush(dark)
            painter.drawEllipse(disc)
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(number))
        painter.end()
