"""Tagging: the grid, the large view, the classes, and predictions that follow every tag."""

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from micm_desktop.gui import class_keys
from micm_desktop.gui.features import Features
from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.map import ImageMapping
from micm_desktop.gui.models.filters import Filter, count_by_class, matching_rows, predicted_class_ids, usable
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.pages.label_guide import LabelGuide
from micm_desktop.gui.pages.label_queue import LabelQueue
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.class_dialog import ClassDialog, ClassValues
from micm_desktop.gui.widgets.class_panel import ClassPanel
from micm_desktop.gui.widgets.detail import DetailView
from micm_desktop.gui.widgets.filter_box import FilterBox
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.project.records import ClassRecord, TagChange

SAVED_SHOWN = 4000
"""Milliseconds for which the mark "saved" stays."""


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
        self._readable = np.zeros(0, np.bool_)
        self._title = styled_label("title")
        self.guide = LabelGuide(session, scanner, features)
        self.guide.page_wanted.connect(self.page_wanted)
        self.guide.add_class_wanted.connect(self.add_class)
        self.filter = FilterBox()
        self.filter.filter_chosen.connect(self._fill_grid)
        self.update_list = QPushButton()
        self.update_list.clicked.connect(self._fill_grid)
        self.update_list.hide()
        self.model = ImageModel(self)
        self.grid = ImageGrid(self.model, thumbnails, labels=True)
        self.grid.typed.connect(self.press)
        self.grid.moved.connect(self._on_moved)
        self.queue = LabelQueue(session, self.model, self.grid, self)
        self.queue.switched.connect(self._on_queue)
        self.queue.shown.connect(self._on_shown)
        self.map = ImageMapping(session, features, thumbnails, self.model, self.grid, self)
        self._empty = styled_label("empty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        self.detail = DetailView(session)
        self.queue.failed.connect(self.guide.show_failure)
        self.classes = ClassPanel()
        self.classes.chosen.connect(self._tag)
        self.classes.add_wanted.connect(self.add_class)
        self.classes.change_wanted.connect(self._change_class)
        self.classes.remove_wanted.connect(self._ask_to_remove)
        self.classes.good_wanted.connect(self._set_good)
        self.saved = styled_label("saved")
        self.changes = styled_label("muted", wrap=True)
        self._forget_saved = QTimer(self)
        self._forget_saved.setSingleShot(True)
        self._forget_saved.setInterval(SAVED_SHOWN)
        self._forget_saved.timeout.connect(self.saved.clear)
        self._layout_page()
        session.images_changed.connect(self._on_images)
        session.closed.connect(self._on_images)
        session.classes_changed.connect(self._on_classes)
        session.tags_changed.connect(self._on_tags)
        session.tag_failed.connect(self._on_tag_failed)
        session.predict_failed.connect(self.guide.show_failure)
        session.predictions_changed.connect(self._on_predictions)
        self.retranslate()

    def _layout_page(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.filter)
        bar.addWidget(self.update_list)
        bar.addStretch(1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self.queue.bar)
        column.addWidget(self.map.beside(self._stack), 1)
        self.classes.setMinimumWidth(264)
        self.detail.setMinimumWidth(300)
        left.setMinimumWidth(190)
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
        head.addWidget(self.changes, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
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
            self.filter.choose(Filter("all"))
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
        if key == class_keys.HEATMAP_KEY:
            self.detail.toggle_heatmap()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if not (plain and event.text() and self.press(class_keys.typed_key(event.text()))):
            super().keyPressEvent(event)

    @Slot(int)
    def _tag(self, class_id: int | None) -> None:
        rows = self.grid.selected_rows()
        if not rows:
            self.changes.setText(self.tr("Select an image first."))
            return
        if self._session.tag(rows, class_id) is not None and class_id is not None:
            self.grid.step()
        self.grid.setFocus()

    @Slot(object)
    def _on_tags(self, change: TagChange) -> None:
        self.model.set_tags(self._session.tag_classes())
        self.saved.setText(self.tr("✓ Saved: %n image(s)", "", len(change.after)))
        self._forget_saved.start()
        self._recount()

    @Slot(object)
    def _on_tag_failed(self, failure: Failure) -> None:
        self.saved.clear()
        self.guide.show_failure(failure)

    # --- classes

    @Slot()
    def add_class(self) -> None:
        """Ask for a new class."""
        if self._session.labeling is None:
            return

        def save(values: ClassValues) -> ClassRecord:
            return self._session.add_class(values.name, key=values.key, color=values.color, is_good=values.is_good)

        ClassDialog(self._session.classes, None, save, self.window()).open()

    @Slot(int)
    def _change_class(self, class_id: int) -> None:
        record = self._record(class_id)

        def save(values: ClassValues) -> None:
            self._session.change_class(
                class_id, name=values.name, key=values.key, color=values.color, is_good=values.is_good
            )

        ClassDialog(self._session.classes, record, save, self.window()).open()

    @Slot(int, bool)
    def _set_good(self, class_id: int, is_good: bool) -> None:
        record = self._record(class_id)
        self._session.change_class(class_id, name=record.name, key=record.key, color=record.color, is_good=is_good)

    @Slot(int)
    def _ask_to_remove(self, class_id: int) -> None:
        record = self._record(class_id)
        tagged = int(np.count_nonzero(self._session.tag_classes() == class_id))
        if not tagged:
            self._session.remove_class(class_id)
            return
        box = QMessageBox(self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove class"))
        box.setText(self.tr('Remove the class "{name}"?').format(name=record.name))
        box.setInformativeText(
            self.tr("%n image(s) lose their tag. Steps before this cannot be undone any more.", "", tagged)
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        remove.clicked.connect(lambda: self._session.remove_class(class_id))
        box.open()

    def _record(self, class_id: int) -> ClassRecord:
        return next(record for record in self._session.classes if record.id == class_id)

    # --- what is shown

    @Slot()
    def _on_images(self) -> None:
        self._readable = usable(self._session.images)
        self._fill_grid()

    @Slot()
    def _on_classes(self) -> None:
        self.classes.set_classes(self._session.classes)
        self.model.set_classes(self._session.classes)
        self.model.set_tags(self._session.tag_classes())
        self._recount()

    @Slot()
    def _on_predictions(self) -> None:
        predictions = self._session.predictions
        self.model.set_predictions(predictions)
        self._recount()
        if predictions is None:
            self.changes.clear()
        elif predictions.changed:
            self.changes.setText(self.tr("%n image(s) changed class", "", predictions.changed))
        else:
            self.changes.setText(self.tr("No prediction changed"))

    @Slot()
    def _fill_grid(self) -> None:
        """Show what the filter lets through now. The list then stays as it is until it is asked for again."""
        if self.queue.active:
            # What was suggested are places in another list of images; new ones are on their way.
            self.queue.begin_anew()
            self.model.set_images(self._session.images, np.zeros(0, np.int64), self._session.tag_classes())
            self._recount()
            return
        rows = matching_rows(self.filter.chosen, self._readable, self._session.tag_classes(), self._session.predictions)
        current = self.detail.image
        self.model.set_images(self._session.images, rows, self._session.tag_classes())
        self.model.set_predictions(self._session.predictions)
        self._stack.setCurrentWidget(self.grid if len(rows) else self._empty)
        kept = self.model.position_of_content(current.sha256) if current is not None else None
        if len(rows):
            self.grid.select_row(int(rows[kept or 0]))
        else:
            self.detail.show_row(-1)
        self._recount()

    @Slot()
    def _on_queue(self) -> None:
        self.filter.setEnabled(not self.queue.active)
        if self.queue.active:
            self._recount()
        else:
            self._fill_grid()

    @Slot()
    def _on_shown(self) -> None:
        self._stack.setCurrentWidget(self.grid if self.model.rowCount() else self._empty)
        if not self.model.rowCount():
            self.detail.show_row(-1)

    @Slot(int)
    def _on_moved(self, row: int) -> None:
        self.detail.show_row(row)

    def _recount(self) -> None:
        tags, predictions = self._session.tag_classes(), self._session.predictions
        predicted = predicted_class_ids(predictions, len(self._readable))
        readable_tags = np.where(self._readable, tags, 0) if len(tags) == len(self._readable) else tags
        by_prediction = count_by_class(predicted)
        self.classes.set_counts(count_by_class(readable_tags), None if predictions is None else by_prediction)
        counts = {
            Filter(kind): len(matching_rows(Filter(kind), self._readable, tags, predictions))
            for kind in ("all", "untagged", "tagged", "ask", "unknown")
        }
        counts |= {Filter("predicted", class_id): count for class_id, count in by_prediction.items()}
        self.filter.refill(self._session.classes, counts, predicted=predictions is not None)
        live = matching_rows(self.filter.chosen, self._readable, tags, predictions)
        self.update_list.setVisible(not self.queue.active and not np.array_equal(live, self.model.rows))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Label"))
        self.grid.setAccessibleName(self.tr("Images to label"))
        self.detail.view.setAccessibleName(self.tr("The selected image, large"))
        self.update_list.setText(self.tr("Update the list"))
        self.update_list.setToolTip(self.tr("Some images no longer belong in this list, or others do now."))
        self._empty.setText(self.tr("No image belongs in this list at the moment.\nChoose another one above."))
        self.saved.clear()
        self.queue.retranslate()
        if self._session.predictions is not None:
            self._on_predictions()
