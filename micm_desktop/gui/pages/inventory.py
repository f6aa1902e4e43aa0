"""Are these images good enough to learn from? What was found, with the images behind each sentence."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSpinBox, QStackedWidget, QVBoxLayout, QWidget

import micm_desktop
from micm_desktop.gui.i18n import language
from micm_desktop.gui.inventory import InventoryWork
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.places import ending_in
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.inventory_view import COMPARISON, InventoryView
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words
from micm_desktop.progress import Progress
from micm_desktop.project.records import ImageRecord


class InventoryPage(Page):
    """A view of what :class:`InventoryWork` finds."""

    image_wanted = Signal(int)
    """The index of an image to show on the label page."""

    def __init__(
        self, session: Session, work: InventoryWork, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._work = session, work
        self._saved: Path | None = None
        self._part = ""
        self._title = styled_label("title")
        self._summary = styled_label("muted", wrap=True)
        self.take, self.compare, self.save_page, self.save_subset = (QPushButton() for _ in range(4))
        self.take.setProperty("role", "primary")
        self.count = QSpinBox()
        self.count.setRange(1, 100_000)
        self.count.setValue(100)
        self.take.clicked.connect(work.take)
        self.compare.clicked.connect(self._ask_folder)
        self.save_page.clicked.connect(self._ask_page)
        self.save_subset.clicked.connect(self._ask_subset)
        self.banner = Banner()
        self.banner.action.connect(self._show_saved)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(work.cancel)
        self.empty = styled_label("empty", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view = InventoryView(work, thumbnails)
        self.view.activated.connect(self._on_activated)
        self._layout_page()
        work.began.connect(self._on_began)
        work.progress.connect(self._on_progress)
        work.ended.connect(self._on_ended)
        work.changed.connect(self._show)
        work.saved.connect(self._on_saved)
        session.opened.connect(self._show)
        session.images_changed.connect(self._say_empty)
        self.retranslate()

    def _layout_page(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        for part in (self.compare, self.save_page, self.count, self.save_subset, self.take):
            head.addWidget(part)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._summary)
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        layout.addWidget(self._stack, 1)

    # --- asking

    @Slot()
    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder to compare with"))
        if chosen:
            self._work.compare(Path(chosen))

    @Slot()
    def _ask_page(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the inventory"), "inventory.html", self.tr("Web page (*.html)")
        )
        if chosen:
            made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M} · MICM Desktop {micm_desktop.__version__}"
            self._work.save_page(ending_in(".html", chosen), language(), made)

    @Slot()
    def _ask_subset(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the list of images"), "images.txt", self.tr("Text file (*.txt)")
        )
        if chosen:
            self._work.save_subset(ending_in(".txt", chosen), self.count.value())

    @Slot()
    def _show_saved(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved)))
        else:
            self._work.take()

    # --- the job

    @Slot()
    def _on_began(self) -> None:
        self.banner.hide()
        self._saved = None
        self._part = ""
        self.progress.begin(lambda: self._doing(self._part))
        self._enable()
        self._say_empty()

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        if progress.text != self._part:
            self._part = progress.text
            self.progress.retranslate()
        self.progress.update_progress(progress)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        self.progress.end()
        self._enable()
        self._say_empty()
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif outcome.status == "cancelled":
            self.banner.show_message(
                "info", self.tr("Cancelled. What was measured so far is kept; the next time only the rest is read.")
            )

    @Slot(Path)
    def _on_saved(self, file: Path) -> None:
        self._saved = file
        self.banner.show_message("info", self.tr("Saved as {file}").format(file=file), self.tr("Open"))

    def _doing(self, part: str) -> str:
        if self._work.doing == "saving":
            return self.tr("Saving")
        return {
            "pairs": self.tr("Comparing images that look alike"),
            "features": self.tr("Looking for kinds of image"),
        }.get(part, self.tr("Measuring images"))

    # --- what was found

    @Slot()
    def _show(self) -> None:
        """Say everything anew."""
        taken = self._work.taken
        self._enable()
        self._say_empty()
        if taken is None:
            self._summary.clear()
            return
        from micm_desktop.inventory.words import summary

        self._summary.setText("   ·   ".join(summary(taken.inventory, language())))
        if self._work.outdated:
            self._saved = None
            self.banner.show_message(
                "warning", self.tr("The images have changed since this inventory was taken."), self.tr("Take it anew")
            )
        self.view.show_taken()
        if self._work.drift is not None:
            self.view.tabs.setCurrentIndex(COMPARISON)

    @Slot(object)
    def _on_activated(self, image: ImageRecord) -> None:
        rows = self._session.columns.rows_of([image.sha256])
        if len(rows):
            self.image_wanted.emit(int(rows[0]))

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.view.restyle()

    # --- words

    def _enable(self) -> None:
        idle, taken = not self._work.running, self._work.taken
        self.take.setEnabled(idle and bool(self._session.images))
        for button in (self.compare, self.save_page):
            button.setEnabled(idle and taken is not None)
        for part in (self.count, self.save_subset):
            part.setEnabled(idle and taken is not None and taken.inventory.embeddings is not None)
        self._stack.setCurrentIndex(int(taken is not None))

    @Slot()
    def _say_empty(self) -> None:
        self.take.setEnabled(not self._work.running and bool(self._session.images))
        if not self._session.images:
            text = self.tr("Open a folder of images first.")
        elif self._work.running:
            text = self.tr("The images are being looked at. You can go on with other pages meanwhile.")
        else:
            text = self.tr(
                "Are these images good enough to learn from?\n\n“Take inventory” looks for copies, blur, noise, uneven "
                "light and one-sidedness in {images}, and says what to do. It needs no tags."
            ).format(images=words.images(len(self._session.images)))
        self.empty.setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._say_empty()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Inventory"))
        self.take.setText(self.tr("Take inventory"))
        self.compare.setText(self.tr("Compare with a folder…"))
        self.save_page.setText(self.tr("Save as HTML…"))
        self.save_subset.setText(self.tr("Save diverse images…"))
        self.save_subset.setToolTip(
            self.tr("A list of images that cover the set without copies: to label or to pretrain on first")
        )
        self.count.setSuffix(self.tr(" images"))
        self.count.setAccessibleName(self.tr("How many diverse images"))
        self._show()
