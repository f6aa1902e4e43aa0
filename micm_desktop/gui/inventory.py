"""Takes the inventory of the project's images in the background, compares it with another folder, and saves what it
says."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, eq
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.jobs import Work
from micm_desktop.gui.one_job import OneJob
from micm_desktop.gui.session import Session
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.folders import cache_folder
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.distributions import Measure
    from micm_desktop.inventory.drift import Drift
    from micm_desktop.inventory.findings import Finding
    from micm_desktop.inventory.taking import Inventory
    from micm_desktop.inventory.words import Language
    from micm_desktop.micm.checkpoint import LoadedEncoder

Doing = Literal["taking", "comparing", "saving"]


@dataclass(frozen=True)
class Taken:
    """An inventory of ``images``; ``rows`` (N,) are the indices into these of the inventory's N rows, and ``values``
    (N,) what was measured, by name."""

    images: Sequence[ImageRecord]
    inventory: "Inventory"
    findings: "list[Finding]"
    rows: NDArray[np.int64]
    values: Mapping["Measure", NDArray[np.float64]]


class InventoryWork(OneJob):
    """:attr:`doing` and :attr:`began` are one of :data:`Doing`."""

    changed = Signal()
    """:attr:`taken`, :attr:`drift` or :attr:`outdated` is another one."""
    saved = Signal(Path)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.taken: Taken | None = None
        self.drift: Drift | None = None
        self.outdated = False
        """Whether the images have changed since."""
        session.images_changed.connect(self._on_images)
        session.closed.connect(self._forget)

    @Slot()
    def take(self) -> None:
        """Look at all images of the project; what was looked at before is not read again."""
        images, folders = self._session.images, [record.path for record in self._session.folders]
        tags = self._session.tag_classes().copy()
        names = {record.id: record.name for record in self._session.classes}
        resolution = self._session.regions.resolution

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.inventory.findings import find_faults
            from micm_desktop.inventory.taking import Inventory, take_inventory

            wanted = [row for row, image in enumerate(images) if image.status != "missing"]
            paths = [images[row].path for row in wanted]
            root, encoder = common_root(folders), _starter()
            for event in take_inventory(root, encoder, _cache(root), control, paths):
                if isinstance(event, Inventory):
                    place = dict(zip(paths, wanted, strict=True))
                    rows = np.array([place[path] for path in event.files], np.int64)
                    tagged = [names.get(tag, "") for tag in tags[rows].tolist()]
                    configs = [branch.info.config for branch in encoder.branches]
                    findings = find_faults(event, tags=tagged, resolution=resolution, configs=configs)
                    yield Taken(images, event, findings, rows, measured(event))
                else:
                    yield event

        if images:
            self._start("taking", work, needs_engine=True)

    def compare(self, folder: Path) -> None:
        """Look at the images of another folder, and whether they differ from the project's."""
        taken = self.taken
        if taken is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.inventory.drift import compare_inventories
            from micm_desktop.inventory.taking import Inventory, take_inventory

            for event in take_inventory(folder, _starter(), _cache(folder), control):
                yield compare_inventories(taken.inventory, event) if isinstance(event, Inventory) else event

        self._start("comparing", work, needs_engine=True)

    def save_page(self, file: Path, language: "Language", made: str) -> None:
        """Write the inventory, and the comparison where there is one, as a page that opens anywhere."""
        taken, drift = self.taken, self.drift
        if taken is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.inventory.page import inventory_page
            from micm_desktop.report.writing import write_whole

            page = inventory_page(taken.inventory, taken.findings, language, made, drift)
            write_whole(file, page.encode("utf-8", "replace"))
            yield file

        self._start("saving", work)

    def save_subset(self, file: Path, count: int) -> None:
        """Write the names of ``count`` images that stand for all, one a line; none is of the test set, since they are
        there to learn from."""
        taken, labeling = self.taken, self._session.labeling
        if taken is None or labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.inventory.subset import diverse_subset
            from micm_desktop.report.writing import write_whole

            chosen = diverse_subset(taken.inventory, count, labeling.project.locked())
            names = [taken.inventory.measures[row].path for row in chosen]
            write_whole(file, "".join(f"{name}\n" for name in names).encode("utf-8", "replace"))
            yield file

        self._start("saving", work)

    def _start(self, doing: Doing, work: Work, *, needs_engine: bool = False) -> None:
        self._run(doing, work, needs_engine=needs_engine)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        match event:
            case Progress():
                self.progress.emit(event)
            case Taken():
                self.taken, self.drift = event, None
                self.outdated = not same_content(event.images, self._session.images)
                self.changed.emit()
            case Path():
                self.saved.emit(event)
            case _:
                self.drift = event  # type: ignore[assignment]
                self.changed.emit()

    @Slot()
    def _on_images(self) -> None:
        """After a scan the same images are other records."""
        if self.taken is not None:
            outdated = not same_content(self.taken.images, self._session.images)
            if outdated != self.outdated:
                self.outdated = outdated
                self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self.taken = self.drift = None
        self.outdated = False
        self.changed.emit()


def same_content(first: Sequence[ImageRecord], second: Sequence[ImageRecord]) -> bool:
    """Whether two lists hold the same images in the same order."""
    if first is second or len(first) != len(second):
        return first is second
    # Without a loop in Python: there may be 100,000.
    content = attrgetter("sha256")
    return all(map(eq, map(content, first), map(content, second)))


def measured(inventory: "Inventory") -> "dict[Measure, NDArray[np.float64]]":
    """(N,) of each measure that the page draws."""
    names: tuple[Measure, ...] = ("brightness", "sharpness", "noise")
    return {name: np.array([getattr(one, name) for one in inventory.measures], np.float64) for name in names}


def common_root(folders: Sequence[Path]) -> Path:
    """The folder above all ``folders``; the first one where they have none in common, as on two drives of Windows."""
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        return folders[0]


def record_of(inventory: "Inventory", row: int) -> ImageRecord:
    """An image that need not belong to the project, as the grid shows it."""
    file, one = inventory.files[row], inventory.measures[row]
    place, size = (str(file.parent), file.name, 0, one.path), (one.width, one.height, one.bytes)
    return ImageRecord(0, *place, one.sha256, *size, one.modified, "ok", "")


def _starter() -> "LoadedEncoder":
    from micm_desktop.micm.checkpoint import load_encoder

    return load_encoder("starter")


def _cache(root: Path) -> Path:
    from micm_desktop.inventory.measuring import cache_file

    return cache_file(root, cache_folder() / "inventory")
