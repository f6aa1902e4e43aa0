"""Paints one image of the grid: picture, tag or prediction in words, and its state by shape as well as colour."""

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from micm_desktop.gui.i18n import percent
from micm_desktop.gui.models.image_model import Card
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.marks import paint_check, paint_lock, paint_verdict, readable_on
from micm_desktop.project.records import ImageRecord

MARGIN = 5
SMALLEST, USUAL, LARGEST = 64, 120, 256
"""Edges of the picture, pixels."""
LINE = 20
LOCK = 18
"""Edge of the mark of a test image."""
LEAST_ROOM = 24
"""Pixels below which only the dots of a shortened text would fit."""


class CardPainter(QObject):
    """Every card has the same size. With ``labels`` it shows the tag and the prediction, else the file name."""

    def __init__(
        self, pixmap: Callable[[ImageRecord], QPixmap | None], parent: QObject | None = None, *, labels: bool
    ) -> None:
        super().__init__(parent)
        self._pixmap = pixmap
        self._labels = labels
        self.edge = USUAL
        """Edge of the picture, pixels."""

    def size(self) -> QSize:
        text = LINE * (2 if self._labels else 1)
        return QSize(self.edge + 4 * MARGIN + 2, self.edge + text + 4 * MARGIN + 2)

    def paint(self, painter: QPainter, rect: QRect, card: Card, *, selected: bool, focused: bool) -> None:
        """Paint ``card`` into ``rect``, in the middle where that is wider."""
        used = colors()
        frame = rect.adjusted(MARGIN - 1, MARGIN, -MARGIN + 1, -MARGIN)
        painter.setPen(QPen(QColor(used.accent if selected else used.border), 2.5 if selected else 1))
        painter.setBrush(QColor(used.accent_soft if selected else used.surface))
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if focused and not selected:
            painter.setPen(QPen(QColor(used.accent), 1.5, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(frame).adjusted(1, 1, -1, -1), 6, 6)
        left = frame.x() + (frame.width() - self.edge) // 2
        picture = QRect(left, frame.y() + MARGIN, self.edge, self.edge)
        self._paint_picture(painter, picture, card)
        if card.locked:
            paint_lock(painter, QRectF(picture.right() - LOCK - 2, picture.y() + 3, LOCK, LOCK))
        if card.change:
            strip = QRect(picture.x(), picture.bottom() + 1 - LINE, picture.width(), LINE)
            painter.fillRect(strip, QColor(used.accent_soft))
            _text(painter, strip.adjusted(4, 0, -2, 0), card.change, used.text, elide=Qt.TextElideMode.ElideRight)
        line = QRect(frame.x() + MARGIN, picture.bottom() + 3, frame.width() - 2 * MARGIN, LINE)
        if self._labels:
            self._paint_tag(painter, line, card)
            self._paint_prediction(painter, line.translated(0, LINE), card)
        else:
            _text(painter, line, card.image.path.name, used.text)

    def _paint_picture(self, painter: QPainter, area: QRect, card: Card) -> None:
        used = colors()
        pixmap = self._pixmap(card.image)
        if pixmap is None:
            painter.fillRect(area, QColor(used.raised))
            if card.image.status != "ok":
                words = self.tr("Missing") if card.image.status == "missing" else self.tr("Unreadable")
                painter.setPen(QColor(used.error))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
            return
        size = pixmap.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, max(size.width(), 1), max(size.height(), 1))
        target.moveCenter(area.center())
        painter.drawPixmap(target, pixmap)

    def _paint_tag(self, painter: QPainter, line: QRect, card: Card) -> None:
        used = colors()
        if card.unsure:
            painter.setPen(QPen(QColor(used.muted), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(line).adjusted(0.5, 1.5, -0.5, -1.5), 4, 4)
            _text(painter, line.adjusted(6, 0, -3, 0), self.tr("unsure"), used.text)
            return
        if card.tag is None:
            _text(painter, line, self.tr("no tag"), used.muted)
            return
        chip = line.adjusted(0, 1, 0, -1)
        ground = QColor(card.tag.color or used.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(chip), 4, 4)
        ink = readable_on(ground)
        paint_check(painter, QRectF(chip.x() + 5, chip.y() + 4, 10, 10), ink)
        _text(painter, chip.adjusted(19, 0, -3, 0), card.tag.name, ink.name(), bold=True)

    def _paint_prediction(self, painter: QPainter, line: QRect, card: Card) -> None:
        used = colors()
        if card.predicted is None or card.verdict is None:
            return
        paint_verdict(painter, QRectF(line.x() + 1, line.y() + 3, 14, 14), card.verdict, card.predicted.color)
        words = line.adjusted(26, 0, 0, 0)
        if card.verdict == "unknown":
            _text(painter, words, self.tr("unknown"), used.warning)
            return
        painter.fillRect(line.x() + 18, line.y() + 5, 4, 11, QColor(card.predicted.color or used.accent))
        disagrees = card.tag is not None and card.tag.id != card.predicted.id
        ink = used.error if disagrees else used.text
        share = percent(card.confidence)
        room = QFontMetrics(painter.font()).horizontalAdvance(share) + 4
        _text(painter, words.adjusted(0, 0, -room, 0), card.predicted.name, ink)
        painter.setPen(QColor(ink))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)


def _text(
    painter: QPainter,
    area: QRect,
    words: str,
    color: str,
    *,
    bold: bool = False,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> None:
    if area.width() < LEAST_ROOM:
        return
    before = painter.font()
    painter.setFont(_font(before.key(), bold))
    painter.setPen(QColor(color))
    short = _short(words, before.key(), bold, area.width(), elide)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
    painter.setFont(before)


@lru_cache(maxsize=16)
def _font(key: str, bold: bool) -> QFont:
    font = QFont()
    font.fromString(key)
    font.setBold(bold)
    return font


@lru_cache(maxsize=4096)
def _short(words: str, key: str, bold: bool, width: int, elide: Qt.TextElideMode) -> str:
    return QFontMetrics(_font(key, bold)).elidedText(words, elide, max(width, 0))
