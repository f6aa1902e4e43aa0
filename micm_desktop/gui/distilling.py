"""Teaching a small student from the open project, one at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from micm_desktop.gui import engine
from micm_desktop.gui.one_job import OneJob
from micm_desktop.progress import JobControl, Progress

if TYPE_CHECKING:
    from micm_desktop.export.fit_student import Distilled


class Distilling(OneJob):
    """``made`` is what the last job came to; None where it came to nothing."""

    made: "Distilled | None" = None
    phase: str = ""
    """What the job does now: ``teacher``, ``student``, ``compare`` and others."""

    def start(self, out: Path, minutes: float) -> None:
        """Learn for ``minutes``, and write ``out``; nothing without a project."""
        labeling, device = self._session.labeling, self._session.device
        if labeling is None or self.running:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.export.distill import DistillConfig

            yield from labeling.distill(DistillConfig(minutes=minutes, device=engine.existing(device)), out, control)

        self.made, self.phase = None, ""
        self._run("distill", work, needs_engine=True)

    def keep(self) -> None:
        """Write the student that was refused all the same."""
        made = self.made
        if made is None or not made.refused:
            return

        def work(control: JobControl) -> Iterator[object]:
            from micm_desktop.export.fit_student import write_refused

            yield write_refused(made)

        self._run("keep", work)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.phase = event.text
            self.progress.emit(event)
        else:
            self.made = event  # type: ignore[assignment]
