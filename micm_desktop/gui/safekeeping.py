"""What keeps labels safe, in the window: projects that others have open, backups, and labels as a file."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QWidget

from micm_desktop.gui.read_only import ReadOnly

if TYPE_CHECKING:
    from micm_desktop.gui.main_window import MainWindow


class Safekeeping(QObject):
    """Made once the window's pages and menus are there."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.read_only = ReadOnly(window.session)
        self.read_only.edit_wanted.connect(window.opener.open_project)
        self._guard(window)

    def above(self, pages: QWidget) -> QWidget:
        """The pages with what is to be said above them."""
        return self.read_only.above(pages)

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self.read_only.stop()

    def _guard(self, window: "MainWindow") -> None:
        """Everything that changes the project."""
        label, decide, pretrain, evaluate = window.label, window.decide, window.pretrain, window.evaluate
        # What is in the list, not the list: it still scrolls.
        scroll = label.classes.findChild(QScrollArea)
        classes = scroll.widget() if scroll is not None else None
        assert classes is not None
        self.read_only.guard(
            *(window.menus.actions[name] for name in ("undo", "redo", "add_class", "add_folder")),
            window.work.actions["computed_line"],
            window.images.add,
            window.images.banner.button,
            classes,
            label.classes.add,
            label.detail.large.tools.actions_by_name["mark"],
            label.detail.large.bar.class_box,
            label.detail.large.bar.remove,
            *(decide.costs, decide.share_known, decide.share, decide.unknown, decide.line, decide.rules),
            *(pretrain.panel.start, pretrain.panel.resume, pretrain.panel.duration),
            *(pretrain.runs.use, pretrain.runs.delete, pretrain.runs.judge),
            *(evaluate.set_aside, evaluate.unlock),
            window.export.report.limits,
        )
