"""The images that cannot be used, with reasons, as a Qt table."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.models.image_model import Index
from micm_desktop.project.records import ImageRecord


class ProblemModel(QAbstractTableModel):
    """Columns: file, reason."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: Sequence[ImageRecord] = ()

    def set_images(self, images: Sequence[ImageRecord]) -> None:
        """Show ``images``, none of which has the status ``ok``."""
        self.beginResetModel()
        self._images = images
        self.endResetModel()

    def image(self, row: int) -> ImageRecord | None:
        """What a row shows; None where there is no such row."""
        return self._images[row] if row < len(self._images) else None

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 1)
        self.set_images(self._images)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._images)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        image = self._images[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return image.relative_path if index.column() == 0 else reason_in_words(image.message)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(image.path) if index.column() == 0 else reason_in_words(image.message)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.tr("File") if section == 0 else self.tr("Reason")
        return None
