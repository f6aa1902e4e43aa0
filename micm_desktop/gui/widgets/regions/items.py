"""How a marked region looks: a box with its class above it, and handles while it is chosen."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsSimpleTextItem

from micm_desktop.gui.widgets.marks import readable_on
from micm_desktop.gui.widgets.regions.geometry import HANDLES, place_of

NO_CLASS = "#ffffff"
EDGE = "#10151c"
"""Around everything that is drawn, so that it stands out on any picture."""
HANDLE = 8
"""Pixels of the screen."""
ROOM = 5 * HANDLE
"""Pixels that an edge must have on the screen for a handle at its middle."""


class RegionItem(QGraphicsRectItem):
    """A box in scene coordinates. Lines, words and handles stay as thin and small at any zoom."""

    def __init__(self, box: QRectF, name: str, color: str) -> None:
        super().__init__()
        self._halo = QGraphicsRectItem(self)
        self._halo.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
        self._halo.setPen(_pen(EDGE, 4))
        self._ground = QGraphicsRectItem(self)
        self._text = QGraphicsSimpleTextItem(self._ground)
        self._ground.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self._handles = [QGraphicsRectItem(-HANDLE / 2, -HANDLE / 2, HANDLE, HANDLE, self) for _ in HANDLES]
        for handle in self._handles:
            handle.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
            handle.setPen(QPen(QColor(EDGE), 1))
            handle.setBrush(QBrush(QColor(NO_CLASS)))
        self._chosen, self._scale = False, 1.0
        self.set_class(name, color)
        self.set_box(box)

    def set_class(self, name: str, color: str) -> None:
        """An empty ``name`` stands for no class."""
        self.name = name
        ground = QColor(color or NO_CLASS)
        # Dashes tell a box without a class where the colour cannot.
        self.setPen(_pen(ground, 2, Qt.PenStyle.SolidLine if name else Qt.PenStyle.DashLine))
        self._ground.setVisible(bool(name))
        self._text.setText(name)
        self._text.setBrush(readable_on(ground))
        size = self._text.boundingRect()
        self._ground.setRect(-1, -size.height() - 3, size.width() + 6, size.height() + 2)
        self._ground.setBrush(ground)
        self._ground.setPen(QPen(QColor(EDGE), 1))
        self._text.setPos(2, -size.height() - 2)

    def set_chosen(self, chosen: bool) -> None:
        self._chosen = chosen
        self.setZValue(2 if chosen else 1)
        self._show_handles()

    def set_scale(self, scale: float) -> None:
        """``scale`` pixels of the screen for one of the image."""
        self._scale = scale
        self._show_handles()

    def _show_handles(self) -> None:
        for item, handle in zip(self._handles, HANDLES, strict=True):
            size = self._scale * (self.rect().width() if handle[1] else self.rect().height())
            # Those at the middle of a short edge would cover what is marked.
            item.setVisible(self._chosen and (0 not in handle or size > ROOM))

    def set_box(self, box: QRectF) -> None:
        self.setRect(box)
        self._halo.setRect(box)
        self._ground.setPos(box.topLeft())
        self._show_handles()
        for item, handle in zip(self._handles, HANDLES, strict=True):
            item.setPos(place_of(box, handle))


def _pen(color: QColor | str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(QColor(color), width, style)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen
