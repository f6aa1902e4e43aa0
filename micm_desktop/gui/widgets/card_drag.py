"""Dragging cards of the grid onto a class."""

import json
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QDrag, QDropEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from micm_desktop.gui.i18n import number
from micm_desktop.gui.session import Session
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.image_grid import ImageGrid

MIME = "application/x-micm-images"
"""A JSON list of content hashes: places in the project may change while the mouse is down."""


def pack(sha256s: Sequence[str]) -> QMimeData:
    """What travels with the mouse."""
    data = QMimeData()
    data.setData(MIME, json.dumps(list(sha256s)).encode())
    return data


def unpack(data: QMimeData) -> list[str]:
    """The content hashes that :func:`pack` took; empty for anything else."""
    return [str(sha256) for sha256 in json.loads(bytes(data.data(MIME).data()) or b"[]")]


class CardDrag(QObject):
    """Lets selected cards be dragged out of a grid. A drag that begins beside the cards selects, as before."""

    def __init__(self, session: Session, grid: ImageGrid) -> None:
        super().__init__(grid)
        self._session = session
        self._grid = grid
        self._pressed: QPoint | None = None
        grid.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            at = event.position().toPoint()
            if event.type() == QEvent.Type.MouseButtonPress:
                on_card = event.button() == Qt.MouseButton.LeftButton and self._grid.indexAt(at).isValid()
                self._pressed = at if on_card else None
            elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
                if (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                    self._pressed = None
                    self._start()
                # The view would select whatever the mouse passes.
                return True
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
        return super().eventFilter(watched, event)

    def _start(self) -> None:
        sha256s = [self._session.images[row].sha256 for row in self._grid.selected_rows()]
        if sha256s:
            drag = QDrag(self._grid)
            drag.setMimeData(pack(sha256s))
            drag.setPixmap(_badge(number(len(sha256s)), self._grid))
            drag.setHotSpot(QPoint(-8, -8))
            drag.exec(Qt.DropAction.CopyAction)


class CardTarget(QObject):
    """Lets cards be dropped on a button, which looks pressed while they are above it."""

    def __init__(self, button: QAbstractButton, dropped: Callable[[list[str]], object]) -> None:
        super().__init__(button)
        self._button = button
        self._dropped = dropped
        button.setAcceptDrops(True)
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The events of entering, moving and dropping are all of this class.
        if isinstance(event, QDropEvent) and event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            entering = event.type() != QEvent.Type.Drop
            self._button.setDown(entering)
            if not entering:
                self._dropped(unpack(event.mimeData()))
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._button.setDown(False)
        return super().eventFilter(watched, event)


def _badge(text: str, like: QWidget) -> QPixmap:
    """The number of cards in a small sign."""
    used = colors()
    room = like.fontMetrics().horizontalAdvance(text) + 24
    pixmap = QPixmap(room, 28)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(used.accent))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(QRect(0, 0, room, 28), 6, 6)
    painter.setPen(QColor(used.on_accent))
    painter.drawText(QRect(0, 0, room, 28), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap
