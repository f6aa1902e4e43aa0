"""The first screen: try the sample, open a folder, or go on with a recent project."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.preferences import RecentProject
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.styled import styled_label

CARD_HEIGHT = 330


class _Choice(QFrame):
    """One of the three ways to begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.heading = styled_label("heading", wrap=True)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.button = QPushButton()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(18, 18, 18, 18)
        self.body.setSpacing(10)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.text)


class StartPage(Page):
    """Emits what the user wants to open."""

    sample_wanted = Signal()
    folder_wanted = Signal()
    recent_wanted = Signal(Path)
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = styled_label("title")
        self._intro = styled_label("muted", wrap=True)
        self.banner = Banner()
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self.cancel_wanted)
        self._sample = _Choice()
        self._folder = _Choice()
        self._recent = _Choice()
        self._folder.button.setProperty("role", "primary")
        for choice, wanted in ((self._sample, self.sample_wanted), (self._folder, self.folder_wanted)):
            choice.body.addStretch(1)
            choice.body.addWidget(choice.button, alignment=Qt.AlignmentFlag.AlignLeft)
            choice.button.clicked.connect(wanted)
        self.recent = QListWidget()
        self.recent.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.recent.itemActivated.connect(self._open_item)
        self.recent.itemClicked.connect(self._open_item)
        self._recent.body.addWidget(self.recent, 1)
        self._recent.button.hide()
        self._projects: Sequence[RecentProject] = ()

        columns = QHBoxLayout()
        columns.setSpacing(16)
        for choice in (self._sample, self._folder, self._recent):
            choice.setMaximumHeight(CARD_HEIGHT)
            columns.addWidget(choice, 1)
        self._steps = styled_label("muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 24)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addWidget(self._intro)
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        layout.addSpacing(6)
        layout.addLayout(columns, 1)
        layout.addWidget(self._steps)
        layout.addStretch(2)
        self.retranslate()

    @property
    def sample_button(self) -> QPushButton:
        return self._sample.button

    @property
    def folder_button(self) -> QPushButton:
        return self._folder.button

    def set_recent(self, projects: Sequence[RecentProject]) -> None:
        self._projects = projects
        self.recent.clear()
        for project in projects:
            item = QListWidgetItem(f"{project.images.name or project.images}\n{_short(project.images)}")
            item.setToolTip(f"{project.images}\n{project.folder}")
            item.setData(Qt.ItemDataRole.UserRole, project.folder)
            self.recent.addItem(item)
        self.recent.setVisible(bool(projects))
        self._recent.text.setText(
            self.tr("Click one to go on where you stopped.")
            if projects
            else self.tr("Projects you have opened appear here.")
        )
        self._recent.body.setStretch(1, 0 if projects else 1)

    def set_busy(self, busy: bool) -> None:
        """While something is being opened, nothing else can be."""
        for part in (self._sample.button, self._folder.button, self.recent):
            part.setEnabled(not busy)

    @Slot(QListWidgetItem)
    def _open_item(self, item: QListWidgetItem) -> None:
        self.recent_wanted.emit(item.data(Qt.ItemDataRole.UserRole))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Visual inspection from a few examples"))
        self._intro.setText(
            self.tr(
                "Open a folder of product images, tag a few of each kind, and export a model file that judges parts."
            )
        )
        self._sample.heading.setText(self.tr("Try the sample set"))
        self._sample.text.setText(
            self.tr(
                "240 pictures of ground metal parts, good and with five kinds of defect, are made on this computer. "
                "The best way to see how everything works."
            )
        )
        self._sample.button.setText(self.tr("Make the sample set"))
        self._folder.heading.setText(self.tr("Open a folder of images"))
        self._folder.text.setText(
            self.tr(
                "Images in all its sub-folders are found: BMP, PNG, JPEG, TIFF and more. They are only read, never "
                "copied or changed. You can also drop a folder onto this window."
            )
        )
        self._folder.button.setText(self.tr("Open folder…"))
        self._recent.heading.setText(self.tr("Recent projects"))
        self.recent.setAccessibleName(self._recent.heading.text())
        self._steps.setText(
            self.tr(
                "The work goes from top to bottom along the left edge: images, labels, export. The steps between are "
                "optional, and each says what it is for."
            )
        )
        self.set_recent(self._projects)


def _short(path: Path, limit: int = 44) -> str:
    text = str(path)
    return text if len(text) <= limit else "…" + text[-limit + 1 :]
