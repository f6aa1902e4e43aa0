"""What to tag next on the Label page: the chosen queue in the grid, and beside the image why it was chosen."""

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.session import Session
from micm_desktop.gui.tag_next import TagNext
from micm_desktop.gui.widgets.fitting_label import WholeText
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.tag_next_bar import TagNextBar

QUICK = 250
"""Milliseconds within which a list is renewed without a word."""


class LabelQueue(QObject):
    """Renews what follows the selected image after every tag; what was passed stays where it is."""

    switched = Signal()
    """Suggestions were turned on or off, or another queue was taken."""
    shown = Signal()
    """The grid holds the suggestions."""
    failed = Signal(object)
    """A :class:`Failure`."""

    def __init__(self, session: Session, model: ImageModel, grid: ImageGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._grid = grid
        self._passed = -1
        self._anew = True
        self._row = -1
        self.bar = TagNextBar()
        self.bar.chosen.connect(self._on_chosen)
        self.why = WholeText()
        self.why.setMinimumHeight(2 * self.why.fontMetrics().lineSpacing())
        self.why.setTextFormat(Qt.TextFormat.RichText)
        self.why.hide()
        self.source = TagNext(session, self)
        self.source.renewed.connect(self._show)
        self.source.failed.connect(self._on_failed)
        self._slow = QTimer(self, singleShot=True, interval=QUICK)
        self._slow.timeout.connect(self._say_renewing)
        self.source.renewed.connect(self._say_renewing)
        self.source.failed.connect(self._say_renewing)
        grid.moved.connect(self._on_moved)
        session.tags_changed.connect(self._on_tags)

    @property
    def active(self) -> bool:
        return self.bar.queue is not None

    def beside(self, view: QWidget) -> QWidget:
        """``view`` with the reason above it."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.why)
        column.addWidget(view, 1)
        holder.setMinimumWidth(view.minimumWidth())
        return holder

    def turn_off(self) -> None:
        self.bar.on.setChecked(False)

    def begin_anew(self) -> None:
        """The next suggestions take the whole grid."""
        self._anew, self._row = True, -1
        self._say_why()

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self.source.stop()

    @Slot()
    def _on_chosen(self) -> None:
        self.begin_anew()
        self._slow.start()
        self.source.choose(self.bar.queue)
        self.why.setVisible(self.active)
        self.switched.emit()

    @Slot()
    def _show(self) -> None:
        rows = [suggestion.row for suggestion in self.source.suggestions]
        if self._anew:
            self._model.set_images(self._session.images, np.array(rows, np.int64), self._session.tag_states())
            self._anew, self._passed = False, -1
        else:
            kept = self._model.rows[: self._passed + 1]
            following = [row for row in rows if row not in kept]
            at_the_end = self._grid.last_position() == self._model.rowCount() - 1
            self._model.replace_after(len(kept), np.array(following, np.int64))
            if at_the_end and self._is_done(self._row):
                self._grid.step()
        self.shown.emit()
        if rows and self._passed < 0:
            self._grid.select_row(rows[0])
            self._row = rows[0]
        self._say_why()

    @Slot(int)
    def _on_moved(self, row: int) -> None:
        self._row = row
        if self.active and not self._anew:
            self._passed = max(self._passed, self._grid.currentIndex().row())
        self._say_why()

    @Slot()
    def _on_tags(self) -> None:
        if self.active and not self._anew:
            self._passed = max(self._passed, self._grid.last_position())
            self._slow.start()
        self._say_why()

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        self.failed.emit(failure)

    @Slot()
    def _say_renewing(self) -> None:
        """What is listed is old while predictions, or what follows from them, are being computed."""
        old = self.active and (self._session.predicting or self.source.busy)
        self.bar.renewing.setVisible(old and not self._slow.isActive())

    def _is_done(self, row: int) -> bool:
        """Whether the image has what it was suggested for: a tag, or another one than the one in doubt."""
        suggestion = self.source.reason(row)
        tags = self._session.tag_classes()
        tag = int(tags[row]) if 0 <= row < len(tags) else 0
        if suggestion is not None and suggestion.why == "mistake" and suggestion.second is not None:
            return tag != suggestion.second.id
        return tag != 0

    @Slot()
    def _say_why(self) -> None:
        suggestion = self.source.reason(self._row)
        # Why a tag was wanted says nothing once it is there.
        wanted = suggestion is not None and not self._is_done(self._row)
        self.why.setText(self.bar.why(suggestion) if suggestion is not None and wanted else "")

    def retranslate(self) -> None:
        self._say_why()
