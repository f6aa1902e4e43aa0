"""Adds or changes a class."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.fewshot.decision import FALSE_ALARM_COST, GOOD_NAMES, MISS_COST
from micm_desktop.gui.class_keys import free_keys, next_color
from micm_desktop.gui.jobs import failure_of
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.models.cost_model import CHEAPEST
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.color_choice import ColorChoice
from micm_desktop.gui.widgets.cost_table import cost_box
from micm_desktop.gui.widgets.key_choice import KeyChoice
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, ClassValues


class ClassDialog(QDialog):
    """Asks for what a class has. ``save`` may raise UserError: shown here, and the dialog stays."""

    saved = Signal()
    another_wanted = Signal()
    """Saved, and another class is to be added."""

    def __init__(
        self,
        classes: Sequence[ClassRecord],
        record: ClassRecord | None,
        cost: float | None,
        save: Callable[[ClassValues], object],
        parent: QWidget | None = None,
    ) -> None:
        """``record`` and its ``cost`` of a mistake, as on the Decide page: of the class to change; None adds one."""
        super().__init__(parent)
        self._save = save
        self._record = record
        self._own_cost = cost
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New class") if record is None else self.tr("Change class"))
        self.setMinimumWidth(420)
        others = [other for other in classes if record is None or other.id != record.id]
        free = free_keys(others)
        self.name = QLineEdit(record.name if record else "")
        self.name.setPlaceholderText(self.tr("e.g. Good, Scratch, Dent"))
        self.key = KeyChoice(others, record.key if record is not None else free[0] if free else "")
        self.color = ColorChoice(
            record.color if record and record.color else next_color(classes),
            {other.color.lower(): other.name for other in others},
        )
        self.good = QCheckBox(self.tr("This class means good parts"))
        self.good.setChecked(record is not None and record.is_good)
        self._good_by_name = record is None
        self.good.clicked.connect(self._on_good_clicked)
        self.good.toggled.connect(self._on_good)
        self.name.textEdited.connect(self._on_name_edited)
        self.cost: QDoubleSpinBox = cost_box(self, CHEAPEST)
        self.cost.setMinimumHeight(self.name.sizeHint().height())
        self._cost_note = styled_label("muted", wrap=True)
        self._banner = Banner()
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
        form.addRow(self.tr("Colour"), self.color)
        form.addRow("", self.good)
        form.addRow(self.tr("A mistake costs"), self.cost)
        form.addRow("", self._cost_note)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._banner)
        layout.addWidget(buttons)
        self._on_good()
        self.name.setFocus()

    @property
    def problem(self) -> str:
        """Why the values were not taken; empty where they were."""
        return self._banner.text

    def accept(self) -> None:
        name = self.name.text().strip()
        if not name:
            self._show_problem(self.tr("Please enter a name."))
            return
        cost = None if self.cost.value() == self._shown_cost() else self.cost.value()
        values = ClassValues(name, self.key.key, self.color.color, self.good.isChecked(), cost)
        try:
            self._save(values)
        except UserError as error:
            self._show_problem(in_words(failure_of(error)))
            return
        self.saved.emit()
        super().accept()

    def _shown_cost(self) -> float:
        """What stands there while nobody enters anything."""
        if self._own_cost is not None and self._record is not None and self._record.is_good == self.good.isChecked():
            return self._own_cost
        return FALSE_ALARM_COST if self.good.isChecked() else MISS_COST

    @Slot()
    def _on_another(self) -> None:
        self.accept()
        if self.result() == QDialog.DialogCode.Accepted:
            self.another_wanted.emit()

    @Slot()
    def _on_good_clicked(self) -> None:
        self._good_by_name = False

    @Slot()
    def _on_good(self) -> None:
        """What a false alarm costs is not what a miss does."""
        self.cost.setValue(self._shown_cost())
        if self.good.isChecked():
            text = self.tr("For each part of this class that is called a defect; the same value as on Decide.")
        else:
            text = self.tr(
                "In false alarms, for each part of this class that passes as good; the same value as on Decide."
            )
        self._cost_note.setText(text)
        self.cost.setAccessibleDescription(text)

    @Slot(str)
    def _on_name_edited(self, name: str) -> None:
        """A new class that is called after good parts means them, until the user says otherwise."""
        if self._good_by_name:
            self.good.setChecked(name.strip().casefold() in GOOD_NAMES)

    def _show_problem(self, text: str) -> None:
        self._banner.show_message("error", text)
        self.name.setFocus()
