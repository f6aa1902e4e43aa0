"""What a part of each class on the wrong side costs, as a Qt table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from micm_desktop.project.records import ClassRecord

if TYPE_CHECKING:
    from micm_desktop.labeling.deciding import DecisionSettings

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

NAME, GOOD, COST = range(3)
CHEAPEST, DEAREST = 0.01, 100_000.0


class CostModel(QAbstractTableModel):
    """Columns: class, whether it means good parts, cost. What is entered comes out as signals; only
    :meth:`show_costs` changes what is shown.
    """

    cost_entered = Signal(int, float)
    """A class id and its cost."""
    good_entered = Signal(int, bool)
    refused = Signal()
    """What was entered is no cost: it must be larger than 0."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[ClassRecord, ...] = ()
        self._settings: DecisionSettings | None = None

    def show_costs(self, classes: Sequence[ClassRecord], settings: "DecisionSettings") -> None:
        """Classes that are the same by number keep their places, so that nothing loses the keyboard."""
        if [record.id for record in classes] == [record.id for record in self._classes]:
            self._classes, self._settings = tuple(classes), settings
            if classes:
                self.dataChanged.emit(self.index(0, 0), self.index(len(classes) - 1, COST))
            return
        self.beginResetModel()
        self._classes, self._settings = tuple(classes), settings
        self.endResetModel()

    def cell(self, class_id: int, column: int) -> QModelIndex:
        """Where a class stands."""
        return self.index([record.id for record in self._classes].index(class_id), column)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == GOOD:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == COST else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or self._settings is None:
            return None
        record, column = self._classes[index.row()], index.column()
        cost = self._settings.cost(record)
        match role:
            case Qt.ItemDataRole.DisplayRole if column != GOOD:
                return record.name if column == NAME else QLocale().toString(cost, "f", 2)
            case Qt.ItemDataRole.EditRole if column == COST:
                return cost
            case Qt.ItemDataRole.CheckStateRole if column == GOOD:
                return Qt.CheckState.Checked if record.is_good else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if column == COST:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._explained(record, column)
        return None

    def _explained(self, record: ClassRecord, column: int) -> str:
        if column == NAME:
            return record.name
        if column == GOOD:
            text = self.tr("{name} means good parts")
        elif record.is_good:
            text = self.tr("Cost of a false alarm: {name} called a defect")
        else:
            text = self.tr("Cost of a missed defect: {name} passed as good")
        return text.format(name=record.name)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        record = self._classes[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            self.good_entered.emit(record.id, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        cost = float(str(value))
        if cost < CHEAPEST:
            self.refused.emit()
            return False
        if cost != index.data(Qt.ItemDataRole.EditRole):
            self.cost_entered.emit(record.id, cost)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Class"), self.tr("Good parts"), self.tr("A mistake costs"))[section]
