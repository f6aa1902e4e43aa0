"""One short hint above the page, with the next step as a button, until it is dismissed."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget


class HintBar(QFrame):
    """Shows what it is given; hidden while there is nothing to say."""

    next_wanted = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", "hint")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.next = QPushButton()
        self.next.clicked.connect(self.next_wanted)
        self.dismiss = QPushButton()
        self.dismiss.clicked.connect(self.dismissed)
        for button in (self.next, self.dismiss):
            # Not by the mouse: once hidden it would leave the keys, and with them tags, to the next field.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 20, 6)
        row.addWidget(self.text, 1)
        row.addWidget(self.next)
        row.addWidget(self.dismiss)
        self.retranslate()
        self.hide()

    def show_hint(self, text: str, following: str) -> None:
        """``following`` names the next step; empty where the page itself has it."""
        self.text.setText(text)
        self.next.setText(following)
        self.next.setVisible(bool(following))
        self.show()

    def clear(self) -> None:
        """Say nothing, in no language."""
        self.hide()
        self.text.clear()
        self.next.setText("")

    def retranslate(self) -> None:
        self.dismiss.setText(self.tr("Got it"))
        self.dismiss.setToolTip(self.tr("Hides this hint for good; the Help menu brings all of them back"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
