"""Where thumbnails are kept, and how many: pruned when a project opens and when the limit is lowered."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from micm_desktop.gui.jobs import Latest
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl

SETTLING = 5000
"""Milliseconds after opening before the folder is looked through: what is on screen comes first."""
SUBFOLDER = "micm-desktop-thumbnails"


class CacheKeeper(QObject):
    """Answers with :attr:`measured`; all reading and deleting is done in a worker."""

    measured = Signal(object)
    """The :class:`CacheSize` of the place in use, or a :class:`Failure`."""

    def __init__(self, session: Session, thumbnails: Thumbnails, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._thumbnails = thumbnails
        self._preferences = preferences
        self._control = JobControl()
        self._latest = Latest(self)
        self._latest.ready.connect(lambda _key, size: self.measured.emit(size))
        self._latest.failed.connect(lambda _key, failure: self.measured.emit(failure))
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(self.prune)
        session.closed.connect(self._settled.stop)

    @property
    def place(self) -> Path | None:
        """The folder in use; None while no project is open and none was chosen."""
        chosen, project = self._preferences.cache_place(), self._session.folder
        if chosen is not None:
            return chosen / SUBFOLDER
        return project / "thumbnails" if project is not None else None

    @Slot()
    def use_place(self) -> None:
        """Take the thumbnails from the place that is chosen now; what lies in another one stays there."""
        place = self.place
        if place is not None and self._session.labeling is not None:
            self._thumbnails.set_cache(place)
            self._settled.start()

    @Slot()
    def prune(self) -> None:
        """Delete the oldest thumbnails over the limit."""
        self._start(self._preferences.cache_limit() * 1_000_000)

    @Slot()
    def measure(self) -> None:
        self._start(None)

    @Slot()
    def clear(self) -> None:
        """Delete all thumbnails; they are drawn anew when they are looked at."""
        self._start(0)

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self._settled.stop()
        self._control.cancel()
        self._latest.stop()

    def _start(self, limit: int | None) -> None:
        place = self.place
        if place is None:
            return
        self._control.cancel()
        control = self._control = JobControl()

        def work() -> object:
            from micm_desktop.images.thumbnail_cache import prune_thumbnails

            return prune_thumbnails(place, limit, control)

        self._latest.request(limit, work)
