"""The marked regions of the open project: kept in memory, and written at once when they change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Failure, Latest, failure_of
from micm_desktop.images.boxes import Box
from micm_desktop.progress import UserError
from micm_desktop.project.records import ImageRecord, RegionRecord, TakenBack

if TYPE_CHECKING:
    from micm_desktop.fewshot.resolution import Resolution
    from micm_desktop.gui.session import Session
    from micm_desktop.labeling import Labeling

T = TypeVar("T")


@dataclass(frozen=True)
class _Read:
    regions: tuple[RegionRecord, ...] | None
    """None where they are known."""
    resolution: "Resolution | None"


class Regions(QObject):
    """All regions by number. Each change is on disk when the method that makes it returns, and can be undone; while a
    worker saves tags it waits for them, and not the window."""

    changed = Signal()
    """Other regions, or other classes of theirs."""
    saved = Signal()
    """A change is on disk."""
    failed = Signal(object)
    """A :class:`Failure`; nothing was changed."""
    measured = Signal()
    """:attr:`resolution` is new."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._by_number: dict[int, RegionRecord] = {}
        self._known = False
        self.resolution: Resolution | None = None
        self._read = Latest(self)
        self._read.ready.connect(self._on_read)
        self._read.failed.connect(self._on_read_failed)
        for signal in (session.opened, session.images_changed, session.classes_changed):
            signal.connect(self.read_again)
        session.taken_back.connect(self._on_taken_back)
        session.closing.connect(self._read.stop)
        session.closed.connect(self._forget)

    def of(self, sha256: str) -> list[RegionRecord]:
        """The regions of one image, in the order they were drawn."""
        found = [region for region in self._by_number.values() if region.sha256 == sha256]
        return sorted(found, key=lambda region: region.id)

    def find(self, number: int) -> RegionRecord | None:
        return self._by_number.get(number)

    def class_of(self, region: RegionRecord, tag: int) -> int:
        """Class id of a region on an image with this ``tag``, 0 for none: its own, else what the image is tagged as."""
        known = {record.id for record in self._session.classes}
        return region.class_id if region.class_id in known and region.class_id is not None else tag

    # --- changes

    def add(self, image: ImageRecord, class_id: int | None, box: Box) -> RegionRecord | None:
        """Mark a box; None where that failed, or waits for tags that a worker saves."""
        return self._write(lambda labeling: labeling.mark(image, class_id, box))

    def change(self, image: ImageRecord, region: RegionRecord, class_id: int | None, box: Box) -> None:
        """Give a region another place or class."""
        self._write(lambda labeling: labeling.change_region(image, region.id, class_id, box))

    def _write(self, change: "Callable[[Labeling], RegionRecord]") -> RegionRecord | None:
        return self._try(change, lambda region: self._by_number.update({region.id: region}))

    def remove(self, region: RegionRecord) -> None:
        """Take a region away."""
        self._try(
            lambda labeling: labeling.remove_region(region.id), lambda _none: self._by_number.pop(region.id, None)
        )

    def _try(self, write: "Callable[[Labeling], T]", keep: Callable[[T], object]) -> T | None:
        """Write, keep the result in memory and say so; None where it was refused, or waits for tags to be saved."""
        labeling = self._session.labeling
        if labeling is None or self._session.bulk.put_off(lambda: self._try(write, keep)):
            return None
        try:
            result = write(labeling)
        except UserError as error:
            # What is shown may have run ahead of what is on disk.
            self.changed.emit()
            self.failed.emit(failure_of(error))
            return None
        keep(result)
        self._session.follow_journal()
        self.changed.emit()
        self.saved.emit()
        self._ask()
        return result

    # --- reading

    @Slot()
    def read_again(self) -> None:
        """Read the regions in a worker, and how large they are for the network."""
        self._known = False
        self._ask()

    @Slot(object)
    def _on_taken_back(self, taken: TakenBack) -> None:
        if not taken.regions:
            return
        now = self._by_number | taken.regions
        self._by_number = {number: region for number, region in now.items() if region is not None}
        self.changed.emit()
        self.saved.emit()
        self._ask()

    def _ask(self) -> None:
        labeling, known = self._session.labeling, self._known

        def read() -> _Read:
            assert labeling is not None
            return _Read(None if known else tuple(labeling.project.regions()), labeling.resolution())

        if labeling is not None:
            self._read.request(labeling, read)

    @Slot(object, object)
    def _on_read(self, labeling: object, read: object) -> None:
        if labeling is not self._session.labeling or not isinstance(read, _Read):
            return
        if read.regions is not None:
            self._by_number = {region.id: region for region in read.regions}
            self._known = True
            self.changed.emit()
        self.resolution = read.resolution
        self.measured.emit()

    @Slot(object, object)
    def _on_read_failed(self, _labeling: object, failure: Failure) -> None:
        self.failed.emit(failure)

    @Slot()
    def _forget(self) -> None:
        self._by_number, self.resolution, self._known = {}, None, False
        self.changed.emit()
        self.measured.emit()
