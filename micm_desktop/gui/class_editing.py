"""Adding, changing, merging and removing classes from the Label page."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from micm_desktop.gui.jobs import failure_of
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.class_dialog import ClassDialog
from micm_desktop.gui.widgets.class_panel import ClassPanel
from micm_desktop.gui.widgets.color_choice import swatch
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, ClassValues


class ClassEditing(QObject):
    """Turns what is asked for in the class panel into changes of the project; all of them can be undone."""

    def __init__(self, session: Session, panel: ClassPanel, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._page = page
        panel.add_wanted.connect(self.add)
        panel.change_wanted.connect(self.change)
        panel.remove_wanted.connect(self.remove)
        panel.good_wanted.connect(self.set_good)
        panel.merge_wanted.connect(self.merge)

    @Slot()
    def add(self) -> None:
        """Ask for a new class, once the tags that a worker saves are on disk."""
        if self._session.labeling is None or self._session.bulk.put_off(self.add):
            return

        def save(values: ClassValues) -> ClassRecord:
            return self._session.add_class(
                values.name, key=values.key, color=values.color, is_good=values.is_good, cost=values.cost
            )

        dialog = ClassDialog(self._session.classes, None, None, save, self._page.window())
        dialog.another_wanted.connect(self.add)
        dialog.open()

    @Slot(int)
    def change(self, class_id: int) -> None:
        """Ask for other values of a class."""
        labeling = self._session.labeling
        if labeling is None:
            return
        record = self._record(class_id)

        def save(values: ClassValues) -> None:
            self._session.change_class(
                class_id,
                name=values.name,
                key=values.key,
                color=values.color,
                is_good=values.is_good,
                cost=values.cost,
            )

        cost = labeling.decision.cost(record)
        ClassDialog(self._session.classes, record, cost, save, self._page.window()).open()

    @Slot(int, bool)
    def set_good(self, class_id: int, is_good: bool) -> None:
        """Say whether a class means good parts."""
        record = self._record(class_id)
        self._try(
            lambda: self._session.change_class(
                class_id, name=record.name, key=record.key, color=record.color, is_good=is_good
            )
        )

    def ask_good(self, below: QWidget) -> None:
        """Ask which class means good parts: one of those there are, or one that is to be added."""
        menu = QMenu(self._page.window())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for record in self._session.classes:
            choice = menu.addAction(swatch(record.color), record.name.replace("&", "&&"))
            choice.setIconVisibleInMenu(True)
            choice.triggered.connect(lambda _checked=False, class_id=record.id: self.set_good(class_id, True))
        menu.addSeparator()
        menu.addAction(self.tr("Add a class…"), self.add)
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))

    @Slot(int, int)
    def merge(self, class_id: int, into: int) -> None:
        """Give the images and regions of a class to another."""
        self._try(lambda: self._session.merge_class(class_id, into))

    @Slot(int)
    def remove(self, class_id: int) -> None:
        """Remove a class; where images have it, only after a question."""
        record = self._record(class_id)
        tagged = int(np.count_nonzero(self._session.tag_classes() == class_id))
        if not tagged:
            self._try(lambda: self._session.remove_class(class_id))
            return
        box = QMessageBox(self._page.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove class"))
        box.setText(self.tr('Remove the class "{name}"?').format(name=record.name))
        box.setInformativeText(
            self.tr("%n image(s) lose their tag. Undo brings the class and its tags back.", "", tagged)
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        remove.clicked.connect(lambda: self._try(lambda: self._session.remove_class(class_id)))
        box.open()

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except UserError as error:
            self._session.fail(failure_of(error), lambda: self._try(action))

    def _record(self, class_id: int) -> ClassRecord:
        return next(record for record in self._session.classes if record.id == class_id)
