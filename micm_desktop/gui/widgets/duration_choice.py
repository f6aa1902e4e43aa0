"""How long to pretrain: one of three presets, or minutes of one's own."""

from typing import Literal

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from micm_desktop.gui.widgets.styled import styled_label

Preset = Literal["quick", "standard", "thorough"]
MINUTES: dict[Preset, int] = {"quick": 5, "standard": 30, "thorough": 120}


class DurationChoice(QWidget):
    """Choosing a preset sets its minutes; the minutes can then be changed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = styled_label("heading")
        self.buttons: dict[Preset, QRadioButton] = {name: QRadioButton() for name in MINUTES}
        self._hints: dict[Preset, QLabel] = {name: styled_label("muted", wrap=True) for name in MINUTES}
        group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._heading)
        for name, button in self.buttons.items():
            group.addButton(button)
            button.toggled.connect(self._on_preset)
            self._hints[name].setIndent(24)
            layout.addWidget(button)
            layout.addWidget(self._hints[name])
        self._label = QLabel()
        self.spin = QSpinBox()
        self.spin.setRange(1, 24 * 60)
        self.spin.valueChanged.connect(self.changed)
        self._label.setBuddy(self.spin)
        row = QHBoxLayout()
        row.addWidget(self._label)
        row.addWidget(self.spin)
        row.addStretch(1)
        layout.addSpacing(6)
        layout.addLayout(row)
        self.buttons["quick"].setChecked(True)
        self.retranslate()

    @property
    def preset(self) -> Preset:
        return next(name for name, button in self.buttons.items() if button.isChecked())

    @property
    def minutes(self) -> float:
        return float(self.spin.value())

    @Slot(bool)
    def _on_preset(self, checked: bool) -> None:
        if checked:
            self.spin.setValue(MINUTES[self.preset])
            self.changed.emit()

    def retranslate(self) -> None:
        self._heading.setText(self.tr("How long?"))
        texts: dict[Preset, tuple[str, str]] = {
            "quick": (self.tr("Quick"), self.tr("5 minutes: a first impression")),
            "standard": (self.tr("Standard"), self.tr("30 minutes: good for most products")),
            "thorough": (self.tr("Thorough"), self.tr("2 hours: for subtle defects and large sets")),
        }
        for name, (title, hint) in texts.items():
            self.buttons[name].setText(title)
            self._hints[name].setText(hint)
        self._label.setText(self.tr("Minutes"))
        self.spin.setSuffix(self.tr(" min"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
