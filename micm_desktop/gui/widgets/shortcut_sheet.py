"""All keys at a glance: of the menus' actions as they are now, and of tagging."""

from collections.abc import Sequence
from html import escape

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from micm_desktop.gui.actions import Command
from micm_desktop.gui.class_keys import HEATMAP_KEY, UNSURE_KEY, UNTAG_KEY
from micm_desktop.gui.theme import colors
from micm_desktop.project.records import ClassRecord


class ShortcutSheet(QDialog):
    """A page of text, so that it can be read aloud, searched and copied."""

    def __init__(self, commands: Sequence[Command], classes: Sequence[ClassRecord], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.windowTitle())
        self.text.setHtml(self._page(commands, classes))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.resize(min(560, parent.width() - 40), min(620, parent.height() - 60))

    def _page(self, commands: Sequence[Command], classes: Sequence[ClassRecord]) -> str:
        tagging = self.tr("Tagging, on the Label page")
        parts: dict[str, list[tuple[str, str]]] = {tagging: self._tagging(classes)}
        for command in commands:
            keys = command.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            if keys:
                parts.setdefault(command.path[0], []).append((keys, command.text))
        blocks = [f"<h3>{escape(title)}</h3>{_table(lines)}" for title, lines in parts.items()]
        note = escape(self.tr("The keys of the menus can be changed in the settings."))
        return "".join(blocks) + f"<p>{note}</p>"

    def _tagging(self, classes: Sequence[ClassRecord]) -> list[tuple[str, str]]:
        own = [
            (record.key.upper(), self.tr("Tag the selected images as “{name}”").format(name=record.name))
            for record in classes
            if record.key
        ]
        return [
            *(own or [(self.tr("1, 2, 3 …"), self.tr("Tag the selected images with the class of that key"))]),
            (UNTAG_KEY, self.tr("Remove the tag of the selected images")),
            (UNSURE_KEY.upper(), self.tr("Mark the selected images as unsure, to look again later")),
            (self.tr("Space"), self.tr("Go to the next image")),
            (HEATMAP_KEY.upper(), self.tr("Show or hide the heatmap")),
            (self.tr("Arrow keys"), self.tr("Go from image to image; with Shift, select several")),
            (self.tr("Ctrl+A"), self.tr("Select all images of the list")),
        ]


def _table(lines: Sequence[tuple[str, str]]) -> str:
    # The keys' column has the same width in all tables, so that they line up.
    rows = (
        f'<tr><td width="150"><b style="color:{colors().accent}">{escape(keys)}</b></td><td>{escape(text)}</td></tr>'
        for keys, text in lines
    )
    return f'<table cellpadding="3" width="100%">{"".join(rows)}</table>'
