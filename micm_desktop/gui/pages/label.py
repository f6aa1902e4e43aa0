"""Tagging: the grid, the large view, the classes, and predictions that follow every tag."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from micm_desktop.gui import class_keys
from micm_desktop.gui.bulk_note import BulkNote
from micm_desktop.gui.changes import Changes
from micm_desktop.gui.class_editing import ClassEditing
from micm_desktop.gui.features import Features
from micm_desktop.gui.gallery import Gallery
from micm_desktop.gui.map import ImageMapping
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.pages.label_guide import LabelGuide
from micm_desktop.gui.pages.label_queue import LabelQueue
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.card_drag import CardDrag
from micm_desktop.gui.widgets.card_menu import CardMenu
from micm_desktop.gui.widgets.class_panel import ClassPanel
from micm_desktop.gui.widgets.detail import DetailView
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.saved_mark import SavedMark
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.widgets.view_tools import ESCAPE
from micm_desktop.project.records import UNSURE, TakenBack


class LabelPage(Page):
    """Turns keys and clicks into tags; what is shown comes from the session."""

    page_wanted = Signal(str)

    def __init__(
        self,
        session: Session,
        scanner: Scanner,
        features: Features,
        thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._title = styled_label("title")
        self.guide = LabelGuide(session, scanner, features)
        self.guide.page_wanted.connect(self.page_wanted)
        self.update_list = QPushButton()
        self.update_list.clicked.connect(self._fill_grid)
        self.update_list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.update_list.hide()
        self.model = ImageModel(self)
        self.grid = ImageGrid(self.model, thumbnails, labels=True)
        self.gallery = Gallery(session, self.model, self.grid, self)
        self.gallery.changed.connect(self._fill_grid)
        self.grid.typed.connect(self.press)
        self.grid.moved.connect(self._on_moved)
        self.queue = LabelQueue(session, self.model, self.grid, self)
        self.queue.switched.connect(self._on_queue)
        self.queue.shown.connect(self._on_shown)
        self.map = ImageMapping(session, features, thumbnails, self.model, self.grid, self)
        self.map.listed = self._selectable
        self.map.beyond.connect(self.queue.turn_off)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.gallery.empty)
        self._stack.addWidget(self.grid)
        self.detail = DetailView(session)
        self.detail.explained.connect(self.gallery.show_ruled)
        self.detail.large.step_wanted.connect(self.grid.go)
        self.detail.large.bar.tiles_wanted.connect(lambda: self.page_wanted.emit("export"))
        self.queue.failed.connect(self.guide.show_failure)
        self.classes = ClassPanel()
        self.classes.chosen.connect(self._tag)
        self.classes.dropped.connect(self._on_dropped)
        self.saved = SavedMark(session)
        self.editing = ClassEditing(session, self.classes, self)
        self.guide.add_class_wanted.connect(self.editing.add)
        self.menu = CardMenu(session, self.grid)
        self.menu.tag_wanted.connect(self._tag)
        CardDrag(session, self.grid)
        self.changes = Changes(session, self.gallery, self)
        self.changes.list_wanted.connect(self._list_changed)
        self.changes.bar.button.clicked.connect(self.grid.setFocus)
        BulkNote(session, self.saved, self.classes)
        self._layout_page()
        session.images_changed.connect(self._on_images)
        session.closed.connect(self._on_images)
        session.classes_changed.connect(self._on_classes)
        session.tags_changed.connect(self._on_tags)
        session.taken_back.connect(self._on_taken_back)
        session.predict_failed.connect(self.guide.show_failure)
        session.predictions_changed.connect(self._on_predictions)
        self.retranslate()

    def _layout_page(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.gallery.bar)
        column.addWidget(self.queue.bar)
        column.addWidget(self.changes.bar)
        column.addWidget(self.update_list)
        column.addWidget(self.map.beside(self._stack), 1)
        self.classes.setMinimumWidth(210)
        self.detail.setMinimumWidth(300)
        split = QSplitter(Qt.Orientation.Horizontal)
        for place, (widget, stretch) in enumerate(((left, 5), (self.queue.beside(self.detail), 5), (self.classes, 0))):
            split.addWidget(widget)
            split.setStretchFactor(place, stretch)
        split.setSizes([470, 402, 264])
        split.setChildrenCollapsible(False)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addSpacing(16)
        head.addWidget(self.saved)
        head.addSpacing(12)
        head.addWidget(self.changes.note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.saved.banner)
        layout.addWidget(self.guide)
        layout.addWidget(split, 1)

    def stop(self) -> None:
        """For closing the window."""
        self.detail.stop()
        self.queue.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.guide.prepare()
        self.grid.setFocus()

    @Slot(int)
    def show_image(self, row: int) -> None:
        """Select the image with index ``row``, whatever the filter was."""
        if not self.grid.select_row(row):
            self.queue.turn_off()
            self.gallery.clear()
            self.grid.select_row(row)

    # --- tagging

    @Slot(str)
    def press(self, key: str) -> bool:
        """Do what ``key`` stands for; False where it stands for nothing."""
        if key == class_keys.UNTAG_KEY:
            self._tag(None)
            return True
        record = next((record for record in self._session.classes if record.key == key), None)
        if record is not None:
            self._tag(record.id)
            return True
        if key == class_keys.UNSURE_KEY:
            self._tag(UNSURE)
            return True
        if self.detail.press(key):
            return True
        if key == ESCAPE and self.changes.listed:
            self.changes.dismiss()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if not (plain and event.text() and self.press(class_keys.typed_key(event.text()))):
            super().keyPressEvent(event)

    @Slot(object)
    def _tag(self, class_id: int | None) -> None:
        rows = self.grid.selected_rows()
        if not rows:
            self.changes.note.say(self.tr("Select an image first."))
            return
        if self._session.tag(rows, class_id) is not None and class_id is not None:
            self.grid.step()
        self.grid.setFocus()

    @Slot(int, list)
    def _on_dropped(self, class_id: int, sha256s: list[str]) -> None:
        self._session.tag(self._session.columns.rows_of(sha256s).tolist(), class_id)
        self.grid.setFocus()

    @Slot()
    def _on_tags(self) -> None:
        self.model.set_tags(self._session.tag_states())
        self._recount()

    @Slot(object)
    def _on_taken_back(self, taken: TakenBack) -> None:
        """Show what was undone or redone: this page and, if the list holds it, the image."""
        if not self.isVisible():
            self.page_wanted.emit("label")
        if taken.tags.after and not taken.classes:
            rows = self._session.columns.rows_of([next(iter(taken.tags.after))])
            shown = self.model.rows[np.isin(self.model.rows, rows)]
            if len(shown):
                self.grid.select_row(int(shown[0]))

    @Slot()
    def add_class(self) -> None:
        """Ask for a new class."""
        self.editing.add()

    # --- what is shown

    @Slot()
    def _on_images(self) -> None:
        self._fill_grid()

    @Slot()
    def _on_classes(self) -> None:
        self.classes.set_classes(self._session.classes)
        self.model.set_classes(self._session.classes)
        self.model.set_tags(self._session.tag_states())
        self._recount()

    @Slot()
    def _on_predictions(self) -> None:
        predictions = self._session.predictions
        waited = self.gallery.waits_for_predictions
        self.gallery.show_predictions()
        if waited and predictions is not None:
            self._fill_grid()
        self._recount()
        self.changes.show_predictions()

    @Slot()
    def _list_changed(self) -> None:
        self.queue.turn_off()
        self.changes.show_list()
        self.grid.setFocus()

    @Slot()
    def _fill_grid(self) -> None:
        """Show what the filter lets through now. The list then stays as it is until it is asked for again."""
        if self.queue.active:
            # What was suggested are places in another list of images; new ones are on their way.
            self.queue.begin_anew()
            self.model.set_images(self._session.images, np.zeros(0, np.int64), self._session.tag_states())
            self._recount()
            return
        rows = self.gallery.rows()
        current = self.detail.image
        self.model.set_images(self._session.images, rows, self._session.tag_states())
        self.gallery.show_predictions()
        self._stack.setCurrentWidget(self.grid if len(rows) else self.gallery.empty)
        if len(rows):
            self.grid.select_row(int(rows[self._session.columns.place_among(rows, current)]))
        else:
            self.detail.show_row(-1)
        self._recount()

    @Slot()
    def _on_queue(self) -> None:
        self.gallery.bar.set_choosing(not self.queue.active)
        if self.queue.active:
            self.changes.forget_list()
            self._recount()
        else:
            self._fill_grid()

    def _selectable(self) -> NDArray[np.int64]:
        # The map is of all images also while the gallery holds the few that are suggested.
        return np.union1d(self.gallery.rows(), self.model.rows) if self.queue.active else self.model.rows

    @Slot()
    def _on_shown(self) -> None:
        self._stack.setCurrentWidget(self.grid if self.model.rowCount() else self.gallery.empty)
        if not self.model.rowCount():
            self.detail.show_row(-1)

    @Slot(int)
    def _on_moved(self, row: int) -> None:
        self.detail.show_row(row)

    def _recount(self) -> None:
        counts = self.gallery.recount(queued=self.queue.active)
        self.classes.set_counts(counts.tags or {}, counts.predicted)
        self.update_list.setVisible(not self.queue.active and self.gallery.stale)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Label"))
        self.grid.setAccessibleName(self.tr("Images to label"))
        self.detail.view.setAccessibleName(self.tr("The selected image, large"))
        self.update_list.setText(self.tr("Update the list"))
        self.update_list.setToolTip(
            self.tr("Some images no longer belong in this list, others do now, or the order has changed.")
        )
        self._recount()
        self.queue.retranslate()
        self.changes.retranslate()
        if self._session.predictions is not None:
            self._on_predictions()
