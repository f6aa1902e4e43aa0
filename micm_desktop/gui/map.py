"""The map of all images in the place of the gallery: made in the background, and both show the same selection."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelectionModel, QObject, QPointF, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from micm_desktop.gui import engine
from micm_desktop.gui.features import Features
from micm_desktop.gui.jobs import Job, Outcome
from micm_desktop.gui.map_looks import ColorBy
from micm_desktop.gui.map_words import MapWords
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.map_bar import MapBar
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ImageRecord

SETTLING = 200
"""Milliseconds without a change after which the map is brought up to date: images come in many parts while scanned."""


@dataclass(frozen=True)
class Placed:
    """Points (N, 2) float32 of ``images``, NaN where an image has none."""

    images: tuple[ImageRecord, ...]
    points: NDArray[np.float32]
    coarse: bool


class ImageMapping(QObject):
    """Runs while the map is in view; nothing is loaded or computed before it is first asked for."""

    changed = Signal()
    """The map in view is another one."""
    beyond = Signal()
    """Images are wanted that :attr:`listed` has and the list has not: it is to hold them, too."""

    def __init__(
        self,
        session: Session,
        features: Features,
        thumbnails: Thumbnails,
        model: ImageModel,
        grid: ImageGrid,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._features = features
        self._thumbnails = thumbnails
        self._model = model
        self._grid = grid
        self._job: Job | None = None
        self._again = self._stopped = self._anew = False
        self._placed: Placed | None = None
        self._hovered = -1
        self._by: ColorBy = "tag"
        self._selected: NDArray[np.int64] | None = None
        """Places in the list, as they were selected here last; None where they may be others."""
        self._views = QStackedWidget()
        self._words: MapWords | None = None
        self.listed: Callable[[], NDArray[np.int64]] = lambda: model.rows
        """Gives the indices (n,) of the images that can be selected."""
        self.bar = MapBar()
        self.bar.switched.connect(self._on_switched)
        self.bar.color_chosen.connect(self._on_color)
        self.bar.anew_wanted.connect(self._arrange_anew)
        self._settled = self._timer(SETTLING, self._bring_up_to_date)
        self._list_changed = self._timer(0, self._show_list)
        self._looks_changed = self._timer(0, self._show_looks)
        session.images_changed.connect(self._on_images)
        session.closed.connect(self._on_images)
        for signal in (session.tags_changed, session.classes_changed, model.judged_changed):
            signal.connect(lambda *_: self._looks_changed.start())
        features.loaded.connect(self._on_features)
        features.started.connect(self._on_features)
        features.ended.connect(self._on_features)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._on_list)
        grid.selectionModel().selectionChanged.connect(self._on_list)
        thumbnails.arrived.connect(self._on_thumbnail)

    def _timer(self, pause: int, then: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(then)
        return timer

    def beside(self, gallery: QWidget) -> QWidget:
        """``gallery`` with the switch above it that puts the map in its place."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        self._views.addWidget(gallery)
        column.addWidget(self._views, 1)
        return holder

    @property
    def words(self) -> "MapWords":
        """The map and what is said around it, made by the first call."""
        if self._words is None:
            # The plot library takes half a second to load and the window is shown first.
            from micm_desktop.gui.widgets.map_panel import MapPanel

            panel = MapPanel()
            self._words = MapWords(self._session, self._features, panel, self)
            panel.action.connect(self._next)
            panel.words_wanted.connect(self._looks_changed.start)
            panel.progress.cancelled.connect(self._cancel)
            view = panel.view
            view.typed.connect(self._grid.typed)
            view.surrounded.connect(self._select)
            view.pointed.connect(self._point)
            view.hovered.connect(self._on_hover)
            self.bar.tool_chosen.connect(view.set_tool)
            self.bar.all_wanted.connect(view.show_all)
            view.set_tool("lasso")
            self._views.addWidget(panel)
        return self._words

    @property
    def active(self) -> bool:
        """Whether the map takes the place of the gallery."""
        return self.bar.map.isChecked()

    @property
    def busy(self) -> bool:
        """Whether the map is being made or will be in a moment."""
        return self._job is not None or self._settled.isActive()

    # --- making it

    @Slot(bool)
    def _on_switched(self, to_map: bool) -> None:
        if not to_map:
            self._views.setCurrentIndex(0)
            self._grid.setFocus()
            return
        panel = self.words.panel
        self._views.setCurrentWidget(panel)
        panel.view.setFocus()
        self._stopped = False
        self._bring_up_to_date()

    @Slot()
    def _on_images(self) -> None:
        self._placed = None
        self._on_features()

    @Slot()
    def _on_features(self) -> None:
        self._stopped = False
        if self._words is not None:
            self._settled.start()

    @Slot()
    def _arrange_anew(self) -> None:
        self._anew, self._stopped = True, False
        self._bring_up_to_date()

    @Slot()
    def _next(self) -> None:
        labeling = self._session.labeling
        if labeling is not None and labeling.missing_features() and not self._features.running:
            self._features.start()
        else:
            self._on_features()

    @Slot()
    def _bring_up_to_date(self) -> None:
        labeling, images = self._session.labeling, self._session.images
        if self._words is None or not self.active:
            return
        self._words.missing = labeling.missing_features() if labeling is not None else 0
        self._say()
        if self._stopped or labeling is None or not labeling.has_features():
            return
        if self._job is not None:
            self._again = True
            if self._anew:
                self._job.cancel()
            return
        anew, self._anew = self._anew, False

        def work(control: JobControl) -> Iterator[object]:
            engine.load_layout()
            for event in labeling.image_map(control, anew=anew):
                if isinstance(event, Progress):
                    yield event
                    continue
                rows = np.array([event.rows.get(image.sha256, -1) for image in images], np.int64)
                points = np.full((len(images), 2), np.nan, np.float32)
                points[rows >= 0] = event.points[rows[rows >= 0]]
                yield Placed(images, points, event.coarse)

        self._job = self._session.jobs.start(work, on_event=self._on_event, on_end=self._on_end)
        self._say()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.words.show_progress(event)
        elif isinstance(event, Placed) and event.images is self._session.images:
            first = self._placed is None or self._placed.coarse
            self._placed = event
            self.words.panel.view.set_points(event.points, fit=first)
            self._show_looks()
            self._show_list()
            self.changed.emit()

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        self._job = None
        again, self._again = self._again, False
        if self._words is None:
            return
        self._words.failure = outcome.failure
        if again:
            self._bring_up_to_date()
        else:
            self._stopped = outcome.status != "done"
            self._say()

    @Slot()
    def _cancel(self) -> None:
        self._again = False
        if self._job is not None:
            self._job.cancel()

    # --- showing it

    def _say(self) -> None:
        if self._words is not None:
            self._words.say(self._placed.points if self._placed is not None else None, self._job is not None)
            self.bar.set_ready(self._placed is not None)

    @Slot(str)
    def _on_color(self, by: str) -> None:
        self._by = cast(ColorBy, by)
        self._show_looks()

    @Slot()
    def _show_looks(self) -> None:
        if self._words is not None and self._placed is not None:
            self._words.show_looks(self._by, self._model.judged)
        self._say()

    @Slot()
    def _on_list(self) -> None:
        self._selected = None
        self._list_changed.start()

    @Slot()
    def _show_list(self) -> None:
        """Mark what the list holds and what is selected in it."""
        if self._words is None or self._placed is None or not self.active:
            return
        listed, selected = np.zeros((2, len(self._placed.images)), np.bool_)
        listed[self.listed()] = True
        selected[self._model.rows[self._selected_places()]] = True
        self._words.panel.view.set_listed(listed)
        self._words.panel.view.set_selected(selected)
        self._words.selected = int(np.count_nonzero(selected))
        self._say()

    # --- selecting and pointing

    def _selected_places(self) -> NDArray[np.int64]:
        """The places (n,) in the list of what is selected; quick where the grid's own answer makes an object each, and
        at once for what was selected here."""
        if self._selected is not None:
            return self._selected
        parts = self._grid.selectionModel().selection().toList()
        found = [np.arange(part.top(), part.bottom() + 1) for part in parts]
        return np.concatenate([np.zeros(0, np.int64), *found])

    @Slot(object, bool)
    def _select(self, rows: NDArray[np.int64], add: bool) -> None:
        """Select images in the list, one range of the list at a time."""
        if add:
            rows = np.union1d(rows, self._model.rows[self._selected_places()])
        if not np.isin(rows, self._model.rows).all():
            self.beyond.emit()
        places = np.flatnonzero(np.isin(self._model.rows, rows))
        chosen = self._grid.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        # Qt compares each old range with each new one, for seconds where both are thousands: so nothing old is left.
        chosen.reset()
        if len(places):
            chosen.setCurrentIndex(self._model.index(int(places[0])), flags.NoUpdate)
        chosen.select(self._model.selection_of(places), flags.Select)
        self._selected = places
        self._grid.viewport().update()

    @Slot(int, bool)
    def _point(self, row: int, add: bool) -> None:
        position = self._model.position_of(row)
        if position is None:
            self._select(np.array([row]), add)
            return
        flags = QItemSelectionModel.SelectionFlag
        if add:
            self._grid.selectionModel().setCurrentIndex(self._model.index(position), flags.Toggle)
        else:
            self._grid.select_row(row)

    @Slot(int, QPointF)
    def _on_hover(self, row: int, place: QPointF) -> None:
        popup = self.words.panel.popup
        self._hovered = row
        if row < 0:
            popup.hide()
            return
        card = self._model.card_of(row)
        name, state = card.image.path.name, self._model.describe(card)
        popup.show_image(place, self._thumbnails.pixmap(card.image), name, state)

    @Slot(str)
    def _on_thumbnail(self, sha256: str) -> None:
        if self._words is None or self._hovered < 0 or self._hovered >= len(self._session.images):
            return
        image = self._session.images[self._hovered]
        if image.sha256 == sha256:
            self._words.panel.popup.set_picture(self._thumbnails.pixmap(image))
