"""Says that what was done is on disk or, in words, why it is not."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.project.records import Step, TagChange

SHOWN = 4000
"""Milliseconds for which the mark stays."""
WIDEST = 460
"""Pixels beyond which its words are shortened."""


class SavedMark(QLabel):
    """The mark. :attr:`banner` says what could not be saved; it stays until something is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("role", "saved")
        self._words: Callable[[], str] = str
        self._failure: Failure | None = None
        self._box: QMessageBox | None = None
        self.banner = Banner()
        self.banner.action.connect(self._try_again)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(SHOWN)
        self._forget.timeout.connect(self.clear)
        session.tags_changed.connect(self._on_tags)
        session.tag_failed.connect(self.show_failure)
        session.closed.connect(self.forget)
        session.undo.done.connect(self._on_done)
        session.undo.undone.connect(self._on_undone)
        session.undo.redone.connect(self._on_redone)

    @Slot(object)
    def show_failure(self, failure: Failure) -> None:
        """Say that nothing was changed, and why; in a window of its own, too, where this page is not in view."""
        self.clear()
        self._failure = failure
        count = self._session.failures
        text = self.tr("Nothing was changed. {reason}") if count < 2 else self._of_several(count)
        text = text.format(reason=in_words(failure))
        self.banner.show_message("error", text, self.tr("Try again"))
        if self.isVisible():
            return
        if self._box is not None:
            self._box.close()
        self._box = box = QMessageBox(QMessageBox.Icon.Warning, self.tr("Not saved"), text, parent=self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(self._forget_box)
        box.addButton(self.tr("Try again"), QMessageBox.ButtonRole.AcceptRole).clicked.connect(self._try_again)
        box.addButton(QMessageBox.StandardButton.Close)
        box.open()

    def _of_several(self, count: int) -> str:
        return self.tr("%n change(s) could not be saved. {reason}", "", count)

    @Slot()
    def _forget_box(self) -> None:
        self._box = None

    def say_saving(self, count: int) -> None:
        """Say that ``count`` images are being saved, until they are."""
        self.banner.hide()
        self._say(lambda: self.tr("Saving: %n image(s)…", "", count))
        self._forget.stop()

    @Slot()
    def forget(self) -> None:
        """Say nothing any more."""
        self.clear()
        self.banner.hide()

    @Slot(object)
    def _on_tags(self, change: TagChange) -> None:
        self._say(lambda: self.tr("✓ Saved: %n image(s)", "", len(change.after)))

    @Slot(object)
    def _on_done(self, step: Step) -> None:
        if step.kind not in ("tag", "untag", "unsure"):
            self._say(lambda: self.tr("✓ Saved: {what}").format(what=self._session.undo.in_words(step)))

    @Slot(object)
    def _on_undone(self, step: Step) -> None:
        self._say(lambda: self.tr("✓ Undone and saved: {what}").format(what=self._session.undo.in_words(step)))

    @Slot(object)
    def _on_redone(self, step: Step) -> None:
        self._say(lambda: self.tr("✓ Done again and saved: {what}").format(what=self._session.undo.in_words(step)))

    def _say(self, words: Callable[[], str]) -> None:
        # What waited behind tags that failed does not make up for them.
        if not self._session.bulk.busy:
            self.banner.hide()
        self._words = words
        self._show()
        self._forget.start()

    def _show(self) -> None:
        text = self._words()
        self.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, WIDEST))
        self.setToolTip(text)

    @Slot()
    def _try_again(self) -> None:
        self.banner.hide()
        self._session.try_again()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            if self._forget.isActive():
                self._show()
            if self._failure is not None and self.banner.isVisible():
                self.show_failure(self._failure)
        super().changeEvent(event)
