"""Closes projects off the window's thread: one on a network drive is written back before another is opened or the
window ends."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from micm_desktop.gui.jobs import Failure, Job, Outcome
from micm_desktop.gui.messages import in_words
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling

SOON = 400
"""Milliseconds after which a box says what is waited for: most projects are closed before."""


class Closer(QObject):
    """At most one project that is being closed, apart from other jobs: stopping those does not end this."""

    progress = Signal(object)
    """:class:`Progress`, in bytes."""
    refused = Signal(object)
    """A :class:`Failure`: :meth:`try_again` or :meth:`give_up`."""
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._labeling: Labeling | None = None
        self._job: Job | None = None
        self._then: Callable[[], object] = lambda: None

    @property
    def running(self) -> bool:
        """Whether a project is being closed."""
        return self._labeling is not None

    def close(self, labeling: "Labeling | None", then: Callable[[], object]) -> None:
        """Close ``labeling``'s project, then do ``then``; while one is being closed, ``then`` takes the place of what
        was to follow."""
        self._then = then
        if labeling is not None:
            self._labeling = labeling
            self.try_again()
        elif not self.running:
            then()

    @Slot()
    def try_again(self) -> None:
        """Write back once more."""
        if self._labeling is not None:
            self._start(self._labeling.project.closing)

    @Slot()
    def give_up(self) -> None:
        """Close without writing back: what is here is taken up at the next opening."""
        if self._job is not None:
            self._job.cancel()
        elif self._labeling is not None:
            self._let_go()

    def _let_go(self) -> None:
        labeling = self._labeling

        def work(_control: JobControl) -> Iterator[object]:
            if labeling is not None:
                labeling.project.give_up()
            yield None

        self._start(work)

    def _start(self, work: Callable[[JobControl], Iterator[object]]) -> None:
        self._job = Job(work, parent=self)
        self._job.reported.connect(self._on_event)
        self._job.ended.connect(self._on_ended)
        self._job.start()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.emit(event)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job = None
        if outcome.status == "cancelled":
            self._let_go()
        elif outcome.failure is not None:
            self.refused.emit(outcome.failure)
        else:
            self._labeling = None
            then, self._then = self._then, lambda: None
            self.ended.emit()
            then()


class ClosingBox(QDialog):
    """Says that a project is being written back, and what can be done where that takes long or fails."""

    def __init__(self, closer: Closer, parent: QWidget) -> None:
        super().__init__(parent)
        self._closer = closer
        self._failure: Failure | None = None
        self.setWindowModality(Qt.WindowModality.WindowModal)
        # It ends with what it waits for.
        self.setWindowFlag(Qt.WindowType.WindowCloseButtonHint, False)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.bar = QProgressBar()
        buttons = QDialogButtonBox()
        self.again = QPushButton()
        self.leave = QPushButton(autoDefault=False)
        buttons.addButton(self.leave, QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.addButton(self.again, QDialogButtonBox.ButtonRole.AcceptRole)
        column = QVBoxLayout(self)
        for part in (self.text, self.bar, buttons):
            column.addWidget(part)
        self.setMinimumWidth(480)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._show)
        closer.progress.connect(self._on_progress)
        closer.refused.connect(self._on_refused)
        closer.ended.connect(self._on_ended)
        self.again.clicked.connect(self._try_again)
        self.leave.clicked.connect(self._leave)
        self._say()

    def _show(self) -> None:
        self._say()
        self.open()

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        if not self._soon.isActive() and not self.isVisible():
            self._soon.start()
        # In thousandths: a bar counts no further than two thousand million.
        self.bar.setMaximum(1000 if progress.total else 0)
        self.bar.setValue(1000 * progress.done // progress.total if progress.total else 0)

    @Slot(object)
    def _on_refused(self, failure: Failure) -> None:
        self._soon.stop()
        self._failure = failure
        self._show()

    @Slot()
    def _on_ended(self) -> None:
        self._soon.stop()
        self._failure = None
        self.leave.setEnabled(True)
        self.hide()

    @Slot()
    def _try_again(self) -> None:
        self._failure = None
        self._say()
        self._closer.try_again()

    @Slot()
    def _leave(self) -> None:
        self.leave.setEnabled(False)
        self._closer.give_up()

    def _say(self) -> None:
        self.setWindowTitle(self.tr("Closing the project"))
        if self._failure is not None:
            self.text.setText(in_words(self._failure))
        else:
            self.text.setText(
                self.tr(
                    "The project is being written back to the network drive. You need not wait: everything is kept on "
                    "this computer, and can be written back when the project is opened here again. Until then, other "
                    "computers do not see the last changes."
                )
            )
        self.bar.setVisible(self._failure is None)
        self.again.setVisible(self._failure is not None)
        self.again.setText(self.tr("Try again"))
        self.leave.setText(self.tr("Close now: write back next time"))
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Esc would leave nothing to see of what is waited for.
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
