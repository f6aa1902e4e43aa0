"""How many images changed class, as a button that lists them, and above the list that it is those alone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from micm_desktop.gui.widgets.styled import styled_label


class ChangesNote(QWidget):
    """One short sentence; a button where it counts images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count: int | None = None
        self._words = styled_label("muted", wrap=True)
        self.button = QPushButton()
        self.button.setProperty("role", "link")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self._words, 1)

    def text(self) -> str:
        """What is said."""
        return self._words.text() if self.button.isHidden() else self.button.text()

    def say(self, words: str) -> None:
        """Say something that counts nothing."""
        self._count = None
        self._show(words)

    def clear(self) -> None:
        self.say("")

    def show_count(self, count: int) -> None:
        """``count`` images changed class."""
        self._count = count
        self.retranslate()

    def _show(self, words: str, button: str = "") -> None:
        self._words.setText(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))

    def retranslate(self) -> None:
        self.button.setToolTip(self.tr("Show exactly these images, with the class before and now (Ctrl+D)"))
        if self._count:
            self._show("", self.tr("%n image(s) changed class", "", self._count))
        elif self._count == 0:
            self._show(self.tr("No prediction changed"))


class ChangedBar(QFrame):
    """Says that the list is narrowed, and ends that."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("banner", "info")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_count(self, count: int | None) -> None:
        """The list is of ``count`` images that changed class; None: of others, too."""
        self.button.setText(self.tr("All images"))
        self.button.setToolTip(self.tr("Show what was listed before (Esc)"))
        if count is not None:
            self.words.setText(self.tr("%n image(s) that changed class", "", count))
        self.setVisible(count is not None)
        self.button.setVisible(count is not None)
