"""What was found, one card each: the sentence with its figure, and a button that shows the images behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

Mood = Literal["good", "info", "warning"]
_SIGNS = {"good": "✓", "info": "i", "warning": "!"}


@dataclass(frozen=True)
class Said:
    """A sentence; ``button`` is empty where there are no images to show."""

    text: str
    mood: Mood
    button: str = ""


class FindingCards(QWidget):
    """A column of cards."""

    wanted = Signal(int)
    """The place of the card whose images are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 8, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self.buttons: dict[int, QPushButton] = {}
        self._cards: list[QFrame] = []

    def show_all(self, said: Sequence[Said]) -> None:
        """Show these in place of those before."""
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.buttons = {}
        self._cards = [self._card(place, one) for place, one in enumerate(said)]
        for place, card in enumerate(self._cards):
            self._column.insertWidget(place, card)

    @property
    def texts(self) -> list[str]:
        return [label.text() for card in self._cards for label in card.findChildren(QLabel) if label.wordWrap()]

    def _card(self, place: int, one: Said) -> QFrame:
        card = QFrame()
        card.setProperty("role", "panel")
        row = QHBoxLayout(card)
        row.setContentsMargins(10, 8, 10, 8)
        sign = QLabel(f"<b>{_SIGNS[one.mood]}</b>")
        sign.setFixedWidth(14)
        text = QLabel(one.text)
        # What comes from names of folders and classes is no markup.
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(sign)
        row.addWidget(text, 1)
        if one.button:
            button = QPushButton(one.button)
            button.setAccessibleDescription(one.text)
            button.clicked.connect(lambda: self.wanted.emit(place))
            row.addWidget(button)
            self.buttons[place] = button
        return card
