"""The pretraining runs so far: what came of each, and which one is in use."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QPushButton, QTableView, QVBoxLayout, QWidget

from micm_desktop.gui.models.run_model import NAME, RESULT, RunModel
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micm_desktop.labeling.past_runs import PastRun


class RunList(QWidget):
    """A table of runs; the verdict of the selected one stands below it in full."""

    use_wanted = Signal(object)
    """The id of the encoder to use; None for the shipped one."""

    delete_wanted = Signal(int, str)
    """The id of the encoder to delete, and its name."""

    compare_wanted = Signal(object)
    """The ids of two encoders, None for the shipped one."""

    judge_wanted = Signal(int)
    """The id of the encoder to judge by the tags that there are now."""

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usable = 0
        self.model = RunModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column in range(NAME, RESULT):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(RESULT, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().selectionChanged.connect(self._on_row)
        self.verdict = styled_label("", wrap=True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.use = QPushButton()
        self.use.clicked.connect(self._on_use)
        self.compare = QPushButton()
        self.compare.clicked.connect(self._on_compare)
        self.delete = QPushButton()
        self.delete.clicked.connect(self._on_delete)
        self.judge = QPushButton()
        self.judge.clicked.connect(self._on_judge)
        self.judge.hide()
        row = QHBoxLayout()
        row.addWidget(self.verdict, 1)
        row.addWidget(self.judge, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.use, 0, Qt.AlignmentFlag.AlignTop)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        self._allowed = True
        self.retranslate()

    def set_runs(self, runs: "Sequence[PastRun]") -> None:
        """Show ``runs``, the newest first, and select the one in use."""
        self.model.set_runs(runs)
        self.table.selectRow(self.model.active_row())
        self._on_row()

    def add_below(self, widget: QWidget) -> None:
        self._column.addWidget(widget)

    def select(self, encoder_id: int) -> None:
        """Select the run with this encoder, where it is there."""
        for row, run in enumerate(self.model.runs):
            if run.encoder_id == encoder_id:
                self.table.selectRow(row)

    def set_usable(self, count: int) -> None:
        """How many tagged images a verdict could be by now."""
        self._usable = count
        self._on_row()

    def set_allowed(self, allowed: bool) -> None:
        """Whether another encoder may be taken into use now."""
        self._allowed = allowed
        self._on_row()

    @Slot()
    def _on_row(self) -> None:
        row = self._selected_row()
        self.compare.setEnabled(len(self._to_compare()) == 2)
        other = self._allowed and row >= 0 and row != self.model.active_row()
        self.use.setEnabled(other)
        self.delete.setEnabled(other and self.model.encoder_id(row) is not None)
        self.verdict.setText(self.model.verdict(row) if row >= 0 else "")
        new = self._new_tags(row)
        self.judge.setVisible(new > 0)
        self.judge.setEnabled(self._allowed)
        self.judge.setText(self.tr("Judge again with %n new tag(s)", "", new))

    def _new_tags(self, row: int) -> int:
        """How many tagged images there are that the verdict in ``row`` is not by; 0 where it has none."""
        run = self.model.runs[row] if 0 <= row < len(self.model.runs) else None
        return max(self._usable - run.judged_by, 0) if run is not None and run.reason else 0

    def _rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def _selected_row(self) -> int:
        """The one selected row; -1 where none is, or several are."""
        rows = self._rows()
        return rows[0] if len(rows) == 1 else -1

    def _to_compare(self) -> list[int]:
        """Two selected rows, or one and that in use."""
        rows = self._rows()
        return rows if len(rows) == 2 else sorted({*rows, self.model.active_row()}) if len(rows) == 1 else []

    @Slot()
    def _on_compare(self) -> None:
        self.compare_wanted.emit([self.model.encoder_id(row) for row in self._to_compare()])

    @Slot()
    def _on_judge(self) -> None:
        encoder_id = self.model.encoder_id(self._selected_row())
        if encoder_id is not None:
            self.judge_wanted.emit(encoder_id)

    @Slot()
    def _on_use(self) -> None:
        row = self._selected_row()
        if row >= 0:
            self.use_wanted.emit(self.model.encoder_id(row))

    @Slot()
    def _on_delete(self) -> None:
        row = self._selected_row()
        encoder_id = self.model.encoder_id(row) if row >= 0 else None
        if encoder_id is not None:
            self.delete_wanted.emit(encoder_id, self.model.runs[row].name)

    def retranslate(self) -> None:
        self.model.retranslate()
        self.table.setAccessibleName(self.tr("Pretraining runs"))
        self.compare.setText(self.tr("Compare…"))
        self.compare.setToolTip(self.tr("Compare with the one in use; select two to compare these"))
        self.delete.setText(self.tr("Delete…"))
        self.delete.setToolTip(self.tr("Delete this run from the disk; not possible for the one in use"))
        self.use.setText(self.tr("Use this one"))
        self.use.setToolTip(self.tr("Predictions are made with it from then on; the other ones are kept"))
        self.judge.setToolTip(self.tr("Other features are used only where the tags clearly speak for them"))
        self._on_row()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
