"""What the pretraining page says of a run, in sentences."""

from PySide6.QtCore import QObject

from micm_desktop.gui.i18n import number
from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.pretraining import Pretraining
from micm_desktop.gui.words import words


class RunWords(QObject):
    """Sentences in the language in use, from how a :class:`Pretraining` stands."""

    def __init__(self, run: Pretraining, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run = run

    def status(self, has_images: bool) -> str:
        """What happens now, or what to do."""
        match self._run.phase:
            case "loading":
                return self.tr("Getting ready…")
            case "reading":
                return self.tr("Reading the images…")
            case "training":
                started = self._run.started
                device = started.device.split(",")[0] if started is not None else ""
                return self.tr(
                    "Learning on {device}: parts of each image are hidden, and the network learns to tell what is "
                    "there. You can go on labelling meanwhile."
                ).format(device=device)
            case "judging":
                return self.tr("Comparing what was learned with what was known before…")
            case "paused":
                return self.tr("Paused. “Go on” continues exactly where it stopped.")
            case "stopping":
                return self.tr("Stopping after this step and keeping what was learned…")
            case "idle" if not has_images:
                return self.tr("There are no images yet. Open a folder on the Images page first.")
            case _:
                return self.tr("Choose how long, then start. The longer it runs, the better it knows your product.")

    def notices(self) -> list[str]:
        """What the run has met and dealt with so far, the newest first."""
        said = []
        for notice in reversed(self._run.notices):
            text = " ".join(map(reason_in_words, notice.sentences))
            if notice.step:
                text = self.tr("Step {step}: {text}").format(step=number(notice.step), text=text)
            said.append(text)
        return said

    def result(self) -> str:
        """What came of the run that has ended without a failure."""
        result = self._run.result
        if result is None:
            return self.tr("Pretraining was cancelled before it began.")
        if not result.completed:
            return self.tr(
                "Pretraining was stopped after {time}. It can go on from there later; until it is finished, the "
                "encoder from before stays in use."
            ).format(time=words.duration(result.seconds))
        # Where old and new features were compared, the verdict says which are in use.
        text = (
            self.tr("Pretraining is finished: {time} on {images}.")
            if result.verdict is not None
            else self.tr(
                "Pretraining is finished: {time} on {images}. The new encoder is in use and the predictions are being "
                "renewed."
            )
        ).format(time=words.duration(result.seconds), images=words.images(result.images))
        if self._run.stopped is not None:
            text = f"{reason_in_words(self._run.stopped.sentence)} {text}"
        if result.verdict is not None:
            text = f"{text} {reason_in_words(result.verdict.reason)}"
        return text
