"""The classes with their keys and counts; a click tags the selected images."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.i18n import number
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.card_drag import CardTarget
from micm_desktop.gui.widgets.color_choice import swatch
from micm_desktop.gui.widgets.marks import readable_on
from micm_desktop.gui.widgets.scroll_form import scroll_form
from micm_desktop.project.records import ClassRecord

HEIGHT = 50


class ClassButton(QAbstractButton):
    """One class: its key on its colour, its name, and how many images are tagged and predicted."""

    def __init__(self, record: ClassRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record = record
        self.tagged = 0
        self.predicted: int | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(record.name)
        self.setToolTip(self.tr('Tag the selected images as "{name}"').format(name=record.name))

    def set_counts(self, tagged: int, predicted: int | None) -> None:
        self.tagged, self.predicted = tagged, predicted
        self.setAccessibleDescription(self.counts())
        self.update()

    def counts(self) -> str:
        """The second line."""
        text = self.tr("{count} tagged").format(count=number(self.tagged))
        if self.predicted is not None:
            text += "  ·  " + self.tr("{count} predicted").format(count=number(self.predicted))
        return text

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        used = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        area = self.rect().adjusted(1, 1, -1, -1)
        if self.isDown() or self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(used.accent_soft if self.isDown() else used.raised))
            painter.setPen(QPen(QColor(used.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(area, 5, 5)
        badge = area.adjusted(6, 9, 0, -9)
        badge.setWidth(badge.height())
        ground = QColor(self.record.color or used.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(badge, 5, 5)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(readable_on(ground))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self.record.key.upper())
        words = area.adjusted(badge.right() + 10, 5, -4, -area.height() // 2)
        painter.setPen(QColor(used.text))
        # Inside an f-string the texts are not found for translation.
        good = self.tr("good part")
        name = self.record.name + (f"  ({good})" if self.record.is_good else "")
        metrics = painter.fontMetrics()
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(name, Qt.TextElideMode.ElideRight, words.width())
        )
        font.setBold(False)
        font.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(font)
        painter.setPen(QColor(used.muted))
        line = words.translated(0, words.height() - 2)
        short = painter.fontMetrics().elidedText(self.counts(), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, short)


class ClassPanel(QFrame):
    """All classes of the project and the button for a new one."""

    chosen = Signal(int)
    """A class id: tag the selected images."""
    add_wanted = Signal()
    change_wanted = Signal(int)
    remove_wanted = Signal(int)
    good_wanted = Signal(int, bool)
    merge_wanted = Signal(int, int)
    """A class id, and that of the class that it is to become part of."""
    dropped = Signal(int, list)
    """A class id, and the content hashes of the images that were dropped on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self.add = QPushButton()
        self.add.clicked.connect(self.add_wanted)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(2)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._list)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addWidget(scroll_form(holder), 1)
        layout.addWidget(self.add)
        self.buttons: dict[int, ClassButton] = {}
        self._records: Sequence[ClassRecord] = ()
        self._tagged: Mapping[int, int] = {}
        self._predicted: Mapping[int, int] | None = None
        self.retranslate()

    def set_classes(self, records: Sequence[ClassRecord]) -> None:
        self._records = records
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = {}
        for record in records:
            self._list.addWidget(self._row(record))
        self.set_counts(self._tagged, self._predicted)
        self.retranslate()

    def set_counts(self, tagged: Mapping[int, int], predicted: Mapping[int, int] | None) -> None:
        """Images by class id; ``predicted`` is None while there are no predictions."""
        self._tagged, self._predicted = tagged, predicted
        for class_id, button in self.buttons.items():
            button.set_counts(tagged.get(class_id, 0), None if predicted is None else predicted.get(class_id, 0))

    def _row(self, record: ClassRecord) -> QWidget:
        button = ClassButton(record)
        button.clicked.connect(lambda: self.chosen.emit(record.id))
        menu = QMenu(self)
        menu.addAction(self.tr("Change…"), lambda: self.change_wanted.emit(record.id))
        good = menu.addAction(self.tr("Means good parts"))
        good.setCheckable(True)
        good.setChecked(record.is_good)
        good.triggered.connect(lambda is_good: self.good_wanted.emit(record.id, is_good))
        CardTarget(button, lambda sha256s: self.dropped.emit(record.id, sha256s))
        into = menu.addMenu(self.tr("Merge into"))
        into.setEnabled(len(self._records) > 1)
        into.aboutToShow.connect(lambda: self._offer_others(into, record))
        menu.addSeparator()
        menu.addAction(self.tr("Remove…"), lambda: self.remove_wanted.emit(record.id))
        more = QToolButton()
        more.setText("⋯")
        more.setAutoRaise(True)
        more.setFixedWidth(24)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        more.setMenu(menu)
        more.setAccessibleName(self.tr("Change or remove the class {name}").format(name=record.name))
        more.setToolTip(more.accessibleName())
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(button, 1)
        line.addWidget(more)
        menu.setParent(row, menu.windowFlags())
        self.buttons[record.id] = button
        return row

    def _offer_others(self, menu: QMenu, record: ClassRecord) -> None:
        menu.clear()
        for other in self._records:
            if other.id != record.id:
                choice = menu.addAction(swatch(other.color), other.name.replace("&", "&&"))
                choice.setIconVisibleInMenu(True)
                choice.triggered.connect(lambda _checked=False, into=other.id: self.merge_wanted.emit(record.id, into))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Classes"))
        self.add.setText(self.tr("Add a class…"))
        if self._records:
            self._hint.setText(
                self.tr("Select images, then press a class's key, click it or drag them onto it. 0: no tag. U: unsure.")
            )
        else:
            self._hint.setText(self.tr("Add a class for good parts and one for each kind of defect you want to find."))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.set_classes(self._records)
        super().changeEvent(event)
