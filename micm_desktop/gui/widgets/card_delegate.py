"""Paints one image of the grid: picture, tag or prediction in words, and its state by shape as well as colour."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from micm_desktop.gui.i18n import percent
from micm_desktop.gui.models.image_model import Card, CardRole, Index
from micm_desktop.gui.theme import colors
from micm_desktop.project.records import ImageRecord

MARGIN = 5
PICTURE = 120
LINE = 20


class CardDelegate(QStyledItemDelegate):
    """Every card has the same size. ``lines``: 1 shows the file name, 2 the tag and the prediction."""

    def __init__(
        self, pixmap: Callable[[ImageRecord], QPixmap | None], parent: QObject | None = None, *, labels: bool
    ) -> None:
        super().__init__(parent)
        self._pixmap = pixmap
        self._labels = labels

    def card_size(self) -> QSize:
        text = LINE * (2 if self._labels else 1)
        return QSize(PICTURE + 4 * MARGIN, PICTURE + text + 4 * MARGIN)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.card_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card = index.data(CardRole)
        if not isinstance(card, Card):
            return
        used = colors()
        frame: QRect = option.rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(QColor(used.accent if selected else used.border), 2.5 if selected else 1))
        painter.setBrush(QColor(used.accent_soft if selected else used.surface))
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and not selected:
            painter.setPen(QPen(QColor(used.accent), 1.5, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(frame).adjusted(1, 1, -1, -1), 6, 6)
        picture = QRect(frame.x() + MARGIN, frame.y() + MARGIN, PICTURE, PICTURE)
        self._paint_picture(painter, picture, card)
        line = QRect(picture.x(), picture.bottom() + 3, PICTURE, LINE)
        if self._labels:
            self._paint_tag(painter, line, card)
            self._paint_prediction(painter, line.translated(0, LINE), card)
        else:
            _text(painter, line, card.image.path.name, used.text)
        painter.restore()

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
        if card.predicted is None:
            return
        mark = QRectF(line.x() + 2, line.y() + 5, 10, 10)
        words = line.adjusted(17, 0, 0, 0)
        share = percent(card.confidence)
        if card.unknown:
            painter.setPen(QColor(used.warning))
            painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, "?")
            _text(painter, words, self.tr("unknown"), used.warning)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(card.predicted.color or used.accent), 3))
        painter.drawEllipse(mark.adjusted(1, 1, -1, -1))
        if card.ask:
            share = f"{share} ?"
        room = QFontMetrics(painter.font()).horizontalAdvance(share) + 4
        disagrees = card.tag is not None and card.tag.id != card.predicted.id
        _text(painter, words.adjusted(0, 0, -room, 0), card.predicted.name, used.error if disagrees else used.text)
        painter.setPen(QColor(used.error if disagrees else used.text))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever stands out more on ``ground``."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)

    luminance = 0.2126 * linear(ground.redF()) + 0.7152 * linear(ground.greenF()) + 0.0722 * linear(ground.blueF())
    return QColor("#000000") if luminance > 0.179 else QColor("#ffffff")


def paint_check(painter: QPainter, area: QRectF, ink: QColor) -> None:
    """A check mark."""
    painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    points = [area.topLeft()] * 3
    for place, (x, y) in enumerate(((0.05, 0.55), (0.4, 0.9), (0.95, 0.15))):
        points[place] = area.topLeft() + type(area.topLeft())(x * area.width(), y * area.height())
    painter.drawPolyline(points)


def _text(painter: QPainter, area: QRect, words: str, color: str, *, bold: bool = False) -> None:
    font = QFont(painter.font())
    font.setBold(bold)
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(color))
    short = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideMiddle, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
    painter.restore()
