"""A message that stands where it belongs, with the next step as a button."""

from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.messages import in_words

Kind = Literal["info", "warning", "error"]
_SIGNS = {"info": "i", "warning": "!", "error": "×"}


class Banner(QFrame):
    """One message at a time; hidden while there is none."""

    action = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._sign.setFixedWidth(18)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton()
        self._button.clicked.connect(self.action)
        # Not by the mouse: once hidden it would leave the keys to the next field.
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        self._failure: Failure | None = None
        self._button_text = ""
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    @property
    def button(self) -> QPushButton:
        return self._button

    def show_message(self, kind: Kind, text: str, button: str = "") -> None:
        """Show ``text``; ``button`` is the next step's name, left out where empty."""
        self._failure = None
        self._show(kind, text, button)

    def show_failure(self, failure: Failure, button: str = "") -> None:
        """Show why something failed, in the user's language."""
        self._failure = failure
        self._show("error", in_words(failure), button)

    def _show(self, kind: Kind, text: str, button: str) -> None:
        if self.property("banner") != kind:
            self.setProperty("banner", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self._sign.setText(f"<b>{_SIGNS[kind]}</b>")
        self._text.setText(text)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._failure is not None:
            self._text.setText(in_words(self._failure))
        super().changeEvent(event)
