"""Undo and redo of marked regions."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from micm_desktop.project.records import RegionRecord

if TYPE_CHECKING:
    from micm_desktop.gui.regions import Regions


class RegionCommand(QUndoCommand):
    """A change of one region that was already made; its first redo does nothing.

    ``before`` and ``after`` are the region as the journal's entry has it: None where it was not there.
    """

    def __init__(self, regions: "Regions", before: RegionRecord | None, after: RegionRecord | None, text: str) -> None:
        super().__init__(text)
        self._regions = regions
        self._before, self._after = before, after
        self._done = True

    def redo(self) -> None:
        if self._done:
            self._done = False
            return
        self._regions.put(self._before, self._after)

    def undo(self) -> None:
        self._regions.put(self._after, self._before)
