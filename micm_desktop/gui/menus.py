"""The menu bar: every action of the window with its shortcut."""

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from micm_desktop.gui.steps import PAGES
from micm_desktop.gui.undo import UndoStack

LANGUAGES = ("system", "en", "ja")
THEMES = ("system", "light", "dark")


@dataclass
class _Group:
    menu: QMenu
    actions: dict[str, QAction] = field(default_factory=dict)


class Menus(QObject):
    """Builds the menu bar once and names it in the language in use."""

    open_folder = Signal()
    add_folder = Signal()
    open_project = Signal()
    open_sample = Signal()
    rescan = Signal()
    quit = Signal()
    page = Signal(str)
    language = Signal(str)
    theme = Signal(str)
    add_class = Signal()
    show_log = Signal()
    about = Signal()

    def __init__(self, bar: QMenuBar, undo: UndoStack) -> None:
        super().__init__(bar)
        self._undo = undo
        self._file = bar.addMenu("")
        self._edit = bar.addMenu("")
        self._view = bar.addMenu("")
        self.image = bar.addMenu("")
        """What can be done with the large view, which adds it itself."""
        self._help = bar.addMenu("")
        self.actions: dict[str, QAction] = {}
        self._add(self._file, "open_folder", self.open_folder, QKeySequence.StandardKey.Open)
        self._add(self._file, "add_folder", self.add_folder, "Ctrl+Shift+A")
        self._add(self._file, "open_project", self.open_project, "Ctrl+Shift+O")
        self._add(self._file, "open_sample", self.open_sample, None)
        self._file.addSeparator()
        self._add(self._file, "rescan", self.rescan, "F5")
        self._file.addSeparator()
        self._add(self._file, "quit", self.quit, "Ctrl+Q")
        undo_action = self._add(self._edit, "undo", None, "Ctrl+Z")
        undo_action.triggered.connect(undo.undo)
        redo_action = self._add(self._edit, "redo", None, "Ctrl+Shift+Z")
        redo_action.triggered.connect(undo.redo)
        redo_action.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self._edit.addSeparator()
        self._add(self._edit, "add_class", self.add_class, "Ctrl+N")
        for number, page in enumerate(PAGES, start=1):
            action = self._add(self._view, f"page_{page}", None, f"Ctrl+{number}")
            action.triggered.connect(lambda _checked=False, name=page: self.page.emit(name))
        self._view.addSeparator()
        self._languages = self._choices(self._view, LANGUAGES, self.language)
        self._themes = self._choices(self._view, THEMES, self.theme)
        self._add(self._help, "show_log", self.show_log, None)
        self._add(self._help, "about", self.about, None)
        for changed in (undo.canUndoChanged, undo.canRedoChanged, undo.undoTextChanged, undo.redoTextChanged):
            changed.connect(self._name_undo)
        self.retranslate()

    def _add(self, menu: QMenu, name: str, signal: object, shortcut: str | QKeySequence.StandardKey | None) -> QAction:
        action = menu.addAction("")
        if shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        if signal is not None:
            action.triggered.connect(lambda: signal.emit())  # type: ignore[attr-defined]
        self.actions[name] = action
        return action

    def _choices(self, parent: QMenu, values: tuple[str, ...], signal: object) -> _Group:
        group = _Group(parent.addMenu(""))
        exclusive = QActionGroup(self)
        for value in values:
            action = group.menu.addAction("")
            action.setCheckable(True)
            exclusive.addAction(action)
            action.triggered.connect(lambda _checked=False, chosen=value: signal.emit(chosen))  # type: ignore[attr-defined]
            group.actions[value] = action
        return group

    def set_choices(self, language: str, theme: str) -> None:
        """Check what is in use."""
        self._languages.actions[language].setChecked(True)
        self._themes.actions[theme].setChecked(True)

    def set_project_open(self, is_open: bool) -> None:
        for name in ("add_folder", "rescan", "add_class"):
            self.actions[name].setEnabled(is_open)

    def _name_undo(self) -> None:
        undo, redo = self.actions["undo"], self.actions["redo"]
        undo.setEnabled(self._undo.canUndo())
        redo.setEnabled(self._undo.canRedo())
        what, again = (text.replace("&", "&&") for text in (self._undo.undoText(), self._undo.redoText()))
        undo.setText(self.tr("&Undo: {what}").format(what=what) if what else self.tr("&Undo"))
        redo.setText(self.tr("&Redo: {what}").format(what=again) if again else self.tr("&Redo"))

    def retranslate(self) -> None:
        self._file.setTitle(self.tr("&File"))
        self._edit.setTitle(self.tr("&Edit"))
        self._view.setTitle(self.tr("&View"))
        self.image.setTitle(self.tr("&Image"))
        self._help.setTitle(self.tr("&Help"))
        self._languages.menu.setTitle(self.tr("&Language"))
        self._themes.menu.setTitle(self.tr("&Theme"))
        names = {
            "open_folder": self.tr("&Open folder of images…"),
            "add_folder": self.tr("&Add folder to the project…"),
            "open_project": self.tr("Open &project…"),
            "open_sample": self.tr("Try the &sample set"),
            "rescan": self.tr("Scan the folders &again"),
            "quit": self.tr("&Quit"),
            "add_class": self.tr("Add a &class…"),
            "page_start": self.tr("Start"),
            "page_images": self.tr("Images"),
            "page_pretrain": self.tr("Pretrain"),
            "page_label": self.tr("Label"),
            "page_decide": self.tr("Decide"),
            "page_export": self.tr("Export"),
            "show_log": self.tr("Open the &log folder"),
            "about": self.tr("&About MICM Desktop"),
        }
        for name, text in names.items():
            self.actions[name].setText(text)
        # Each language under its own name, so that it is found by whoever reads only that one.
        for value, text in {"system": self.tr("As the system"), "en": "English", "ja": "日本語"}.items():
            self._languages.actions[value].setText(text)
        themes = {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for value, text in themes.items():
            self._themes.actions[value].setText(text)
        self._undo.retranslate()
        self._name_undo()
