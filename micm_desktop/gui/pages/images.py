"""The images of the project: folders, counts, thumbnails, and what cannot be used and why."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.problem_model import ProblemModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words
from micm_desktop.progress import Progress
from micm_desktop.project.records import ImageRecord

ALL, DUPLICATES, PROBLEMS = range(3)


class ImagesPage(Page):
    """A view of the session's images; the :class:`Scanner` does the reading."""

    add_wanted = Signal()
    relocate_wanted = Signal(int, Path)
    """A folder that is gone: its id and its last known path."""

    def __init__(
        self, session: Session, scanner: Scanner, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._scanner = scanner
        self._title = styled_label("title")
        self._counts = styled_label("muted", wrap=True)
        self.show_only = QComboBox()
        self.show_only.currentIndexChanged.connect(self._fill_grid)
        self.add = QPushButton()
        self.add.setProperty("role", "primary")
        self.add.clicked.connect(self.add_wanted)
        self.rescan = QPushButton()
        self.rescan.clicked.connect(scanner.start)
        self.banner = Banner()
        self.banner.action.connect(self._relocate)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(scanner.cancel)
        self.model = ImageModel(self)
        self.grid = ImageGrid(self.model, thumbnails, labels=False)
        self._empty = styled_label("empty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        self.problems = ProblemModel(self)
        self._problem_title = styled_label("heading")
        self._table = QTableView()
        self._table.setModel(self.problems)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._problem_box = QWidget()
        box = QVBoxLayout(self._problem_box)
        box.setContentsMargins(0, 0, 0, 0)
        self.show_problem = QPushButton()
        self.show_problem.clicked.connect(self._show_problem)
        self._table.activated.connect(self._show_problem)
        row = QHBoxLayout()
        row.addWidget(self._problem_title, 1)
        row.addWidget(self.show_problem)
        box.addLayout(row)
        box.addWidget(self._table)
        self._layout_page()
        session.images_changed.connect(self._on_images)
        session.closed.connect(self._on_images)
        scanner.started.connect(self._on_scan_started)
        scanner.progress.connect(self._on_scan_progress)
        scanner.ended.connect(self._on_scan_ended)
        self.retranslate()

    def _layout_page(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.show_only)
        head.addWidget(self.rescan)
        head.addWidget(self.add)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._stack)
        split.addWidget(self._problem_box)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 1)
        split.setCollapsible(0, False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._counts)
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        layout.addWidget(split, 1)

    # --- what the project holds

    @Slot()
    def _on_images(self) -> None:
        images, columns = self._session.images, self._session.columns
        unusable = [images[row] for row in rows_to_show(columns, PROBLEMS).tolist()]
        self.problems.set_images(unusable)
        self._problem_box.setVisible(bool(unusable))
        self._say_counts(unusable)
        self._say_missing_folder()
        self._fill_grid()

    @Slot()
    def _fill_grid(self) -> None:
        images = self._session.images
        tags = self._session.tag_classes()
        self.model.set_images(images, rows_to_show(self._session.columns, self.show_only.currentIndex()), tags)
        self._stack.setCurrentWidget(self.grid if self.model.rowCount() else self._empty)
        self._say_empty()

    def _say_counts(self, unusable: Sequence[ImageRecord]) -> None:
        columns = self._session.columns
        if not len(columns):
            self._counts.setText("")
            return
        status = Counter(image.status for image in unusable)
        parts = [words.images(columns.usable)]
        if status["unreadable"]:
            parts.append(self.tr("%n file(s) cannot be read", "", status["unreadable"]))
        if status["missing"]:
            parts.append(self.tr("%n file(s) missing", "", status["missing"]))
        copies = columns.extra_copies
        parts.append(self.tr("%n duplicate(s) of the same content", "", copies) if copies else self.tr("no duplicates"))
        folders = self._session.folders
        if folders:
            parts.append(self.tr("%n folder(s)", "", len(folders)) if len(folders) > 1 else str(folders[0].path))
        self._counts.setText("   ·   ".join(parts))
        self._problem_title.setText(self.tr("Files that cannot be used ({count})").format(count=number(len(unusable))))

    def _say_missing_folder(self) -> None:
        gone = next((folder for folder in self._session.folders if not folder.exists), None)
        if gone is not None:
            self.banner.show_message(
                "warning",
                self.tr(
                    "The folder {path} is not there. Your tags are kept. Connect the drive and scan again, or show "
                    "where the folder is now."
                ).format(path=gone.path),
                self.tr("Find folder…"),
            )

    def _say_empty(self) -> None:
        if self._session.labeling is None:
            text = self.tr("No images yet.\n\nOpen a folder of product images, or drop one here.")
        elif self._scanner.running:
            text = self.tr("Looking for images…")
        elif not self._session.images:
            paths = "\n".join(str(folder.path) for folder in self._session.folders)
            text = self.tr(
                "No images were found here:\n{paths}\n\nBMP, PNG, JPEG, TIFF, WebP and similar files are looked for, "
                "in sub-folders too. Add another folder."
            ).format(paths=paths)
        elif self.show_only.currentIndex() == DUPLICATES:
            text = self.tr("No two images have the same content.")
        elif self.show_only.currentIndex() == PROBLEMS:
            text = self.tr("All files can be read.")
        else:
            text = self.tr("None of the files can be read. The reasons are listed below.")
        self._empty.setText(text)

    # --- the scan

    @Slot()
    def _on_scan_started(self) -> None:
        self.banner.hide()
        self.progress.begin(lambda: self.tr("Reading images"))
        self._say_empty()

    @Slot(object)
    def _on_scan_progress(self, progress: Progress) -> None:
        self.progress.update_progress(progress)

    @Slot(object)
    def _on_scan_ended(self, outcome: Outcome) -> None:
        self.progress.end()
        self._say_empty()
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif outcome.status == "cancelled":
            self.banner.show_message(
                "info", self.tr("Reading was cancelled. What was read so far can be used; “Scan again” reads the rest.")
            )
        else:
            self._say_missing_folder()

    @Slot()
    def _relocate(self) -> None:
        gone = next((folder for folder in self._session.folders if not folder.exists), None)
        if gone is not None:
            self.relocate_wanted.emit(gone.id, gone.path)

    @Slot()
    def _show_problem(self) -> None:
        """Show the folder of the chosen file, or of the first: there it can be mended or replaced."""
        image = self.problems.image(max(0, self._table.currentIndex().row()))
        if image is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(image.path.parent)))

    def retranslate(self) -> None:
        self.show_problem.setText(self.tr("Show in folder"))
        self.show_problem.setToolTip(self.tr("Mend or replace the file there, then scan again"))
        self._title.setText(self.tr("Images"))
        self.grid.setAccessibleName(self.tr("Images of the project"))
        self._table.setAccessibleName(self.tr("Files that cannot be used"))
        self.add.setText(self.tr("Add folder…"))
        self.rescan.setText(self.tr("Scan again"))
        self.rescan.setToolTip(self.tr("Look for new, changed and removed files"))
        shown = max(self.show_only.currentIndex(), 0)
        with QSignalBlocker(self.show_only):
            self.show_only.clear()
            choices = [self.tr("All images"), self.tr("Duplicates"), self.tr("Files that cannot be used")]
            self.show_only.addItems(choices)
            self.show_only.setCurrentIndex(shown)
        self.show_only.setAccessibleName(self.tr("Which images are shown"))
        self.problems.retranslate()
        self._on_images()


def rows_to_show(columns: Columns, choice: int) -> NDArray[np.int64]:
    """Indices of the images that ``ALL``, ``DUPLICATES`` or ``PROBLEMS`` shows; duplicates side by side."""
    if choice == DUPLICATES:
        return columns.duplicates()
    return np.flatnonzero(columns.readable if choice != PROBLEMS else ~columns.readable).astype(np.int64, copy=False)
