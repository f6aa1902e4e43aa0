"""An image beside the tagged images that it resembles, with the places that match."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from micm_desktop.gui.i18n import percent
from micm_desktop.gui.widgets.marked_picture import MarkedPicture
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.explain.examples import Example


class ExamplesView(QWidget):
    """Shows one example at a time; the buttons, or the keys that press them, go through all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._examples: tuple[tuple[Example, QImage], ...] = ()
        self._at = 0
        self.here, self.there = MarkedPicture(), MarkedPicture()
        self._here_caption, self.caption = styled_label("muted", wrap=True), QLabel()
        self.caption.setWordWrap(True)
        for label in (self._here_caption, self.caption):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self.before, self.after = QPushButton("◀"), QPushButton("▶")
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        self._count = QLabel()
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none = styled_label("empty", wrap=True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pictures = QGridLayout()
        pictures.setSpacing(6)
        pictures.addWidget(self._here_caption, 0, 0)
        pictures.addWidget(self.caption, 0, 1)
        pictures.addWidget(self.here, 1, 0)
        pictures.addWidget(self.there, 1, 1)
        pictures.setRowStretch(1, 1)
        pictures.setColumnStretch(0, 1)
        pictures.setColumnStretch(1, 1)
        turn = QHBoxLayout()
        turn.addStretch(1)
        turn.addWidget(self.before)
        turn.addWidget(self._count)
        turn.addWidget(self.after)
        turn.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(pictures, 1)
        layout.addWidget(self._none)
        layout.addLayout(turn)
        self._refresh()
        self.retranslate()

    @property
    def shown(self) -> "Example | None":
        """The example in view."""
        return self._examples[self._at][0] if self._examples else None

    def show_examples(self, picture: QImage, examples: Sequence[tuple["Example", QImage]]) -> None:
        """``picture`` is the image in question; each example comes with its picture."""
        same = [example.sha256 for example, _ in self._examples] == [example.sha256 for example, _ in examples]
        self._picture, self._examples = picture, tuple(examples)
        if not same:
            self._at = 0
        self._refresh()

    def clear(self) -> None:
        self._picture, self._examples, self._at = QImage(), (), 0
        self.here.clear()
        self._refresh()

    def _go(self, by: int) -> None:
        self._at = (self._at + by) % max(len(self._examples), 1)
        self._refresh()

    def _refresh(self) -> None:
        several = len(self._examples) > 1
        for widget in (self.before, self.after, self._count):
            widget.setVisible(several)
        self._none.setVisible(not self._examples and not self._picture.isNull())
        if not self._examples:
            self.here.show_picture(self._picture, ())
            self.there.clear()
            self.caption.clear()
            return
        example, picture = self._examples[self._at]
        self.here.show_picture(self._picture, [pair.here for pair in example.pairs])
        self.there.show_picture(picture, [pair.there for pair in example.pairs])
        self._count.setText(f"{self._at + 1} / {len(self._examples)}")
        self.caption.setText(
            self.tr("tagged {name}, similarity {share}").format(
                name=example.class_name, share=percent(max(0.0, example.similarity))
            )
        )
        matches = ", ".join(f"{number}: {percent(pair.similarity)}" for number, pair in enumerate(example.pairs, 1))
        self.there.setToolTip(self.tr("How alike the marked places are: {matches}").format(matches=matches))
        self.there.setAccessibleDescription(self.there.toolTip())

    def retranslate(self) -> None:
        self._here_caption.setText(self.tr("this image"))
        self._none.setText(self.tr("No other tagged image can be shown."))
        self.here.setAccessibleName(self.tr("The selected image with numbered places"))
        self.there.setAccessibleName(self.tr("A tagged image with the places that match"))
        self.before.setAccessibleName(self.tr("Previous example"))
        self.before.setToolTip(self.tr("Previous example"))
        self.after.setAccessibleName(self.tr("Next example"))
        self.after.setToolTip(self.tr("Next example"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
