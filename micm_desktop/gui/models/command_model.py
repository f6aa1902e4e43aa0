"""The actions of the menus as a list that can be searched."""

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeySequence

from micm_desktop.gui.actions import Command

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

COMMAND_ROLE = Qt.ItemDataRole.UserRole


def folded(text: str) -> str:
    """How texts are compared: full-width letters as plain ones, capitals as small ones."""
    return unicodedata.normalize("NFKC", text).casefold()


class CommandModel(QAbstractListModel):
    """One command a row; :data:`COMMAND_ROLE` gives the :class:`Command`."""

    def __init__(self, commands: Sequence[Command], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands = tuple(commands)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._commands)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        command = self._commands[index.row()]
        keys = command.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return command.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(text for text in (command.text, keys, command.reason) if text)
            case Qt.ItemDataRole.ToolTipRole:
                return command.reason
            case _:
                return command if role == COMMAND_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        # Those that are off can be chosen, too: what is chosen says why it is off.
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled


class CommandFilter(QSortFilterProxyModel):
    """Those commands whose name, in either language, has every word that was typed.

    Names that begin with what was typed come first.
    """

    def __init__(self, model: CommandModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._typed = ""
        self.setSourceModel(model)
        self.sort(0)

    def search(self, text: str) -> None:
        self._typed = folded(text).strip()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        command: Command = self.sourceModel().index(row, 0, parent).data(COMMAND_ROLE)
        where = folded(" ".join((*command.path, command.text, *command.english, *command.japanese)))
        return all(word in where for word in self._typed.split())

    def lessThan(self, left: Index, right: Index) -> bool:
        return (self._rank(left), left.row()) < (self._rank(right), right.row())

    def _rank(self, index: Index) -> bool:
        command: Command = index.data(COMMAND_ROLE)
        names = (command.text.rpartition(" › ")[2], command.english[-1], command.japanese[-1])
        return not any(folded(name).startswith(self._typed) for name in names)
