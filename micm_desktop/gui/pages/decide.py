"""Deciding: what mistakes cost, where the line lies, and which tagged images are misjudged by it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Failure, failure_of
from micm_desktop.gui.models.confusion_model import ConfusionModel
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.outcomes import judge_held_out
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.cost_table import CostTable
from micm_desktop.gui.widgets.figure_table import figure_table
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.gui.widgets.rules_box import RulesBox
from micm_desktop.gui.widgets.scroll_form import scroll_form
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.widgets.threshold_box import ThresholdBox
from micm_desktop.gui.widgets.unknown_box import UnknownBox
from micm_desktop.gui.widgets.wheel_guard import WheelGuard
from micm_desktop.progress import UserError

if TYPE_CHECKING:
    from micm_desktop.fewshot.decision import Decisions
    from micm_desktop.labeling import Predictions
    from micm_desktop.labeling.deciding import DecisionSettings

MOST_DEFECTS = 999.9
"""Of 1,000 parts."""


class DecidePage(Page):
    """Shows the session's predictions as decisions; what is entered goes into the project at once."""

    image_wanted = Signal(int)
    """The index of an image to show on the label page."""

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._decided: Decisions | None = None
        """What is made of the tagged images without their own tag."""
        self._title = styled_label("title")
        self.banner = Banner()
        self.banner.hide()
        self.hint = styled_label("empty", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._costs_title, self._costs_note = styled_label("heading"), styled_label("muted", wrap=True)
        self.costs = CostTable()
        self.costs.cost_changed.connect(self._on_cost)
        self.costs.ask_cost_changed.connect(self._on_ask_cost)
        self.costs.good_changed.connect(self._on_good)
        self.share_known = QCheckBox()
        self.share_known.toggled.connect(self._on_share)
        self.share = QDoubleSpinBox()
        # Up to what can be typed; 1,000 of 1,000 would leave no good parts to tell them from.
        self.share.setRange(0.1, 1000)
        self.share.setDecimals(1)
        self.share.setKeyboardTracking(False)
        self.share.valueChanged.connect(self._on_share)
        self.unknown = UnknownBox()
        self.unknown.share_chosen.connect(lambda share: self._decide(false_rejection=share))
        self._line_title = styled_label("heading")
        self.line = ThresholdBox()
        self.line.threshold_chosen.connect(self._on_threshold)
        self._rules_title = styled_label("heading")
        self.rules = RulesBox()
        self.rules.rules_changed.connect(self._on_rules)
        self._matrix_title, self._matrix_note = styled_label("heading"), styled_label("muted", wrap=True)
        self.confusion = ConfusionModel(self)
        self.matrix = figure_table(self.confusion)
        self.matrix.selectionModel().currentChanged.connect(self._on_cell)
        self.model = ImageModel(self)
        self.grid = ImageGrid(self.model, thumbnails, labels=True)
        self.grid.activated_row.connect(self.image_wanted)
        self._layout_page()
        self.costs.refused.connect(self._on_refused)
        self._wheel = WheelGuard(self)
        self._wheel.guard(self.line.slider)
        for box in self.findChildren(QAbstractSpinBox):
            self._wheel.guard(box)
        for before, after in pairwise((self.line.reset, self.costs.table, self.costs.ask, self.share_known)):
            QWidget.setTabOrder(before, after)
        session.closing.connect(self._on_closing)
        session.opened.connect(self._show)
        session.closed.connect(self._show)
        session.images_changed.connect(self._show)
        session.classes_changed.connect(self._show)
        session.predictions_changed.connect(self._show)
        session.decision_failed.connect(self._on_failed)
        self.retranslate()

    def _layout_page(self) -> None:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(8)
        share = QHBoxLayout()
        share.addWidget(self.share_known, 1)
        share.addWidget(self.share)
        for part in (self._line_title, self.line, self._costs_title, self._costs_note, self.costs):
            column.addWidget(part)
        column.addLayout(share)
        column.addWidget(self.unknown)
        column.addSpacing(8)
        column.addWidget(self._rules_title)
        column.addWidget(self.rules)
        column.addStretch(1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self._matrix_title)
        column.addWidget(self._matrix_note)
        column.addWidget(self.matrix, 2)
        column.addWidget(self.grid, 3)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(scroll_form(form))
        self.split.addWidget(right)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([540, 560])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self.banner)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self.split, 1)

    # --- what was entered

    @Slot()
    def _on_closing(self) -> None:
        """A number that is still being typed, or a line that is still being moved, belongs to this project."""
        self.line.settle()
        self.costs.settle()
        for box in self.findChildren(QAbstractSpinBox):
            box.interpretText()

    @Slot()
    def _on_refused(self) -> None:
        self._show()
        self.banner.show_message("warning", self.tr("A cost must be more than 0: what costs nothing is never avoided."))

    def _decide(self, **changes: object) -> None:
        self._change(lambda decision: replace(decision, **changes))  # type: ignore[arg-type]

    def _change(self, change: "Callable[[DecisionSettings], DecisionSettings]") -> None:
        if self._session.labeling is not None:
            self.banner.hide()
            self._session.change_decision(change)

    @Slot(int, float)
    def _on_cost(self, class_id: int, cost: float) -> None:
        self.line.settle()
        # Other costs are another best line: one that was moved by hand for the old ones would hide that.
        self._change(lambda decision: replace(decision, costs={**decision.costs, class_id: cost}, threshold=None))

    @Slot(float)
    def _on_ask_cost(self, cost: float) -> None:
        self._decide(ask_cost=cost)

    @Slot(int, bool)
    def _on_good(self, class_id: int, is_good: bool) -> None:
        if self._session.bulk.put_off(lambda: self._on_good(class_id, is_good)):
            return
        record = next(record for record in self._session.classes if record.id == class_id)
        try:
            self._session.change_class(class_id, name=record.name, key=record.key, color=record.color, is_good=is_good)
        except UserError as error:
            self._on_failed(failure_of(error))

    @Slot()
    def _on_share(self) -> None:
        known = self.share_known.isChecked()
        self.share.setEnabled(known)
        self._decide(defect_share=min(self.share.value(), MOST_DEFECTS) / 1000 if known else None)

    @Slot(object)
    def _on_threshold(self, threshold: float | None) -> None:
        self._decide(threshold=threshold)

    @Slot(object)
    def _on_rules(self, rules: object) -> None:
        self._decide(rules=rules)

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        self.banner.show_failure(failure)
        self._show()

    # --- what is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    @Slot()
    def _show(self) -> None:
        labeling, predictions = self._session.labeling, self._session.predictions
        two_sided = predictions is not None and predictions.policy.two_sided
        self.split.setVisible(predictions is not None)
        self.hint.setVisible(predictions is None)
        self._say_hint()
        if labeling is None or predictions is None:
            self.model.set_images((), np.zeros(0, np.int64), np.zeros(0, np.int64))
            return
        if not self.isVisible():
            # Shown when the page is: each tag on the Label page would wait for it.
            return
        decision = labeling.decision
        self.costs.show_costs(self._session.classes, decision)
        self.unknown.show_share(decision.false_rejection)
        self.rules.show_rules(decision.rules, tuple(record.name for record in self._session.classes))
        self._line_title.setVisible(two_sided)
        self.line.setVisible(two_sided)
        self.share.setVisible(two_sided)
        self.share_known.setVisible(two_sided)
        if two_sided:
            self.line.show_predictions(predictions)
            self._show_share(decision, predictions)
        self._say_costs()
        self._show_matrix(predictions)

    def _show_share(self, decision: "DecisionSettings", predictions: "Predictions") -> None:
        with QSignalBlocker(self.share), QSignalBlocker(self.share_known):
            self.share_known.setChecked(decision.defect_share is not None)
            self.share.setEnabled(decision.defect_share is not None)
            if not self.share.hasFocus():
                self.share.setValue(1000 * predictions.policy.defect_share)

    def _show_matrix(self, predictions: "Predictions") -> None:
        from micm_desktop.fewshot.decision import Outcome, decide

        held_out, classes = predictions.held_out, predictions.classes
        decided = self._decided = decide(held_out.probabilities, held_out.unknown, predictions.policy)
        self._columns = np.where(
            np.isin(decided.outcome, (Outcome.ASK, Outcome.UNKNOWN)), len(classes), decided.class_index
        )
        counts = np.zeros((len(classes), len(classes) + 1), np.int64)
        np.add.at(counts, (held_out.labels, self._columns), 1)
        current = self.matrix.currentIndex()
        place = current.row(), current.column()
        # A class may have been renamed since it was predicted.
        named = {record.id: record for record in self._session.classes}
        self.confusion.set_counts([named.get(record.id, record) for record in classes], counts)
        if place[0] < 0 or not counts[place]:
            wrong = np.argwhere(counts * ~np.eye(*counts.shape, dtype=bool))
            place = tuple(wrong[0].tolist()) if len(wrong) else (-1, -1)
        self.matrix.setCurrentIndex(self.confusion.index(*place))
        self._on_cell(self.matrix.currentIndex())

    @Slot(QModelIndex)
    def _on_cell(self, index: QModelIndex) -> None:
        predictions = self._session.predictions
        rows = np.zeros(0, np.int64)
        if predictions is not None and index.isValid():
            held_out = predictions.held_out
            cell = (held_out.labels == index.row()) & (self._columns == index.column())
            # The last one stands for the images that are not among them: their row is -1.
            rows = np.flatnonzero(np.append(cell, False)[predictions.held_out_row])
            self._matrix_note.setText(self.confusion.in_words(index.row(), index.column()))
        else:
            self._matrix_note.setText(self._about_matrix())
        images = self._session.images
        self.model.set_images(images, rows, self._session.tag_classes())
        self.model.set_classes(self._session.classes)
        if predictions is None or self._decided is None:
            self.model.set_judged(None)
        else:
            self.model.set_judged(judge_held_out(predictions, self._decided))

    def _about_matrix(self) -> str:
        held_out = self._session.predictions.held_out if self._session.predictions is not None else None
        if held_out is not None and not len(held_out.labels):
            return self.tr("A class needs two tagged images before one of them can be judged by the other.")
        return self.tr("Rows: the tag. Columns: the verdict. Choose a number to see its images.")

    def _say_costs(self) -> None:
        predictions = self._session.predictions
        if predictions is not None and not predictions.policy.two_sided:
            self._costs_note.setText(
                self.tr(
                    "Mark the classes of good parts, and only those, so that misses and false alarms can be weighed up."
                )
            )
        else:
            self._costs_note.setText(
                self.tr("In false alarms: 50 means that one missed defect is as bad as {count} false alarms.").format(
                    count=number(50)
                )
            )

    def _say_hint(self) -> None:
        tags = self._session.support_classes()
        if len(np.unique(tags[tags > 0])) < 2:
            text = self.tr(
                "Here you decide what counts as a defect.\nTag images of two classes on the Label page first."
            )
        else:
            text = self.tr("Waiting for the predictions. The Label page says how far they are.")
        self.hint.setText(text)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Decide"))
        self._say_hint()
        self._costs_title.setText(self.tr("What a mistake costs"))
        self._line_title.setText(self.tr("What to expect"))
        self._rules_title.setText(self.tr("Rules"))
        self._matrix_title.setText(self.tr("Tagged images, each judged by the others"))
        self.share_known.setText(self.tr("I know how many of 1,000 parts are defective:"))
        self.share.setAccessibleName(self.share_known.text())
        self.matrix.setAccessibleName(self._matrix_title.text())
        self.grid.setAccessibleName(self.tr("The images behind the number"))
        self._show()
