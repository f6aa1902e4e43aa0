"""Says on the Label page that many tags are being saved, and keeps classes from being changed meanwhile."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.saved_mark import SavedMark


class BulkNote(QObject):
    """``saved`` is where the page says what was saved; ``classes`` changes them."""

    def __init__(self, session: Session, saved: SavedMark, classes: QWidget) -> None:
        super().__init__(classes)
        self._saved = saved
        self._classes = classes
        session.bulk.started.connect(self._on_started)
        session.bulk.ended.connect(self._on_ended)

    @Slot(int)
    def _on_started(self, count: int) -> None:
        # The project has one writer at a time: a class that changed now would make the window wait.
        self._classes.setEnabled(False)
        self._saved.say_saving(count)

    @Slot()
    def _on_ended(self) -> None:
        self._classes.setEnabled(True)
