"""What the encoder in use is called, read from the project in a worker."""

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Latest
from micm_desktop.gui.session import Session


class EncoderInUse(QObject):
    """Reads anew with every prediction: another encoder judges otherwise."""

    changed = Signal()
    """:attr:`name` is another one."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.name = ""
        """Empty for the encoder that came with the program."""
        self._read = Latest(self)
        self._read.ready.connect(self._on_read)
        session.opened.connect(self._ask)
        session.predictions_changed.connect(self._ask)
        session.closing.connect(self._read.stop)

    @Slot()
    def _ask(self) -> None:
        labeling = self._session.labeling
        if labeling is None:
            return

        def read() -> str:
            active = labeling.project.active_encoder()
            return "" if active is None else active.name

        self._read.request(labeling, read)

    @Slot(object, object)
    def _on_read(self, labeling: object, name: str) -> None:
        if labeling is self._session.labeling and name != self.name:
            self.name = name
            self.changed.emit()
