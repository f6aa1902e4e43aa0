"""Chooses which images the Label page shows, with the number of each choice."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from micm_desktop.gui.i18n import number
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.widgets.color_choice import swatch
from micm_desktop.project.records import ClassRecord


class FilterBox(QComboBox):
    """Counts change while it stays on the same choice; :attr:`filter_chosen` is the user's doing alone."""

    filter_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: Sequence[ClassRecord] = ()
        self._counts: Mapping[Filter, int] = {}
        self._predicted = False
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(18)
        self.setMaxVisibleItems(24)
        self.activated.connect(self._on_activated)
        self.refill(self._classes, self._counts, predicted=False)

    @property
    def chosen(self) -> Filter:
        value = self.currentData()
        return value if isinstance(value, Filter) else Filter()

    def choose(self, wanted: Filter) -> None:
        """Show another choice, as if the user had taken it."""
        self._set(wanted)
        self.filter_chosen.emit()

    def refill(self, classes: Sequence[ClassRecord], counts: Mapping[Filter, int], *, predicted: bool) -> None:
        """New numbers; the choices that need predictions are left out where there are none."""
        kept = self.chosen
        self._classes, self._counts, self._predicted = classes, counts, predicted
        choices = [
            (Filter("all"), self.tr("All images"), ""),
            (Filter("untagged"), self.tr("Not tagged"), ""),
            (Filter("tagged"), self.tr("Tagged"), ""),
            (Filter("unsure"), self.tr("Unsure"), ""),
        ]
        if predicted:
            choices.append((Filter("ask"), self.tr("A person should look"), ""))
            choices.append((Filter("unknown"), self.tr("Unknown"), ""))
            for record in classes:
                words = self.tr("Predicted: {name}").format(name=record.name)
                choices.append((Filter("predicted", record.id), words, record.color))
        self.blockSignals(True)
        self.clear()
        for choice, words, color in choices:
            self.addItem(f"{words} ({number(counts.get(choice, 0))})", choice)
            if color:
                self.setItemIcon(self.count() - 1, swatch(color))
        self.blockSignals(False)
        self._set(kept)
        self.setAccessibleName(self.tr("Which images are shown"))

    def _set(self, wanted: Filter) -> None:
        for place in range(self.count()):
            if self.itemData(place) == wanted:
                self.setCurrentIndex(place)
                return
        self.setCurrentIndex(0)

    @Slot()
    def _on_activated(self) -> None:
        self.filter_chosen.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refill(self._classes, self._counts, predicted=self._predicted)
        super().changeEvent(event)
