"""The line between good and defect: a slider, and what it leads to on 1,000 parts."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from micm_desktop.gui.i18n import decimal, number
from micm_desktop.gui.verdict_words import risk_in_words
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.fewshot.decision import Policy
    from micm_desktop.labeling import Predictions

STEPS = 400
LOWEST, HIGHEST = math.log(1 / 9999), math.log(0.95 / 0.05)
"""Log odds at the ends of the slider: risks of 0.01 % and 95 %."""
SETTLED = 300
"""Milliseconds without a move after which the threshold counts."""


class ThresholdBox(QWidget):
    """Says at once what a threshold would lead to, and emits it when the slider has come to rest."""

    threshold_chosen = Signal(object)
    """A risk in (0, 1), or None for the one that costs least."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._predictions: Predictions | None = None
        self.expected = styled_label("", wrap=True)
        self.certainty = styled_label("muted", wrap=True)
        self._few = styled_label("muted")
        self._many = styled_label("muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 20)
        self.slider.valueChanged.connect(self._on_moved)
        self.value = styled_label("muted", wrap=True)
        self.reset = QPushButton()
        self.reset.clicked.connect(self._on_reset)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED)
        self._settle.timeout.connect(self._on_settled)
        ends = QHBoxLayout()
        ends.addWidget(self._few)
        ends.addStretch(1)
        ends.addWidget(self._many)
        line = QHBoxLayout()
        line.addWidget(self.value, 1)
        line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in (self.expected, self.certainty):
            layout.addWidget(part)
        layout.addLayout(ends)
        layout.addWidget(self.slider)
        layout.addLayout(line)
        self.retranslate()

    def show_predictions(self, predictions: "Predictions") -> None:
        """Predictions with a policy that has two sides."""
        self._predictions = predictions
        if not self._settle.isActive():
            with QSignalBlocker(self.slider):
                self.slider.setValue(_position(_threshold(predictions.policy)))
        self._tell()

    @property
    def threshold(self) -> float:
        """The risk that the slider stands at."""
        return 1 / (1 + math.exp(-(LOWEST + (HIGHEST - LOWEST) * self.slider.value() / STEPS)))

    @Slot()
    def _on_moved(self) -> None:
        self._settle.start()
        self._tell()

    def settle(self) -> None:
        """Let a move count at once that has not come to rest yet."""
        if self._settle.isActive():
            self._settle.stop()
            self._on_settled()

    @Slot()
    def _on_settled(self) -> None:
        self.threshold_chosen.emit(self.threshold)

    @Slot()
    def _on_reset(self) -> None:
        self._settle.stop()
        self.threshold_chosen.emit(None)

    def _tell(self) -> None:
        predictions = self._predictions
        if predictions is None:
            return
        from micm_desktop.fewshot.expected import expected_outcomes

        policy = predictions.policy
        if self._settle.isActive():
            policy = replace(policy, threshold=self.threshold)
        held_out = predictions.held_out
        found = expected_outcomes(held_out.probabilities, held_out.labels, held_out.unknown, policy)
        self.reset.setEnabled(policy.threshold is not None)
        low, high = policy.band()
        if low < high:
            band = self.tr("Below a risk of {low} a part is good, from {high} on a defect; between, a person is asked.")
        else:
            band = self.tr("From a risk of {high} on a part is a defect.")
        told = band.format(low=risk_in_words(low), high=risk_in_words(high))
        if low < high and not policy.even_costs:
            told += " " + self.tr("Where classes cost differently, both are a little other for each part.")
        self.value.setText(told)
        self.slider.setAccessibleDescription(self.value.text())
        if found is None:
            self.expected.setText(
                self.tr("To tell how many parts will be missed, good parts and defects need two tags each, or more.")
            )
            self.certainty.clear()
            return
        misses, alarms = found.misses_per_thousand(), found.false_alarms_per_thousand()
        self.expected.setText(
            self.tr(
                "Of 1,000 parts, of which about {defects} are defective, expect about <b>{missed} missed</b> and "
                "<b>{alarms} false alarms</b>; a person is asked about {asked}."
            ).format(
                defects=_count(1000 * found.defect_share),
                missed=_count(misses[0]),
                alarms=_count(alarms[0]),
                asked=_count(found.asked_per_thousand()),
            )
        )
        self.certainty.setText(
            self.tr(
                "Judged by {defects} tagged defects and {good} tagged good parts, each without its own tag, the truth "
                "lies with 95% certainty between {missed_low} and {missed_high} missed, and between {alarms_low} and "
                "{alarms_high} false alarms. More tags narrow this down."
            ).format(
                defects=number(found.missed.total),
                good=number(found.false_alarms.total),
                missed_low=_count(misses[1]),
                missed_high=_count(misses[2]),
                alarms_low=_count(alarms[1]),
                alarms_high=_count(alarms[2]),
            )
        )

    @Slot()
    def retranslate(self) -> None:
        self._few.setText(self.tr("← fewer missed defects"))
        self._many.setText(self.tr("fewer false alarms →"))
        self.slider.setAccessibleName(self.tr("Where the line between good and defect lies"))
        self.reset.setText(self.tr("Back to the computed line"))
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _threshold(policy: "Policy") -> float:
    return policy.least_cost_threshold() if policy.threshold is None else policy.threshold


def _position(threshold: float) -> int:
    return round(STEPS * (math.log(threshold / (1 - threshold)) - LOWEST) / (HIGHEST - LOWEST))


def _count(value: float) -> str:
    """Parts: with a digit after the point where there are few, and none where there are none."""
    return decimal(value) if value >= 0.05 else number(0)
