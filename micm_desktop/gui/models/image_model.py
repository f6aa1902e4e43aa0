"""The images of a project as a Qt list: any choice of rows, with tags and predictions from arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, eq
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QItemSelection, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from micm_desktop.gui.i18n import percent
from micm_desktop.gui.models.outcomes import VERDICTS, Judged, Verdict
from micm_desktop.project.records import UNSURE, ClassRecord, ImageRecord

if TYPE_CHECKING:
    pass

Index = QModelIndex | QPersistentModelIndex
CardRole = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Card:
    """What the grid shows of one image. ``confidence`` is in [0, 1], 0 without a prediction."""

    image: ImageRecord
    tag: ClassRecord | None
    predicted: ClassRecord | None
    confidence: float
    verdict: Verdict | None
    """None without a prediction."""
    unsure: bool = False
    """A person looked and could not tell."""
    change: str = ""
    """The class that was predicted before, and the one now, where the list is of those that changed."""
    locked: bool = False
    """Of the test set: its tag is used for the test alone."""


class ImageModel(QAbstractListModel):
    """Rows of the model are positions in the grid; :meth:`row_of` gives the index into the project's images."""

    judged_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: Sequence[ImageRecord] = ()
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._tags: NDArray[np.int64] = np.zeros(0, np.int64)
        self._classes: dict[int, ClassRecord] = {}
        self._judged: Judged | None = None
        self._before: NDArray[np.int64] = np.zeros(0, np.int64)
        self._locked: frozenset[str] = frozenset()

    # --- filling

    def set_images(self, images: Sequence[ImageRecord], rows: NDArray[np.int64], tags: NDArray[np.int64]) -> None:
        """Show ``rows`` (indices into ``images``), in this order. ``tags`` (N,) are class ids, 0 for none, UNSURE."""
        if images is not self._images:
            self._judged = None
        shown = len(self._rows)
        grown = shown and len(rows) > shown and self._same_content(images, rows[:shown])
        if grown:
            # A running scan adds images at the end: selection and scroll position stay.
            self.beginInsertRows(QModelIndex(), shown, len(rows) - 1)
        else:
            self.beginResetModel()
        self._images, self._rows, self._tags = images, rows, tags
        if grown:
            self.endInsertRows()
            self._repaint()
        else:
            self.endResetModel()

    def replace_after(self, kept: int, rows: NDArray[np.int64]) -> None:
        """Show ``rows`` after the first ``kept`` of the grid; what is selected among those stays selected."""
        if np.array_equal(self._rows[kept:], rows):
            return
        if kept < len(self._rows):
            self.beginRemoveRows(QModelIndex(), kept, len(self._rows) - 1)
            self._rows = self._rows[:kept]
            self.endRemoveRows()
        if len(rows):
            self.beginInsertRows(QModelIndex(), kept, kept + len(rows) - 1)
            self._rows = np.concatenate([self._rows, rows])
            self.endInsertRows()

    def _same_content(self, images: Sequence[ImageRecord], rows: NDArray[np.int64]) -> bool:
        # Without a loop in Python: a scan of 100,000 images asks for all of them every few seconds.
        hash_of = attrgetter("sha256")
        before = map(hash_of, map(self._images.__getitem__, self._rows.tolist()))
        after = map(hash_of, map(images.__getitem__, rows.tolist()))
        return all(map(eq, before, after))

    def set_classes(self, classes: Sequence[ClassRecord]) -> None:
        self._classes = {record.id: record for record in classes}
        self._repaint()

    def set_tags(self, tags: NDArray[np.int64]) -> None:
        """New tags (N,) of the same images."""
        self._tags = tags
        self._repaint()

    def set_judged(self, judged: Judged | None) -> None:
        """Show these verdicts."""
        self._judged = judged
        self._repaint()
        self.judged_changed.emit()

    def set_before(self, before: NDArray[np.int64] | None) -> None:
        """Show the class before (N,), as :meth:`Changed.before_of` tells it, beside the one now; None: no longer."""
        self._before = np.zeros(0, np.int64) if before is None else before
        self._repaint()

    def set_locked(self, locked: frozenset[str]) -> None:
        """Content hashes of the images that are set aside for the test."""
        self._locked = locked
        self._repaint()

    def _repaint(self) -> None:
        if len(self._rows):
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    # --- reading

    @property
    def judged(self) -> Judged | None:
        """The verdicts that are shown."""
        return self._judged

    @property
    def rows(self) -> NDArray[np.int64]:
        """(n,) indices into the project's images, in the order of the grid."""
        return self._rows

    def row_of(self, index: Index) -> int:
        return int(self._rows[index.row()])

    def position_of(self, row: int) -> int | None:
        """The place in the grid of the image with index ``row``."""
        found = np.flatnonzero(self._rows == row)
        return int(found[0]) if len(found) else None

    def selection_of(self, places: NDArray[np.int64]) -> QItemSelection:
        """The ``places`` (n,) in the grid, ascending, as Qt's ranges."""
        ends = np.flatnonzero(np.diff(places, append=len(self._rows) + 1) > 1)
        starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
        ranges = QItemSelection()
        for first, last in zip(places[starts].tolist(), places[ends].tolist(), strict=True):
            # Not index(), which asks Python how many rows there are: for thousands of ranges, most of the time.
            ranges.select(self.createIndex(first, 0), self.createIndex(last, 0))
        return ranges

    def card(self, position: int) -> Card:
        return self.card_of(int(self._rows[position]))

    def card_of(self, row: int) -> Card:
        """What is known of the image with index ``row``, whether the grid holds it or not."""
        judged = self._judged
        predicted, confidence, verdict = None, 0.0, None
        if judged is not None and judged.outcome[row] >= 0:
            verdict = VERDICTS[judged.outcome[row]]
            predicted = judged.predictions.classes[int(judged.class_index[row])]
            # A class may have been renamed, recoloured or removed since it was predicted.
            predicted = self._classes.get(predicted.id, None if self._classes else predicted)
            confidence = float(judged.predictions.probabilities[row, judged.class_index[row]])
        tag = int(self._tags[row]) if row < len(self._tags) else 0
        before = int(self._before[row]) if row < len(self._before) else -1
        change = self._change(before, None if verdict == "unknown" else predicted) if before >= 0 else ""
        image, unsure = self._images[row], tag == UNSURE
        locked = image.sha256 in self._locked
        return Card(image, self._classes.get(tag), predicted, confidence, verdict, unsure, change, locked)

    def _change(self, before: int, now: ClassRecord | None) -> str:
        unknown = self.tr("unknown")
        # A class may have been removed since.
        old = self._classes[before].name if before in self._classes else ("–" if before else unknown)
        return f"{old} → {now.name if now is not None else unknown}"

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == CardRole:
            return self.card(index.row())
        image = self._images[self.row_of(index)]
        if role == Qt.ItemDataRole.DisplayRole:
            return image.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            card = self.card(index.row())
            locked = self.tr("Test image: its tag is only used for the test.") if card.locked else ""
            return "\n".join(line for line in (str(image.path), image.message, card.change, locked) if line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{image.path.name}, {self.describe(self.card(index.row()))}"
        return None

    def describe(self, card: Card) -> str:
        """The state of a card in words."""
        parts = []
        if card.tag is not None:
            parts.append(self.tr("tagged {name}").format(name=card.tag.name))
        if card.unsure:
            parts.append(self.tr("marked unsure"))
        if card.verdict == "unknown":
            parts.append(self.tr("unknown"))
        elif card.predicted is not None:
            parts.append(
                self.tr("predicted {name}, {share}").format(name=card.predicted.name, share=percent(card.confidence))
            )
            verdicts = {
                "good": self.tr("good part"),
                "defect": self.tr("defect"),
                "ask": self.tr("a person should look"),
            }
            if card.verdict in verdicts:
                parts.append(verdicts[card.verdict])
        if card.change:
            parts.append(self.tr("changed class: {change}").format(change=card.change))
        if card.locked:
            parts.append(self.tr("test image: its tag is only used for the test"))
        return ", ".join(parts) or self.tr("no tag")
