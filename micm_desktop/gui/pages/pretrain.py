"""Pretraining: choose how long, see what to expect, start, watch, pause, stop, and look back at earlier runs."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStyle, QTabWidget, QVBoxLayout, QWidget

from micm_desktop.gui.features import Features
from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.pretraining import Pretraining
from micm_desktop.gui.rejudging import Rejudging
from micm_desktop.gui.run_comparing import RunComparing
from micm_desktop.gui.run_notice import RunNotice
from micm_desktop.gui.run_removal import RunRemoval
from micm_desktop.gui.run_words import RunWords
from micm_desktop.gui.session import Session
from micm_desktop.gui.time_estimate import Choice
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.pretrain_panel import PretrainPanel
from micm_desktop.gui.widgets.run_list import RunList
from micm_desktop.gui.widgets.run_numbers import RunNumbers
from micm_desktop.gui.widgets.run_view import RunView
from micm_desktop.gui.widgets.scroll_form import scroll_form
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.curves import LossCurves
    from micm_desktop.labeling.past_runs import PastRun
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
        self._outcome: Outcome | None = None
        self.run = Pretraining(session, self)
        self._words = RunWords(self.run, self)
        self._notice = RunNotice(self.run, self._words, self)
        self._removal = RunRemoval(session, self)
        self.comparing = RunComparing(session, self)
        self._title = styled_label("title")
        self._intro = styled_label("muted", wrap=True)
        self.panel = PretrainPanel(self.run)
        self.panel.start.clicked.connect(lambda: self._start(resume=False))
        self.panel.resume.clicked.connect(lambda: self._start(resume=True))
        self.banner = Banner()
        self.banner.action.connect(self._next)
        self.notices = Banner()
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.numbers = RunNumbers()
        self.view = RunView()
        self.runs = RunList()
        self.rejudging = Rejudging(session, self.runs, self)
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)
        for tab in (self.view, self.runs):
            self.tabs.addTab(tab, "")
        self._layout_page()
        self._connect()
        self.retranslate()

    def _layout_page(self) -> None:
        side = scroll_form(self.panel)
        side.setFixedWidth(self.panel.width() + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + 2)
        right = QVBoxLayout()
        right.setSpacing(8)
        for widget in (self.banner, self.notices, self.status, self.bar, self.numbers):
            right.addWidget(widget)
        right.addWidget(self.tabs, 1)
        body = QHBoxLayout()
        body.setSpacing(4)
        body.addWidget(side)
        body.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._intro)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        run, session = self.run, self._session
        run.starting.connect(self._on_starting)
        run.phase_changed.connect(self._on_phase)
        run.reading.connect(self._on_reading)
        run.began.connect(self._on_began)
        run.stepped.connect(self._on_step)
        run.epoch_ended.connect(self._on_epoch)
        run.previewed.connect(self.view.show_preview)
        run.balanced.connect(self.view.add_balance)
        run.told.connect(self._say_notices)
        run.ended.connect(self._on_ended)
        session.opened.connect(self._on_project)
        session.closed.connect(self._on_project)
        session.images_changed.connect(self._on_phase)
        self.panel.duration.changed.connect(self._ask_for_estimate)
        self.runs.use_wanted.connect(self._use)
        self.runs.compare_wanted.connect(self.comparing.compare)
        self.runs.delete_wanted.connect(self._removal.ask)
        self._removal.ended.connect(self._on_deleted)
        self.rejudging.began.connect(self._on_phase)
        self.rejudging.ended.connect(self._on_phase)
        self.rejudging.ended.connect(self._on_judged)
        self._notice.clicked.connect(lambda: self.page_wanted.emit("pretrain"))

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

    @property
    def curves(self) -> "LossCurves | None":
        """The learning curves, once they are needed."""
        return self.view.curves

    @Slot()
    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.view.restyle()

    # --- the run

    def _start(self, *, resume: bool) -> None:
        from micm_desktop.micm.config import PretrainConfig

        choice = self.panel.duration
        config = PretrainConfig(preset=choice.preset, minutes=choice.minutes, device=self._session.device)
        self.run.start(config, resume=resume)

    @Slot()
    def _on_starting(self) -> None:
        """A new run takes the place of what was shown."""
        self._outcome = None
        self.banner.hide()
        self.view.clear()
        self.view.prepare()
        self.tabs.setCurrentWidget(self.view)
        self._say_notices()

    @Slot()
    def _ask_for_estimate(self) -> None:
        """Measure what the choice means, while somebody looks and nothing runs."""
        wanted = self.isVisible() and self.run.phase == "idle" and self._has_images()
        self.run.estimate.want(Choice(self.panel.duration.preset, self.panel.duration.minutes) if wanted else None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.prepare()
        self._ask_for_estimate()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ask_for_estimate()

    @Slot(object)
    def _on_reading(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.numbers.show_reading(progress)

    @Slot(object)
    def _on_began(self, _started: "Started") -> None:
        self._on_phase()

    @Slot(object)
    def _on_step(self, step: "Step") -> None:
        self.view.add_step(step)
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
        self._read_runs()
        self._say_result()
        if self.run.result is not None and self.run.result.completed and self._session.labeling is not None:
            self._features.start()
        self.state_changed.emit()

    @Slot()
    def _on_project(self) -> None:
        self._outcome = None
        self.banner.hide()
        self.notices.hide()
        self.view.clear()
        self._show_runs([])
        self._read_runs(opened=True)
        self._on_phase()

    @Slot(object)
    def _use(self, encoder_id: int | None) -> None:
        """Take another encoder into use; predictions follow by themselves."""
        labeling = self._session.labeling
        if labeling is None or self.run.running:
            return

        def work(control: JobControl) -> Iterator[object]:
            labeling.project.activate_encoder(encoder_id)
            yield None

        self.runs.set_allowed(False)
        self._session.jobs.start(work, on_end=self._on_used)

    @Slot(object)
    def _on_used(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        self.runs.set_allowed(self.run.phase == "idle")
        self._read_runs()
        self._features.start()
        self.state_changed.emit()

    @Slot(object)
    def _on_deleted(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        self._read_runs()

    @Slot(object)
    def _on_judged(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        self._read_runs(select=self.rejudging.encoder_id)
        # Where other features are used from now on, these are computed.
        self._features.start()

    @Slot()
    def _next(self) -> None:
        self.page_wanted.emit("label")

    # --- words

    @Slot()
    def _on_phase(self) -> None:
        phase, has_images = self.run.phase, self._has_images()
        idle = phase == "idle"
        labeling = self._session.labeling
        self.panel.show_phase(has_images, labeling is not None and labeling.can_resume())
        self.bar.setVisible(not idle)
        self.numbers.setVisible(not idle)
        self.runs.set_allowed(idle and not self.rejudging.running)
        if phase == "loading":
            self.bar.setRange(0, 0)
        self.status.setText(self._words.status(has_images))
        self._ask_for_estimate()
        self.state_changed.emit()

    def _has_images(self) -> bool:
        return self._session.columns.usable > 0

    @Slot()
    def _say_notices(self) -> None:
        told = self._words.notices()
        self.view.show_told(told)
        if told:
            self.notices.show_message("warning", told[0])
        else:
            self.notices.hide()

    def _say_result(self) -> None:
        if self._outcome is None:
            return
        if self._outcome.failure is not None:
            self.banner.show_failure(self._outcome.failure)
        else:
            go_on = self.tr("Go on labelling") if self.run.result is not None else ""
            self.banner.show_message("info", self._words.result(), go_on)

    def _read_runs(self, *, opened: bool = False, select: int | None = None) -> None:
        """Show the finished runs: the list itself where the project was just ``opened``, with the run ``select``."""
        labeling = self._session.labeling
        if labeling is None:
            return

        def work(control: JobControl) -> Iterator[object]:
            yield labeling.past_runs()

        def show(runs: object) -> None:
            if not isinstance(runs, list) or self._session.labeling is not labeling:
                return
            self._show_runs(runs)
            if select is not None:
                self.runs.select(select)
            if opened and runs:
                self.tabs.setCurrentWidget(self.runs)
            self.state_changed.emit()

        self._session.jobs.start(work, on_event=show)

    def _show_runs(self, runs: "Sequence[PastRun]") -> None:
        self.runs.set_runs(runs)
        self.tabs.setTabVisible(self.tabs.indexOf(self.runs), bool(runs))
        self._trained = any(run.active for run in runs)
        self.panel.show_encoder(next((run for run in runs if run.active), None))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Pretrain"))
        self._intro.setText(
            self.tr(
                "The program gets to know your product from the untagged images alone. Then fewer tags are enough. "
                "This step is optional, runs in the background, and no image leaves this computer."
            )
        )
        self.tabs.setTabText(self.tabs.indexOf(self.view), self.tr("This run"))
        self.tabs.setTabText(self.tabs.indexOf(self.runs), self.tr("Finished runs"))
        self._say_notices()
        self._on_phase()
        self._say_result()
