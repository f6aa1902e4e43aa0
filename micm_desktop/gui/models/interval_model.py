"""Figures with the interval that they lie in, one row per class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
IntervalRole = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Interval:
    """``value`` lies between ``low`` and ``high``, on a scale from ``least`` to ``most``; None where it is not known.
    ``text`` says the same, ``told`` in a whole sentence.
    """

    text: str
    told: str
    value: float | None = None
    low: float = 0.0
    high: float = 0.0
    least: float = 0.0
    most: float = 1.0

    def place(self, value: float) -> float:
        """Where ``value`` lies on the scale, in [0, 1]."""
        return min(max((value - self.least) / (self.most - self.least), 0.0), 1.0)


class IntervalModel(QAbstractTableModel):
    """A row of figures for each name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles: Sequence[str] = ()
        self._names: Sequence[str] = ()
        self._cells: Sequence[Sequence[Interval]] = ()

    def set_figures(self, titles: Sequence[str], names: Sequence[str], cells: Sequence[Sequence[Interval]]) -> None:
        """``cells`` has a row for each of ``names``, of a figure for each of the column ``titles``."""
        self.beginResetModel()
        self._titles, self._names, self._cells = titles, names, cells
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._names)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._cells[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return cell.told
        return cell if role == IntervalRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._titles[section] if orientation == Qt.Orientation.Horizontal else self._names[section]
        return None
