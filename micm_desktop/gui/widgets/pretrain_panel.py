"""What the user decides about pretraining: how long, start, pause, stop; and the encoder in use."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from micm_desktop.gui.messages import reason_in_words
from micm_desktop.gui.pretraining import Pretraining
from micm_desktop.gui.widgets.duration_choice import DurationChoice
from micm_desktop.gui.widgets.estimate_box import EstimateBox
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words

if TYPE_CHECKING:
    from micm_desktop.labeling.past_runs import PastRun

WIDTH = 300


class PretrainPanel(QFrame):
    """Pause and stop act on the run by themselves; what start and resume mean is the page's matter."""

    def __init__(self, run: Pretraining, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._active: PastRun | None = None
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self.duration = DurationChoice()
        self.expectation = EstimateBox(run.estimate)
        self.start = QPushButton()
        self.start.setProperty("role", "primary")
        self.resume = QPushButton()
        self.pause = QPushButton()
        self.pause.clicked.connect(run.toggle_pause)
        self.stop = QPushButton()
        self.stop.clicked.connect(run.stop)
        self._encoder_title = styled_label("heading")
        self.encoder = QLabel()
        self.encoder.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.pause)
        buttons.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.duration)
        layout.addWidget(self.start)
        layout.addWidget(self.resume)
        layout.addLayout(buttons)
        layout.addWidget(self.expectation)
        layout.addWidget(self._encoder_title)
        layout.addWidget(self.encoder)
        layout.addStretch(1)
        self.retranslate()

    def show_phase(self, has_images: bool, can_resume: bool) -> None:
        """Offer what can be done now. ``can_resume``: whether there is a stopped run to go on with."""
        phase = self._run.phase
        idle = phase == "idle"
        self.duration.setEnabled(idle)
        self.start.setVisible(idle)
        self.start.setEnabled(has_images)
        self.resume.setVisible(idle and has_images and can_resume)
        for button in (self.pause, self.stop):
            button.setVisible(not idle)
        self.pause.setEnabled(phase in ("training", "paused"))
        self.stop.setEnabled(phase != "stopping")
        self.pause.setText(self.tr("Go on") if phase == "paused" else self.tr("Pause"))

    def show_encoder(self, active: "PastRun | None") -> None:
        """The run whose encoder is in use; None: the shipped one."""
        self._active = active
        if active is None:
            text = self.tr("The one that came with the program. It works, but does not know your product.")
        else:
            text = self.tr("{name}, made {time}").format(name=active.name, time=words.moment(active.made))
            if active.reason:
                # It may say that of this encoder the features from before are used.
                text = f"{text}\n{reason_in_words(active.reason)}"
        self.encoder.setText(text)

    def retranslate(self) -> None:
        self.start.setText(self.tr("Start pretraining"))
        self.resume.setText(self.tr("Go on with the stopped run"))
        self.pause.setText(self.tr("Go on") if self._run.phase == "paused" else self.tr("Pause"))
        self.stop.setText(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop and keep what was learned so far"))
        self._encoder_title.setText(self.tr("Encoder in use"))
        self.show_encoder(self._active)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
