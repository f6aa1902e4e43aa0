"""Above the gallery: search, filters, order, count and size of the cards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.i18n import number
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.models.ordering import KEYS, By, Order
from micm_desktop.gui.models.outcomes import VERDICTS, Verdict
from micm_desktop.gui.widgets.card_painter import LARGEST, SMALLEST, USUAL
from micm_desktop.gui.widgets.color_choice import swatch
from micm_desktop.gui.widgets.fitting_label import OneLine
from micm_desktop.gui.widgets.marks import verdict_icon
from micm_desktop.gui.widgets.short_combo import ShortCombo
from micm_desktop.project.records import ClassRecord

TYPING_PAUSE = 200
"""Milliseconds after the last key before what was typed is searched for."""
Choice = tuple[Any, str, QIcon | None]


@dataclass(frozen=True)
class Counts:
    """How many readable images there are: all, tagged, by tag's class, by predicted class and by verdict; the last two
    are None without predictions. ``folders``: the ones to choose from. ``test``: set aside and not tagged yet."""

    images: int = 0
    tagged: int = 0
    unsure: int = 0
    tags: Mapping[int, int] | None = None
    predicted: Mapping[int, int] | None = None
    verdicts: Mapping[Verdict, int] | None = None
    folders: Sequence[str] = ()
    test: int = 0


class GalleryBar(QWidget):
    """Counts change while it stays on the same choices; the signals are the user's doing alone."""

    filter_chosen = Signal()
    order_chosen = Signal()
    edge_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = Filter()
        self.order = Order()
        self._classes: Sequence[ClassRecord] = ()
        self._counts = Counts()
        self._shown = 0
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(90)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._typing.timeout.connect(self._on_search)
        self.search.textEdited.connect(self._typing.start)
        self.search.returnPressed.connect(self._on_search)
        self.search.textChanged.connect(lambda text: None if text else self._on_search())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        self.more = QPushButton()
        self.more.setCheckable(True)
        self.clear = QPushButton()
        self.clear.clicked.connect(lambda: self.choose(Filter()))
        # Not by the mouse: it hides, and the keys would go to the next field.
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.by = _combo(11)
        self.by.activated.connect(self._on_order)
        self.direction = QToolButton()
        self.direction.setCheckable(True)
        self.direction.toggled.connect(self._on_order)
        self.count = OneLine("muted")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edge = QSlider(Qt.Orientation.Horizontal)
        self.edge.setRange(SMALLEST, LARGEST)
        self.edge.setSingleStep(8)
        self.edge.setPageStep(32)
        self.edge.setValue(USUAL)
        self.edge.setFixedWidth(84)
        self.edge.valueChanged.connect(self.edge_chosen)
        self.tag, self.predicted, self.verdict, self.folder = (_combo(12) for _ in range(4))
        self._panel = QWidget()
        self._labels = [QLabel() for _ in range(4)]
        for box in self._boxes():
            box.activated.connect(self._on_boxes)
        self.more.toggled.connect(self._panel.setVisible)
        self._panel.hide()
        self._layout_bar()
        self.retranslate()

    def _boxes(self) -> tuple[QComboBox, ...]:
        return self.tag, self.verdict, self.predicted, self.folder

    def _layout_bar(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.search, 1)
        first.addWidget(self.more)
        first.addWidget(self.clear)
        for widget in (self.by, self.direction):
            second.addWidget(widget)
        second.addWidget(self.count, 1)
        second.addWidget(self.edge)
        grid = QGridLayout(self._panel)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        for place, (label, box) in enumerate(zip(self._labels, self._boxes(), strict=True)):
            label.setBuddy(box)
            grid.addWidget(label, place // 2, place % 2 * 2)
            grid.addWidget(box, place // 2, place % 2 * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(first)
        column.addWidget(self._panel)
        column.addLayout(second)

    def set_choosing(self, possible: bool) -> None:
        """Whether images are chosen here; the size of the pictures always is."""
        for widget in (self.search, self.more, self.clear, self.by, self.direction, self._panel):
            widget.setEnabled(possible)

    # --- what is chosen

    def choose(self, wanted: Filter) -> None:
        """Show by another filter, as if the user had taken it."""
        self._typing.stop()
        changed = wanted != self.filter
        self.filter = wanted
        # Not while the same is being typed: the cursor would jump.
        if self.search.text().strip() != wanted.text:
            self.search.setText(wanted.text)
        self._fill()
        if changed:
            self.filter_chosen.emit()

    def set_order(self, order: Order) -> None:
        """Show by another order, without a signal."""
        self.order = order
        self.direction.blockSignals(True)
        self.direction.setChecked(order.descending)
        self.direction.blockSignals(False)
        self.by.setCurrentIndex(KEYS.index(order.by))
        self._say_direction()

    def set_counts(self, classes: Sequence[ClassRecord], counts: Counts, shown: int) -> None:
        """New numbers; ``shown``: how many images the gallery holds."""
        self._classes, self._counts, self._shown = classes, counts, shown
        self._fill()

    @Slot()
    def _on_search(self) -> None:
        self.choose(replace(self.filter, text=self.search.text().strip()))

    @Slot()
    def _on_boxes(self) -> None:
        tag, verdict, predicted, folder = (box.currentData() for box in self._boxes())
        self.choose(Filter(tag, predicted, verdict, folder, self.search.text().strip()))

    @Slot()
    def _on_order(self) -> None:
        by: By = KEYS[max(self.by.currentIndex(), 0)]
        self.order = Order(by, self.direction.isChecked())
        self._say_direction()
        self.order_chosen.emit()

    # --- what is shown

    def _fill(self) -> None:
        """The choices with their numbers. What is chosen stays, also where nothing is like that now."""
        counts, predicted = self._counts, self._counts.predicted is not None
        self.count.setText(self.tr("{count} of {total}").format(count=number(self._shown), total=number(counts.images)))
        tags, of_class, verdicts = counts.tags or {}, counts.predicted or {}, counts.verdicts or {}
        names: list[Choice] = [(record.id, record.name, swatch(record.color)) for record in self._classes]

        def numbered(choices: Sequence[Choice], count: Callable[[Any], int]) -> list[Choice]:
            return [(value, f"{words} ({number(count(value))})", icon) for value, words, icon in choices]

        states: list[Choice] = [
            ("untagged", self.tr("Not tagged"), None),
            ("tagged", self.tr("Tagged"), None),
            ("unsure", self.tr("Unsure"), None),
        ]
        if counts.test or self.filter.tag == "test":
            states.append(("test", self.tr("Test images, not tagged"), None))
        of_state: dict[Any, int] = {"untagged": counts.images - counts.tagged, "tagged": counts.tagged}
        of_state |= {"unsure": counts.unsure, "test": counts.test}
        of_state.update(tags)
        _refill(
            self.tag, self.tr("Any"), numbered([*states, *names], lambda one: of_state.get(one, 0)), self.filter.tag
        )
        kinds: list[Choice] = [
            (verdict, words, verdict_icon(verdict))
            for verdict, words in self._verdict_words().items()
            if verdict in verdicts or verdict == self.filter.verdict
        ]
        _refill(self.verdict, self.tr("Any"), numbered(kinds, lambda one: verdicts.get(one, 0)), self.filter.verdict)
        _refill(
            self.predicted, self.tr("Any"), numbered(names, lambda one: of_class.get(one, 0)), self.filter.predicted
        )
        _refill(self.folder, self.tr("All"), [(name, name, None) for name in counts.folders], self.filter.folder)
        self.verdict.setEnabled(predicted or self.filter.verdict is not None)
        self.predicted.setEnabled(predicted or self.filter.predicted is not None)
        self.folder.setEnabled(self.folder.count() > 1)
        some = self.filter.conditions - bool(self.filter.text)
        self.more.setText(self.tr("Filters ({count})").format(count=some) if some else self.tr("Filters"))
        self.clear.setVisible(self.filter.conditions > 0)

    def _verdict_words(self) -> dict[Verdict, str]:
        words = (
            self.tr("Good part"),
            self.tr("Defect"),
            self.tr("A person should look"),
            self.tr("Unknown"),
            self.tr("Class alone"),
        )
        return dict(zip(VERDICTS, words, strict=True))

    def _say_direction(self) -> None:
        descending = self.order.descending
        self.direction.setText("↓" if descending else "↑")
        words = self.tr("Descending: the largest or last first") if descending else self.tr("Ascending")
        self.direction.setToolTip(words)
        self.direction.setAccessibleName(words)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(self.tr("Search in names and folders"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.clear.setText(self.tr("Clear filters"))
        self.count.setToolTip(self.tr("Images shown, of all that can be read"))
        self.more.setToolTip(self.tr("Show only images with a certain tag, verdict, prediction or folder"))
        self.edge.setToolTip(self.tr("Size of the pictures"))
        self.edge.setAccessibleName(self.edge.toolTip())
        orders = {
            "name": self.tr("By name"),
            "time": self.tr("By time"),
            "confidence": self.tr("By confidence"),
            "class": self.tr("By predicted class"),
            "oddity": self.tr("By oddity"),
            "tag": self.tr("By tag"),
        }
        self.by.clear()
        self.by.addItems([orders[key] for key in KEYS])
        self.by.setAccessibleName(self.tr("Order of the images"))
        self.by.setToolTip(self.by.accessibleName())
        titles = (self.tr("Tag"), self.tr("Verdict"), self.tr("Prediction"), self.tr("Folder"))
        for label, box, title in zip(self._labels, self._boxes(), titles, strict=True):
            label.setText(title)
            box.setAccessibleName(title)
        self.set_order(self.order)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _combo(letters: int) -> QComboBox:
    box = ShortCombo(letters)
    box.setMaxVisibleItems(24)
    box.setIconSize(QSize(14, 14))
    return box


def _refill(box: QComboBox, first: str, choices: Sequence[Choice], chosen: object) -> None:
    box.blockSignals(True)
    if [box.itemData(place) for place in range(box.count())] == [None, *(value for value, _, _ in choices)]:
        for place, (_, words, _) in enumerate(choices, start=1):
            box.setItemText(place, words)
        box.setItemText(0, first)
    else:
        box.clear()
        box.addItem(first, None)
        for value, words, icon in choices:
            box.addItem(icon or QIcon(), words, value)
    box.setCurrentIndex(max(0, next((place for place in range(box.count()) if box.itemData(place) == chosen), 0)))
    box.blockSignals(False)
