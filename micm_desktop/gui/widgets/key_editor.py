"""Changes the keys of the menus' actions, and says what stands against one."""

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.actions import plain
from micm_desktop.gui.models.key_model import KeyModel
from micm_desktop.gui.shortcuts import Shortcuts, is_typed
from micm_desktop.gui.widgets.styled import styled_label


class KeyEditor(QWidget):
    """Choose an action, press its new keys, and set them."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self.model = KeyModel(shortcuts, self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.setAccessibleName(self.tr("Actions and their keys"))
        self._label = QLabel(self.tr("New key"))
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName(self.tr("Press the new key of the chosen action"))
        self._label.setBuddy(self.edit)
        self.set = QPushButton(self.tr("Set"))
        self.set.clicked.connect(self._on_set)
        self.reset = QPushButton(self.tr("Reset all keys"))
        self.reset.clicked.connect(self._on_reset)
        self.note = styled_label("muted", wrap=True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        row = QHBoxLayout()
        for widget in (self._label, self.edit, self.set, self.reset):
            row.addWidget(widget, 1 if widget is self.edit else 0)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self.table.selectionModel().currentChanged.connect(self._on_action)
        self.edit.keySequenceChanged.connect(self._tell)
        self.table.selectRow(0)

    @property
    def _name(self) -> str:
        return self.model.names[max(0, self.table.currentIndex().row())]

    @Slot(QModelIndex)
    def _on_action(self) -> None:
        self.edit.setKeySequence(self._shortcuts.actions[self._name].shortcut())
        self._tell()

    @Slot()
    def _tell(self) -> None:
        """Say what setting the key would mean."""
        sequence = self.edit.keySequence()
        same = sequence == self._shortcuts.actions[self._name].shortcut()
        typed, taken = is_typed(sequence), self._shortcuts.taken_by(self._name, sequence)
        fixed = not same and self._shortcuts.is_fixed(sequence)
        self.set.setEnabled(not same and not typed and not fixed)
        if typed:
            text = self.tr(
                "Keys without Ctrl or Alt tag images and move in lists. Hold Ctrl or Alt, or take F1 to F12."
            )
        elif same:
            text = self.tr("Choose an action, click into the field and press the new key.")
        elif fixed:
            text = self.tr("Something else in the window has this key for good.")
        elif taken is not None:
            text = self.tr("This key belongs to “{action}”, which will have none.").format(
                action=plain(self._shortcuts.actions[taken].text())
            )
        elif sequence.isEmpty():
            text = self.tr("The action will have no key.")
        else:
            text = self.tr("This key is free.")
        self.note.setText(text)

    @Slot()
    def _on_set(self) -> None:
        self._shortcuts.choose(self._name, QKeySequence(self.edit.keySequence()))
        self._tell()

    @Slot()
    def _on_reset(self) -> None:
        self._shortcuts.reset()
        self._on_action()
