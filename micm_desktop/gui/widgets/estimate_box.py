"""What a pretraining run would be like, in words, before it is started."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.i18n import decimal, percent
from micm_desktop.gui.messages import in_words, reason_in_words
from micm_desktop.gui.time_estimate import TimeEstimate
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words

if TYPE_CHECKING:
    from micm_desktop.micm.estimate import Estimate

WORTH_SAYING = 5
"""Seconds of reading below which nothing is said of it."""
ONE_PASS = 0.95
"""Passes over the images below which not all of them are seen."""


class EstimateBox(QWidget):
    """Shows a :class:`TimeEstimate`; hidden while none is wanted."""

    def __init__(self, estimate: TimeEstimate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._estimate = estimate
        self._title = styled_label("heading")
        self.text = styled_label("", wrap=True)
        self.reasons = styled_label("muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for label in (self._title, self.text, self.reasons):
            layout.addWidget(label)
        estimate.changed.connect(self.retranslate)
        self.retranslate()

    @Slot()
    def retranslate(self) -> None:
        estimate, found = self._estimate, self._estimate.estimate
        self._title.setText(self.tr("What to expect"))
        match estimate.state:
            case "measuring":
                text = self.tr("Trying a few steps on this computer to tell how long it takes. You can start at once.")
            case "waiting":
                text = self.tr(
                    "How long it takes is measured when the other work in the background is done. You can start at "
                    "once."
                )
            case "failed" if estimate.failure is not None:
                text = in_words(estimate.failure)
            case _:
                text = self._expected(found) if found is not None else ""
        self.text.setText(text)
        self.reasons.setText(" ".join(map(reason_in_words, found.reasons)) if found is not None else "")
        self.reasons.setVisible(bool(self.reasons.text()))
        self.setVisible(bool(text))

    def _expected(self, found: "Estimate") -> str:
        if found.reading_seconds >= WORTH_SAYING:
            time = self.tr("About {time}, and before that {reading} to read the images.")
        else:
            time = self.tr("About {time}.")
        if found.epochs < ONE_PASS:
            seen = self.tr(
                "That is enough for only {percent} of the {images}. To see each of them once, grant {minutes} minutes; "
                "several times that teach much more."
            )
        else:
            seen = self.tr("Each of the {images} is seen about {times} times.")
        return f"{time} {seen}".format(
            time=words.duration(found.seconds),
            reading=words.duration(found.reading_seconds),
            percent=percent(found.epochs),
            images=words.images(found.images),
            minutes=decimal(found.seconds / found.epochs / 60),
            times=decimal(found.epochs),
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
