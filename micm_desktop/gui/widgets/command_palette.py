"""Finds an action by typing, and runs it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.actions import Command
from micm_desktop.gui.models.command_model import COMMAND_ROLE, CommandFilter, CommandModel
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.styled import styled_label

WIDTH, HEIGHT = 620, 420
_TO_THE_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class _Delegate(QStyledItemDelegate):
    """The name on the left, the keys on the right; grey where the action is off."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        command: Command = index.data(COMMAND_ROLE)
        used, area = colors(), QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(area, used.accent_soft)
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), used.accent)
        area.adjust(12, 0, -12, 0)
        keys = command.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        right = keys if command.action.isEnabled() else command.reason
        painter.setPen(used.muted)
        metrics = painter.fontMetrics()
        # The name comes first; the whole reason stands below the list.
        room = area.width() - metrics.horizontalAdvance(command.text) - 24
        right = metrics.elidedText(right, Qt.TextElideMode.ElideRight, max(room, area.width() // 4))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        painter.setPen(used.text if command.action.isEnabled() else used.muted)
        area.setRight(area.right() - metrics.horizontalAdvance(right) - 12)
        name = metrics.elidedText(command.text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH // 2, option.fontMetrics.height() + 14)


class CommandPalette(QDialog):
    """Type, choose with the arrow keys, run with Enter. The action runs once the palette is gone."""

    def __init__(self, commands: Sequence[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Find an action"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Type a part of what you want to do"))
        self.line.setAccessibleName(self.line.placeholderText())
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self.found = CommandFilter(CommandModel(commands, self), self)
        self.list = QListView()
        self.list.setModel(self.found)
        self.list.setItemDelegate(_Delegate(self))
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._run)
        self.note: QLabel = styled_label("muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.note)
        self.line.textChanged.connect(self._search)
        self.list.selectionModel().currentChanged.connect(self._tell)
        self.resize(min(WIDTH, parent.width() - 40), min(HEIGHT, parent.height() - 80))
        self._search("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _TO_THE_LIST:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _search(self, text: str) -> None:
        self.found.search(text)
        self.list.setCurrentIndex(self.found.index(0, 0))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        command: Command | None = self.list.currentIndex().data(COMMAND_ROLE)
        if command is None:
            self.note.setText(self.tr("No action has such a name."))
        elif not command.action.isEnabled():
            self.note.setText(command.reason or self.tr("Not possible at the moment."))
        else:
            self.note.setText(self.tr("Enter runs it, Esc closes."))

    @Slot(QModelIndex)
    def _run(self, index: QModelIndex) -> None:
        command: Command | None = index.data(COMMAND_ROLE)
        if command is None or not command.action.isEnabled():
            self._tell()
            return
        self.accept()
        QTimer.singleShot(0, command.action, command.action.trigger)
