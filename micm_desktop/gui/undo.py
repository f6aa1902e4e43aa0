"""Undo and redo of tags."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QUndoCommand

from micm_desktop.project.records import TagChange

if TYPE_CHECKING:
    from micm_desktop.gui.session import Session


class TagCommand(QUndoCommand):
    """A tagging action that was already done; its first redo does nothing."""

    def __init__(self, session: "Session", change: TagChange, class_name: str) -> None:
        count = len(change.after)
        if class_name:
            text = QCoreApplication.translate("TagCommand", 'tag %n image(s) as "{name}"', "", count)
        else:
            text = QCoreApplication.translate("TagCommand", "remove the tag of %n image(s)", "", count)
        super().__init__(text.format(name=class_name))
        self._session = session
        self._change = change
        self._done = True

    def redo(self) -> None:
        if self._done:
            self._done = False
            return
        self._session.restore_tags(self._change.after)

    def undo(self) -> None:
        self._session.restore_tags(self._change.before)
