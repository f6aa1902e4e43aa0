"""Two methods, or two encoders, on the same images: which is right more often, and may that be chance."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from micm_desktop.evaluation.notes import sentence
from micm_desktop.gui.evaluating import Compared
from micm_desktop.gui.evaluation_words import evaluation_words
from micm_desktop.gui.i18n import language, number
from micm_desktop.gui.widgets.styled import styled_label

Encoders = Sequence[tuple[int | None, str]]
PARTS = ("both", "only_first", "only_second", "neither")


class ComparisonBox(QWidget):
    """Asks for a comparison and says what came of it; its four numbers show their images."""

    methods_wanted = Signal(str, str)
    encoders_wanted = Signal(object, object)
    """Numbers of encoders, None for the shipped one."""
    part_wanted = Signal(str)
    """One of :data:`PARTS`."""

    def __init__(self, methods: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._methods = methods
        self._encoders: Encoders = ()
        self._compared: Compared | None = None
        self._outdated = self._running = False
        self.kind, self.first, self.second = QComboBox(), QComboBox(), QComboBox()
        for box in (self.first, self.second):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(20)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.currentIndexChanged.connect(self._enable)
        self.compare = QPushButton()
        self.compare.setProperty("role", "primary")
        self.compare.clicked.connect(self._on_compare)
        self._labels = [QLabel() for _ in range(3)]
        self._about = styled_label("muted", wrap=True)
        self.verdict = styled_label("heading", wrap=True)
        self.details, self.notes = styled_label("", wrap=True), styled_label("muted", wrap=True)
        for label in (self.verdict, self.notes):
            # Names of encoders are no markup.
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.old = styled_label("warning", wrap=True)
        self.parts = {name: QPushButton() for name in PARTS}
        for name, button in self.parts.items():
            button.clicked.connect(lambda _checked=False, part=name: self.part_wanted.emit(part))
        self._layout_box()
        self.kind.currentIndexChanged.connect(self._fill)
        self.retranslate()

    def _layout_box(self) -> None:
        grid = QGridLayout()
        for row, (label, box) in enumerate(zip(self._labels, (self.kind, self.first, self.second), strict=True)):
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.compare, 2, 2)
        numbers = QGridLayout()
        for place, button in enumerate(self.parts.values()):
            numbers.addWidget(button, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 8, 0)
        column.setSpacing(8)
        column.addWidget(self._about)
        column.addLayout(grid)
        for part in (self.old, self.verdict, self.details):
            column.addWidget(part)
        column.addLayout(numbers)
        column.addWidget(self.notes)
        column.addStretch(1)

    @property
    def _of_methods(self) -> bool:
        return self.kind.currentIndex() != 1

    def set_encoders(self, encoders: Encoders) -> None:
        """What there is to choose from."""
        if encoders != self._encoders:
            self._encoders = encoders
            self._fill()

    def set_running(self, running: bool) -> None:
        self._running = running
        self._enable()

    def show_compared(self, compared: Compared | None, outdated: bool) -> None:
        """Say what came of the last comparison."""
        self._compared, self._outdated = compared, outdated
        self._say()

    @Slot()
    def _on_compare(self) -> None:
        first, second = self.first.currentData(), self.second.currentData()
        if self._of_methods:
            self.methods_wanted.emit(first, second)
        else:
            self.encoders_wanted.emit(first, second)

    @Slot()
    def _fill(self) -> None:
        choices: list[tuple[object, str]] = (
            [(name, evaluation_words.method(name)) for name in self._methods]
            if self._of_methods
            else [(key, evaluation_words.encoder(name)) for key, name in self._encoders]
        )
        for place, box in enumerate((self.first, self.second)):
            before = box.currentData()
            known = box.count() and before in [value for value, _ in choices]
            box.blockSignals(True)
            box.clear()
            for value, text in choices:
                box.addItem(text, value)
            chosen = [value for value, _ in choices].index(before) if known else min(place, len(choices) - 1)
            box.setCurrentIndex(chosen)
            box.blockSignals(False)
        self._enable()

    @Slot()
    def _enable(self) -> None:
        for box in (self.first, self.second):
            box.setToolTip(box.currentText())
        same = self.first.currentIndex() == self.second.currentIndex()
        self.compare.setEnabled(not same and not self._running)
        if same and self.first.count() < 2:
            self.compare.setToolTip(self.tr("There is only one encoder yet. Pretrain one first."))
        else:
            self.compare.setToolTip(self.tr("Choose two that differ.") if same else "")

    def _say(self) -> None:
        compared = self._compared
        paired = None if compared is None else compared.comparison.paired
        for part in (self.verdict, self.details, *self.parts.values()):
            part.setVisible(paired is not None)
        self.notes.setVisible(compared is not None and bool(compared.comparison.notes))
        self.old.setVisible(compared is not None and self._outdated)
        if compared is None:
            return
        found = compared.comparison
        name = evaluation_words.method if found.kind == "method" else evaluation_words.encoder
        self.verdict.setText(evaluation_words.compared(found, name(found.first), name(found.second)))
        self.details.setText(evaluation_words.difference(found))
        self.notes.setText("\n".join(sentence(note, language()) for note in found.notes))
        if paired is None:
            return
        texts = {
            "both": self.tr("Both right: {count}"),
            "only_first": self.tr("Only A right: {count}"),
            "only_second": self.tr("Only B right: {count}"),
            "neither": self.tr("Neither right: {count}"),
        }
        for name_of_part, button in self.parts.items():
            button.setText(texts[name_of_part].format(count=number(getattr(paired, name_of_part))))
            button.setToolTip(self.tr("Show these images"))

    def retranslate(self) -> None:
        self._about.setText(
            self.tr(
                "Both judge the same images, by what is most probable; an exact test (McNemar) says whether a "
                "difference may be chance."
            )
        )
        self.old.setText(self.tr("Tags or settings have changed since this comparison."))
        for label, text in zip(self._labels, (self.tr("Compare"), self.tr("A:"), self.tr("B:")), strict=True):
            label.setText(text)
        self.compare.setText(self.tr("Compare"))
        chosen = max(self.kind.currentIndex(), 0)
        self.kind.blockSignals(True)
        self.kind.clear()
        self.kind.addItems([self.tr("Methods"), self.tr("Encoders")])
        self.kind.setCurrentIndex(chosen)
        self.kind.blockSignals(False)
        self.kind.setAccessibleName(self.tr("What is compared"))
        self.first.setAccessibleName(self.tr("First to compare, A"))
        self.second.setAccessibleName(self.tr("Second to compare, B"))
        self._fill()
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
