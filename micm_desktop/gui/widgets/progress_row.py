"""How far a job is, with its time left and a button that stops it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from micm_desktop.gui.i18n import number
from micm_desktop.gui.words import words
from micm_desktop.progress import Progress

ENOUGH = 2.0
"""Seconds after which the pace tells how long the rest takes, where the job does not."""


class ProgressRow(QWidget):
    """Hidden until :meth:`begin`."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._detail = QLabel()
        self._detail.setProperty("role", "muted")
        self._cancel = QPushButton()
        self._cancel.clicked.connect(self._on_cancel)
        # Not by the mouse: once hidden it would leave the keys to the next field.
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title)
        row.addWidget(self._bar, 1)
        row.addWidget(self._detail)
        row.addWidget(self._cancel)
        self._name: Callable[[], str] = str
        self._last: Progress | None = None
        self._from: tuple[float, int] | None = None
        self.retranslate()
        self.hide()

    @Slot()
    def _on_cancel(self) -> None:
        # A step that cannot be broken off may take a while: the press must not seem lost.
        self._cancel.setEnabled(False)
        self._cancel.setText(self.tr("Stopping…"))
        self.cancelled.emit()

    @property
    def bar(self) -> QProgressBar:
        return self._bar

    def begin(self, title: Callable[[], str]) -> None:
        """Show the row for a job that has just started; ``title`` names it in the language in use."""
        self._last = self._from = None
        self._name = title
        self._title.setText(title())
        self._detail.clear()
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self._cancel.setText(self.tr("Cancel"))
        self.show()

    def update_progress(self, progress: Progress) -> None:
        self._last = progress
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        now = time.monotonic()
        if self._from is None and progress.done:
            # Not from the beginning: the first step, such as loading a library, is unlike the others.
            self._from = now, progress.done
        parts = []
        if progress.total:
            parts.append(f"{number(progress.done)} / {number(progress.total)}")
        left = progress.seconds_left
        if left is None and self._from is not None and now - self._from[0] > ENOUGH and progress.done > self._from[1]:
            left = (now - self._from[0]) / (progress.done - self._from[1]) * (progress.total - progress.done)
        if left is not None:
            parts.append(words.time_left(left))
        self._detail.setText("   ".join(parts))

    def end(self) -> None:
        self._name = str
        self._title.clear()
        self.hide()

    @property
    def title(self) -> str:
        return self._title.text()

    def retranslate(self) -> None:
        self._title.setText(self._name())
        self._cancel.setText(self.tr("Cancel") if self._cancel.isEnabled() else self.tr("Stopping…"))
        if self._last is not None:
            self.update_progress(self._last)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
