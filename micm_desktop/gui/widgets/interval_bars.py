"""Paints a figure as a small bar with a whisker from one end of its interval to the other, and says it beside."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from micm_desktop.gui.models.interval_model import Interval, IntervalRole
from micm_desktop.gui.theme import colors

ROW_HEIGHT = 46
BAR_HEIGHT = 12
MARGIN = 8


class IntervalBars(QStyledItemDelegate):
    """The text above the bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell, used = index.data(IntervalRole), colors()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, QColor(used.accent_soft if selected else used.field))
        inside = rect.adjusted(MARGIN, 4, -MARGIN, -5)
        painter.setPen(QColor(used.text if cell.value is not None else used.muted))
        words = QFontMetrics(painter.font()).elidedText(cell.text, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words)
        if cell.value is not None:
            bar = QRectF(inside.x(), inside.bottom() - BAR_HEIGHT + 1, inside.width(), BAR_HEIGHT)
            _paint_bar(painter, bar, cell)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(used.accent), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


def _paint_bar(painter: QPainter, bar: QRectF, cell: Interval) -> None:
    used = colors()

    def across(value: float) -> float:
        return bar.x() + cell.place(value) * bar.width()

    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(used.raised))
    painter.drawRoundedRect(bar, 2, 2)
    assert cell.value is not None
    zero, end = across(0.0), across(cell.value)
    painter.setBrush(QColor(used.accent))
    painter.drawRect(QRectF(min(zero, end), bar.y(), abs(end - zero), bar.height()))
    # A light line below a dark one: the whisker crosses the bar and its ground.
    for ink, width in ((used.surface, 4.0), (used.text, 1.6)):
        painter.setPen(QPen(QColor(ink), width))
        low, high, middle = across(cell.low), across(cell.high), bar.center().y()
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for place in (low, high):
            painter.drawLine(QPointF(place, bar.y() + 2), QPointF(place, bar.bottom() - 2))


def show_bars(table: QTableView) -> None:
    """Let the cells of ``table``, which holds an :class:`IntervalModel`, show their bars."""
    table.setItemDelegate(IntervalBars(table))
    table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
