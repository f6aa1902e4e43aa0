"""The thumbnail grid."""

from PySide6.QtCore import QItemSelectionModel, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from micm_desktop.gui.class_keys import typed_key
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.widgets.card_painter import CardPainter
from micm_desktop.gui.widgets.grid_view import GridView

REPAINT_INTERVAL = 40
"""Milliseconds between two repaints for thumbnails that arrived."""


class ImageGrid(GridView):
    """Cards in rows that wrap. Typed characters come out as :attr:`typed` instead of searching by name."""

    typed = Signal(str)
    """A character without Ctrl or Alt, in lower case; ``0`` for Delete."""
    moved = Signal(int)
    """The index into the project's images of the card that has the focus now; -1 for none."""
    activated_row = Signal(int)
    """The index of the image that was double-clicked, or on which Enter was pressed."""

    def __init__(
        self, model: ImageModel, thumbnails: Thumbnails, parent: QWidget | None = None, *, labels: bool
    ) -> None:
        cards = CardPainter(thumbnails.pixmap, labels=labels)
        super().__init__(cards.size(), parent)
        self._cards = cards
        cards.setParent(self)
        self.setMouseTracking(False)
        self.setModel(model)
        self._images = model
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(REPAINT_INTERVAL)
        self._repaint.timeout.connect(self.viewport().update)
        thumbnails.arrived.connect(self._on_thumbnail)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.doubleClicked.connect(lambda index: self.activated_row.emit(model.row_of(index)))

    def set_card_edge(self, edge: int) -> None:
        """Show pictures of ``edge`` pixels."""
        self._cards.edge = edge
        self.set_cell_size(self._cards.size())

    def paint_cell(self, painter: QPainter, rect: QRect, position: int, *, selected: bool, focused: bool) -> None:
        self._cards.paint(painter, rect, self._images.card(position), selected=selected, focused=focused)

    def selected_rows(self) -> list[int]:
        """Indices into the project's images, in the order of the grid."""
        ranges = sorted(self.selected_ranges(), key=lambda one: one.start)
        return [row for one in ranges for row in self._images.rows[one.start : one.stop].tolist()]

    def select_row(self, row: int) -> bool:
        """Select and show the image with index ``row``; False where the grid does not hold it."""
        position = self._images.position_of(row)
        if position is None:
            return False
        self._select(position)
        return True

    def last_position(self) -> int:
        """The place of the last selected image, or of the one with the focus; -1 for none."""
        return max((one.stop - 1 for one in self.selected_ranges()), default=self.currentIndex().row())

    def step(self) -> None:
        """Select the image after the last selected one; stays on the last of the grid."""
        last = self.last_position()
        if last + 1 < self._images.rowCount():
            self._select(last + 1)

    @Slot(int)
    def go(self, by: int) -> None:
        """Select the image ``by`` places further on; stays where there is none."""
        position = self.currentIndex().row() + by
        if self.currentIndex().isValid() and 0 <= position < self._images.rowCount():
            self._select(position)

    def step_back(self) -> None:
        """Select the image before the first selected one; stays on the first of the grid."""
        first = min((index.row() for index in self.selectedIndexes()), default=self.currentIndex().row())
        if first > 0:
            self._select(first - 1)

    def _select(self, position: int) -> None:
        index = self._images.index(position)
        if index == self.currentIndex() and list(self.selected_ranges()) == [range(position, position + 1)]:
            return
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        blocked = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.typed.emit("0")
        elif event.text().isprintable() and event.text().strip() and not event.modifiers() & blocked:
            self.typed.emit(typed_key(event.text()))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated_row.emit(self._images.row_of(self.currentIndex()))
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.step()
        elif event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self.step_back()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # A Japanese input method that is on would swallow the class keys.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    @Slot()
    def _on_thumbnail(self) -> None:
        if self.isVisible() and not self._repaint.isActive():
            self._repaint.start()

    @Slot()
    def _on_current(self) -> None:
        current = self.currentIndex()
        self.moved.emit(self._images.row_of(current) if current.isValid() else -1)
