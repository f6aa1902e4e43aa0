"""Below the large view: the image's regions in words, the class of the chosen one, and what marking is good for."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from micm_desktop.gui.widgets.fitting_label import WholeText
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.project.records import ClassRecord

SAVED_SHOWN = 4000
"""Milliseconds for which the mark "saved" stays."""


@dataclass(frozen=True)
class ListedRegion:
    """A region by its number: its class in words, empty for none, its own class id (None: as the image's tag), and its
    size in pixels."""

    number: int
    name: str
    class_id: int | None
    width: int
    height: int


class RegionBar(QWidget):
    """Lists the regions of one image; it changes nothing itself."""

    chosen = Signal(int)
    """The number of a region, 0 for none."""
    class_chosen = Signal(object)
    """A class id, or None for the image's tag."""
    remove_wanted = Signal()
    tiles_wanted = Signal()
    """To see whether tiles help with defects that are too small."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._regions: Sequence[ListedRegion] = ()
        self._classes: Sequence[ClassRecord] = ()
        self._chosen = 0
        self._next_class: int | None = None
        self._marking = False
        self.hint = WholeText("muted")
        self.list = QComboBox()
        self.list.activated.connect(lambda place: self.chosen.emit(self.list.itemData(place)))
        self.class_box = QComboBox()
        self.class_box.activated.connect(lambda place: self.class_chosen.emit(self.class_box.itemData(place)))
        for box in (self.list, self.class_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.remove = QPushButton()
        self.remove.clicked.connect(self.remove_wanted)
        self.saved = styled_label("saved")
        self._forget_saved = QTimer(self)
        self._forget_saved.setSingleShot(True)
        self._forget_saved.setInterval(SAVED_SHOWN)
        self._forget_saved.timeout.connect(self.saved.clear)
        self.problem = WholeText("warning")
        self.problem.hide()
        self.tiles = QPushButton()
        self.tiles.clicked.connect(self.tiles_wanted)
        self.tiles.hide()
        row = QHBoxLayout()
        row.addWidget(self.list, 5)
        row.addWidget(self.class_box, 3)
        row.addWidget(self.remove)
        row.addWidget(self.hint, 4)
        row.addWidget(self.saved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        layout.addWidget(self.tiles, 0, Qt.AlignmentFlag.AlignRight)
        self.retranslate()

    def show_regions(self, regions: Sequence[ListedRegion], chosen: int) -> None:
        """The regions of the image in view, and which of them is chosen; 0 for none."""
        self._regions, self._chosen = tuple(regions), chosen
        self._refresh()

    def set_classes(self, classes: Sequence[ClassRecord]) -> None:
        self._classes = tuple(classes)
        self._refresh()

    def set_next_class(self, class_id: int | None) -> None:
        """What the next box will be."""
        self._next_class = class_id
        self._refresh()

    def set_marking(self, marking: bool) -> None:
        self._marking = marking
        self._refresh()

    def say_saved(self) -> None:
        self.saved.setText(self.tr("✓ Saved"))
        self._forget_saved.start()

    def say_problem(self, text: str, *, tiles: bool = False) -> None:
        """A sentence in need of attention, and whether tiles may help; an empty one takes it away."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.tiles.setVisible(bool(text) and tiles)

    def _refresh(self) -> None:
        chosen = next((region for region in self._regions if region.number == self._chosen), None)
        self.hint.setText(self._hint())
        self.list.setVisible(bool(self._regions))
        self.hint.setVisible(not self._regions)
        self.class_box.setVisible(chosen is not None or self._marking)
        self.remove.setVisible(bool(self._regions))
        self.remove.setEnabled(chosen is not None)
        with QSignalBlocker(self.list), QSignalBlocker(self.class_box):
            self.list.clear()
            self.list.addItem(self.tr("%n region(s) marked", "", len(self._regions)), 0)
            for place, region in enumerate(self._regions, start=1):
                name = region.name or self.tr("no class")
                self.list.addItem(f"{place}: {name}, {region.width} × {region.height}", region.number)
            self.list.setCurrentIndex(max(0, self.list.findData(self._chosen)))
            self.class_box.clear()
            self.class_box.addItem(self.tr("as tagged"), None)
            for record in self._classes:
                self.class_box.addItem(record.name, record.id)
            wanted = chosen.class_id if chosen is not None else self._next_class
            ids = [record.id for record in self._classes]
            self.class_box.setCurrentIndex(1 + ids.index(wanted) if wanted in ids else 0)

    def _hint(self) -> str:
        if self._marking:
            return self.tr("Drag a box around a defect. Esc ends marking.")
        return self.tr("No region is marked. Press B, then drag a box around a defect.")

    def retranslate(self) -> None:
        self.saved.clear()
        self.remove.setText(self.tr("Delete"))
        self.tiles.setText(self.tr("See whether tiles help…"))
        self.tiles.setToolTip(self.tr("Tiles are tried on your tags on the Export page."))
        self.remove.setToolTip(self.tr("Delete the chosen region (Del)"))
        self.list.setAccessibleName(self.tr("Marked regions"))
        self.list.setToolTip(
            self.tr(
                "The marked regions with their size in pixels. A click or Tab chooses one; arrow keys move it, with"
                " Shift they resize it, with Ctrl by 10 pixels."
            )
        )
        self.class_box.setAccessibleName(self.tr("Class of the region"))
        self.class_box.setToolTip(self.tr("Class of the chosen region, or of the next one"))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
