"""Instead of an empty list: why it is empty, and a button for what to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from micm_desktop.gui.widgets.styled import styled_label


class EmptyList(QWidget):
    """A sentence in the middle and, where there is something to do, a button below."""

    action = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = styled_label("empty", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton()
        self.button.clicked.connect(self.action)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def say(self, words: str, button: str = "") -> None:
        self.words.setText(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
