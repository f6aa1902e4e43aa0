"""What is laid over the large view: which heatmap, of which head, and how strongly."""

from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QSpinBox, QWidget

from micm_desktop.gui.widgets.color_map_button import ColorMapButton
from micm_desktop.gui.widgets.short_combo import ShortCombo


class HeatMode(Enum):
    """What explains the image in view."""

    EVIDENCE = "evidence"
    EXAMPLES = "examples"
    ATTENTION = "attention"
    ROLLOUT = "rollout"
    HEAD = "head"


class HeatTools(QWidget):
    """A row of controls; it knows nothing of images."""

    toggled = Signal(bool)
    """Whether anything is to be shown."""
    mode_changed = Signal()
    """Another mode, another head, or other colours."""
    strength_changed = Signal(float)
    """In [0, 1]."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._examples = False
        self.shown = QCheckBox()
        self.shown.setChecked(True)
        self.shown.toggled.connect(self._on_toggled)
        self.modes = ShortCombo(5)
        for mode in HeatMode:
            self.modes.addItem("", mode)
        self.modes.currentIndexChanged.connect(self._on_mode)
        self.head = QSpinBox()
        self.head.setRange(1, 1)
        self.head.hide()
        self.head.valueChanged.connect(self.mode_changed)
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setValue(60)
        self.strength.setMinimumWidth(36)
        self.strength.setMaximumWidth(140)
        self.strength.valueChanged.connect(lambda value: self.strength_changed.emit(value / 100))
        self.colors = ColorMapButton()
        self.colors.changed.connect(self.mode_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.shown)
        row.addWidget(self.modes, 2)
        row.addWidget(self.head)
        row.addWidget(self.strength, 1)
        row.addWidget(self.colors)
        self.retranslate()

    @property
    def mode(self) -> HeatMode:
        mode: HeatMode = self.modes.currentData()
        return mode

    def choose(self, mode: HeatMode) -> None:
        self.modes.setCurrentIndex(list(HeatMode).index(mode))

    def set_heads(self, count: int) -> None:
        """How many heads there are to choose from."""
        self.head.setMaximum(max(1, count))

    def set_examples(self, shown: bool) -> None:
        """Whether examples are in view, which have no strength."""
        self._examples = shown
        self._enable()

    def _on_toggled(self, shown: bool) -> None:
        self._enable()
        self.toggled.emit(shown)

    def _on_mode(self) -> None:
        self.head.setVisible(self.mode is HeatMode.HEAD)
        self.mode_changed.emit()

    def _enable(self) -> None:
        shown = self.shown.isChecked()
        self.modes.setEnabled(shown)
        self.head.setEnabled(shown)
        self.strength.setEnabled(shown and not self._examples)
        self.colors.setEnabled(shown and not self._examples)

    def retranslate(self) -> None:
        self.shown.setText(self.tr("Heatmap (H)"))
        names = {
            HeatMode.EVIDENCE: (self.tr("Class evidence"), self.tr("Which places speak for the predicted class")),
            HeatMode.EXAMPLES: (self.tr("Examples"), self.tr("The tagged images that decided, and what matches there")),
            HeatMode.ATTENTION: (self.tr("Attention"), self.tr("Where the network looks, whatever the class")),
            HeatMode.ROLLOUT: (
                self.tr("Attention rollout"),
                self.tr("Where the network looks, followed through all blocks of its decoder"),
            ),
            HeatMode.HEAD: (self.tr("One attention head"), self.tr("Where one head of the network looks")),
        }
        for place, mode in enumerate(HeatMode):
            text, tip = names[mode]
            self.modes.setItemText(place, text)
            self.modes.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.modes.setAccessibleName(self.tr("What the heatmap shows"))
        self.modes.setToolTip(self.tr("What the heatmap shows"))
        self.head.setAccessibleName(self.tr("Number of the attention head"))
        self.head.setToolTip(self.tr("Number of the attention head"))
        self.strength.setAccessibleName(self.tr("Strength of the heatmap"))
        self.strength.setToolTip(self.tr("Strength of the heatmap"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
