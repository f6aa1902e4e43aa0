"""Chooses the key of a class; keys that are taken are shown with what they do."""

from collections.abc import Sequence

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from micm_desktop.gui.class_keys import HEATMAP_KEY, KEYS, UNSURE_KEY, UNTAG_KEY
from micm_desktop.project.records import ClassRecord


class KeyChoice(QComboBox):
    """The free keys can be chosen; the others say why not."""

    def __init__(self, others: Sequence[ClassRecord], own: str, parent: QWidget | None = None) -> None:
        """``others``: the other classes; ``own``: the key that is chosen at first, empty for none."""
        super().__init__(parent)
        taken = {record.key: record.name for record in others if record.key}
        taken |= {
            UNTAG_KEY: self.tr("removes the tag"),
            UNSURE_KEY: self.tr("marks an image as unsure"),
            HEATMAP_KEY: self.tr("shows the heatmap"),
        }
        taken.pop(own, None)
        for key in sorted({*KEYS, *taken, own} - {""}, key=_order):
            self._offer(key.upper(), key, taken.get(key, ""))
        self._offer(self.tr("no key"), "", "")
        self.setAccessibleName(self.tr("Key"))
        self.setMaxVisibleItems(12)
        # Some styles show all of them at once otherwise, from one end of the screen to the other.
        self.setStyleSheet("QComboBox { combobox-popup: 0; }")
        self.setCurrentIndex(self.findData(own))

    def _offer(self, text: str, key: str, taken_by: str) -> None:
        self.addItem(self.tr("{key}  (taken: {what})").format(key=text, what=taken_by) if taken_by else text, key)
        model = self.model()
        if taken_by and isinstance(model, QStandardItemModel):
            model.item(self.count() - 1).setEnabled(False)

    @property
    def key(self) -> str:
        """The chosen key in lower case; empty for none."""
        return str(self.currentData() or "")


def _order(key: str) -> tuple[bool, str]:
    return key.isalpha(), "~" if key == UNTAG_KEY else key
