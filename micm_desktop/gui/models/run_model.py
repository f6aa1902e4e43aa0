"""The encoders that a project can use, as a Qt table: its finished pretraining runs and the one that was shipped."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt
from PySide6.QtGui import QFont

from micm_desktop.gui.i18n import number
from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.models.image_model import Index
from micm_desktop.gui.words import words

if TYPE_CHECKING:
    from micm_desktop.labeling.past_runs import PastRun

NAME, MADE, IMAGES, TIME, RESULT = range(5)


class RunModel(QAbstractTableModel):
    """Columns: name, when, images, time, verdict. The last row is the shipped encoder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: Sequence[PastRun] = ()

    @property
    def runs(self) -> "Sequence[PastRun]":
        return self._runs

    def set_runs(self, runs: "Sequence[PastRun]") -> None:
        """Show ``runs``, the newest first."""
        self.beginResetModel()
        self._runs = runs
        self.endResetModel()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, RESULT)
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, RESULT))

    def encoder_id(self, row: int) -> int | None:
        """Of the encoder in ``row``; None for the shipped one."""
        return self._runs[row].encoder_id if row < len(self._runs) else None

    def active_row(self) -> int:
        """The row of the encoder in use."""
        return next((row for row, run in enumerate(self._runs) if run.active), len(self._runs))

    def verdict(self, row: int) -> str:
        """What came of the run in ``row``, in words; empty where nothing is known."""
        if row < len(self._runs):
            return reason_in_words(self._runs[row].reason)
        return self.tr("It works without pretraining, but does not know your product.")

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs) + 1

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else RESULT + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole and column in (NAME, RESULT):
            return self._text(row, column) or None
        if role == Qt.ItemDataRole.FontRole and row == self.active_row():
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _text(self, row: int, column: int) -> str:
        if column == NAME:
            name = self._runs[row].name if row < len(self._runs) else self.tr("Shipped with the program")
            return self.tr("{name} (in use)").format(name=name) if row == self.active_row() else name
        if column == RESULT:
            return self.verdict(row)
        if row == len(self._runs):
            return ""
        run = self._runs[row]
        if column == MADE:
            return words.moment(run.made)
        if column == IMAGES:
            return number(run.images) if run.images else ""
        return words.duration(run.seconds) if run.seconds else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Run"), self.tr("Made"), self.tr("Images"), self.tr("Time"), self.tr("What came of it"))[
                section
            ]
        return None
