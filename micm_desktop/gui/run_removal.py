"""Asks before a pretraining run is deleted, and deletes it in the background."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl


class RunRemoval(QObject):
    """The run in use is never deleted."""

    ended = Signal(object)
    """An :class:`Outcome`."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._page = parent

    @Slot(int, str)
    def ask(self, encoder_id: int, name: str) -> None:
        """Ask whether the run with this encoder is to be deleted, and do so."""
        box = QMessageBox(self._page.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Delete run"))
        box.setText(self.tr('Delete "{name}"?').format(name=name))
        box.setInformativeText(
            self.tr(
                "What it has learned is deleted from the disk and cannot be brought back. Tags and images stay, and "
                "the encoder in use is another one."
            )
        )
        delete = box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        delete.clicked.connect(lambda: self._delete(encoder_id))
        box.open()

    def _delete(self, encoder_id: int) -> None:
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            labeling.delete_run(encoder_id)
            yield None

        self._session.jobs.start(work, on_end=self._on_end)

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self.ended.emit(outcome)
