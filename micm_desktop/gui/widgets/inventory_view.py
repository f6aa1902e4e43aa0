"""What an inventory has found: sentences, kinds, pairs and measures, with the images behind each."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QListView, QSplitter, QTabWidget, QVBoxLayout, QWidget

from micm_desktop.gui.i18n import language, number, percent
from micm_desktop.gui.inventory import InventoryWork, record_of
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.widgets.finding_cards import FindingCards, Said
from micm_desktop.gui.widgets.scroll_form import scroll_form
from micm_desktop.gui.widgets.shown_images import ShownImages
from micm_desktop.gui.words import words

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.distributions import Distributions, Measure
    from micm_desktop.inventory.drift import Difference, KindShift

ADVICE, GROUPS, PAIRS, MEASURES, COMPARISON = range(5)
MOST_PAIRS = 500
PAIR_EDGE, CARD_EDGE = 220, 128
"""Pixels of a picture beside the one that it nearly equals, and of others."""
PLOTS_HEIGHT = 500
NONE: NDArray[np.int64] = np.zeros(0, np.int64)


class InventoryView(QSplitter):
    """Reads what :class:`InventoryWork` holds when :meth:`show_taken` is called."""

    activated = Signal(object)
    """The :class:`ImageRecord` that was double-clicked."""

    def __init__(self, work: InventoryWork, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._work = work
        self.advice, self.comparison = FindingCards(), FindingCards()
        self.advice.wanted.connect(self._show_finding)
        self.comparison.wanted.connect(self._show_difference)
        self.groups, self.pairs = self._list(self._show_group), self._list(self._show_pair)
        self.plots: Distributions | None = None
        self._plots_holder = QWidget()
        QVBoxLayout(self._plots_holder).setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        measures, compared = scroll_form(self._plots_holder), scroll_form(self.comparison)
        for part in (scroll_form(self.advice), self.groups, self.pairs, measures, compared):
            self.tabs.addTab(part, "")
        self.tabs.currentChanged.connect(self._on_tab)
        self.shown, self.beside = ShownImages(thumbnails), ShownImages(thumbnails)
        pictures = QSplitter(Qt.Orientation.Vertical)
        for images in (self.shown, self.beside):
            images.activated.connect(self.activated)
            pictures.addWidget(images)
        pictures.setChildrenCollapsible(False)
        self.addWidget(self.tabs)
        self.addWidget(pictures)
        self.setChildrenCollapsible(False)
        self.setSizes([560, 560])
        self.retranslate()

    def _list(self, show: Callable[[QModelIndex], None]) -> QListView:
        view = QListView()
        view.setModel(QStringListModel(view))
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setUniformItemSizes(True)
        view.setSpacing(2)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.selectionModel().currentChanged.connect(lambda index, _before: show(index))
        return view

    # --- what was found

    def show_taken(self) -> None:
        """Say everything anew."""
        taken, drift = self._work.taken, self._work.drift
        if taken is None:
            return
        self._say_advice()
        coverage = taken.inventory.coverage
        sizes = coverage.sizes if coverage is not None else ()
        text = self.tr("Kind {number}: {images}, {share}")
        kinds = [
            text.format(number=number(place), images=words.images(size), share=percent(size / sum(sizes)))
            for place, size in enumerate(sizes, start=1)
        ]
        files, pairs = taken.inventory.files, taken.inventory.pairs[:MOST_PAIRS]
        _fill(self.groups, kinds)
        _fill(self.pairs, [f"{files[pair.first].name}  ↔  {files[pair.second].name}" for pair in pairs])
        self._say_comparison()
        self.tabs.setTabVisible(GROUPS, bool(kinds))
        self.tabs.setTabVisible(PAIRS, bool(pairs))
        self.tabs.setTabVisible(COMPARISON, drift is not None)
        self._on_tab()

    def _say_advice(self) -> None:
        from micm_desktop.inventory.findings import ADVICE as GOOD_ADVICE
        from micm_desktop.inventory.words import sentence

        taken, used, show = self._work.taken, language(), self.tr("Show")
        assert taken is not None
        said = [
            Said(sentence(one, used), "info" if one.kind in GOOD_ADVICE else "warning", show if one.rows else "")
            for one in taken.findings
        ]
        if all(one.mood == "info" for one in said):
            said.append(Said(self.tr("No fault was found in these images."), "good"))
        self.advice.show_all(said)

    def _say_comparison(self) -> None:
        drift, used, show = self._work.drift, language(), self.tr("Show")
        if drift is None:
            self.comparison.show_all([])
            return
        from micm_desktop.inventory.drift_words import TEXTS, definitions, drift_sentences, folder_names, percentage

        verdict, *rest = drift_sentences(drift, used)
        found = drift.found
        said = [Said(verdict, "warning" if found else "good")]
        for place, text in enumerate(rest):
            rows = found[place].second_rows if found else ()
            said.append(Said(text, "warning" if found else "info", show if rows else ""))
        for one in drift.kinds:
            shares = {"first": percentage(one.first_share), "second": percentage(one.second_share)}
            kind = TEXTS[used]["kind"].format(**shares, **folder_names(drift))
            said.append(Said(f"{TEXTS[used]['kinds']}: {kind}", "warning", show))
        self.comparison.show_all([*said, Said(definitions(drift, used), "info")])

    # --- the images behind it

    @Slot()
    def _on_tab(self) -> None:
        """Show what the first line of the tab is about."""
        tab = self.tabs.currentIndex()
        self.beside.setVisible(tab == COMPARISON)
        self.shown.grid.set_card_edge(PAIR_EDGE if tab == PAIRS else CARD_EDGE)
        self._show_rows("", NONE)
        self.beside.show_images("", [])
        if self._work.taken is None:
            return
        if tab == MEASURES:
            self._prepare_plots()
            self._show_rows(self.tr("Click a bar to see its images."), NONE)
        elif tab in (GROUPS, PAIRS):
            view = self.groups if tab == GROUPS else self.pairs
            view.setCurrentIndex(QModelIndex())
            view.setCurrentIndex(view.model().index(0, 0))
        else:
            cards = self.advice if tab == ADVICE else self.comparison
            first = next(iter(cards.buttons), None)
            if first is not None:
                cards.wanted.emit(first)

    @Slot(int)
    def _show_finding(self, place: int) -> None:
        taken = self._work.taken
        if taken is not None:
            rows = np.array(taken.findings[place].rows, np.int64)
            self._show_rows(self.tr("{images} behind this").format(images=words.images(len(rows))), rows)

    def _show_group(self, index: QModelIndex) -> None:
        taken = self._work.taken
        if taken is not None and taken.inventory.coverage is not None and index.isValid():
            rows = np.array(taken.inventory.grouped)[taken.inventory.coverage.group == index.row()]
            self._show_rows(index.data(), rows)

    def _show_pair(self, index: QModelIndex) -> None:
        taken = self._work.taken
        if taken is not None and index.isValid():
            pair = taken.inventory.pairs[index.row()]
            title = self.tr("Correlation {value}; 1 means equal").format(value=f"{pair.correlation:.3f}")
            self._show_rows(title, np.array([pair.first, pair.second]))

    @Slot(int)
    def _show_difference(self, place: int) -> None:
        drift = self._work.drift
        if drift is None:
            return
        from micm_desktop.inventory.drift_words import TEXTS, folder_names

        names, texts = folder_names(drift), TEXTS[language()]
        # The first card is the verdict.
        differences: list[Difference | KindShift] = [*drift.found, *drift.kinds]
        shown = differences[place - 1]
        self._show_rows(texts["of_first"].format(**names), np.array(shown.first_rows, np.int64))
        others = [record_of(drift.second, row) for row in shown.second_rows]
        self.beside.show_images(texts["of_second"].format(**names), others)

    def _show_bar(self, measure: "Measure", least: float, most: float) -> None:
        taken = self._work.taken
        if taken is not None and self.plots is not None:
            values = taken.values[measure]
            rows = np.flatnonzero((values >= least) & (values <= most))
            title = self.tr("{measure} from {least} to {most}: {images}").format(
                measure=self.plots.name_of(measure),
                least=f"{least:.2f}",
                most=f"{most:.2f}",
                images=words.images(len(rows)),
            )
            self._show_rows(title, rows)

    def _show_rows(self, title: str, rows: NDArray[np.int64]) -> None:
        taken = self._work.taken
        images = [] if taken is None else [taken.images[row] for row in taken.rows[rows].tolist()]
        self.shown.show_images(title, images)

    # --- plots and words

    def _prepare_plots(self) -> None:
        if self.plots is None:
            # Here, not above: the plot library takes half a second to load and the window is shown first.
            from micm_desktop.gui.widgets.distributions import Distributions

            self.plots = Distributions()
            self.plots.setMinimumHeight(PLOTS_HEIGHT)
            self.plots.wanted.connect(self._show_bar)
            holder = self._plots_holder.layout()
            assert holder is not None
            holder.addWidget(self.plots)
        if self._work.taken is not None:
            self.plots.show_values(self._work.taken.values)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        if self.plots is not None:
            self.plots.restyle()

    def retranslate(self) -> None:
        names = [
            self.tr("What to do"),
            self.tr("Kinds"),
            self.tr("Nearly equal"),
            self.tr("Measures"),
            self.tr("Comparison"),
        ]
        for place, name in enumerate(names):
            self.tabs.setTabText(place, name)
        self.groups.setAccessibleName(self.tr("Kinds of image"))
        self.pairs.setAccessibleName(self.tr("Pairs of nearly equal images"))
        self.show_taken()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _fill(view: QListView, texts: Sequence[str]) -> None:
    model = view.model()
    assert isinstance(model, QStringListModel)
    with QSignalBlocker(view.selectionModel()):
        model.setStringList(texts)
