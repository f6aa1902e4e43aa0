"""Is the result good enough? What was judged and by what, how many are right, and the images behind each figure."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from micm_desktop.evaluation.notes import sentence
from micm_desktop.gui.evaluating import EvaluationWork
from micm_desktop.gui.evaluation_notes import Step
from micm_desktop.gui.evaluation_words import evaluation_words
from micm_desktop.gui.i18n import language
from micm_desktop.gui.jobs import Failure, Outcome
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.pages.page import Page
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.empty_list import EmptyList
from micm_desktop.gui.widgets.evaluation_view import EvaluationView
from micm_desktop.gui.widgets.figure_button import FigureButton
from micm_desktop.gui.widgets.progress_row import ProgressRow
from micm_desktop.gui.widgets.set_aside_dialog import SetAsideDialog
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words
from micm_desktop.project.records import ImageRecord


class EvaluatePage(Page):
    """A view of what :class:`EvaluationWork` finds. In view it renews what is outdated, where that is quick."""

    image_wanted = Signal(int)
    """The index of an image to show on the Label page."""
    page_wanted = Signal(str)
    filter_wanted = Signal(object)
    """A :class:`Filter` for the Label page."""

    def __init__(
        self, session: Session, work: EvaluationWork, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._work = session, work
        self._title = styled_label("title")
        self._judged_by, self._test_set = styled_label("", wrap=True), styled_label("muted", wrap=True)
        self.renew, self.set_aside, self.unlock = QPushButton(), QPushButton(), QPushButton()
        self.renew.setProperty("role", "primary")
        self.renew.clicked.connect(self._on_renew)
        self.set_aside.clicked.connect(self.ask_set_aside)
        self.unlock.clicked.connect(self._ask_unlock)
        self.banner = Banner()
        self.banner.action.connect(self._on_renew)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(work.cancel)
        self.right, self.missed, self.alarms, self.asked = (FigureButton() for _ in range(4))
        self.empty = EmptyList()
        self.empty.action.connect(self._on_empty)
        self._way = ""
        self._told = False
        self.view = EvaluationView(session, work, thumbnails)
        self.view.activated.connect(self._on_activated)
        self.view.step_wanted.connect(self.go)
        self.view.comparison.methods_wanted.connect(work.compare_methods)
        self.view.comparison.encoders_wanted.connect(work.compare_encoders)
        for button, show in (
            (self.right, self.view.show_right),
            (self.missed, self.view.show_missed),
            (self.alarms, self.view.show_false_alarms),
            (self.asked, self.view.show_asked),
        ):
            button.clicked.connect(lambda _checked=False, act=show: act())
        self._layout_page()
        work.began.connect(self._on_began)
        work.progress.connect(self.progress.update_progress)
        work.ended.connect(self._on_ended)
        work.changed.connect(self._show)
        work.set_aside.connect(self._on_set_aside)
        session.images_changed.connect(self._show)
        self.retranslate()

    def _layout_page(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        for part in (self.unlock, self.set_aside, self.renew):
            head.addWidget(part)
        figures = QHBoxLayout()
        figures.setSpacing(8)
        for button in (self.right, self.missed, self.alarms, self.asked):
            figures.addWidget(button, 1)
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._judged_by)
        column.addLayout(figures)
        column.addWidget(self.view, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(found)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._test_set)
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        layout.addWidget(self._stack, 1)

    # --- asking

    @Slot()
    def ask_set_aside(self) -> None:
        """Ask how many images are to be set aside for the test."""
        labeling = self._session.labeling
        if labeling is not None and labeling.project.holder is not None:
            self.banner.show_failure(Failure(labeling.project.holder.in_words(), expected=True))
            return
        columns, tags = self._session.columns, self._session.tag_classes()
        locked = self._session.locked
        tagged = columns.readable & (tags > 0)
        tagged[columns.rows_of(locked)] = False
        # Not by sorting, which takes longer than a frame at 100,000 images.
        contents, late = (
            int(np.count_nonzero(np.bincount(columns.content[one]))) for one in (columns.readable, tagged)
        )
        dialog = SetAsideDialog(contents, late, len(locked), self)
        dialog.accepted.connect(lambda: self._work.lock_share(dialog.wanted))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog: QDialog = dialog
        dialog.open()

    @Slot()
    def _ask_unlock(self) -> None:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Give up the test set"))
        box.setText(self.tr("Give up the test set of {images}?").format(images=words.images(len(self._session.locked))))
        box.setInformativeText(
            self.tr(
                "From now on their tags are learned from, and what was measured on them is no longer independent. This "
                "cannot be undone, and it stays on record in the project."
            )
        )
        unlock = box.addButton(self.tr("Give it up"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(self.tr("Keep the test set"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.exec()
        if box.clickedButton() is unlock:
            self._work.unlock()

    @Slot(object)
    def go(self, step: Step) -> None:
        """Do what the button of a note says."""
        if step.way == "set_aside":
            self.ask_set_aside()
        elif step.way == "tag_test":
            self.filter_wanted.emit(Filter(tag="test"))
        elif step.way == "tag_class":
            record = next((record for record in self._session.classes if record.name == step.name), None)
            if record is not None:
                self.filter_wanted.emit(Filter(tag="untagged", predicted=record.id))
        else:
            self.page_wanted.emit(step.way)

    @Slot()
    def _on_empty(self) -> None:
        if self._way:
            self.page_wanted.emit(self._way)
        else:
            self._work.evaluate()

    @Slot(object)
    def _on_activated(self, image: ImageRecord) -> None:
        rows = self._session.columns.rows_of([image.sha256])
        if len(rows):
            self.image_wanted.emit(int(rows[0]))

    # --- the job

    @Slot()
    def _on_renew(self) -> None:
        self._told = False
        self._work.evaluate()

    @Slot()
    def _on_began(self) -> None:
        if self._work.doing != "evaluating" or not self._told:
            # What was set aside stays to be read while all is judged anew by it.
            self.banner.hide()
            self._told = False
        self.progress.begin(self._doing)
        self._enable()
        self._say_empty()

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        self.progress.end()
        if outcome.failure is not None:
            self.banner.show_failure(outcome.failure)
        elif outcome.status == "cancelled":
            self.banner.show_message("info", self.tr("Cancelled."))
        self._enable()
        self._say_empty()
        if outcome.status == "done":
            self._renew()

    @Slot(object)
    def _on_set_aside(self, locked: object) -> None:
        from micm_desktop.labeling.setting_aside import Locked

        if isinstance(locked, Locked):
            told = [self.tr("{images} set aside for the test.").format(images=words.images(locked.images))]
            told += [sentence(note, language()) for note in locked.notes]
            self.banner.show_message("info", " ".join(told))
            self._told = True

    def _doing(self) -> str:
        return {
            "evaluating": self.tr("Judging the tagged images"),
            "comparing": self.tr("Comparing on the same images"),
            "setting_aside": self.tr("Looking for images that are nearly equal"),
            "unlocking": self.tr("Giving up the test set"),
        }.get(self._work.doing or "", "")

    def _renew(self) -> None:
        """Judge anew what is outdated, unless that takes long."""
        work = self._work
        wanted = work.evaluated is None or work.outdated
        if wanted and work.cheap and not work.running and self.isVisible() and self._can_judge():
            work.evaluate()

    def _can_judge(self) -> bool:
        return self._session.predictions is not None and not self._session.predicting

    # --- what is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._work.read_state()
        self._show()

    @Slot()
    def _show(self) -> None:
        if not self.isVisible():
            # Shown when the page is: each tag on the Label page would wait for it.
            return
        self._enable()
        self._say_empty()
        self._say_test_set()
        if self._work.evaluated is not None:
            self._say_figures()
            self.view.show_evaluated()
        self._renew()
        self._say_outdated()

    def _say_test_set(self) -> None:
        state = self._work.state
        self._test_set.setText("" if state is None else evaluation_words.test_set(state.test_set))
        self._test_set.setVisible(state is not None)

    def _say_outdated(self) -> None:
        if self._work.outdated and not self._work.running and not self._session.predicting:
            text = self.tr(
                "Evaluated before %n change(s) of tags, classes, costs, images or encoder.", "", self._work.changes
            )
            self.banner.show_message("warning", text, self.tr("Evaluate anew"))
        elif self._work.evaluated is not None and self.banner.button.isVisible():
            self.banner.hide()

    def _say_figures(self) -> None:
        evaluated = self._work.evaluated
        assert evaluated is not None
        found = evaluated.evaluation
        self._judged_by.setText(evaluation_words.judged_by(found))
        self._judged_by.setVisible(found.judged is not None)
        expected, tip = found.expected, self.tr("Show these images")
        rates = [(self.right, self.tr("Right, nobody asked"), found.right)]
        rates.append((self.missed, self.tr("Missed defects"), None if expected is None else expected.missed))
        rates.append((self.alarms, self.tr("False alarms"), None if expected is None else expected.false_alarms))
        for button, title, rate in rates:
            button.setVisible(rate is not None)
            if rate is not None:
                button.say(title, evaluation_words.count(rate), evaluation_words.interval(rate), tip)
        judged = found.judged
        self.asked.setVisible(judged is not None)
        if judged is not None:
            from micm_desktop.fewshot.expected import clopper_pearson

            asked = clopper_pearson(int((judged.column >= found.trained).sum()), len(judged))
            title = self.tr("A person is asked")
            self.asked.say(title, evaluation_words.count(asked), evaluation_words.interval(asked), tip)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.view.restyle()

    def _enable(self) -> None:
        idle = not self._work.running
        self.renew.setEnabled(idle and self._session.predictions is not None)
        self.set_aside.setEnabled(idle and bool(self._session.images))
        self.unlock.setEnabled(idle)
        self.unlock.setVisible(bool(self._session.locked))
        self.view.comparison.set_running(not idle)
        self._stack.setCurrentIndex(int(self._work.evaluated is not None))

    def _say_empty(self) -> None:
        self._way = ""
        if not self._session.images:
            self._way = "start"
            self.empty.say(self.tr("Open a folder of images first."), self.tr("Start"))
        elif self._work.running:
            self.empty.say(self.tr("The tagged images are being judged. You can go on with other pages meanwhile."))
        elif self._session.predictions is None:
            self._way = "label"
            text = self.tr(
                "Here you see how good the result is, and prove it.\n\nTag images of two classes on the Label page "
                "first. For a proof that nothing was learned from, set some images aside before you tag."
            )
            self.empty.say(text, self.tr("Tag images"))
        else:
            self.empty.say(self.tr("Nothing has been judged yet."), self.tr("Evaluate"))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Evaluation"))
        self.renew.setText(self.tr("Evaluate anew"))
        self.set_aside.setText(self.tr("Set images aside…"))
        self.set_aside.setToolTip(self.tr("Lock a test set, which nothing learns from"))
        self.unlock.setText(self.tr("Give up the test set…"))
        self._say_empty()
        self._say_test_set()
        if self._work.evaluated is not None:
            self._say_figures()
        self._show()
