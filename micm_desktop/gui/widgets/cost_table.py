"""What each kind of mistake costs: one line per class, and for asking a person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.models.cost_model import CHEAPEST, COST, DEAREST, NAME, CostModel
from micm_desktop.gui.theme import colors
from micm_desktop.project.records import ClassRecord

if TYPE_CHECKING:
    from micm_desktop.labeling.deciding import DecisionSettings

ROWS = 10
"""Lines that are shown at once; the others scroll."""


class _CostDelegate(QStyledItemDelegate):
    """A field that is edited in a box for numbers."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(QColor(colors().border))
        painter.drawRect(option.rect.adjusted(2, 2, -3, -3))
        painter.restore()

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        box = cost_box(parent)
        box.setFrame(False)
        box.setAccessibleName(str(index.data(Qt.ItemDataRole.ToolTipRole)))
        return box


class CostTable(QWidget):
    """Emits what was entered; shows what it is given."""

    cost_changed = Signal(int, float)
    """A class id and its cost."""
    ask_cost_changed = Signal(float)
    good_changed = Signal(int, bool)
    """A class id, and whether it means good parts."""
    refused = Signal()
    """A cost of nothing was entered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CostModel(self)
        self.model.cost_entered.connect(self.cost_changed)
        self.model.good_entered.connect(self.good_changed)
        self.model.refused.connect(self.refused)
        self.table = QTableView()
        self.table.setModel(self.model)
        self._delegate = _CostDelegate(self.table)
        self.table.setItemDelegateForColumn(COST, self._delegate)
        self.table.setEditTriggers(QTableView.EditTrigger.AllEditTriggers)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 12)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self._ask_label = QLabel()
        self.ask = cost_box(self)
        self.ask.valueChanged.connect(self._on_ask)
        self._ask_cost = 0.0
        row = QHBoxLayout()
        row.addWidget(self._ask_label, 1)
        row.addWidget(self.ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        layout.addLayout(row)
        self.model.modelReset.connect(self._fit)
        self._fit()
        self.retranslate()

    def show_costs(self, classes: Sequence[ClassRecord], settings: "DecisionSettings") -> None:
        """Fill the table; what is being typed keeps the focus while the classes stay the same."""
        self.model.show_costs(classes, settings)
        self._ask_cost = settings.ask_cost
        with QSignalBlocker(self.ask):
            self.ask.setValue(settings.ask_cost)

    def settle(self) -> None:
        """Let a number count that is still being typed."""
        for box in self.table.viewport().findChildren(QDoubleSpinBox):
            box.interpretText()
            self._delegate.commitData.emit(box)

    @Slot(float)
    def _on_ask(self, cost: float) -> None:
        if cost >= CHEAPEST:
            self.ask_cost_changed.emit(cost)
            return
        with QSignalBlocker(self.ask):
            self.ask.setValue(self._ask_cost)
        self.refused.emit()

    @Slot()
    def _fit(self) -> None:
        """As high as its lines, up to ``ROWS`` of them."""
        shown = min(self.model.rowCount(), ROWS)
        lines = shown * self.table.verticalHeader().defaultSectionSize()
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + lines + 2 * self.table.frameWidth())

    def retranslate(self) -> None:
        self._ask_label.setText(self.tr("Asking a person, per part"))
        self.ask.setAccessibleName(self._ask_label.text())
        self.table.setAccessibleName(self.tr("What a mistake costs, by class"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COST)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def cost_box(parent: QWidget, least: float = 0.0) -> QDoubleSpinBox:
    """A box for what a mistake costs, in false alarms."""
    box = QDoubleSpinBox(parent)
    # Nothing can be typed that is not said to be wrong: below CHEAPEST it is refused.
    box.setRange(least, DEAREST)
    box.setDecimals(2)
    box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    box.setKeyboardTracking(False)
    return box
