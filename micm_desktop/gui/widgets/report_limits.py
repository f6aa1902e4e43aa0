"""Asks for the limits behind a report's verdict, and for what the inspection is meant."""

from dataclasses import fields
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.report.limits import Criteria, Limits, ReportSettings

MOST_PARTS = 1_000_000
Field = QDoubleSpinBox | QSpinBox | QCheckBox


class LimitsDialog(QDialog):
    """``chosen`` has the new :class:`~micm_desktop.report.limits.ReportSettings`."""

    chosen = Signal(object)

    def __init__(self, settings: "ReportSettings", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Limits of the report"))
        self.purpose = QPlainTextEdit(settings.purpose)
        self.purpose.setPlaceholderText(self.tr("e.g. Final inspection of housing A-12, line 3"))
        self.purpose.setAccessibleName(self.tr("What the inspection is for"))
        self.purpose.setTabChangesFocus(True)
        self.purpose.setFixedHeight(64)
        self.ready: dict[str, Field] = {}
        self.checked: dict[str, Field] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        for column, text in ((1, self.tr("Ready")), (2, self.tr("Ready with human check"))):
            grid.addWidget(styled_label_with("muted", text), 0, column)
        for row, (name, text) in enumerate(self._names().items(), start=1):
            label = QLabel(text)
            label.setWordWrap(True)
            grid.addWidget(label, row, 0)
            for column, boxes in ((1, self.ready), (2, self.checked)):
                boxes[name] = _field(getattr(settings.criteria.ready, name))
                boxes[name].setAccessibleName(text)
                grid.addWidget(boxes[name], row, column)
        grid.setColumnStretch(0, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.usual = buttons.addButton(self.tr("Usual limits"), QDialogButtonBox.ButtonRole.ResetRole)
        self.usual.clicked.connect(self._on_usual)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        note = styled_label("muted", wrap=True)
        note.setText(
            self.tr(
                "The report prints every limit beside the figure that it is held against, and says where a limit is "
                "not the usual one."
            )
        )
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(self.tr("What the inspection is for")))
        layout.addWidget(self.purpose)
        layout.addLayout(grid)
        layout.addWidget(note)
        layout.addWidget(buttons)
        self.setMinimumWidth(620)
        self.show_criteria(settings.criteria)

    def _names(self) -> dict[str, str]:
        return {
            "missed": self.tr("Missed defects: upper end of the exact 95 % interval, at most"),
            "false_alarms": self.tr("Good parts called a defect, at most"),
            "asked": self.tr("Parts that a person is asked about, at most"),
            "defects": self.tr("Tested defects, at least"),
            "good": self.tr("Tested good parts, at least"),
            "each_class": self.tr("Tested parts of each class of defects, at least"),
            "locked": self.tr("Tested on a locked test set"),
        }

    def show_criteria(self, criteria: "Criteria") -> None:
        """Put these limits into the boxes."""
        for boxes, limits in ((self.ready, criteria.ready), (self.checked, criteria.checked)):
            for name, box in boxes.items():
                value = getattr(limits, name)
                if isinstance(box, QCheckBox):
                    box.setChecked(value)
                else:
                    box.setValue(value * 100 if isinstance(box, QDoubleSpinBox) else value)

    def criteria(self) -> "Criteria":
        """What the boxes say."""
        from micm_desktop.report.limits import Criteria

        return Criteria(_limits(self.ready), _limits(self.checked))

    @Slot()
    def _on_usual(self) -> None:
        from micm_desktop.report.limits import Criteria

        self.show_criteria(Criteria())

    def accept(self) -> None:
        from micm_desktop.report.limits import ReportSettings

        self.chosen.emit(ReportSettings(self.criteria(), self.purpose.toPlainText().strip()))
        super().accept()


def styled_label_with(role: str, text: str) -> QLabel:
    """A label in a role of the theme."""
    label = styled_label(role)
    label.setText(text)
    return label


def _field(value: float | int | bool) -> Field:
    if isinstance(value, bool):
        return QCheckBox()
    if isinstance(value, int):
        count = QSpinBox()
        count.setRange(0, MOST_PARTS)
        return count
    share = QDoubleSpinBox()
    share.setRange(0, 100)
    share.setDecimals(2)
    share.setSuffix(" %")
    return share


def _limits(boxes: dict[str, Field]) -> "Limits":
    from micm_desktop.report.limits import Limits

    values: dict[str, float | int | bool] = {}
    for one in fields(Limits):
        box = boxes[one.name]
        if isinstance(box, QCheckBox):
            values[one.name] = box.isChecked()
        else:
            values[one.name] = round(box.value() / 100, 6) if isinstance(box, QDoubleSpinBox) else box.value()
    return Limits(**values)  # type: ignore[arg-type]
