"""Undo and redo of tags."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from micm_desktop.project.records import TagChange

if TYPE_CHECKING:
    from micm_desktop.gui.session import Session


class TagCommand(QUndoCommand):
    """A tagging action that was already done; its first redo does nothing."""

    def __init__(self, session: "Session", change: TagChange, text: str) -> None:
        super().__init__(text)
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
