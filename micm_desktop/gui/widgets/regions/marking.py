"""Ties the boxes on the large view to the project's regions."""

from PySide6.QtCore import QObject, QRectF, Slot

from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.messages import in_words, reason_in_words
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.regions.region_bar import ListedRegion, RegionBar
from micm_desktop.gui.widgets.regions.region_view import RegionView, ShownRegion
from micm_desktop.project.records import ImageRecord, RegionRecord


class Marking(QObject):
    """Shows the regions of one image, and has changes to them written at once."""

    def __init__(self, session: Session, view: RegionView, bar: RegionBar, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._regions = session, session.regions
        self._view, self._bar = view, bar
        self._image: ImageRecord | None = None
        self._row = -1
        self._next_class: int | None = None
        view.drawn.connect(self._add)
        view.changed.connect(self._move)
        view.remove_wanted.connect(self._remove)
        view.chosen_changed.connect(self._list)
        view.marking_changed.connect(self._on_marking)
        bar.chosen.connect(self._choose)
        bar.class_chosen.connect(self._set_class)
        bar.remove_wanted.connect(self.remove)
        self._regions.changed.connect(self.refresh)
        self._regions.saved.connect(bar.say_saved)
        self._regions.failed.connect(self._on_failed)
        self._regions.measured.connect(self.say_problem)
        session.classes_changed.connect(self._on_classes)
        session.tags_changed.connect(self.refresh)

    def show_image(self, image: ImageRecord | None, row: int) -> None:
        """The regions of this image; none with None, as long as no picture is there to draw them on."""
        if image is None or self._image is None or image.sha256 != self._image.sha256:
            self._view.choose(0)
            self._next_class = None
            self._bar.set_next_class(None)
            self._bar.saved.clear()
        self._image, self._row = image, row
        self._bar.setVisible(image is not None)
        self.refresh()
        self.say_problem()

    @Slot()
    def refresh(self) -> None:
        found = self._found()
        names = {record.id: (record.name, record.color) for record in self._session.classes}
        self._view.show_regions(
            {
                region.id: ShownRegion(
                    QRectF(region.xmin, region.ymin, region.xmax - region.xmin, region.ymax - region.ymin),
                    *names.get(self._regions.class_of(region, self._tag()), ("", "")),
                )
                for region in found
            }
        )
        self._list()

    @Slot()
    def remove(self) -> None:
        """Delete the chosen region."""
        self._remove(self._view.chosen)

    @Slot()
    def say_problem(self) -> None:
        """Say where the marked defects are too small for the network."""
        resolution = self._regions.resolution
        # Whoever marks nothing has other things on the mind.
        if resolution is None or not (self._view.marking or self._found()):
            self._bar.say_problem("")
        else:
            sentence = resolution.sentence()
            self._bar.say_problem(reason_in_words(sentence) if sentence else "", tiles=resolution.grid > 0)

    def retranslate(self) -> None:
        self.say_problem()

    def _found(self) -> list[RegionRecord]:
        return self._regions.of(self._image.sha256) if self._image is not None else []

    def _tag(self) -> int:
        tags = self._session.tag_classes()
        return int(tags[self._row]) if 0 <= self._row < len(tags) else 0

    @Slot()
    def _list(self) -> None:
        names = {record.id: record.name for record in self._session.classes}
        listed = [
            ListedRegion(
                region.id,
                names.get(self._regions.class_of(region, self._tag()), ""),
                region.class_id if region.class_id in names else None,
                round(region.xmax - region.xmin),
                round(region.ymax - region.ymin),
            )
            for region in self._found()
        ]
        self._bar.show_regions(listed, self._view.chosen)

    @Slot(bool)
    def _on_marking(self, marking: bool) -> None:
        self._bar.set_marking(marking)
        self.say_problem()

    @Slot()
    def _on_classes(self) -> None:
        self._bar.set_classes(self._session.classes)
        self.refresh()

    @Slot(int)
    def _choose(self, number: int) -> None:
        self._view.choose(number)
        self._view.setFocus()

    @Slot(QRectF)
    def _add(self, box: QRectF) -> None:
        if self._image is None:
            return
        added = self._regions.add(self._image, self._next_class, _corners(box))
        if added is not None:
            self._view.choose(added.id)

    @Slot(int, QRectF)
    def _move(self, number: int, box: QRectF) -> None:
        region = self._regions.find(number)
        if self._image is not None and region is not None:
            self._regions.change(self._image, region, region.class_id, _corners(box))

    @Slot(object)
    def _set_class(self, class_id: int | None) -> None:
        region = self._regions.find(self._view.chosen)
        if region is None:
            self._next_class = class_id
            self._bar.set_next_class(class_id)
        elif self._image is not None:
            self._regions.change(self._image, region, class_id, (region.xmin, region.ymin, region.xmax, region.ymax))
        self._view.setFocus()

    @Slot(int)
    def _remove(self, number: int) -> None:
        region = self._regions.find(number)
        if region is not None:
            self._regions.remove(region)
            self._view.setFocus()

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        self._bar.saved.clear()
        self._bar.say_problem(in_words(failure))


def _corners(box: QRectF) -> tuple[float, float, float, float]:
    return box.left(), box.top(), box.right(), box.bottom()
