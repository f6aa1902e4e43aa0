"""The map of all images: points to pan and zoom, hover, click, and surround."""

from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget

from micm_desktop.gui.class_keys import typed_key
from micm_desktop.gui.map_looks import Looks
from micm_desktop.gui.point_raster import Ink, raster
from micm_desktop.gui.theme import colors

Tool = Literal["lasso", "rectangle", "move"]
Bools = NDArray[np.bool_]

NEAR = 10
"""Pixels within which the pointer is on a point."""
STEP = 0.12
"""Share of the view by which an arrow key moves it."""


class PointCloud(pg.GraphicsObject):  # type: ignore[misc]
    """All points as one picture, painted anew where the view or the looks have changed."""

    def __init__(self) -> None:
        super().__init__()
        self.points: NDArray[np.float32] = np.zeros((0, 2), np.float32)
        self.looks = Looks(np.zeros(0, np.uint32), np.zeros(0, np.int8), np.zeros(0, np.bool_))
        self.listed: Bools = np.zeros(0, np.bool_)
        self.selected: Bools = np.zeros(0, np.bool_)
        self.pixels: NDArray[np.float32] = np.zeros((0, 2), np.float32)
        """Where the points were painted last, in pixels of the view; NaN for images without a place."""

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect()) if self.getViewBox() is not None else QRectF()

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        view = self.getViewWidget()
        if view is None or not len(self.points):
            return
        scale = view.devicePixelRatioF()
        size = view.viewport().size() * scale
        place = self.deviceTransform(view.viewportTransform())
        x = place.m11() * self.points[:, 0] + place.m21() * self.points[:, 1] + place.dx()
        y = place.m12() * self.points[:, 0] + place.m22() * self.points[:, 1] + place.dy()
        self.pixels = np.stack([x, y], axis=1).astype(np.float32)
        used = colors()
        ink = Ink(_argb(used.text), _argb(used.accent), _argb(used.border))
        x, y = self.pixels.T * scale
        drawn = raster(size.width(), size.height(), x, y, self.looks, self.listed, self.selected, ink, scale)
        drawn = np.ascontiguousarray(drawn)
        image = QImage(
            drawn.data, size.width(), size.height(), 4 * size.width(), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(scale)
        painter.save()
        painter.resetTransform()
        painter.drawImage(0, 0, image)
        painter.restore()


class _Ground(pg.ViewBox):  # type: ignore[misc]
    """Dragging moves the view, the wheel zooms."""

    def __init__(self) -> None:
        super().__init__(lockAspect=True, enableMenu=False, invertY=True)

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        event.accept()
        moved = self.mapToView(event.lastPos()) - self.mapToView(event.pos())
        self.translateBy(x=moved.x(), y=moved.y())


class EmbeddingMap(pg.GraphicsView):  # type: ignore[misc]
    """Rows are indices into the images that the points were given for. Shift or Ctrl adds to what is selected."""

    surrounded = Signal(object, bool)
    """Rows (n,) that a lasso or rectangle holds, and whether they are added to the selection."""
    pointed = Signal(int, bool)
    """The row that was clicked, and whether Shift or Ctrl was held."""
    hovered = Signal(int, QPointF)
    """The row below the pointer, -1 for none, and where that is in pixels."""
    typed = Signal(str)
    """A character without Ctrl or Alt, in lower case; ``0`` for Delete."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.ground = _Ground()
        self.setCentralWidget(self.ground)
        self.cloud = PointCloud()
        self.ground.addItem(self.cloud, ignoreBounds=True)
        self.tool: Tool = "lasso"
        self._outline: list[QPointF] = []
        self._pressed = QPointF()
        self._hovered = -1
        self.restyle()

    # --- what is shown

    def set_points(self, points: NDArray[np.float32], *, fit: bool) -> None:
        """points (N, 2) float32, NaN for images without a place. ``fit`` shows all of them."""
        grown = len(points) != len(self.cloud.points)
        self.cloud.points = points
        self.cloud.pixels = np.full_like(points, np.nan)
        if grown:
            none = np.zeros(len(points), np.bool_)
            self.cloud.listed = self.cloud.selected = none
            self.cloud.looks = Looks(np.zeros(len(points), np.uint32), np.full(len(points), -1, np.int8), none)
        self._hover(-1, QPointF())
        if fit:
            self.show_all()
        self.cloud.update()

    def set_looks(self, looks: Looks) -> None:
        if len(looks.colors) == len(self.cloud.points):
            self.cloud.looks = looks
            self.cloud.update()

    def set_listed(self, listed: Bools) -> None:
        """Which images (N,) the list holds; the others are faint and cannot be selected."""
        if len(listed) == len(self.cloud.points):
            self.cloud.listed = listed
            self.cloud.update()

    def set_selected(self, selected: Bools) -> None:
        """Which images (N,) are selected in the list."""
        if len(selected) == len(self.cloud.points):
            self.cloud.selected = selected
            self.cloud.update()

    def show_all(self) -> None:
        """Zoom so that every point is in view."""
        known = self.cloud.points[np.isfinite(self.cloud.points).all(axis=1)]
        if len(known):
            low, high = known.min(axis=0).tolist(), known.max(axis=0).tolist()
            area = QRectF(low[0], low[1], max(high[0] - low[0], 1e-3), max(high[1] - low[1], 1e-3))
            self.ground.setRange(area, padding=0.06)

    def set_tool(self, tool: Tool) -> None:
        self.tool = tool
        self.setCursor(Qt.CursorShape.OpenHandCursor if tool == "move" else Qt.CursorShape.CrossCursor)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.setBackground(colors().canvas)
        self.cloud.update()

    def position(self, row: int) -> QPointF:
        """Where the image with this index was painted, in pixels."""
        x, y = self.cloud.pixels[row].tolist()
        return QPointF(x, y)

    # --- pointing and surrounding

    def row_at(self, place: QPointF) -> int:
        """The index of the nearest image of the list within ``NEAR`` pixels; -1 where there is none."""
        away = np.hypot(*(self.cloud.pixels - np.array([place.x(), place.y()], np.float32)).T)
        away = np.where(np.isfinite(away) & self.cloud.listed, away, np.inf)
        return int(away.argmin()) if len(away) and away.min() <= NEAR else -1

    def rows_within(self, outline: QPolygonF) -> NDArray[np.int64]:
        """Indices (n,) of the images of the list inside a polygon of pixels, exact to a pixel."""
        size = self.viewport().size()
        mask = QImage(size, QImage.Format.Format_Grayscale8)
        mask.fill(0)
        painter = QPainter(mask)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawPolygon(outline, Qt.FillRule.WindingFill)
        painter.end()
        stored = np.frombuffer(mask.constBits(), np.uint8).reshape(size.height(), mask.bytesPerLine())
        x, y = self.cloud.pixels.T
        with np.errstate(invalid="ignore"):
            seen = (x >= 0) & (x < size.width()) & (y >= 0) & (y < size.height()) & self.cloud.listed
        rows = np.flatnonzero(seen)
        held = stored[y[rows].astype(np.int64), x[rows].astype(np.int64)] > 0
        return np.asarray(rows[held], np.int64)

    def _selects(self, event: QMouseEvent) -> bool:
        return event.button() == Qt.MouseButton.LeftButton and self.tool != "move"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        if not self._selects(event):
            super().mousePressEvent(event)
            return
        self._outline = [event.position()]
        self._hover(-1, QPointF())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._outline:
            super().mouseMoveEvent(event)
            if not event.buttons():
                self._hover(self.row_at(event.position()), event.position())
            return
        self._outline.append(event.position())
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        adds = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
        if not self._outline:
            super().mouseReleaseEvent(event)
            moved = (event.position() - self._pressed).manhattanLength()
        else:
            self._outline.append(event.position())
            size = self._drawn().boundingRect().size()
            moved = size.width() + size.height()
        if moved < QApplication.startDragDistance():
            row = self.row_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else -1
            if row >= 0:
                self.pointed.emit(row, adds)
        elif self._outline:
            self.surrounded.emit(self.rows_within(self._drawn()), adds)
        self._outline = []
        self.viewport().update()

    def _drawn(self) -> QPolygonF:
        if self.tool == "rectangle":
            return QPolygonF(QRectF(self._outline[0], self._outline[-1]).normalized())
        return QPolygonF(self._outline)

    def _hover(self, row: int, place: QPointF) -> None:
        if row != self._hovered:
            self._hovered = row
            self.hovered.emit(row, place)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1, QPointF())

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        if not self._outline:
            return
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors().accent), 2, Qt.PenStyle.DashLine))
        painter.drawPolygon(self._drawn())
        painter.restore()

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        blocked = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        moves = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = moves.get(Qt.Key(event.key()))
        if step is not None:
            area = self.ground.viewRect()
            self.ground.translateBy(x=step[0] * STEP * area.width(), y=step[1] * STEP * area.height())
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            factor = 0.8 if event.key() == Qt.Key.Key_Plus else 1.25
            self.ground.scaleBy((factor, factor))
        elif event.key() == Qt.Key.Key_Home:
            self.show_all()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.typed.emit("0")
        elif event.text().isprintable() and event.text().strip() and not event.modifiers() & blocked:
            self.typed.emit(typed_key(event.text()))
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # A Japanese input method that is on would swallow the class keys.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "cloud"):
            self.restyle()


def _argb(name: str) -> int:
    return 0xFF000000 | int(name.removeprefix("#"), 16)
