"""The large view with boxes that can be drawn, chosen, moved, resized and deleted, by mouse or by keys.

One box at most is chosen: a click or Tab chooses it, and only it has handles. A drag that begins elsewhere marks a new
box while marking is on, and moves the picture otherwise, so that nothing is changed by accident.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from micm_desktop.gui.widgets.image_view import ImageView
from micm_desktop.gui.widgets.regions.geometry import (
    NONE,
    Handle,
    cursor_of,
    handle_at,
    moved,
    resized,
    spanned,
)
from micm_desktop.gui.widgets.regions.items import RegionItem

REACH = 7
"""Pixels of the screen within which an edge is taken hold of."""
FAR = 10
"""Pixels of the image that an arrow key with Ctrl moves a box by."""
ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
STEPS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1, Qt.Key.Key_Space: 1}


@dataclass(frozen=True)
class ShownRegion:
    """A box in pixels of the image, and its class; an empty ``name`` for none."""

    box: QRectF
    name: str
    color: str


@dataclass(frozen=True)
class _Drag:
    """What the pressed button does: ``number`` of the box that it changes, 0 for a new one; from where, and from what
    box."""

    number: int
    handle: Handle
    start: QPointF
    box: QRectF


class RegionView(ImageView):
    """Shows regions by number; what it asks for is done by whoever listens, who then shows the regions anew."""

    drawn = Signal(QRectF)
    changed = Signal(int, QRectF)
    remove_wanted = Signal(int)
    chosen_changed = Signal()
    marking_changed = Signal(bool)
    step_wanted = Signal(int)
    """By how many images to go on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[int, RegionItem] = {}
        self._chosen = 0
        self._marking = False
        self._drag: _Drag | None = None
        self._sketch = RegionItem(QRectF(), "", "")
        self._sketch.hide()
        self.scene().addItem(self._sketch)
        self._nudged: QRectF | None = None
        self._pressed_at = QPointF()
        self._grabbed: QPointF | None = None
        self.viewport().setMouseTracking(True)
        self.looked.connect(self._scale_items)

    # --- what is shown

    @property
    def marking(self) -> bool:
        """Whether a drag marks a new box."""
        return self._marking

    @property
    def chosen(self) -> int:
        """The number of the chosen region, 0 for none."""
        return self._chosen

    def set_marking(self, marking: bool) -> None:
        if marking == self._marking:
            return
        self._marking = marking
        mode = QGraphicsView.DragMode.NoDrag if marking else QGraphicsView.DragMode.ScrollHandDrag
        self.setDragMode(mode)
        self._point()
        self.marking_changed.emit(marking)

    def show_regions(self, regions: Mapping[int, ShownRegion]) -> None:
        """Show these boxes and no others."""
        self._drop_drag()
        for number in set(self._items) - set(regions):
            self.scene().removeItem(self._items.pop(number))
        for number, region in regions.items():
            if number not in self._items:
                self._items[number] = RegionItem(region.box, region.name, region.color)
                self._items[number].set_scale(self.transform().m11())
                self.scene().addItem(self._items[number])
            self._items[number].set_box(region.box)
            self._items[number].set_class(region.name, region.color)
        self.choose(self._chosen if self._chosen in regions else 0)

    def _scale_items(self) -> None:
        for item in self._items.values():
            item.set_scale(self.transform().m11())

    def choose(self, number: int) -> None:
        """Choose a region; 0 chooses none."""
        self._store_nudge()
        before, self._chosen = self._chosen, number
        for each, item in self._items.items():
            item.set_chosen(each == number)
        if number:
            # What is chosen by key or from a list may lie outside of the view.
            self.ensureVisible(self._items[number], 10, 10)
        if before != number:
            self.chosen_changed.emit()

    # --- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grabbed = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        if event.button() != Qt.MouseButton.LeftButton or self.image_rect.isEmpty() or self._drag is not None:
            super().mousePressEvent(event)
            return
        self._pressed_at = event.position()
        at = self._image_point(event.position())
        number, handle = self._held_at(at)
        if number:
            self.choose(number)
            self._drag = _Drag(number, handle, at, self._items[number].rect())
        elif self._marking:
            self._drag = _Drag(0, NONE, at, QRectF())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            by = event.position() - self._grabbed
            self._grabbed = event.position()
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - round(by.x()))
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - round(by.y()))
            return
        if self._drag is None:
            super().mouseMoveEvent(event)
            if not event.buttons():
                self._point(event.position())
            return
        if self._drag.number or not self._is_click(event.position()):
            box = self._dragged(self._drag, self._image_point(event.position()))
            item = self._items[self._drag.number] if self._drag.number else self._sketch
            item.set_box(box)
            item.show()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton and self._grabbed is not None:
            self._grabbed = None
            self._point(event.position())
            return
        if event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        drag, self._drag = self._drag, None
        self._sketch.hide()
        if drag is None:
            super().mouseReleaseEvent(event)
        if self._is_click(event.position()):
            self._put_back(drag)
            if drag is None or not drag.number:
                self.choose(self._box_under(self._image_point(event.position())))
        elif drag is not None:
            box = self._dragged(drag, self._image_point(event.position()))
            self._ask_for(drag.number, box)
        self._point(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._marking or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def _is_click(self, at: QPointF) -> bool:
        return (at - self._pressed_at).manhattanLength() < QApplication.startDragDistance() / 2

    def _dragged(self, drag: _Drag, at: QPointF) -> QRectF:
        if not drag.number:
            return spanned(drag.start, at, self.image_rect)
        if drag.handle == NONE:
            return moved(drag.box, at - drag.start, self.image_rect)
        return resized(drag.box, drag.handle, at - drag.start, self.image_rect)

    def _ask_for(self, number: int, box: QRectF) -> None:
        """Ask for what was dragged or nudged, in whole pixels."""
        if not number:
            whole = QRectF(box.toAlignedRect())
            if not whole.isEmpty():
                self.drawn.emit(whole)
            return
        whole = QRectF(box.toRect())
        self._items[number].set_box(whole)
        self.changed.emit(number, whole)

    def _put_back(self, drag: _Drag | None) -> None:
        if drag is not None and drag.number in self._items:
            self._items[drag.number].set_box(drag.box)

    def _drop_drag(self) -> None:
        drag, self._drag = self._drag, None
        self._sketch.hide()
        self._put_back(drag)

    def _held_at(self, at: QPointF) -> tuple[int, Handle]:
        """The box that a press here takes hold of, and by what: the whole chosen one, of others the edges alone."""
        reach = REACH / self.transform().m11()
        for number in sorted(self._items, key=lambda each: (each != self._chosen, -each)):
            box = self._items[number].rect()
            handle = handle_at(box, at, reach)
            if handle != NONE or (number == self._chosen and box.contains(at)):
                return number, handle
        return 0, NONE

    def _box_under(self, at: QPointF) -> int:
        """The smallest box at a point, 0 for none."""
        under = [number for number, item in self._items.items() if item.rect().contains(at)]
        sizes = {number: self._items[number].rect().width() * self._items[number].rect().height() for number in under}
        return min(under, key=lambda number: sizes[number], default=0)

    def _image_point(self, at: QPointF) -> QPointF:
        inverted, _ = self.viewportTransform().inverted()
        return inverted.map(at)

    def _point(self, at: QPointF | None = None) -> None:
        """The pointer that says what a drag from here would do."""
        number, handle = (0, NONE) if at is None else self._held_at(self._image_point(at))
        if number:
            self.viewport().setCursor(cursor_of(handle))
        else:
            free = Qt.CursorShape.CrossCursor if self._marking else Qt.CursorShape.OpenHandCursor
            self.viewport().setCursor(free)

    # --- the keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = not event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier)
        if self._chosen and key in ARROWS and plain:
            self._nudge(ARROWS[key], event.modifiers())
        elif self._chosen and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit(self._chosen)
        elif key == Qt.Key.Key_Escape and (self._drag is not None or self._chosen or self._marking):
            if self._drag is not None:
                self._drop_drag()
            else:
                self.choose(0)
                self.set_marking(False)
        elif self._marking and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._mark_the_middle()
        elif key in STEPS and not event.modifiers():
            self.step_wanted.emit(STEPS[key])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._store_nudge()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._store_nudge()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, next_: bool) -> bool:
        numbers = sorted(self._items)
        if next_:
            ahead = [number for number in numbers if number > self._chosen]
        else:
            ahead = [number for number in reversed(numbers) if number < (self._chosen or max(numbers, default=0) + 1)]
        if ahead and (next_ or self._chosen):
            self.choose(ahead[0])
            return True
        self.choose(0)
        return super().focusNextPrevChild(next_)

    def _nudge(self, direction: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Move the chosen box, or with Shift its right and lower edges. On disk once the key is let go."""
        by = direction * (FAR if modifiers & Qt.KeyboardModifier.ControlModifier else 1)
        box = self._items[self._chosen].rect()
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._nudged = resized(box, (int(direction.x() != 0), int(direction.y() != 0)), by, self.image_rect)
        else:
            self._nudged = moved(box, by, self.image_rect)
        self._items[self._chosen].set_box(self._nudged)

    def _store_nudge(self) -> None:
        box, self._nudged = self._nudged, None
        if box is not None and self._chosen in self._items:
            self._ask_for(self._chosen, box)

    def _mark_the_middle(self) -> None:
        """A box for whoever has no mouse, to be moved and resized from there."""
        inverted, _ = self.viewportTransform().inverted()
        seen = inverted.mapRect(QRectF(self.viewport().rect())).intersected(self.image_rect)
        box = QRectF(0, 0, max(1.0, seen.width() / 4), max(1.0, seen.height() / 4))
        box.moveCenter(seen.center())
        self._ask_for(0, box.intersected(self.image_rect))
