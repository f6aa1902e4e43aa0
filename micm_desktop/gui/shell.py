"""What belongs to the window as a whole, not to a page: settings, keys, the palette, hints, thumbnails on disk."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QVBoxLayout, QWidget

from micm_desktop.gui import engine
from micm_desktop.gui.about import About
from micm_desktop.gui.actions import commands
from micm_desktop.gui.cache_keeper import CacheKeeper
from micm_desktop.gui.hints import Hints
from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.gui.menus import Menus
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.session import Session
from micm_desktop.gui.shortcuts import Shortcuts
from micm_desktop.gui.steps import PAGES, PageName
from micm_desktop.gui.widgets.command_palette import CommandPalette
from micm_desktop.gui.widgets.focus_ring import FocusRing
from micm_desktop.gui.widgets.settings_dialog import SettingsDialog
from micm_desktop.gui.widgets.shortcut_sheet import ShortcutSheet
from micm_desktop.gui.window_state import restore_splitters, save_splitters
from micm_desktop.gui.work_menu import WorkMenu


class Shell(QObject):
    """Opens the window's own dialogs, and keeps what was chosen in them."""

    language_chosen = Signal(str)
    theme_chosen = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        menus: Menus,
        work: WorkMenu,
        hints: Hints,
        cache: CacheKeeper,
        pages: Mapping[PageName, QWidget],
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._menus = menus
        self._work = work
        self._pages = pages
        self._preferences = preferences
        self.hints = hints
        self.cache = cache
        self.shortcuts = Shortcuts({**menus.actions, **work.actions}, preferences, window)
        self.dialog: QDialog | None = None
        """The dialog that is open."""
        self._about = About(window, self._open)
        self._devices: list[tuple[str, str]] | Failure | None = None
        self._find_devices = Latest(self)
        self._find_devices.ready.connect(lambda _key, found: self._on_devices(found))
        self._find_devices.failed.connect(lambda _key, failure: self._on_devices(failure))
        for signal, show in (
            (menus.settings, self.show_settings),
            (menus.palette, self.show_palette),
            (menus.shortcuts, self.show_shortcuts),
            (menus.hints, hints.show_again),
            (menus.licences, self._about.show_licences),
            (menus.about, self._about.show_version),
        ):
            signal.connect(show)
        # A second way to the keys, which other programs have taught.
        QShortcut(QKeySequence("Ctrl+/"), window).activated.connect(self.show_shortcuts)
        session.opened.connect(cache.use_place)
        session.opened.connect(lambda: work.set_project_open(True))
        session.closed.connect(lambda: work.set_project_open(False))
        session.bulk.started.connect(lambda: menus.set_saving(True))
        session.bulk.ended.connect(lambda: menus.set_saving(False))
        work.set_project_open(False)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._ring = FocusRing(app, self)
        restore_splitters(pages, preferences)
        self._apply_computing()

    def around(self, stack: QWidget) -> QWidget:
        """The pages with the hint above them."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.hints.bar)
        column.addWidget(stack, 1)
        return holder

    def last_page(self) -> PageName | None:
        """The page of the work on which the open project was left, where it was the last one."""
        folder = self._session.folder
        page = self._preferences.last_page(folder) if folder is not None else ""
        # The first two are passed through on the way to the work.
        return next((name for name in PAGES[2:] if name == page), None)

    def remember(self, page: PageName) -> None:
        """Keep what the window looks like; for closing a project or the window."""
        save_splitters(self._pages, self._preferences)
        if self._session.folder is not None:
            self._preferences.set_last_page(self._session.folder, page)

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self.cache.stop()
        self._find_devices.stop()
        self._about.stop()

    def retranslate(self) -> None:
        self._work.retranslate()
        self.hints.refresh()

    # --- dialogs

    @Slot()
    def show_settings(self) -> None:
        dialog = SettingsDialog(self._preferences, self.shortcuts, self.cache, self._window)
        dialog.language_chosen.connect(self._on_language)
        dialog.theme_chosen.connect(self.theme_chosen)
        dialog.computing_changed.connect(self._apply_computing)
        dialog.hints_wanted.connect(self.hints.show_again)
        self._open(dialog)
        if self._devices is None:
            self._find_devices.request(None, engine.devices)
        else:
            dialog.show_devices(self._devices)

    @Slot()
    def show_palette(self) -> None:
        self._open(CommandPalette(commands(self._window.menuBar()), self._window))

    @Slot()
    def show_shortcuts(self) -> None:
        self._open(ShortcutSheet(commands(self._window.menuBar()), self._session.classes, self._window))

    def _open(self, dialog: QDialog) -> None:
        def forget() -> None:
            if self.dialog is dialog:
                self.dialog = None

        self.dialog = dialog
        dialog.finished.connect(forget)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_language(self, choice: str) -> None:
        """All words of the dialog are new ones: it is made anew."""
        if self.dialog is not None:
            self.dialog.close()
        self.language_chosen.emit(choice)
        self.show_settings()

    def _on_devices(self, found: "list[tuple[str, str]] | Failure") -> None:
        self._devices = found
        if isinstance(self.dialog, SettingsDialog):
            self.dialog.show_devices(found)

    @Slot()
    def _apply_computing(self) -> None:
        self._session.device = self._preferences.device()
        engine.set_threads(self._preferences.threads())
