"""What the window does with a project that somebody else has open: all of it can be looked at, nothing changed."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QMessageBox, QToolTip, QWidget

from micm_desktop.gui.actions import HELD
from micm_desktop.gui.jobs import Latest
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.words import words
from micm_desktop.project.records import Holder

LOOK_AGAIN = 3000
"""Milliseconds between two looks whether the holder has left."""


class ReadOnly(Banner):
    """Says who has the project, and keeps guarded controls switched off meanwhile, whatever their pages do."""

    edit_wanted = Signal(Path, bool)
    """The project to open anew, and whether from somebody on another computer who gives no sign of life."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._free = False
        self._widgets: dict[QObject, bool] = {}
        """Each guarded widget, and whether its page would have it enabled."""
        self._actions: dict[QAction, bool] = {}
        self._latest = Latest(self)
        self._latest.ready.connect(self._on_looked)
        self._again = QTimer(self, interval=LOOK_AGAIN)
        self._again.timeout.connect(self._look)
        self.action.connect(self._edit)
        # Lifted before the pages show the next project, applied after they have.
        session.closed.connect(self._lift)
        session.opened.connect(self._apply)

    @property
    def holder(self) -> Holder | None:
        """Who has the open project, where it can only be looked at."""
        labeling = self._session.labeling
        return labeling.project.holder if labeling is not None else None

    def guard(self, *parts: QWidget | QAction) -> None:
        """Switch these off, with the reason, while the project can only be looked at."""
        for part in parts:
            if isinstance(part, QAction):
                self._actions[part] = part.isEnabled()
                part.enabledChanged.connect(partial(self._on_action, part))
            else:
                self._widgets[part] = not part.testAttribute(Qt.WidgetAttribute.WA_ForceDisabled)
                part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.holder is not None and isinstance(watched, QWidget):
            if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not watched.isEnabled():
                QToolTip.showText(event.globalPos(), self._reason(), watched)
                return True
            if watched in self._widgets and event.type() == QEvent.Type.EnabledChange and watched.isEnabled():
                self._widgets[watched] = True
                watched.setEnabled(False)
            elif isinstance(event, QChildEvent) and event.type() == QEvent.Type.ChildPolished:
                self._watch_inside(event.child())
        return super().eventFilter(watched, event)

    def _watch_inside(self, part: QObject) -> None:
        """What is inside of a guarded widget is off with it, and may have a tool tip of its own."""
        for inner in (part, *part.findChildren(QWidget)):
            inner.installEventFilter(self)

    def _on_action(self, action: QAction, enabled: bool) -> None:
        if enabled and self.holder is not None:
            self._actions[action] = True
            action.setEnabled(False)

    @Slot()
    def _apply(self) -> None:
        if self.holder is None:
            return
        self._free = False
        for widget in self._widgets:
            assert isinstance(widget, QWidget)
            self._widgets[widget] = not widget.testAttribute(Qt.WidgetAttribute.WA_ForceDisabled)
            widget.setEnabled(False)
            self._watch_inside(widget)
        for action in self._actions:
            self._actions[action] = action.isEnabled()
            action.setEnabled(False)
            action.setProperty(HELD, self._reason())
        self._say()
        self._again.start()

    @Slot()
    def _lift(self) -> None:
        if not self._again.isActive():
            return
        self._again.stop()
        self._latest.forget()
        self.hide()
        for part, enabled in (*self._widgets.items(), *self._actions.items()):
            assert isinstance(part, (QWidget, QAction))
            part.setEnabled(enabled)
            part.setProperty(HELD, None)

    # --- whether the holder is still there

    @Slot()
    def _look(self) -> None:
        folder = self._session.folder

        def look() -> bool:
            from micm_desktop.project.holding import is_free

            return folder is not None and is_free(folder)

        self._latest.request(folder, look)

    @Slot(object, object)
    def _on_looked(self, folder: object, free: object) -> None:
        if folder == self._session.folder and free != self._free:
            self._free = bool(free)
            self._say()

    @Slot()
    def _edit(self) -> None:
        folder, holder = self._session.folder, self.holder
        if folder is None or holder is None:
            return
        if self._free:
            self.edit_wanted.emit(folder, False)
            return
        box = QMessageBox(self.window())
        box.setIcon(QMessageBox.Icon.Warning)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Open for editing"))
        box.setText(self.tr("Is the program on {machine} closed?").format(machine=holder.machine))
        box.setInformativeText(
            self.tr(
                "It has given no sign of life for a while: it may have ended, or its computer sleeps. Two programs "
                "that change one project at once can lose tags."
            )
        )
        take = box.addButton(self.tr("It is closed: open for editing"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(self.tr("Only look at it"), QMessageBox.ButtonRole.RejectRole))
        take.clicked.connect(lambda: self.edit_wanted.emit(folder, True))
        box.open()

    def stop(self) -> None:
        """For closing the window; what is taken apart then is watched no longer."""
        self._again.stop()
        self._latest.stop()
        for widget in self._widgets:
            widget.removeEventFilter(self)

    # --- words

    def _reason(self) -> str:
        holder = self.holder
        assert holder is not None
        return self.tr("{user} on {machine} has this project open since {time}. Here it can only be looked at.").format(
            user=holder.user, machine=holder.machine, time=words.moment(holder.since)
        )

    def _say(self) -> None:
        holder = self.holder
        if holder is None:
            return
        if self._free:
            text = self.tr("{user} has closed the project. It can be edited here now.").format(user=holder.user)
            self.show_message("info", text, self.tr("Open for editing"))
        else:
            self.show_message("warning", self._reason(), self.tr("Open for editing…") if holder.quiet else "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
