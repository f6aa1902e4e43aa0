"""Adds or changes a class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.fewshot.decision import GOOD_NAMES
from micm_desktop.gui.class_keys import free_keys, next_color
from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.messages import in_words
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord


@dataclass(frozen=True)
class ClassValues:
    """What the user entered for a class."""

    name: str
    key: str
    color: str
    is_good: bool


def swatch(color: str, edge: int = 14) -> QIcon:
    """A square of a class's colour."""
    pixmap = QPixmap(edge, edge)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)


class ClassDialog(QDialog):
    """Asks for name, key, colour and whether the class means good parts. ``save`` may raise UserError: shown here."""

    saved = Signal()
    another_wanted = Signal()
    """Saved, and another class is to be added."""

    def __init__(
        self,
        classes: Sequence[ClassRecord],
        record: ClassRecord | None,
        save: Callable[[ClassValues], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._save = save
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New class") if record is None else self.tr("Change class"))
        self.setMinimumWidth(380)
        self.name = QLineEdit(record.name if record else "")
        self.name.setPlaceholderText(self.tr("e.g. Good, Scratch, Dent"))
        self.key = QComboBox()
        self.key.addItems([key.upper() for key in free_keys(classes, record.key if record else "")])
        if record is not None and record.key:
            self.key.setCurrentText(record.key.upper())
        self.color_button = QPushButton(self.tr("Choose…"))
        self.color_button.clicked.connect(self._choose_color)
        self._set_color(record.color if record and record.color else next_color(classes))
        self.good = QCheckBox(self.tr("This class means good parts"))
        self.good.setChecked(record is not None and record.is_good)
        self._good_by_name = record is None
        self.good.clicked.connect(self._on_good_clicked)
        self.name.textEdited.connect(self._on_name_edited)
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        # Most people have several classes to add.
        self.another = buttons.addButton(self.tr("Save and add another"), QDialogButtonBox.ButtonRole.ActionRole)
        self.another.setVisible(record is None)
        self.another.clicked.connect(self._on_another)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

        form = QFormLayout()
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Key"), self.key)
        self.key.setAccessibleName(self.tr("Key"))
        form.addRow(self.tr("Colour"), self.color_button)
        form.addRow("", self.good)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)
        self.name.setFocus()

    @property
    def problem(self) -> str:
        return self._problem.text()

    def accept(self) -> None:
        name = self.name.text().strip()
        if not name:
            self._show_problem(self.tr("Please enter a name."))
            return
        values = ClassValues(name, self.key.currentText().lower(), self._color, self.good.isChecked())
        try:
            self._save(values)
        except UserError as error:
            self._show_problem(in_words(Failure(str(error), expected=True)))
            return
        self.saved.emit()
        super().accept()

    @Slot()
    def _on_another(self) -> None:
        self.accept()
        if self.result() == QDialog.DialogCode.Accepted:
            self.another_wanted.emit()

    @Slot()
    def _on_good_clicked(self) -> None:
        self._good_by_name = False

    @Slot(str)
    def _on_name_edited(self, name: str) -> None:
        """A new class that is called after good parts means them, until the user says otherwise."""
        if self._good_by_name:
            self.good.setChecked(name.strip().casefold() in GOOD_NAMES)

    def _show_problem(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()
        self.name.setFocus()

    def _set_color(self, color: str) -> None:
        self._color = color
        self.color_button.setIcon(swatch(color))

    @Slot()
    def _choose_color(self) -> None:
        chosen = QColorDialog.getColor(QColor(self._color), self, self.tr("Colour of the class"))
        if chosen.isValid():
            self._set_color(chosen.name())
