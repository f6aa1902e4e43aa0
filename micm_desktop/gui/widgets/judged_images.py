"""The images behind a figure, with tag and verdict."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.evaluating import Compared, Evaluated
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.styled import styled_label


class JudgedImages(QWidget):
    """A title above a grid. The cards say what was judged, not what the image's own tag makes of it."""

    activated = Signal(object)
    """The :class:`ImageRecord` that was double-clicked."""

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.title = styled_label("muted", wrap=True)
        # Names of classes are no markup.
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.model = ImageModel(self)
        self.grid = ImageGrid(self.model, thumbnails, labels=True)
        self.grid.activated_row.connect(lambda row: self.activated.emit(self.model.card_of(row).image))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.grid, 1)

    def clear(self, title: str = "") -> None:
        """Show no images."""
        self._say(title)
        none = np.zeros(0, np.int64)
        self.model.set_images((), none, none)

    def show_judged(self, evaluated: Evaluated, title: str, rows: NDArray[np.int64]) -> None:
        """Show those of an evaluation's judged images with indices ``rows`` (n,) that are still there."""
        shown = np.flatnonzero(np.isin(evaluated.rows, rows)).astype(np.int64)
        self.model.set_images(evaluated.images, shown, evaluated.tags)
        self.model.set_classes(evaluated.evaluation.classes)
        self.model.set_judged(evaluated.judged)
        self._say(title)

    def show_compared(self, compared: Compared, title: str, rows: NDArray[np.int64]) -> None:
        """Show those of a comparison's images with indices ``rows`` (n,) that are still there, with their tags."""
        shown = np.flatnonzero(np.isin(compared.rows, rows)).astype(np.int64)
        self.model.set_images(compared.images, shown, compared.tags)
        self.model.set_classes(self._session.classes)
        self.model.set_judged(None)
        self._say(title)

    def _say(self, title: str) -> None:
        self.title.setText(title)
        self.grid.setAccessibleName(title or self.tr("The images behind a figure"))
