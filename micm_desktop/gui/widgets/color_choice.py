"""Chooses a colour, first of all from those that colour-blind people can tell apart."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QColorDialog, QGridLayout, QPushButton, QToolButton, QWidget

from micm_desktop.gui.widgets.marks import paint_check, readable_on
from micm_desktop.project.palette import PALETTE

EDGE = 22
COLUMNS = 7


def swatch(color: str, edge: int = 14, *, checked: bool = False) -> QIcon:
    """A square of a class's colour; ``checked`` with a mark in it."""
    pixmap = QPixmap(edge, edge)
    ground = QColor(color)
    pixmap.fill(ground)
    if checked:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_check(painter, QRectF(0.25 * edge, 0.25 * edge, 0.5 * edge, 0.5 * edge), readable_on(ground))
        painter.end()
    return QIcon(pixmap)


class ColorChoice(QWidget):
    """The palette as squares with a mark on the chosen one, and a button for any other colour."""

    def __init__(self, color: str, used: Mapping[str, str], parent: QWidget | None = None) -> None:
        """``used``: the names of the classes that have a colour, by colour."""
        super().__init__(parent)
        self._used = used
        self._color = color
        self.squares: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for place, known in enumerate(PALETTE):
            square = QToolButton()
            square.setCheckable(True)
            square.setAutoRaise(True)
            square.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            square.setIconSize(QSize(EDGE, EDGE))
            square.clicked.connect(lambda _checked=False, chosen=known: self.choose(chosen))
            self._group.addButton(square)
            self.squares[known] = square
            grid.addWidget(square, place // COLUMNS, place % COLUMNS)
        self.other = QPushButton()
        self.other.clicked.connect(self._ask)
        grid.addWidget(self.other, 0, COLUMNS, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(COLUMNS + 1, 1)
        self.retranslate()
        self.choose(color)

    @property
    def color(self) -> str:
        """``#rrggbb``."""
        return self._color

    def choose(self, color: str) -> None:
        """Take ``color``, whether it is one of the palette or not."""
        self._color = color.lower()
        for known, square in self.squares.items():
            square.setIcon(swatch(known, EDGE, checked=known == self._color))
        inside = self.squares.get(self._color)
        self._group.setExclusive(inside is not None)
        for known, square in self.squares.items():
            square.setChecked(known == self._color)
        self.other.setIcon(QIcon() if inside is not None else swatch(self._color, checked=True))

    @Slot()
    def _ask(self) -> None:
        chosen = QColorDialog.getColor(QColor(self._color), self, self.tr("Colour of the class"))
        if chosen.isValid():
            self.choose(chosen.name())

    def retranslate(self) -> None:
        names = (
            self.tr("Blue"),
            self.tr("Orange"),
            self.tr("Green"),
            self.tr("Pink"),
            self.tr("Sky blue"),
            self.tr("Vermilion"),
            self.tr("Yellow"),
            self.tr("Indigo"),
            self.tr("Light blue"),
            self.tr("Wine red"),
            self.tr("Olive"),
            self.tr("Purple"),
            self.tr("Teal"),
            self.tr("Brown"),
        )
        for (color, square), name in zip(self.squares.items(), names, strict=True):
            users = self._used.get(color, "")
            words = self.tr("{color}, used by {name}").format(color=name, name=users) if users else name
            square.setAccessibleName(words)
            square.setToolTip(words)
        self.other.setText(self.tr("Other…"))
        self.other.setAccessibleName(self.tr("Another colour"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
