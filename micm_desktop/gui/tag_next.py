"""The images to tag next, computed anew by a worker after every tag."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Latest
from micm_desktop.gui.session import Session
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.fewshot.suggest import Queue
    from micm_desktop.labeling import Suggestion

COUNT = 24
"""Images that are suggested at a time; the list is renewed long before they are tagged."""


class TagNext(QObject):
    """Holds the chosen queue; None while nothing is to be suggested."""

    renewed = Signal()
    """:attr:`suggestions` is new."""
    failed = Signal(object)
    """A :class:`Failure`."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.queue: Queue | None = None
        self.count = COUNT
        self.suggestions: tuple[Suggestion, ...] = ()
        self._reasons: dict[int, Suggestion] = {}
        self._latest = Latest(self)
        self._latest.ready.connect(self._on_ready)
        self._latest.failed.connect(lambda _key, failure: self.failed.emit(failure))
        session.predictions_changed.connect(self._ask)
        session.images_changed.connect(self._forget)
        session.closed.connect(self._forget)

    @property
    def busy(self) -> bool:
        """Whether suggestions are being computed."""
        return self._latest.busy

    def choose(self, queue: "Queue | None") -> None:
        """Answers with :attr:`renewed`, unless ``queue`` is None."""
        self.queue = queue
        self._forget()
        self._ask()

    def reason(self, row: int) -> "Suggestion | None":
        """Why the image with index ``row`` was suggested last, since the queue was chosen."""
        return self._reasons.get(row)

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self._latest.stop()

    @Slot()
    def _forget(self) -> None:
        self._latest.forget()
        self.suggestions = ()
        self._reasons = {}

    @Slot()
    def _ask(self) -> None:
        labeling, queue, images, count = self._session.labeling, self.queue, self._session.images, self.count
        if labeling is None or queue is None:
            return
        self._latest.request(images, lambda: labeling.suggest(queue, count))

    @Slot(object, object)
    def _on_ready(self, images: tuple[ImageRecord, ...], found: "list[Suggestion]") -> None:
        if images is not self._session.images:
            return
        self.suggestions = tuple(found)
        self._reasons |= {suggestion.row: suggestion for suggestion in found}
        self.renewed.emit()
