"""The images behind what was said, with a line that says which they are."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.project.records import ImageRecord


class ShownImages(QWidget):
    """A title above a grid."""

    activated = Signal(object)
    """The :class:`ImageRecord` that was double-clicked."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = styled_label("muted", wrap=True)
        # Names of folders are no markup.
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.model = ImageModel(self)
        self.grid = ImageGrid(self.model, thumbnails, labels=False)
        self.grid.activated_row.connect(lambda row: self.activated.emit(self.images[row]))
        self.images: tuple[ImageRecord, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.grid, 1)

    def show_images(self, title: str, images: Sequence[ImageRecord]) -> None:
        """Show ``images`` in this order under ``title``."""
        self.title.setText(title)
        self.grid.setAccessibleName(title)
        self.images = tuple(images)
        self.model.set_images(self.images, np.arange(len(self.images)), np.zeros(len(self.images), np.int64))
