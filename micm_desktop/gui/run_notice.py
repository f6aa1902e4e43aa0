"""Tells on the desktop that a pretraining run has ended, for whoever looks elsewhere."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from micm_desktop.gui.jobs import Outcome
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.pretraining import Pretraining
from micm_desktop.gui.run_words import RunWords

SHOWN = 15_000
"""Milliseconds for which the system shows the message, if it asks for that."""


class RunNotice(QObject):
    """A message of the system tray where there is one, else the taskbar's sign that something has happened."""

    clicked = Signal()
    """The user wants to see what the message is about."""

    def __init__(self, run: Pretraining, words: RunWords, page: QWidget) -> None:
        super().__init__(page)
        self._run = run
        self._words = words
        self._page = page
        self._tray: QSystemTrayIcon | None = None
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.setInterval(SHOWN)
        self._hide.timeout.connect(self._remove)
        run.ended.connect(self._on_ended)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        window = self._page.window()
        seen = self._page.isVisible() and window.isActiveWindow()
        stopped = outcome.status == "cancelled" or (outcome.failure is None and self._cut_short())
        # Who has stopped it knows that it has ended.
        if seen or stopped:
            return
        text = in_words(outcome.failure) if outcome.failure is not None else self._words.result()
        QApplication.alert(window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._show(self.tr("Pretraining has failed") if outcome.failure else self.tr("Pretraining has ended"), text)

    def _cut_short(self) -> bool:
        return self._run.result is None or not self._run.result.completed

    def _show(self, title: str, text: str) -> None:
        self._remove()
        self._tray = QSystemTrayIcon(self._page.window().windowIcon(), self)
        self._tray.messageClicked.connect(self._on_clicked)
        self._tray.activated.connect(self._on_clicked)
        self._tray.setToolTip(title)
        self._tray.show()
        self._tray.showMessage(title, text, self._page.window().windowIcon(), SHOWN)
        self._hide.start()

    @Slot()
    def _on_clicked(self) -> None:
        self._remove()
        window = self._page.window()
        window.showNormal() if window.isMinimized() else window.show()
        window.raise_()
        window.activateWindow()
        self.clicked.emit()

    @Slot()
    def _remove(self) -> None:
        if self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None
