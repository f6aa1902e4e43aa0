"""Pretraining: choose how long, start, watch, pause, stop."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.features import Features
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.pretraining import Pretraining
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.duration_choice import DurationChoice
from micm_desktop.gui.widgets.run_numbers import RunNumbers
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words
from micm_desktop.progress import Progress

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.curves import LossCurves
    from micm_desktop.micm.events import EpochEnd, Started, Step

NOTE_INTERVAL = 1.0
"""Seconds between two updates of the navigation's note."""


class PretrainPage(Page):
    """Shows the run of :class:`Pretraining`, which goes on whatever page is in view."""

    page_wanted = Signal(str)
    state_changed = Signal()
    progressed = Signal()

    def __init__(self, session: Session, features: Features, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._features = features
        self._trained = False
        self._last_note = 0.0
        self._started: Started | None = None
        self._reading: Progress | None = None
        self._outcome: Outcome | None = None
        self.run = Pretraining(session, self)
        self._title = styled_label("title")
        self._intro = styled_label("muted", wrap=True)
        self.duration = DurationChoice()
        self.start = QPushButton()
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(lambda: self._start(resume=False))
        self.resume = QPushButton()
        self.resume.clicked.connect(lambda: self._start(resume=True))
        self.pause = QPushButton()
        self.pause.clicked.connect(self.run.toggle_pause)
        self.stop = QPushButton()
        self.stop.clicked.connect(self.run.stop)
        self._encoder_title = styled_label("heading")
        self._encoder = QLabel()
        self._encoder.setWordWrap(True)
        self.banner = Banner()
        self.banner.action.connect(self._next)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.numbers = RunNumbers()
        self._plot_title = styled_label("heading")
        self._plot_hint = styled_label("muted", wrap=True)
        self._plot_box = QVBoxLayout()
        self.curves: LossCurves | None = None
        self._layout_page()
        self.run.phase_changed.connect(self._on_phase)
        self.run.reading.connect(self._on_reading)
        self.run.began.connect(self._on_began)
        self.run.stepped.connect(self._on_step)
        self.run.epoch_ended.connect(self._on_epoch)
        self.run.told.connect(self._on_phase)
        self.run.ended.connect(self._on_ended)
        session.opened.connect(self._on_project)
        session.closed.connect(self._on_project)
        session.images_changed.connect(self._on_phase)
        self.retranslate()

    def _layout_page(self) -> None:
        side = QFrame()
        side.setProperty("role", "panel")
        side.setFixedWidth(300)
        left = QVBoxLayout(side)
        left.setContentsMargins(16, 14, 16, 14)
        left.setSpacing(10)
        left.addWidget(self.duration)
        left.addWidget(self.start)
        left.addWidget(self.resume)
        buttons = QHBoxLayout()
        buttons.addWidget(self.pause)
        buttons.addWidget(self.stop)
        left.addLayout(buttons)
        left.addSpacing(10)
        left.addWidget(self._encoder_title)
        left.addWidget(self._encoder)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.banner)
        right.addWidget(self.status)
        right.addWidget(self.bar)
        right.addWidget(self.numbers)
        right.addWidget(self._plot_title)
        right.addWidget(self._plot_hint)
        right.addLayout(self._plot_box, 1)
        right.addStretch(0)
        body = QHBoxLayout()
        body.setSpacing(18)
        body.addWidget(side)
        body.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._intro)
        layout.addLayout(body, 1)
        self._holder = QWidget()
        self._holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._plot_box.addWidget(self._holder)

    # --- what others ask

    @property
    def running(self) -> bool:
        return self.run.running

    @property
    def trained(self) -> bool:
        """Whether the project uses an encoder of its own."""
        return self._trained

    @property
    def fraction_done(self) -> float:
        return self.run.fraction_done

    @Slot()
    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        if self.curves is not None:
            self.curves.restyle()

    # --- the run

    def _start(self, *, resume: bool) -> None:
        from micm_desktop.micm.config import PretrainConfig

        self._show_curves().clear()
        self._say_curves()
        self._outcome = self._started = self._reading = None
        self.banner.hide()
        self.run.start(PretrainConfig(preset=self.duration.preset, minutes=self.duration.minutes), resume=resume)

    def _show_curves(self) -> "LossCurves":
        if self.curves is None:
            # Here, not above: the plot library takes half a second to load and the window is shown first.
            from micm_desktop.gui.widgets.curves import LossCurves

            self.curves = LossCurves()
            self._plot_box.replaceWidget(self._holder, self.curves)
            self._holder.hide()
        return self.curves

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_curves()

    @Slot(object)
    def _on_reading(self, progress: Progress) -> None:
        self._reading = progress
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.numbers.show_reading(progress)

    @Slot(object)
    def _on_began(self, started: "Started") -> None:
        self._started = started
        self._on_phase()

    @Slot(object)
    def _on_step(self, step: "Step") -> None:
        curves = self._show_curves()
        curves.add(step.step, dict(step.losses))
        if len(curves.steps) == 1:
            self._say_curves()
        self.bar.setRange(0, step.total_steps)
        self.bar.setValue(step.step)
        self.numbers.show_step(step)
        now = time.monotonic()
        if now - self._last_note > NOTE_INTERVAL:
            self._last_note = now
            self.progressed.emit()

    @Slot(object)
    def _on_epoch(self, end: "EpochEnd") -> None:
        self.numbers.show_accuracy(end.monitor.get("few_shot_accuracy"))

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.numbers.reset()
        self._read_encoder()
        self._say_result()
        if self.run.result is not None and self.run.result.completed and self._session.labeling is not None:
            self._features.start()
        self.state_changed.emit()

    @Slot()
    def _on_project(self) -> None:
        self._outcome = None
        self.banner.hide()
        if self.curves is not None:
            self.curves.clear()
            self._say_curves()
        self._read_encoder()
        self._on_phase()

    @Slot()
    def _next(self) -> None:
        self.page_wanted.emit("label")

    # --- words

    def _say_result(self) -> None:
        outcome, result = self._outcome, self.run.result
        if outcome is None:
            return
        from micm_desktop.micm.events import Stopped

        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif result is None:
            self.banner.show_message("info", self.tr("Pretraining was cancelled before it began."))
        elif result.completed:
            text = self.tr(
                "Pretraining is finished: {time} on {images}. The new encoder is in use and the predictions are being "
                "renewed."
            ).format(time=words.duration(result.seconds), images=words.images(result.images))
            if isinstance(self.run.notice, Stopped):
                text = f"{self._notice_words()} {text}"
            if result.verdict is not None:
                text = f"{text} {reason_in_words(result.verdict.reason)}"
            self.banner.show_message("info", text, self.tr("Go on labelling"))
        else:
            text = self.tr(
                "Pretraining was stopped after {time}. It can go on from there later; until it is finished, the "
                "encoder from before stays in use."
            ).format(time=words.duration(result.seconds))
            self.banner.show_message("info", text, self.tr("Go on labelling"))

    def _say_curves(self) -> None:
        if self.curves is not None and self.curves.steps:
            text = self.tr("They fall quickly at first, then slowly: that is how it should look.")
        else:
            text = self.tr("They appear here while pretraining runs.")
        self._plot_hint.setText(text)

    @Slot()
    def _on_phase(self) -> None:
        phase = self.run.phase
        idle = phase == "idle"
        has_images = any(image.status == "ok" for image in self._session.images)
        self.duration.setEnabled(idle)
        self.start.setVisible(idle)
        self.start.setEnabled(has_images)
        labeling = self._session.labeling
        self.resume.setVisible(idle and has_images and labeling is not None and labeling.can_resume())
        for button in (self.pause, self.stop):
            button.setVisible(not idle)
        self.pause.setEnabled(phase in ("training", "paused"))
        self.stop.setEnabled(phase != "stopping")
        self.pause.setText(self.tr("Go on") if phase == "paused" else self.tr("Pause"))
        self.bar.setVisible(not idle)
        self.numbers.setVisible(not idle)
        if phase == "loading":
            self.bar.setRange(0, 0)
        self.status.setText(self._status_words(has_images))
        self.state_changed.emit()

    def _status_words(self, has_images: bool) -> str:
        match self.run.phase:
            case "loading":
                return self.tr("Getting ready…")
            case "reading":
                return self.tr("Reading the images…")
            case "training" if self.run.notice is not None:
                return self._notice_words()
            case "training":
                device = self._started.device.split(",")[0] if self._started is not None else ""
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

    def _notice_words(self) -> str:
        return " ".join(map(reason_in_words, self.run.notice.sentences)) if self.run.notice is not None else ""

    def _read_encoder(self) -> None:
        labeling = self._session.labeling
        encoder = labeling.project.active_encoder() if labeling is not None else None
        self._trained = encoder is not None
        if encoder is None:
            self._encoder.setText(
                self.tr("The one that came with the program. It works, but does not know your product.")
            )
        else:
            made = words.moment(encoder.created)
            self._encoder.setText(self.tr("{name}, made {time}").format(name=encoder.name, time=made))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Pretrain"))
        self._intro.setText(
            self.tr(
                "The program gets to know your product from the untagged images alone. Then fewer tags are enough. "
                "This step is optional, runs in the background, and no image leaves this computer."
            )
        )
        self.start.setText(self.tr("Start pretraining"))
        self.resume.setText(self.tr("Go on with the stopped run"))
        self.stop.setText(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop and keep what was learned so far"))
        self._encoder_title.setText(self.tr("Encoder in use"))
        self._plot_title.setText(self.tr("Learning curves"))
        self._say_curves()
        self._read_encoder()
        self._on_phase()
        self._say_result()
