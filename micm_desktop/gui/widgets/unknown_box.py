"""How readily an image is called unlike anything that was tagged."""

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget


class UnknownBox(QWidget):
    """Emits the share of images of tagged classes that may be called unknown."""

    share_chosen = Signal(float)
    """In (0, 1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setWordWrap(True)
        self.share = QDoubleSpinBox()
        self.share.setRange(0.1, 50)
        self.share.setDecimals(1)
        self.share.setSuffix("%")
        self.share.setKeyboardTracking(False)
        self.share.valueChanged.connect(lambda percent: self.share_chosen.emit(percent / 100))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._label, 1)
        row.addWidget(self.share)
        self.retranslate()

    def show_share(self, share: float) -> None:
        if not self.share.hasFocus():
            with QSignalBlocker(self.share):
                self.share.setValue(100 * share)

    def retranslate(self) -> None:
        self._label.setText(self.tr("Of the parts of tagged classes, so many may be called unknown"))
        tip = self.tr("Less: fewer false “unknown”. More: new kinds of defects are noticed sooner.")
        self._label.setToolTip(tip)
        self.share.setToolTip(tip)
        self.share.setAccessibleName(self._label.text())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
