"""The menu bar: every action of the window with its shortcut."""

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from micm_desktop.gui.actions import REASON, ActionNames, name_in_both, plain
from micm_desktop.gui.i18n import japanese
from micm_desktop.gui.steps import PAGES
from micm_desktop.gui.undo import UndoStack

LANGUAGES = ("system", "en", "ja")
THEMES = ("system", "light", "dark")


@dataclass
class _Group:
    menu: QMenu
    actions: dict[str, QAction] = field(default_factory=dict)


class Menus(ActionNames):
    """Builds the menu bar once and names it in the language in use."""

    open_folder = Signal()
    add_folder = Signal()
    open_project = Signal()
    open_sample = Signal()
    rescan = Signal()
    export_labels = Signal()
    import_labels = Signal()
    restore = Signal()
    quit = Signal()
    page = Signal(str)
    language = Signal(str)
    theme = Signal(str)
    add_class = Signal()
    settings = Signal()
    palette = Signal()
    shortcuts = Signal()
    hints = Signal()
    show_log = Signal()
    licences = Signal()
    about = Signal()

    def __init__(self, bar: QMenuBar, undo: UndoStack) -> None:
        super().__init__(bar)
        self._undo = undo
        self._file = bar.addMenu("")
        self._edit = bar.addMenu("")
        self._view = bar.addMenu("")
        self.image = bar.addMenu("")
        """What can be done with the large view, which adds it itself."""
        self.work = bar.addMenu("")
        self._help = bar.addMenu("")
        self.actions: dict[str, QAction] = {}
        self._add(self._file, "open_folder", self.open_folder, QKeySequence.StandardKey.Open)
        self._add(self._file, "add_folder", self.add_folder, "Ctrl+Shift+A")
        self._add(self._file, "open_project", self.open_project, "Ctrl+Shift+O")
        self._add(self._file, "open_sample", self.open_sample, None)
        self._file.addSeparator()
        self._add(self._file, "rescan", self.rescan, "F5")
        self._file.addSeparator()
        self._add(self._file, "export_labels", self.export_labels, None)
        self._add(self._file, "import_labels", self.import_labels, None)
        self._add(self._file, "restore", self.restore, None)
        self._file.addSeparator()
        self._add(self._file, "quit", self.quit, "Ctrl+Q")
        undo_action = self._add(self._edit, "undo", None, "Ctrl+Z")
        undo_action.triggered.connect(undo.undo)
        redo_action = self._add(self._edit, "redo", None, "Ctrl+Shift+Z")
        redo_action.triggered.connect(undo.redo)
        redo_action.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self._edit.addSeparator()
        self._add(self._edit, "add_class", self.add_class, "Ctrl+N")
        self._edit.addSeparator()
        self._add(self._edit, "settings", self.settings, "Ctrl+,")
        for number, page in enumerate(PAGES, start=1):
            action = self._add(self._view, f"page_{page}", None, f"Ctrl+{number}")
            action.triggered.connect(lambda _checked=False, name=page: self.page.emit(name))
        self._view.addSeparator()
        self._add(self._view, "palette", self.palette, "Ctrl+Shift+P")
        self._view.addSeparator()
        self._languages = self._choices(self._view, LANGUAGES, self.language)
        self._themes = self._choices(self._view, THEMES, self.theme)
        self._add(self._help, "shortcuts", self.shortcuts, "F1")
        self._add(self._help, "hints", self.hints, None)
        self._help.addSeparator()
        self._add(self._help, "show_log", self.show_log, None)
        self._add(self._help, "licences", self.licences, None)
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
        for name in ("add_folder", "rescan", "add_class", "export_labels", "import_labels", "restore"):
            self.actions[name].setEnabled(is_open)
            self.actions[name].setProperty(REASON, self.tr("Open a folder of images first."))

    def set_saving(self, saving: bool) -> None:
        """Whether tags of many images are being saved; a project is open."""
        action = self.actions["add_class"]
        action.setEnabled(not saving)
        action.setProperty(REASON, self.tr("Tags of many images are being saved. Try again when they are."))

    def _name_undo(self) -> None:
        undo, redo = self.actions["undo"], self.actions["redo"]
        undo.setEnabled(self._undo.canUndo())
        redo.setEnabled(self._undo.canRedo())
        what, again = (text.replace("&", "&&") for text in (self._undo.undoText(), self._undo.redoText()))
        name_in_both(undo, "Undo", plain(japanese("Menus", "&Undo")))
        name_in_both(redo, "Redo", plain(japanese("Menus", "&Redo")))
        for action in (undo, redo):
            action.setProperty(REASON, self.tr("There is nothing to take back or do again."))
        undo.setText(self.tr("&Undo: {what}").format(what=what) if what else self.tr("&Undo"))
        redo.setText(self.tr("&Redo: {what}").format(what=again) if again else self.tr("&Redo"))

    def retranslate(self) -> None:
        self._title(self._file, self.tr("&File"))
        self._title(self._edit, self.tr("&Edit"))
        self._title(self._view, self.tr("&View"))
        self._title(self.work, self.tr("&Work"))
        self._title(self.image, self.tr("&Image"))
        self._title(self._help, self.tr("&Help"))
        self._title(self._languages.menu, self.tr("&Language"))
        self._title(self._themes.menu, self.tr("&Theme"))
        names = {
            "open_folder": self.tr("&Open folder of images…"),
            "add_folder": self.tr("&Add folder to the project…"),
            "open_project": self.tr("Open &project…"),
            "open_sample": self.tr("Try the &sample set"),
            "rescan": self.tr("Scan the folders &again"),
            "export_labels": self.tr("&Export labels…"),
            "import_labels": self.tr("&Import labels…"),
            "restore": self.tr("&Restore labels from a backup…"),
            "quit": self.tr("&Quit"),
            "add_class": self.tr("Add a &class…"),
            "settings": self.tr("&Settings…"),
            "palette": self.tr("&Find an action…"),
            "shortcuts": self.tr("&Keyboard shortcuts"),
            "hints": self.tr("Show the &hints again"),
            "page_start": self.tr("Start"),
            "page_images": self.tr("Images"),
            "page_inventory": self.tr("Inventory"),
            "page_pretrain": self.tr("Pretrain"),
            "page_label": self.tr("Label"),
            "page_decide": self.tr("Decide"),
            "page_evaluate": self.tr("Evaluation"),
            "page_export": self.tr("Export"),
            "show_log": self.tr("Open the &log folder"),
            "licences": self.tr("Licences of third &parties"),
            "about": self.tr("&About MICM Desktop"),
        }
        for name, text in names.items():
            self.name(self.actions[name], text)
        # Each language under its own name, so that it is found by whoever reads only that one.
        for value, text in {"system": self.tr("As the system"), "en": "English", "ja": "日本語"}.items():
            self.name(self._languages.actions[value], text)
        themes = {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for value, text in themes.items():
            self.name(self._themes.actions[value], text)
        self._undo.retranslate()
        self._name_undo()

    def _title(self, menu: QMenu, text: str) -> None:
        self.name(menu.menuAction(), text)
