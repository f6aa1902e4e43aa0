"""On the Export page: which kind of model file to write."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from micm_desktop.export.target import Target
from micm_desktop.gui.i18n import number
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.export.int8_trial import Int8Trial


class FormatBox(QFrame):
    """Two choices, and what they mean."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._title = styled_label("heading")
        self._format_label = QLabel()
        self.format = QComboBox()
        self.format.addItems(["", ""])
        self._format_label.setBuddy(self.format)
        self.int8 = QCheckBox()
        self._hint = styled_label("muted", wrap=True)
        self.format.currentIndexChanged.connect(self.changed)
        self.int8.toggled.connect(self.changed)
        row = QHBoxLayout()
        row.addWidget(self._format_label)
        row.addWidget(self.format)
        row.addSpacing(24)
        row.addWidget(self.int8)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.addWidget(self._title)
        layout.addLayout(row)
        layout.addWidget(self._hint)
        self.retranslate()

    @property
    def target(self) -> Target:
        return Target(openvino=self.format.currentIndex() == 1, int8=self.int8.isChecked())

    def cost(self, trial: "Int8Trial") -> str:
        """What whole numbers cost, in words."""
        said = self.tr(
            "Whole numbers: {right} of {tags} tagged images are right when judged without their tag ({before} without"
            " this choice). The same verdict on {same} of {compared} images; of {defects} defects and unknown ones,"
            " {missed} would now pass as good."
        ).format(
            right=number(trial.right),
            tags=number(trial.tags),
            before=number(trial.right_in_float),
            same=number(trial.same),
            compared=number(trial.compared),
            defects=number(trial.defects),
            missed=number(trial.missed),
        )
        return " ".join([said, self.tr("So few tags say little.")]) if trial.few else said

    def retranslate(self) -> None:
        self._title.setText(self.tr("Kind of file"))
        self._format_label.setText(self.tr("For"))
        self.format.setAccessibleName(self.tr("Kind of file"))
        self.format.setItemText(0, self.tr("any PC: one file (ONNX)"))
        self.format.setItemText(1, self.tr("Intel PCs: two files (OpenVINO)"))
        self.int8.setText(self.tr("Compute in whole numbers (int8)"))
        self._hint.setText(
            self.tr(
                "Whole numbers make the file smaller, and on many PCs somewhat faster. Before it is written, your tags"
                " tell what that costs: it is refused where more than one tagged image in a hundred is lost, or more"
                " than one in a hundred defects and unknown ones would pass as good."
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
