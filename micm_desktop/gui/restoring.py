"""Which backup the labels are to be restored from: a list to choose from, also where a project is damaged."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.gui.words import words
from micm_desktop.project.records import Backup


class RestoreDialog(QDialog):
    """The backups, the newest first; accepted with :attr:`chosen`."""

    def __init__(self, backups: Sequence[Backup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backups = backups
        self.setWindowTitle(self.tr("Restore labels from a backup"))
        self.setMinimumSize(640, 380)
        about = QLabel(
            self.tr(
                "Tags, classes, marked regions, settings and the list of runs become what they were then. What they "
                "are now is kept as a backup itself."
            )
            if backups
            else self.tr("There is no backup of this project yet.")
        )
        about.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Backups"))
        self.list.setRootIsDecorated(False)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setHeaderLabels([self.tr("Made"), self.tr("Tags"), self.tr("Last change"), self.tr("By"), ""])
        for backup in backups:
            self.list.addTopLevelItem(self._item(backup))
        for column in range(5):
            self.list.resizeColumnToContents(column)
        self.list.itemSelectionChanged.connect(self._on_selected)
        self.list.itemActivated.connect(self._on_activated)
        buttons = QDialogButtonBox()
        self.restore = buttons.addButton(self.tr("Restore"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self._on_selected()

    @property
    def chosen(self) -> Backup | None:
        """What is selected, where it can be restored."""
        items = self.list.selectedItems()
        backup = self._backups[self.list.indexOfTopLevelItem(items[0])] if items else None
        return backup if backup is not None and not backup.problem else None

    def _item(self, backup: Backup) -> QTreeWidgetItem:
        last = words.moment(backup.last) if backup.last is not None else ""
        tags = "" if backup.problem else number(backup.tags)
        item = QTreeWidgetItem([words.moment(backup.made), tags, last, backup.by, self._why(backup)])
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(0, str(backup.file))
        if backup.problem:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _why(self, backup: Backup) -> str:
        if backup.why == "damaged":
            return self.tr("what was found damaged")
        if backup.problem == "damaged":
            return self.tr("damaged, cannot be restored")
        if backup.problem == "newer":
            return self.tr("made by a newer version of this program")
        if backup.why == "kept-apart":
            return self.tr("not written back to the network drive")
        if backup.why == "before-restore":
            return self.tr("before a backup was restored")
        return self.tr("before this version of the program") if backup.why.startswith("before-format") else ""

    @Slot()
    def _on_selected(self) -> None:
        self.restore.setEnabled(self.chosen is not None)

    @Slot()
    def _on_activated(self) -> None:
        if self.chosen is not None:
            self.accept()


class Restoring(QObject):
    """Lists the backups of a project in a worker, and asks."""

    wanted = Signal(Path, object)
    """The project's folder, and the :class:`Backup` to restore it from."""
    failed = Signal(object)
    """A :class:`Failure`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: RestoreDialog | None = None
        self._latest = Latest(self)
        self._latest.ready.connect(self._on_listed)
        self._latest.failed.connect(self._on_failed)

    def ask(self, folder: Path) -> None:
        """Ask which backup of the project in ``folder`` to restore."""

        def read() -> list[Backup]:
            from micm_desktop.project.backups import all_backups

            return all_backups(folder)

        self._latest.request(folder, read)

    @Slot(object, object)
    def _on_listed(self, folder: Path, backups: list[Backup]) -> None:
        dialog = self.dialog = RestoreDialog(backups, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def restore() -> None:
            if dialog.chosen is not None:
                self.wanted.emit(folder, dialog.chosen)

        dialog.accepted.connect(restore)
        dialog.open()

    @Slot(object, object)
    def _on_failed(self, _folder: object, failure: Failure) -> None:
        self.failed.emit(failure)

    def stop(self) -> None:
        """For closing the window."""
        self._latest.stop()
