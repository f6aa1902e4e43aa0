"""What the gallery of the Label page shows: filter and order over the session's arrays."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.models.changed import Changed
from micm_desktop.gui.models.columns import Columns
from micm_desktop.gui.models.filters import Filter, count_by_class, folders_to_choose, matching
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.ordering import KEYS, Order, ordered
from micm_desktop.gui.models.outcomes import Judged, judge
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.empty_list import EmptyList
from micm_desktop.gui.widgets.gallery_bar import Counts, GalleryBar
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.project.records import UNSURE

if TYPE_CHECKING:
    from micm_desktop.labeling import Explanation


class Gallery(QObject):
    """Turns what is chosen in the bar into rows, and counts what there is to choose."""

    changed = Signal()
    """The user wants other images, or another order."""

    def __init__(self, session: Session, model: ImageModel, grid: ImageGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._preferences = Preferences()
        self._judged: Judged | None = None
        self._ruled: dict[int, tuple[int, int]] = {}
        self._folders: list[str] = []
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._rows_of: tuple[object, ...] = ()
        self._test: NDArray[np.int64] = np.zeros(0, np.int64)
        self._test_of: tuple[object, ...] | None = None
        self._counted: tuple[tuple[object, ...], Counts] | None = None
        self.only: Changed | None = None
        """The images to which the list is narrowed, whatever the filter is."""
        self._before: NDArray[np.int64] | None = None
        self._chosen = Filter()
        self.bar = GalleryBar()
        self.empty = EmptyList()
        self.empty.action.connect(self.clear)
        by, descending, edge = self._preferences.gallery()
        if by in KEYS:
            self.bar.set_order(Order(by, descending))
        self.bar.edge.setValue(edge)
        grid.set_card_edge(self.bar.edge.value())
        self.bar.edge_chosen.connect(grid.set_card_edge)
        self.bar.edge_chosen.connect(self._remember)
        self.bar.order_chosen.connect(self._remember)
        self.bar.order_chosen.connect(self.changed)
        self.bar.filter_chosen.connect(self.changed)
        # From the search on with the arrow keys and the keys of the classes.
        self.bar.search.returnPressed.connect(grid.setFocus)
        session.images_changed.connect(self._on_images)
        session.closed.connect(self._on_images)

    @property
    def filter(self) -> Filter:
        return self.bar.filter

    @property
    def waits_for_predictions(self) -> bool:
        """Whether the list cannot be right before predictions are there."""
        return self._judged is None and (self.bar.filter.needs_predictions or self.bar.order.needs_predictions)

    def clear(self) -> None:
        """Let all images through."""
        self._narrow(None, Filter())

    @property
    def judged(self) -> Judged | None:
        """The session's predictions after the rules that are known."""
        return self._judged

    def show_only(self, images: Changed | None) -> None:
        """Narrow the list to exactly these images, or with None go back to what was chosen before."""
        if images is not None:
            self._chosen = self.filter if self.only is None else self._chosen
            self._narrow(images, Filter())
        elif self.only is not None:
            # What was chosen since is wanted more than what was chosen before.
            self._narrow(None, self.filter if self.filter.conditions else self._chosen)

    def _narrow(self, images: Changed | None, wanted: Filter) -> None:
        emits = images is not self.only and wanted == self.filter
        self.only = images
        self._find_before()
        self.bar.choose(wanted)
        if emits:
            self.changed.emit()

    def _find_before(self) -> None:
        before = None if self.only is None else self.only.before_of(self._session.images, self._session.columns)
        if before is not None or self._before is not None:
            self._before = before
            self._model.set_before(before)

    def rows(self) -> NDArray[np.int64]:
        """Indices (n,) of the images that belong in the list now, in order; the same array while nothing changed."""
        session, chosen, order = self._session, self.bar.filter, self.bar.order
        tags = session.tag_states() if chosen.tag is not None or order.by == "tag" else None
        judged = self._judged if chosen.needs_predictions or order.needs_predictions else None
        made_of = (chosen, order, session.columns, tags, judged, session.classes, self._before, session.locked)
        if len(self._rows_of) != len(made_of) or any(a is not b for a, b in zip(made_of, self._rows_of, strict=True)):
            found = matching(chosen, session.columns, session.tag_states(), self._judged, self._test_rows())
            if self._before is not None:
                found &= self._before >= 0
            classes = [record.id for record in session.classes]
            self._rows = ordered(order, found, session.columns, session.tag_states(), self._judged, classes)
            self._rows_of = made_of
        return self._rows

    def _test_rows(self) -> NDArray[np.int64]:
        """Indices of the images that are set aside for the test."""
        of = (self._session.locked, self._session.columns)
        if self._test_of is None or any(a is not b for a, b in zip(of, self._test_of, strict=True)):
            self._test, self._test_of = self._session.columns.rows_of(of[0]), of
        return self._test

    def show_predictions(self) -> None:
        """Show the session's predictions after the rules that are known, in the gallery and in its counts."""
        predictions = self._session.predictions
        if self._judged is None or predictions is not self._judged.predictions:
            self._ruled = {}
        self._judge()

    @Slot(int, object)
    def show_ruled(self, row: int, explanation: "Explanation") -> None:
        """An image was looked at: its verdict after all rules is known now."""
        predictions, ruled = self._session.predictions, explanation.ruled
        if predictions is None or ruled is None or not self._session.columns.readable[row : row + 1].any():
            return
        found = (int(ruled.outcome), ruled.class_index)
        if ruled.rule and self._ruled.get(row) != found:
            self._ruled[row] = found
            self._judge()

    def _judge(self) -> None:
        predictions, labeling = self._session.predictions, self._session.labeling
        if predictions is None or labeling is None:
            self._judged = None
        else:
            from micm_desktop.labeling.deciding import rules_for

            least = rules_for(labeling.decision, predictions.classes).least_probability
            self._judged = judge(predictions, least, self._ruled)
        self._model.set_judged(self._judged)

    @property
    def stale(self) -> bool:
        """Whether the grid holds other images than belong in it now, or another order."""
        return not np.array_equal(self.rows(), self._model.rows)

    def recount(self, *, queued: bool) -> Counts:
        """Show what there is to choose from, and why the list is empty. ``queued``: it is a queue's."""
        counts = self._counts()
        self.bar.set_counts(self._session.classes, counts, self._model.rowCount())
        if queued:
            self.empty.say(self.tr("Nothing is suggested at the moment.\nChoose another queue above."))
        elif (self.filter.conditions or self.only is not None) and counts.images:
            self.empty.say(self.tr("No image meets all the filters."), self.tr("Clear filters"))
        else:
            self.empty.say(self.tr("There are no images to label yet."))
        return counts

    def _counts(self) -> Counts:
        columns, judged = self._session.columns, self._judged
        made_of = (columns, judged, self._session.tag_states(), self._session.locked, self._folders)
        if self._counted is not None and all(a is b for a, b in zip(made_of, self._counted[0], strict=True)):
            return self._counted[1]
        self._counted = (made_of, self._count(columns, judged))
        return self._counted[1]

    def _count(self, columns: Columns, judged: Judged | None) -> Counts:
        tags = np.where(columns.readable, self._session.tag_states(), 0)
        by_tag = count_by_class(tags)
        return Counts(
            columns.usable,
            sum(by_tag.values()),
            int(np.count_nonzero(tags == UNSURE)),
            by_tag,
            count_by_class(judged.class_ids) if judged is not None else None,
            judged.count() if judged is not None else None,
            self._folders,
            int(np.count_nonzero(columns.readable[self._test_rows()] & (tags[self._test_rows()] <= 0))),
        )

    @Slot()
    def _on_images(self) -> None:
        self._folders = folders_to_choose(self._session.columns)
        if self._judged is not None and self._session.predictions is None:
            self._judged, self._ruled = None, {}
        if self.only is not None and self._session.labeling is None:
            self.only = None
        self._find_before()

    @Slot()
    def _remember(self) -> None:
        order = self.bar.order
        self._preferences.set_gallery(order.by, order.descending, self.bar.edge.value())
