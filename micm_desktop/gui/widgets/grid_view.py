"""A list view of equal cells in rows that wrap, whose places are computed and not laid out.

QListView lays every item out, at 100,000 items 70 ms after each change of any, and walks over all of them to select
a range. Cells of one size need neither: everything here depends on what is visible alone. It stays a QListView for
what that does well: keys, mouse, accessibility.
"""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from micm_desktop.gui.models.image_model import Index

Action = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint


class GridView(QListView):
    """Subclasses paint the cells in :meth:`paint_cell`."""

    def __init__(self, cell: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = cell
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Otherwise the bar takes room away when it appears, and the number of columns swings back and forth.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def paint_cell(self, painter: QPainter, rect: QRect, position: int, *, selected: bool, focused: bool) -> None:
        """Paint the item at ``position`` into ``rect``."""
        raise NotImplementedError

    def set_cell_size(self, cell: QSize) -> None:
        """Cells are at least that wide; the item on top stays in view."""
        top = self.indexAt(QPoint(self._cell.width() // 2, self._cell.height() // 2))
        self._cell = cell
        self.updateGeometries()
        if top.isValid():
            self.scrollTo(top, Hint.PositionAtTop)
        self.viewport().update()

    @property
    def columns(self) -> int:
        return max(1, self.viewport().width() // self._cell.width())

    def visible_positions(self) -> range:
        """Positions of the items that are at least partly in view."""
        return self._positions_in(self.viewport().rect())

    # --- where the cells lie

    def _count(self) -> int:
        model = self.model()
        return model.rowCount() if model is not None else 0

    def _rect_of(self, position: int) -> QRect:
        line, column = divmod(position, self.columns)
        width = self.viewport().width() // self.columns
        top = line * self._cell.height() - self.verticalOffset()
        return QRect(column * width, top, width, self._cell.height())

    def _nearest_position(self, point: QPoint) -> int:
        """The item under or nearest before ``point``, as a line of text would have it; -1 where there is none."""
        columns = self.columns
        width = self.viewport().width() // columns
        line = max(0, (point.y() + self.verticalOffset()) // self._cell.height())
        column = min(max(0, point.x() // width), columns - 1)
        return min(line * columns + column, self._count() - 1)

    def _positions_in(self, rect: QRect) -> range:
        height, columns = self._cell.height(), self.columns
        first = max(0, (rect.top() + self.verticalOffset()) // height) * columns
        last = ((rect.bottom() + self.verticalOffset()) // height + 1) * columns
        return range(min(first, self._count()), min(last, self._count()))

    def visualRect(self, index: Index) -> QRect:
        return self._rect_of(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        position = self._nearest_position(point)
        if position < 0 or not self._rect_of(position).contains(point):
            return QModelIndex()
        return self.model().index(position, 0)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        if not index.isValid():
            return
        rect, room, bar = self.visualRect(index), self.viewport().height(), self.verticalScrollBar()
        above, below = rect.top(), rect.bottom() + 1 - room
        if hint == Hint.PositionAtTop or (hint == Hint.EnsureVisible and above < 0):
            bar.setValue(bar.value() + above)
        elif hint == Hint.PositionAtBottom or (hint == Hint.EnsureVisible and below > 0):
            bar.setValue(bar.value() + below)
        elif hint == Hint.PositionAtCenter:
            bar.setValue(bar.value() + (above + below) // 2)

    def updateGeometries(self) -> None:
        bar, room = self.verticalScrollBar(), self.viewport().height()
        lines = -(-self._count() // self.columns)
        bar.setPageStep(room)
        bar.setSingleStep(max(20, self._cell.height() // 3))
        bar.setRange(0, max(0, lines * self._cell.height() - room))

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    # --- when the model changes

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        self.viewport().update()

    @Slot(QModelIndex, int, int)
    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self.scheduleDelayedItemsLayout()

    @Slot(QModelIndex, int, int)
    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)
        self.scheduleDelayedItemsLayout()

    # --- moving and selecting

    def moveCursor(self, action: Action, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, at = self._count(), self.currentIndex().row()
        if not count:
            return QModelIndex()
        page = max(1, self.viewport().height() // self._cell.height()) * self.columns
        steps = {
            Action.MoveLeft: -1,
            Action.MovePrevious: -1,
            Action.MoveRight: 1,
            Action.MoveNext: 1,
            Action.MoveUp: -self.columns,
            Action.MoveDown: self.columns,
            Action.MovePageUp: -page,
            Action.MovePageDown: page,
            Action.MoveHome: -count,
            Action.MoveEnd: count,
        }
        to = at + steps.get(action, 0) if at >= 0 else 0
        last_line = (count - 1) // self.columns
        if (action == Action.MoveUp and to < 0) or (action == Action.MoveDown and at // self.columns == last_line):
            to = at
        return self.model().index(min(max(to, 0), count - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        selection = QItemSelection()
        if self._count() and (rect.width() != 1 or rect.height() != 1 or self.indexAt(rect.topLeft()).isValid()):
            ends = sorted((self._nearest_position(rect.topLeft()), self._nearest_position(rect.bottomRight())))
            selection.select(self.model().index(ends[0], 0), self.model().index(ends[1], 0))
        self.selectionModel().select(selection, command)

    def selectAll(self) -> None:
        if self._count():
            whole = QItemSelection(self.model().index(0, 0), self.model().index(self._count() - 1, 0))
            self.selectionModel().select(whole, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selected_ranges(self) -> Iterator[range]:
        """The selected positions, as few ranges as there are. For 100,000 of them, too."""
        selection = self.selectionModel().selection()
        for place in range(selection.count()):
            one = selection.at(place)
            yield range(one.top(), one.bottom() + 1)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        model, chosen = self.model(), self.selectionModel()
        current = self.currentIndex().row() if self.hasFocus() else -1
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for position in self._positions_in(event.rect()):
            selected = chosen.isSelected(model.index(position, 0))
            focused = position == current
            self.paint_cell(painter, self._rect_of(position), position, selected=selected, focused=focused)
