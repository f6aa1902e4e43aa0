"""The menus' actions and their keys as a table."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QKeySequence

from micm_desktop.gui.actions import plain
from micm_desktop.gui.shortcuts import Shortcuts

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class KeyModel(QAbstractTableModel):
    """One action a row: its name, and its key."""

    def __init__(self, shortcuts: Shortcuts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self.names = tuple(shortcuts.actions)
        shortcuts.changed.connect(self._on_changed)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        action = self._shortcuts.actions[self.names[index.row()]]
        if index.column() == 0:
            return plain(action.text())
        return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("Action"), self.tr("Key"))[section]

    @Slot()
    def _on_changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.names) - 1, 1))
