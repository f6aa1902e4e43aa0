"""One figure of the whole: what it is, how many of how many, and the interval. Pressed, it shows the images."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from micm_desktop.gui.theme import colors

LARGE = 1.35
"""Of the figure's letters, in those of the text."""
MARGIN = 10


class FigureButton(QAbstractButton):
    """Three lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = ("", "", "")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, title: str, figure: str, interval: str, tip: str) -> None:
        """``interval`` may be empty."""
        self._lines = (title, figure, interval)
        self.setToolTip(tip)
        self.setAccessibleName(" ".join(line for line in self._lines if line))
        self.updateGeometry()
        self.update()

    @property
    def lines(self) -> tuple[str, str, str]:
        """What is said."""
        return self._lines

    def _large(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * LARGE)
        font.setBold(True)
        return font

    def sizeHint(self) -> QSize:
        small, large = QFontMetrics(self.font()), QFontMetrics(self._large())
        widths = [small.horizontalAdvance(line) for line in (self._lines[0], self._lines[2])]
        width = max(*widths, large.horizontalAdvance(self._lines[1]))
        return QSize(width + 2 * MARGIN + 2, 2 * small.height() + large.height() + MARGIN + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        used = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self.underMouse() and self.isEnabled()
        painter.setPen(QPen(QColor(used.accent if self.hasFocus() else used.border), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(used.raised if over else used.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        top = float(MARGIN // 2)
        for line, font, ink in zip(
            self._lines,
            (self.font(), self._large(), self.font()),
            (used.muted, used.text, used.muted),
            strict=True,
        ):
            painter.setFont(font)
            painter.setPen(QColor(ink))
            height = painter.fontMetrics().height()
            area = QRectF(MARGIN, top, self.width() - 2 * MARGIN, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
            top += height
