"""A table of figures, one row per class: a cell is chosen to see the images behind it."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QHeaderView, QTableView

HEADER_WIDTH = 160
"""Pixels for the names of classes."""


def figure_table(model: QAbstractItemModel) -> QTableView:
    """Columns of equal width, names that are shortened in the middle, one cell at a time."""
    table = QTableView()
    table.setModel(model)
    table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setMinimumSectionSize(56)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.verticalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.verticalHeader().setMaximumWidth(HEADER_WIDTH)
    return table
