"""The left edge of the window: the pages in the order of the work."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from micm_desktop.gui.steps import PAGES, PageName, State
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.marks import paint_check

WIDTH, NARROW = 186, 56
ROOMY = 1180
"""Width of the window from which the steps have their names beside them."""


class StepButton(QAbstractButton):
    """One page: its number or a check mark, its name, and a word on how far it is."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._note = ""
        self._state: State = "open"
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def state(self) -> State:
        return self._state

    @property
    def note(self) -> str:
        return self._note

    def set_state(self, state: State, note: str) -> None:
        self._state, self._note = state, note
        self._show_tip()
        self.setAccessibleDescription(note)
        self.update()

    def _show_tip(self) -> None:
        # Where the name stands beside the mark it need not be said again.
        name = " – ".join(part for part in (self.text(), self._note) if part)
        self.setToolTip(name if self.width() <= NARROW else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tip()

    def sizeHint(self) -> QSize:
        return QSize(NARROW, max(60, 3 * self.fontMetrics().lineSpacing()))

    def paintEvent(self, event: QPaintEvent) -> None:
        used = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(6, 2, -6, -2)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(used.surface if self.isChecked() else used.border))
            painter.drawRoundedRect(area, 6, 6)
        if self.isChecked():
            painter.setBrush(QColor(used.accent))
            painter.drawRoundedRect(QRectF(area.x(), area.y() + 10, 4, area.height() - 20), 2, 2)
        if self.hasFocus():
            painter.setPen(QPen(QColor(used.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)
        self._paint_mark(painter, QRectF(area.x() + 12, area.center().y() - 13, 26, 26))
        if self.width() <= NARROW:
            return
        words = area.adjusted(48, 8, -4, -area.height() / 2)
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(used.text))
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words if self._note else area.adjusted(48, 0, -4, 0), align, self.text())
        font.setBold(False)
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        painter.setPen(QColor(used.text if self._state in ("next", "running") else used.muted))
        line = words.translated(0, words.height() - 2)
        note = painter.fontMetrics().elidedText(self._note, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, align, note)

    def _paint_mark(self, painter: QPainter, circle: QRectF) -> None:
        used = colors()
        filled = self._state in ("next", "running")
        painter.setPen(QPen(QColor(used.good if self._state == "done" else used.accent if filled else used.muted), 2))
        painter.setBrush(QColor(used.accent) if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle.adjusted(1, 1, -1, -1))
        if self._state == "done":
            paint_check(painter, circle.adjusted(8, 8, -8, -8), QColor(used.good))
            return
        painter.setPen(QColor(used.on_accent if filled else used.text))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))


class Navigation(QFrame):
    """Shows where one is and emits where one wants to go."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "navigation")
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 10)
        layout.setSpacing(2)
        self._group = QButtonGroup(self)
        self.buttons: dict[PageName, StepButton] = {}
        for number, page in enumerate(PAGES, start=1):
            button = StepButton(number)
            self._group.addButton(button)
            self.buttons[page] = button
            layout.addWidget(button)
            button.clicked.connect(lambda _checked, name=page: self.chosen.emit(name))
        layout.addStretch(1)
        self.retranslate()

    def fit(self, width: int) -> None:
        """Leave out the names where the window is less than ``ROOMY`` wide."""
        self.setFixedWidth(WIDTH if width >= ROOMY else NARROW)

    def set_page(self, page: PageName) -> None:
        self.buttons[page].setChecked(True)

    def retranslate(self) -> None:
        names: dict[PageName, str] = {
            "start": self.tr("Start"),
            "images": self.tr("Images"),
            "inventory": self.tr("Inventory"),
            "pretrain": self.tr("Pretrain"),
            "label": self.tr("Label"),
            "decide": self.tr("Decide"),
            "evaluate": self.tr("Evaluation"),
            "export": self.tr("Export"),
        }
        for page, name in names.items():
            self.buttons[page].setText(name)
            self.buttons[page].setAccessibleName(name)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
