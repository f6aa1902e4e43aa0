"""What keeps labels safe, in the window: projects that others have open, backups, and labels as a file."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from micm_desktop.gui.backup_keeper import BackupKeeper
from micm_desktop.gui.closing import ClosingBox
from micm_desktop.gui.edited_images import EditedImages
from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.label_files import LabelFiles
from micm_desktop.gui.read_only import ReadOnly
from micm_desktop.gui.restoring import Restoring
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.words import words
from micm_desktop.project.records import Backup

if TYPE_CHECKING:
    from micm_desktop.gui.main_window import MainWindow


_EDITING = ("undo", "redo", "add_class", "add_folder", "import_labels", "restore")


class Safekeeping(QObject):
    """Made once the window's pages and menus are there."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        session, menus = window.session, window.menus
        self.read_only = ReadOnly(session)
        self.read_only.edit_wanted.connect(window.opener.open_project)
        self._guard(window)
        self.note = Banner()
        """What was done, or could not be, whatever the page."""
        self.note.action.connect(self._on_note)
        self._asks = False
        session.closed.connect(self.note.hide)
        self.closing = ClosingBox(session.closer, window)
        self.backups = BackupKeeper(session, self)
        self.label_files = LabelFiles(session, window)
        self.restoring = Restoring(window)
        self.restoring.wanted.connect(self._restore)
        self.edited = EditedImages(session, window.scanner, window)
        self.edited.found.connect(self._offer)
        self.label_files.said.connect(self._say)
        for part in (self.backups, self.label_files, self.restoring, self.edited):
            part.failed.connect(self._say_failure)
        menus.export_labels.connect(self.label_files.ask_to_export)
        menus.import_labels.connect(self.label_files.ask_to_import)
        menus.restore.connect(self._ask)
        window.start.banner.action.connect(self._ask)
        self._restored: Backup | None = None
        session.opened.connect(self._on_opened)
        session.open_failed.connect(self._on_open_failed)

    def above(self, pages: QWidget) -> QWidget:
        """The pages with what is to be said above them."""
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.read_only)
        column.addWidget(self.note)
        column.addWidget(pages, 1)
        return whole

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        for part in (self.read_only, self.backups, self.restoring, self.edited):
            part.stop()

    # --- what is said

    @Slot(str)
    def _say(self, text: str) -> None:
        self._asks = False
        self.note.show_message("info", text, self.tr("Close"))

    @Slot(str)
    def _offer(self, text: str) -> None:
        self._asks = True
        self.note.show_message("warning", text, self.tr("Show…"))

    @Slot()
    def _on_note(self) -> None:
        self.note.hide()
        if self._asks:
            self.edited.ask()

    @Slot(object)
    def _say_failure(self, failure: Failure) -> None:
        self._asks = False
        self.note.show_failure(failure, self.tr("Close"))

    # --- backups

    @Slot()
    def _ask(self) -> None:
        folder = self._window.session.folder or self._window.session.damaged
        if folder is not None:
            self.restoring.ask(folder)

    @Slot(Path, object)
    def _restore(self, folder: Path, backup: Backup) -> None:
        self._restored = backup
        self.backups.stop()
        self._window.opener.open_restored(folder, backup.file)

    @Slot()
    def _on_opened(self) -> None:
        backup, self._restored = self._restored, None
        if backup is not None:
            text = self.tr("The labels are as of {time}. What they were before is kept as a backup, too.")
            self._say(text.format(time=words.moment(backup.made)))
            return
        labeling = self._window.session.labeling
        copy = labeling.project.working_copy if labeling is not None else None
        if copy is not None and copy.told == "kept_apart":
            text = self.tr(
                "Another computer changed this project while labels from here had not reached the network drive. "
                "Theirs are shown; yours are kept as a backup: File > Restore labels from a backup."
            )
            self.note.show_message("warning", text, self.tr("Close"))
        elif copy is not None and copy.told == "recovered":
            self._say(
                self.tr("Labels that had not reached the network drive were found on this computer and are there now.")
            )
        elif copy is not None:
            self._say(
                self.tr(
                    "This project is on a network drive ({kind}). It is worked on in a copy on this computer, which is "
                    "written back a moment after each change."
                ).format(kind=copy.kind)
            )

    @Slot(object)
    def _on_open_failed(self, failure: Failure) -> None:
        self._restored = None
        if self._window.session.damaged is not None:
            # After the window's own handler, which shows the page.
            show = partial(self._window.start.banner.show_failure, failure, self.tr("Restore labels from a backup…"))
            QTimer.singleShot(0, self._window, show)

    def _guard(self, window: "MainWindow") -> None:
        """Everything that changes the project."""
        label, decide, pretrain, evaluate = window.label, window.decide, window.pretrain, window.evaluate
        # What is in the list, not the list: it still scrolls.
        scroll = label.classes.findChild(QScrollArea)
        classes = scroll.widget() if scroll is not None else None
        assert classes is not None
        self.read_only.guard(
            *(window.menus.actions[name] for name in _EDITING),
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
