"""Says of the image in the large view that it belongs to the test set."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from micm_desktop.gui.widgets.fitting_label import WholeText
from micm_desktop.project.records import ImageRecord


class LockedNote(WholeText):
    """Hidden for all other images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._image: ImageRecord | None = None
        self._locked: frozenset[str] = frozenset()
        self.retranslate()
        self.hide()

    def show_image(self, image: ImageRecord | None) -> None:
        """Another image is in view."""
        self._image = image
        self._refresh()

    def set_locked(self, locked: frozenset[str]) -> None:
        """Content hashes of the test set."""
        self._locked = locked
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(self._image is not None and self._image.sha256 in self._locked)

    def retranslate(self) -> None:
        self.setText(
            self.tr("Test image: its tag is only used for the test. Whatever is learned from can prove nothing.")
        )
        self.setToolTip(self.tr("The test set is kept on the Evaluation page."))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
