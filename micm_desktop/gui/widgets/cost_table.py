"""What each kind of mistake costs: one line per class, and for asking a person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QWidget

from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.project.records import ClassRecord

if TYPE_CHECKING:
    from micm_desktop.labeling.deciding import DecisionSettings

NAME_WIDTH = 220
"""Pixels beyond which the name of a class is shortened."""
CHEAPEST, DEAREST = 0.01, 100_000.0


class CostTable(QWidget):
    """Emits what was entered; shows what it is given."""

    cost_changed = Signal(int, float)
    """A class id and its cost."""
    ask_cost_changed = Signal(float)
    good_changed = Signal(int, bool)
    """A class id, and whether it means good parts."""
    rebuilt = Signal()
    """The :meth:`fields` are new ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._classes: Sequence[ClassRecord] = ()
        self._settings: DecisionSettings | None = None
        self.costs: dict[int, QDoubleSpinBox] = {}
        self.good: dict[int, QCheckBox] = {}
        self.ask = cost_box()

    def show_costs(self, classes: Sequence[ClassRecord], settings: "DecisionSettings") -> None:
        """Fill the table; boxes that are being typed into keep the focus while the classes stay the same."""
        same = list(classes) == list(self._classes)
        self._classes, self._settings = tuple(classes), settings
        if not same:
            # What had the focus is made anew, and would leave the keyboard nowhere.
            focused = next((at for at, widget in enumerate(self.fields()) if widget.hasFocus()), None)
            self._rebuild()
            if focused is not None and focused < len(self.fields()):
                self.fields()[focused].setFocus()
            self.rebuilt.emit()
        for record in classes:
            _show(self.costs[record.id], settings.cost(record))
            was = self.good[record.id].blockSignals(True)
            self.good[record.id].setChecked(record.is_good)
            self.good[record.id].blockSignals(was)
        _show(self.ask, settings.ask_cost)

    def fields(self) -> Sequence[QWidget]:
        """What can be entered, in the order of the table."""
        return [*(widget for key in self.costs for widget in (self.good[key], self.costs[key])), self.ask]

    def _rebuild(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.costs, self.good = {}, {}
        for column, text in enumerate((self.tr("Class"), self.tr("Good parts"), self.tr("A mistake costs"))):
            head = styled_label("muted")
            head.setText(text)
            self._grid.addWidget(head, 0, column)
        for line, record in enumerate(self._classes, start=1):
            name = QLabel()
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.setText(name.fontMetrics().elidedText(record.name, Qt.TextElideMode.ElideMiddle, NAME_WIDTH))
            name.setToolTip(record.name)
            good = QCheckBox()
            good.setChecked(record.is_good)
            good.setAccessibleName(self.tr("{name} means good parts").format(name=record.name))
            good.toggled.connect(lambda is_good, class_id=record.id: self.good_changed.emit(class_id, is_good))
            cost = cost_box()
            what = (
                self.tr("Cost of a false alarm: {name} called a defect")
                if record.is_good
                else self.tr("Cost of a missed defect: {name} passed as good")
            )
            cost.setAccessibleName(what.format(name=record.name))
            cost.setToolTip(cost.accessibleName())
            cost.valueChanged.connect(lambda value, class_id=record.id: self.cost_changed.emit(class_id, value))
            self.costs[record.id], self.good[record.id] = cost, good
            for column, widget in enumerate((name, good, cost)):
                self._grid.addWidget(widget, line, column)
        ask = QLabel(self.tr("Asking a person, per part"))
        self.ask = cost_box()
        self.ask.setAccessibleName(ask.text())
        self.ask.valueChanged.connect(self.ask_cost_changed)
        self._grid.addWidget(ask, len(self._classes) + 1, 0, 1, 2)
        self._grid.addWidget(self.ask, len(self._classes) + 1, 2)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._settings is not None:
            classes, self._classes = self._classes, ()
            self.show_costs(classes, self._settings)
        super().changeEvent(event)


def cost_box() -> QDoubleSpinBox:
    """A box for what a mistake costs, in false alarms."""
    box = QDoubleSpinBox()
    box.setRange(CHEAPEST, DEAREST)
    box.setDecimals(2)
    box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    box.setKeyboardTracking(False)
    return box


def _show(box: QDoubleSpinBox, value: float) -> None:
    was = box.blockSignals(True)
    box.setValue(value)
    box.blockSignals(was)
