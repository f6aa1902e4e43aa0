"""What the Help menu tells of the program itself: its version, and the licences of what it is made of."""

from collections.abc import Callable
from html import escape
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from micm_desktop import about
from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.project.folders import log_file


class About(QObject):
    """What is shown is read by a worker. ``open_dialog`` shows a box and takes care of its end."""

    def __init__(self, window: QWidget, open_dialog: Callable[[QDialog], None]) -> None:
        super().__init__(window)
        self._window = window
        self._open = open_dialog
        self._read_version = Latest(self)
        self._read_version.ready.connect(lambda _key, told: self._on_version(*told))
        self._read_licences = Latest(self)
        for answer in (self._read_licences.ready, self._read_licences.failed):
            answer.connect(lambda dialog, found: dialog.show_licences(found))

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self._read_version.stop()
        self._read_licences.stop()

    @Slot()
    def show_version(self) -> None:
        """The program's version, and where its log is."""
        self._read_version.request(None, lambda: (about.build(), log_file()))

    @Slot()
    def show_licences(self) -> None:
        """The licences of third parties."""
        dialog = LicencesDialog(self._window)
        dialog.finished.connect(self._read_licences.forget)
        self._open(dialog)
        self._read_licences.request(dialog, about.licences)

    def _on_version(self, build: about.Build, log: Path) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("About MICM Desktop"))
        box.setIconPixmap(self._window.windowIcon().pixmap(64, 64))
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        source = self.tr("Commit {commit} of {date}")
        if build.commit.endswith("+"):
            source = self.tr("Commit {commit} of {date}, with changes")
        elif not build.commit:
            source = self.tr("Started from its sources.")
        lines = [
            self.tr("Visual inspection from a few examples. Everything runs on this computer; no image leaves it."),
            source.format(commit=build.commit[:12], date=build.date[:10]),
            self.tr("Log: {log}").format(log=log),
        ]
        text = "".join(f"<p>{escape(line)}</p>" for line in lines)
        box.setText(f"<h3>MICM Desktop {escape(build.version)}</h3>{text}")
        self._open(box)


class LicencesDialog(QDialog):
    """The packages on the left, the text of the selected one on the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._licences: tuple[about.Licence, ...] = ()
        self.setWindowTitle(self.tr("Licences of third parties"))
        self.note = QLabel(self.tr("Reading the licences…"))
        self.note.setWordWrap(True)
        self.packages = QListWidget()
        self.packages.setAccessibleName(self.tr("Packages"))
        self.packages.currentRowChanged.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Licence text"))
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setOpenExternalLinks(True)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.facts)
        column.addWidget(self.text, 1)
        split = QSplitter()
        split.addWidget(self.packages)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([240, 560])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(split, 1)
        layout.addWidget(buttons)
        self.resize(min(860, parent.width() - 40), min(620, parent.height() - 60))

    def show_licences(self, found: tuple[about.Licence, ...] | Failure) -> None:
        """Fill the list, or say why it stays empty."""
        if isinstance(found, Failure):
            self.note.setText(found.text)
            return
        self._licences = found
        self.note.setText(self.tr("MICM Desktop is under the MIT licence. It is made with:"))
        self.packages.addItems([f"{one.name} {one.version}".strip() for one in found])
        self.packages.setCurrentRow(0)

    @Slot(int)
    def _show(self, row: int) -> None:
        if not 0 <= row < len(self._licences):
            return
        one = self._licences[row]
        address = f'<a href="{escape(one.address)}">{escape(one.address)}</a>' if one.address else ""
        self.facts.setText(" · ".join(part for part in (f"<b>{escape(one.licence)}</b>", address) if part))
        self.text.setPlainText(one.text or self.tr("The package brings no licence text. See its web page."))
