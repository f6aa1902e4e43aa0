"""What a pretraining run shows while it runs: curves, how it is balanced, and what the network imagines."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from micm_desktop.gui.widgets.attention_story import AttentionStory
from micm_desktop.gui.widgets.rebuilding import Rebuilding
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micm_desktop.gui.widgets.balance_curves import BalanceCurves
    from micm_desktop.gui.widgets.curves import LossCurves
    from micm_desktop.micm.events import Balance, Preview, Step


CURVES_HEIGHT = 230
"""Pixels below which curves cannot be read; where there is less room, the view scrolls."""


class RunView(QScrollArea):
    """The plots are made when they are first needed: their library takes half a second to load."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves: LossCurves | None = None
        self.balance: BalanceCurves | None = None
        self.rebuilding = Rebuilding()
        self.attention = AttentionStory()
        self._title = styled_label("heading")
        self._hint = styled_label("muted", wrap=True)
        self._told_title = styled_label("heading")
        self.told = styled_label("", wrap=True)
        self._plots = QVBoxLayout()
        self._plots.setSpacing(4)
        self._plots.addWidget(self._title)
        self._plots.addWidget(self._hint)
        self._holder = QWidget()
        self._holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._plots.addWidget(self._holder, 1)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addLayout(self._plots, 3)
        row.addWidget(self.rebuilding, 2)
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(8, 10, 8, 8)
        self._layout.setSpacing(10)
        self._layout.addLayout(row, 1)
        self._layout.addWidget(self.attention)
        self._layout.addWidget(self._told_title)
        self._layout.addWidget(self.told)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_told([])
        self.retranslate()

    def prepare(self) -> "LossCurves":
        """The learning curves, made by the first call."""
        if self.curves is None:
            # Here, not above: the plot library takes half a second to load and the window is shown first.
            from micm_desktop.gui.widgets.curves import LossCurves

            self.curves = LossCurves()
            self.curves.setMinimumHeight(CURVES_HEIGHT)
            # The plot library asks for more room than there is on a small screen.
            self.curves.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            self._plots.replaceWidget(self._holder, self.curves)
            self._holder.hide()
        return self.curves

    def clear(self) -> None:
        """Forget the run that was shown."""
        self.rebuilding.clear()
        self.attention.clear()
        for plots in (self.curves, self.balance):
            if plots is not None:
                plots.clear()
        self._say()

    def add_step(self, step: "Step") -> None:
        curves = self.prepare()
        curves.add(step.step, dict(step.losses))
        if len(curves.steps) == 1:
            self._say()

    def add_balance(self, balance: "Balance") -> None:
        if self.balance is None:
            # Most runs have a fixed balance, and a plot takes a while to make.
            from micm_desktop.gui.widgets.balance_curves import BalanceCurves

            self.balance = BalanceCurves()
            self._layout.insertWidget(1, self.balance)
        self.balance.add(balance)

    def show_preview(self, preview: "Preview") -> None:
        self.rebuilding.show_preview(preview)
        self.attention.show_preview(preview)

    def show_told(self, sentences: "Sequence[str]") -> None:
        """All that the run has met so far; of a single thing the page's banner is enough."""
        self.told.setText("\n".join(sentences))
        for label in (self._told_title, self.told):
            label.setVisible(len(sentences) > 1)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        for plots in (self.curves, self.balance):
            if plots is not None:
                plots.restyle()
        self.rebuilding.update()

    def _say(self) -> None:
        if self.curves is not None and self.curves.steps:
            text = self.tr("They fall quickly at first, then slowly: that is how it should look.")
        else:
            text = self.tr("They appear here while pretraining runs.")
        self._hint.setText(text)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Learning curves"))
        self._told_title.setText(self.tr("What has happened"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
