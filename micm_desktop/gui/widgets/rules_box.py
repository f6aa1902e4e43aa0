"""Rules beside the network: few, named, each of them off until it is filled in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.export.rules import Rules

WHOLE = (0, 0, 100, 100)


class RulesBox(QWidget):
    """Edits :class:`Rules`, in percent. The least probability is one for all classes here."""

    rules_changed = Signal(object)
    """The new :class:`Rules`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules: Rules | None = None
        self._classes: tuple[str, ...] = ()
        self._note = styled_label("muted", wrap=True)
        self.area = [self._percent(value) for value in WHOLE]
        for near, far in ((0, 2), (1, 3)):
            self.area[near].setMaximum(99)
            self.area[far].setMinimum(1)
            # An edge that is moved across the other one takes it along: else what is shown would not be what holds.
            self.area[near].valueChanged.connect(lambda value, far=far: self._push(far, max, value + 1))
            self.area[far].valueChanged.connect(lambda value, near=near: self._push(near, min, value - 1))
        self.smallest = self._fine()
        self.least = self._percent(0)
        self.darkest = self._percent(0)
        self.sharpness = QDoubleSpinBox()
        self.sharpness.setRange(0, 100_000)
        self.sharpness.setDecimals(0)
        self.sharpness.setKeyboardTracking(False)
        edges = QHBoxLayout()
        edges.setSpacing(4)
        for edge in self.area:
            edges.addWidget(edge)
        edges.addStretch(1)
        # Not a form layout: it gives labels that wrap less height than they need.
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setHorizontalSpacing(12)
        self._labels = {name: QLabel() for name in ("area", "smallest", "least", "darkest", "sharpness")}
        for row, (name, label) in enumerate(self._labels.items(), start=1):
            label.setWordWrap(True)
            if name == "area":
                grid.addWidget(label, 0, 0, 1, 2)
                grid.addLayout(edges, 1, 0, 1, 2)
            else:
                grid.addWidget(label, row, 0)
                grid.addWidget(getattr(self, name), row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._note)
        layout.addLayout(grid)
        boxes: tuple[QSpinBox | QDoubleSpinBox, ...] = (
            *self.area,
            self.smallest,
            self.least,
            self.darkest,
            self.sharpness,
        )
        for box in boxes:
            box.valueChanged.connect(self._on_changed)
        self.retranslate()

    def show_rules(self, rules: "Rules", classes: tuple[str, ...]) -> None:
        """``classes``: the names that the least probability holds for."""
        self._rules, self._classes = rules, classes
        corners = WHOLE if rules.area is None else tuple(round(100 * edge) for edge in rules.area)
        least: Mapping[str, float] = rules.least_probability or {}
        values = (100 * rules.smallest_area, 100 * max(least.values(), default=0.0), 100 * rules.darkest)
        shown = zip(
            (*self.area, self.smallest, self.least, self.darkest, self.sharpness),
            (*corners, *values, rules.least_sharpness),
            strict=True,
        )
        for box, value in shown:
            with QSignalBlocker(box):
                if isinstance(box, QSpinBox):
                    box.setValue(round(value))
                elif isinstance(box, QDoubleSpinBox):
                    box.setValue(value)

    def _push(self, edge: int, outer: Callable[[int, int], int], limit: int) -> None:
        box = self.area[edge]
        with QSignalBlocker(box):
            box.setValue(outer(box.value(), limit))

    @Slot()
    def _on_changed(self) -> None:
        if self._rules is None:
            return
        left, top, right, bottom = (box.value() for box in self.area)
        whole = (left, top, right, bottom) == WHOLE
        least = self.least.value() / 100
        rules = replace(
            self._rules,
            area=None if whole else (left / 100, top / 100, right / 100, bottom / 100),
            smallest_area=self.smallest.value() / 100,
            least_probability=dict.fromkeys(self._classes, least) if least else None,
            darkest=self.darkest.value() / 100,
            least_sharpness=self.sharpness.value(),
        )
        if rules != self._rules:
            self._rules = rules
            self.rules_changed.emit(rules)

    def _percent(self, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(0, 100)
        box.setValue(value)
        box.setSuffix("%")
        box.setKeyboardTracking(False)
        return box

    def _fine(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(0, 100)
        box.setSuffix("%")
        box.setDecimals(2)
        box.setSingleStep(0.1)
        box.setKeyboardTracking(False)
        return box

    @Slot()
    def retranslate(self) -> None:
        self._note.setText(
            self.tr(
                "These rules hold in the model file, which names the one that changed a verdict. The list on the "
                "Label page follows the least probability; it follows the other rules where an image was looked at, "
                "since they need its pixels and its heatmap."
            )
        )
        texts = {
            "area": self.tr("Inspect only this area (left, top, right, bottom); defects elsewhere do not count"),
            "smallest": self.tr("A defect counts if its evidence covers at least this much of the image"),
            "least": self.tr("Ask a person where the verdict is less probable than"),
            "darkest": self.tr("Ask a person where the image is darker than"),
            "sharpness": self.tr("Ask a person where the image is less sharp than"),
        }
        for name, text in texts.items():
            self._labels[name].setText(text)
            if name != "area":
                getattr(self, name).setAccessibleName(text)
        edges = (self.tr("Left edge"), self.tr("Top edge"), self.tr("Right edge"), self.tr("Bottom edge"))
        for box, edge in zip(self.area, edges, strict=True):
            box.setAccessibleName(edge)
            box.setToolTip(edge)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
