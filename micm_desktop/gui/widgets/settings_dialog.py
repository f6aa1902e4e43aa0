"""The settings. Each counts as soon as it is changed; where it cannot, the dialog says from when on."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from micm_desktop.gui.cache_keeper import CacheKeeper
from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.shortcuts import Shortcuts
from micm_desktop.gui.widgets.key_editor import KeyEditor
from micm_desktop.gui.widgets.styled import styled_label
from micm_desktop.gui.words import words
from micm_desktop.images import limits

if TYPE_CHECKING:
    from micm_desktop.images.thumbnail_cache import CacheSize


class SettingsDialog(QDialog):
    """Writes into the preferences and emits what the window has to act on."""

    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    computing_changed = Signal()
    """Another device, or another number of threads."""
    hints_wanted = Signal()

    def __init__(self, preferences: Preferences, shortcuts: Shortcuts, cache: CacheKeeper, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self._preferences = preferences
        self._cache = cache
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self._look(), self.tr("Language and look"))
        self.tabs.addTab(self._computing(), self.tr("Computing"))
        self.tabs.addTab(self._thumbnails(), self.tr("Thumbnails"))
        self.keys = KeyEditor(shortcuts)
        self.tabs.addTab(self.keys, self.tr("Keys"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(buttons)
        self.resize(min(640, parent.width() - 40), min(520, parent.height() - 60))
        cache.measured.connect(self._on_measured)
        cache.measure()

    # --- language and look

    def _look(self) -> QWidget:
        self.language = _choice(
            self.tr("Language"),
            {"system": self.tr("As the system"), "en": "English", "ja": "日本語"},
            self._preferences.language(),
        )
        self.language.activated.connect(lambda: self.language_chosen.emit(self.language.currentData()))
        self.theme = _choice(
            self.tr("Theme"),
            {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")},
            self._preferences.theme(),
        )
        self.theme.activated.connect(lambda: self.theme_chosen.emit(self.theme.currentData()))
        self.hints = QPushButton(self.tr("Show all hints again"))
        self.hints.clicked.connect(self.hints_wanted)
        return _form((self.tr("Language"), self.language), (self.tr("Theme"), self.theme), ("", self.hints))

    # --- computing

    def _computing(self) -> QWidget:
        self.device = _choice(
            self.tr("Compute on"),
            {"auto": self.tr("The graphics card if there is one (recommended)"), "cpu": self.tr("The processor (CPU)")},
            "auto",
        )
        kept = self._preferences.device()
        if kept == "cuda":
            self.device.addItem(self.tr("The graphics card (CUDA)"), "cuda")
        self.device.setCurrentIndex(self.device.findData(kept))
        self.device.activated.connect(self._on_device)
        self.device_note = styled_label("muted", wrap=True)
        self.device_note.setText(self.tr("Looking for graphics cards…"))
        self.threads = QSpinBox()
        self.threads.setRange(0, max(os.cpu_count() or 1, self._preferences.threads()))
        self.threads.setSpecialValueText(self.tr("As many as there are cores"))
        self.threads.setValue(self._preferences.threads())
        self.threads.setKeyboardTracking(False)
        # A spin box is as high as digits are; Japanese letters are higher.
        self.threads.setMinimumHeight(2 * self.threads.fontMetrics().height())
        self.threads.setAccessibleName(self.tr("Threads of the processor"))
        self.threads.valueChanged.connect(self._on_threads)
        note = styled_label("muted", wrap=True)
        note.setText(
            self.tr(
                "Both count for pretraining and for preparing images, from the next run on; one that is running keeps "
                "what it began with. The window comes first in any case: pretraining takes only what it leaves over."
            )
        )
        self.largest = QSpinBox()
        self.largest.setRange(limits.SMALLEST, limits.LARGEST)
        self.largest.setSuffix(self.tr(" megapixels"))
        self.largest.setValue(self._preferences.largest_image() or limits.megapixels())
        self.largest.setKeyboardTracking(False)
        self.largest.setMinimumHeight(self.threads.minimumHeight())
        self.largest.setAccessibleName(self.tr("Largest image"))
        self.largest.valueChanged.connect(self._on_largest)
        largest_note = styled_label("muted", wrap=True)
        largest_note.setText(
            self.tr("Larger images are not opened, since they could fill all memory. Counts from the next scan.")
        )
        return _form(
            (self.tr("Compute on"), self.device),
            ("", self.device_note),
            (self.tr("Threads"), self.threads),
            ("", note),
            (self.tr("Largest image"), self.largest),
            ("", largest_note),
        )

    @Slot(int)
    def _on_largest(self, megapixels: int) -> None:
        self._preferences.set_largest_image(megapixels)
        limits.set_megapixels(megapixels)

    @Slot(object)
    def show_devices(self, found: "list[tuple[str, str]] | Failure") -> None:
        """Offer what was found, each with its name for people."""
        if isinstance(found, Failure):
            self.device_note.setText(in_words(found))
            return
        for device, name in found:
            text = self.tr("{card} (CUDA)").format(card=name)
            place = self.device.findData(device)
            if place < 0:
                self.device.addItem(text, device)
            else:
                self.device.setItemText(place, text)
        if found:
            self.device_note.setText(self.tr("Found: {card}").format(card=found[0][1]))
        elif self._preferences.device() == "cuda":
            self.device_note.setText(self.tr("No graphics card is found any more; the processor computes instead."))
        else:
            self.device_note.setText(self.tr("No graphics card that can be used was found; the processor computes."))

    @Slot()
    def _on_device(self) -> None:
        self._preferences.set_device(self.device.currentData())
        self.computing_changed.emit()

    @Slot(int)
    def _on_threads(self, count: int) -> None:
        self._preferences.set_threads(count)
        self.computing_changed.emit()

    # --- thumbnails

    def _thumbnails(self) -> QWidget:
        self.place = QLabel()
        self.place.setWordWrap(True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.choose = QPushButton(self.tr("Other folder…"))
        self.choose.clicked.connect(self._on_choose)
        self.in_project = QPushButton(self.tr("In each project's folder"))
        self.in_project.clicked.connect(lambda: self._take_place(None))
        self.limit = QSpinBox()
        self.limit.setRange(10, 1_000_000)
        self.limit.setSingleStep(100)
        self.limit.setSuffix(" MB")
        self.limit.setGroupSeparatorShown(True)
        self.limit.setKeyboardTracking(False)
        self.limit.setValue(self._preferences.cache_limit())
        self.limit.setAccessibleName(self.tr("Most megabytes that thumbnails may take"))
        self.limit.valueChanged.connect(self._on_limit)
        self.used = QLabel()
        self.used.setWordWrap(True)
        self.clear = QPushButton(self.tr("Delete all thumbnails"))
        self.clear.clicked.connect(self._on_clear)
        note = styled_label("muted", wrap=True)
        note.setText(
            self.tr(
                "Thumbnails make lists fast; they are drawn anew when one is missing. Over the limit the oldest are "
                "deleted, when a project is opened and when the limit is changed. Your images are never touched."
            )
        )
        places = QWidget()
        row = QHBoxLayout(places)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choose)
        row.addWidget(self.in_project)
        row.addStretch(1)
        self._say_place()
        return _form(
            (self.tr("Place"), self.place),
            ("", places),
            (self.tr("At most"), self.limit),
            (self.tr("Now"), self.used),
            ("", self.clear),
            ("", note),
        )

    def _say_place(self) -> None:
        chosen, used = self._preferences.cache_place(), self._cache.place
        self.in_project.setEnabled(chosen is not None)
        self.clear.setEnabled(used is not None)
        if used is None:
            self.place.setText(self.tr("In each project's folder; none is open."))
            self.used.setText(self.tr("Shown while a project is open."))
        else:
            self.place.setText(str(used))
            self.used.setText(self.tr("Counting…"))

    @Slot()
    def _on_choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for thumbnails"), self.place.text())
        if chosen:
            self._take_place(Path(chosen))

    def _take_place(self, place: Path | None) -> None:
        self._preferences.set_cache_place(place)
        self._cache.use_place()
        self._say_place()
        self._cache.measure()

    @Slot(int)
    def _on_limit(self, megabytes: int) -> None:
        self._preferences.set_cache_limit(megabytes)
        self._say_place()
        self._cache.prune()

    @Slot()
    def _on_clear(self) -> None:
        self._say_place()
        self._cache.clear()

    @Slot(object)
    def _on_measured(self, size: "CacheSize | Failure") -> None:
        if isinstance(size, Failure):
            self.used.setText(in_words(size))
            return
        text = self.tr("{size} in %n file(s)", "", size.files).format(size=words.file_size(size.bytes))
        if size.removed:
            text += "   ·   " + self.tr("{count} deleted").format(count=number(size.removed))
        self.used.setText(text)


def _choice(name: str, choices: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value, text in choices.items():
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.setAccessibleName(name)
    return box


def _form(*rows: tuple[str, QWidget]) -> QWidget:
    holder = QWidget()
    form = QFormLayout(holder)
    form.setContentsMargins(12, 16, 12, 12)
    form.setVerticalSpacing(12)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for text, widget in rows:
        label = QLabel(text)
        label.setBuddy(widget)
        if isinstance(widget, QSpinBox):
            widget.setMaximumWidth(240)
        form.addRow(label, widget)
    return holder
