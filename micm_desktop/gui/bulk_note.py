"""Says on the Label page that many tags are being saved, and keeps classes from being changed meanwhile."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QLabel, QWidget

from micm_desktop.gui.session import Session


class BulkNote(QObject):
    """``saved`` is where the page says what was saved, which ``forget`` clears; ``classes`` changes them."""

    def __init__(self, session: Session, saved: QLabel, forget: QTimer, classes: QWidget) -> None:
        super().__init__(classes)
        self._saved = saved
        self._forget = forget
        self._classes = classes
        session.bulk.started.connect(self._on_started)
        session.bulk.ended.connect(self._on_ended)

    @Slot(int)
    def _on_started(self, count: int) -> None:
        # The project has one writer at a time: a class that changed now would make the window wait.
        self._classes.setEnabled(False)
        self._forget.stop()
        self._saved.setText(self.tr("Saving: %n image(s)…", "", count))

    @Slot()
    def _on_ended(self) -> None:
        self._classes.setEnabled(True)
