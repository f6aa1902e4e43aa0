"""Sliders for brightness and contrast on the screen."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from micm_desktop.gui.light import LIMIT
from micm_desktop.gui.widgets.fitting_label import WholeText


class LightTools(QWidget):
    """Two sliders, a button that sets them back, and the sentence that nothing else is touched."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = QLabel(), QLabel()
        self.brightness, self.contrast = QSlider(Qt.Orientation.Horizontal), QSlider(Qt.Orientation.Horizontal)
        self.reset = QPushButton()
        self.reset.clicked.connect(self.set_back)
        self.note = WholeText("muted")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for name, slider in zip(self._names, (self.brightness, self.contrast), strict=True):
            slider.setRange(-LIMIT, LIMIT)
            slider.setPageStep(LIMIT // 5)
            slider.setMinimumWidth(50)
            slider.valueChanged.connect(self._on_changed)
            name.setBuddy(slider)
            row.addWidget(name)
            row.addWidget(slider, 1)
        row.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self.retranslate()
        self._on_changed()

    @property
    def values(self) -> tuple[int, int]:
        """Brightness and contrast."""
        return self.brightness.value(), self.contrast.value()

    def set_back(self) -> None:
        self.brightness.setValue(0)
        self.contrast.setValue(0)

    def _on_changed(self) -> None:
        self.reset.setEnabled(self.values != (0, 0))
        self.changed.emit()

    def retranslate(self) -> None:
        for name, slider, text in zip(
            self._names, (self.brightness, self.contrast), (self.tr("Brightness"), self.tr("Contrast")), strict=True
        ):
            name.setText(text)
            slider.setAccessibleName(text)
        self.reset.setText(self.tr("Reset"))
        self.note.setText(self.tr("On the screen only: the network sees the image as it is."))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
