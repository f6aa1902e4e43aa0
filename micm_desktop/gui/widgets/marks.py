"""Small marks that tell verdicts apart by their shape, not by colour alone."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from micm_desktop.gui.models.outcomes import Verdict
from micm_desktop.gui.theme import colors

ICON = 16


def paint_verdict(painter: QPainter, area: QRectF, verdict: Verdict, color: str = "") -> None:
    """Good: a disc with a check mark. Defect: a triangle with an exclamation mark. A question for a person: a ring
    with a question mark. Unknown: a dashed ring with a question mark. Only a class: a ring in its ``color``.
    """
    used = colors()
    match verdict:
        case "good":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(used.good))
            painter.drawEllipse(area)
            paint_check(painter, area.adjusted(3.5, 3.5, -3, -3.5), readable_on(QColor(used.good)))
        case "defect":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(used.error))
            top = QPointF(area.center().x(), area.top())
            painter.drawPolygon(QPolygonF([top, area.bottomRight(), area.bottomLeft()]))
            _sign(painter, area.adjusted(0, 3, 0, 1), "!", readable_on(QColor(used.error)))
        case "ask" | "unknown":
            style = Qt.PenStyle.SolidLine if verdict == "ask" else Qt.PenStyle.DotLine
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(used.warning), 1.5, style))
            painter.drawEllipse(area.adjusted(0.5, 0.5, -0.5, -0.5))
            _sign(painter, area, "?", QColor(used.warning))
        case "class":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(color or used.accent), 3))
            painter.drawEllipse(area.adjusted(2, 2, -2, -2))


def verdict_icon(verdict: Verdict) -> QIcon:
    """The mark for a list of choices."""
    pixmap = QPixmap(ICON, ICON)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_verdict(painter, QRectF(1, 1, ICON - 2, ICON - 2), verdict)
    painter.end()
    return QIcon(pixmap)


def _sign(painter: QPainter, area: QRectF, sign: str, ink: QColor) -> None:
    before = painter.font()
    font = painter.font()
    font.setPixelSize(round(area.height() * 0.75))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, sign)
    painter.setFont(before)


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever stands out more on ``ground``."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)

    luminance = 0.2126 * linear(ground.redF()) + 0.7152 * linear(ground.greenF()) + 0.0722 * linear(ground.blueF())
    return QColor("#000000") if luminance > 0.179 else QColor("#ffffff")


def paint_check(painter: QPainter, area: QRectF, ink: QColor) -> None:
    """A check mark."""
    painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    corners = ((0.05, 0.55), (0.4, 0.9), (0.95, 0.15))
    painter.drawPolyline([QPointF(area.x() + x * area.width(), area.y() + y * area.height()) for x, y in corners])


def paint_lock(painter: QPainter, area: QRectF) -> None:
    """A padlock on a ground of its own, which is seen on any picture."""
    used = colors()
    painter.setPen(QPen(QColor(used.border), 1))
    painter.setBrush(QColor(used.surface))
    painter.drawRoundedRect(area, 4, 4)
    width, height = area.width(), area.height()
    painter.setPen(QPen(QColor(used.text), 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shackle = QRectF(area.x() + 0.33 * width, area.y() + 0.16 * height, 0.34 * width, 0.56 * height)
    painter.drawRoundedRect(shackle, 0.17 * width, 0.17 * width)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(used.text))
    painter.drawRoundedRect(QRectF(area.x() + 0.22 * width, area.y() + 0.45 * height, 0.56 * width, 0.4 * height), 1, 1)
