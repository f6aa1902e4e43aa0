"""Chooses what to tag next, and says why an image was chosen."""

from html import escape
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from micm_desktop.gui.i18n import percent
from micm_desktop.gui.widgets.fitting_label import OneLine
from micm_desktop.gui.widgets.short_combo import ShortCombo

if TYPE_CHECKING:
    from micm_desktop.fewshot.suggest import Queue
    from micm_desktop.labeling import Suggestion

ALMOST_ALL = 0.995


class TagNextBar(QWidget):
    """A box that turns suggestions on, and the queue that they come from; ``mixed`` at first."""

    chosen = Signal()
    """The user turned suggestions on or off, or took another queue."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.on = QCheckBox()
        self.on.toggled.connect(self.chosen)
        self.queues = ShortCombo(7)
        self.queues.activated.connect(self._on_activated)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.on)
        row.addWidget(self.queues, 3)
        self.renewing = OneLine("muted")
        kept = self.renewing.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.renewing.setSizePolicy(kept)
        self.renewing.hide()
        row.addWidget(self.renewing, 2)
        self.retranslate()

    @property
    def queue(self) -> "Queue | None":
        """The queue in use; None while suggestions are off."""
        return cast("Queue", self.queues.currentData()) if self.on.isChecked() else None

    @Slot()
    def _on_activated(self) -> None:
        if self.on.isChecked():
            self.chosen.emit()
        else:
            self.on.setChecked(True)

    def why(self, suggestion: "Suggestion") -> str:
        """One line of rich text that says why the image was suggested."""
        share, other = percent(suggestion.share), percent(suggestion.other)
        first = f"<b>{escape(suggestion.first.name)}</b>" if suggestion.first is not None else ""
        second = f"<b>{escape(suggestion.second.name)}</b>" if suggestion.second is not None else ""
        match suggestion.why:
            case "uncertain":
                text = self.tr("Between {first} and {second} ({share} / {other})")
            case "typical" if suggestion.share < ALMOST_ALL:
                text = self.tr(
                    "Stands for others: {share} of all images are more like this one than like any tagged one"
                )
            case "typical":
                text = self.tr("Typical of these images: a good one to begin with")
            case "new":
                text = self.tr("Different from everything tagged so far")
            case "odd":
                text = self.tr("Odd: like nothing tagged. Perhaps an unknown defect, or a bad picture")
            case "rare":
                text = self.tr("Judged {first} ({share}), a class with fewer tags than others")
            case "seldom":
                text = self.tr("Judged {first} ({share}), as few other images are")
            case "likely":
                text = self.tr("Judged {first} ({share})")
            case "mistake":
                text = self.tr("Tagged {second}, but the other tags say {first} ({share}). Is the tag right?")
        return text.format(first=first, second=second, share=share, other=other)

    def retranslate(self) -> None:
        self.on.setText(self.tr("What to tag next"))
        self.on.setToolTip(self.tr("Shows the images whose tags help most, the best first"))
        self.renewing.setText(self.tr("Renewing…"))
        self.renewing.setToolTip(self.tr("What follows is still the list from before the last tag"))
        self.queues.setAccessibleName(self.tr("How the next images are chosen"))
        choices: list[tuple[Queue, str, str]] = [
            (
                "mixed",
                self.tr("Mixed (recommended)"),
                self.tr("Typical, uncertain, odd and rare images in turn: needs the fewest tags"),
            ),
            ("uncertain", self.tr("Uncertain"), self.tr("Images between two classes")),
            ("diverse", self.tr("Diverse"), self.tr("Images that differ from everything tagged")),
            ("odd", self.tr("Odd"), self.tr("Images like nothing tagged: perhaps unknown defects")),
            ("rare", self.tr("Rare class"), self.tr("Images judged to be of the class with the fewest tags")),
            ("mistakes", self.tr("Likely mistakes"), self.tr("Tagged images that the other tags judge differently")),
        ]
        kept = max(self.queues.currentIndex(), 0)
        with QSignalBlocker(self.queues):
            self.queues.clear()
            for place, (queue, name, tip) in enumerate(choices):
                self.queues.addItem(name, queue)
                for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
                    self.queues.setItemData(place, tip, role)
            self.queues.setCurrentIndex(kept)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
