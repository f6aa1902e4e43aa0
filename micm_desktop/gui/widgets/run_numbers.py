"""Figures on a pretraining run: time left, speed, steps, passes, and what the tags say."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QWidget

from micm_desktop.gui.i18n import decimal, number
from micm_desktop.gui.words import words
from micm_desktop.progress import Progress

if TYPE_CHECKING:
    from micm_desktop.micm.events import Step


class RunNumbers(QLabel):
    """Shows the step that it was given last, with the accuracy of the tagged images where that is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setWordWrap(True)
        self._step: Step | None = None
        self._accuracy: float | None = None

    def show_reading(self, progress: Progress) -> None:
        """How many images are read, before training begins."""
        self.reset()
        self.setText(f"{number(progress.done)} / {number(progress.total)}" if progress.total else "")

    def show_step(self, step: "Step") -> None:
        self._step = step
        self._say()

    def show_accuracy(self, accuracy: float | None) -> None:
        """Share of the tagged images, in [0, 1], that the network tells apart; None where too few are tagged."""
        self._accuracy = accuracy
        self._say()

    def reset(self) -> None:
        """Forget the run that was shown."""
        self._step = self._accuracy = None
        self.clear()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()

    def _say(self) -> None:
        step = self._step
        if step is None:
            return
        parts = [
            words.time_left(step.seconds_left),
            self.tr("{speed} images per second").format(speed=decimal(step.images_per_second)),
            self.tr("step {step} of about {total}").format(step=number(step.step), total=number(step.total_steps)),
            self.tr("pass {epoch} over the images").format(epoch=number(step.epoch + 1)),
        ]
        if self._accuracy is not None:
            parts.append(
                self.tr("{percent} % of the tagged images told apart").format(percent=round(100 * self._accuracy))
            )
        self.setText("   ·   ".join(parts))
