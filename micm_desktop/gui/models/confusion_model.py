"""Tagged images by the class they have and the class they get without their own tag: a confusion matrix."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont

from micm_desktop.gui.i18n import number
from micm_desktop.gui.theme import colors
from micm_desktop.project.records import ClassRecord

Index = QModelIndex | QPersistentModelIndex


class ConfusionModel(QAbstractTableModel):
    """One row per tagged class; one column per class that was decided on, and one for those a person is asked about;
    where they are counted apart, one more for the unknown ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: Sequence[ClassRecord] = ()
        self._counts: NDArray[np.int64] = np.zeros((0, 1), np.int64)
        self._decided = 0

    def set_counts(self, classes: Sequence[ClassRecord], counts: NDArray[np.int64], decided: int | None = None) -> None:
        """counts (K, C + 1) or (K, C + 2) of K classes: of the first C, ``decided``, which are all where that is None,
        then of questions to a person, then of unknown images."""
        self.beginResetModel()
        self._classes, self._counts = classes, counts
        self._decided = len(classes) if decided is None else decided
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._classes)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._counts.shape[1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        count = int(self._counts[row, column])
        wrong = bool(count) and row != column and column < self._decided
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return number(count) if count else "·"
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
            case Qt.ItemDataRole.FontRole if wrong:
                font = QFont()
                font.setBold(True)
                return font
            case Qt.ItemDataRole.ForegroundRole:
                return QBrush(QColor(colors().error if wrong else colors().text if count else colors().muted))
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return self.in_words(row, column)
        return None

    def in_words(self, row: int, column: int) -> str:
        """What a cell counts."""
        count, name = int(self._counts[row, column]), self._classes[row].name
        if column > self._decided:
            return self.tr('%n image(s) tagged "{name}": unknown', "", count).format(name=name)
        if column == self._decided:
            return self.tr('%n image(s) tagged "{name}": a person is asked', "", count).format(name=name)
        if column == row:
            return self.tr('%n image(s) tagged "{name}": judged so', "", count).format(name=name)
        return self.tr('%n image(s) tagged "{name}": judged "{other}"', "", count).format(
            name=name, other=self._classes[column].name
        )

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if orientation == Qt.Orientation.Vertical or section < self._decided:
                return self._classes[section].name
            return self.tr("Ask") if section == self._decided else self.tr("Unknown")
        return None
