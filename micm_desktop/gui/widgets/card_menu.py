"""What can be done with the selected cards, as a menu."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu

from micm_desktop.gui.class_keys import UNSURE_KEY, UNTAG_KEY
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.color_choice import swatch
from micm_desktop.gui.widgets.image_grid import ImageGrid
from micm_desktop.project.records import UNSURE


class CardMenu(QObject):
    """Opens on a right click, or on the menu key at the card that has the focus."""

    tag_wanted = Signal(object)
    """A class id, None to take the tag away, or UNSURE: for the selected images."""

    def __init__(self, session: Session, grid: ImageGrid) -> None:
        super().__init__(grid)
        self._session = session
        self._grid = grid
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._open)

    def build(self) -> QMenu | None:
        """The menu for the cards that are selected now; None where there are none."""
        images = [self._session.images[row] for row in self._grid.selected_rows()]
        if not images:
            return None
        menu = QMenu(self._grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tag_as = menu.addMenu(self.tr("Tag as"))
        editable = self._session.labeling is not None and self._session.labeling.project.holder is None
        tag_as.setEnabled(bool(self._session.classes) and editable)
        for record in self._session.classes:
            words = _with_key(record.name.replace("&", "&&"), record.key)
            choice = tag_as.addAction(swatch(record.color), words)
            choice.setIconVisibleInMenu(True)
            choice.triggered.connect(lambda _checked=False, class_id=record.id: self.tag_wanted.emit(class_id))
        untag = menu.addAction(_with_key(self.tr("Remove the tag"), UNTAG_KEY))
        untag.triggered.connect(lambda: self.tag_wanted.emit(None))
        unsure = menu.addAction(_with_key(self.tr("Unsure, look again later"), UNSURE_KEY))
        unsure.triggered.connect(lambda: self.tag_wanted.emit(UNSURE))
        for choice in (untag, unsure):
            choice.setEnabled(editable)
        menu.addSeparator()
        menu.addAction(self.tr("Show in its folder"), lambda: show_in_folder(images[0].path))
        paths = "\n".join(str(image.path) for image in images)
        menu.addAction(self.tr("Copy %n path(s)", "", len(images)), lambda: QGuiApplication.clipboard().setText(paths))
        return menu

    @Slot(QPoint)
    def _open(self, at: QPoint) -> None:
        menu = self.build()
        if menu is None:
            return
        if not self._grid.indexAt(at).isValid():
            # Asked for by the keyboard: beside the card that it is about.
            at = self._grid.visualRect(self._grid.currentIndex()).center()
        menu.popup(self._grid.viewport().mapToGlobal(at))


def _with_key(words: str, key: str) -> str:
    return f"{words}\t{key.upper()}" if key else words


def show_in_folder(path: Path) -> None:
    """Open the folder of a file in the system's file manager, with the file selected where that can be asked for."""
    if sys.platform == "win32":
        subprocess.Popen(f'explorer /select,"{path}"')
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
