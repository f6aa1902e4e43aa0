"""The window: navigation, pages, menus. What the pages do is theirs."""

import threading
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QSize, QTimer, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QWidget

from micm_desktop.gui import engine, i18n, theme
from micm_desktop.gui.cache_keeper import CacheKeeper
from micm_desktop.gui.dialogs import ask_to_stop_pretraining
from micm_desktop.gui.evaluating import EvaluationWork
from micm_desktop.gui.facts import FactFinder
from micm_desktop.gui.features import Features
from micm_desktop.gui.folder_watch import FolderWatch
from micm_desktop.gui.hints import Hints
from micm_desktop.gui.i18n import Translator
from micm_desktop.gui.inventory import InventoryWork
from micm_desktop.gui.jobs import Failure, Outcome
from micm_desktop.gui.menus import Menus
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.models.thumbnails import Thumbnails
from micm_desktop.gui.opener import Opener
from micm_desktop.gui.pages.decide import DecidePage
from micm_desktop.gui.pages.evaluate import EvaluatePage
from micm_desktop.gui.pages.export import ExportPage
from micm_desktop.gui.pages.images import ImagesPage
from micm_desktop.gui.pages.inventory import InventoryPage
from micm_desktop.gui.pages.label import LabelPage
from micm_desktop.gui.pages.pretrain import PretrainPage
from micm_desktop.gui.pages.start import StartPage
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.safekeeping import Safekeeping
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.shell import Shell
from micm_desktop.gui.steps import PageName
from micm_desktop.gui.tag_views import TagViews
from micm_desktop.gui.theme import Theme
from micm_desktop.gui.widgets.navigation import Navigation
from micm_desktop.gui.widgets.page_stack import PageScroll, PageStack
from micm_desktop.gui.work_menu import WorkMenu
from micm_desktop.project.folders import log_file


class MainWindow(QMainWindow):
    """Puts the parts together and closes them down in order."""

    def __init__(self, preferences: Preferences, translator: Translator, look: Theme) -> None:
        super().__init__()
        self._preferences = preferences
        self.translator = translator
        self._theme = look
        self._closing = False
        self._plots = threading.Thread(target=engine.load_ahead, name="load ahead")
        self.session = Session(self)
        self.scanner = Scanner(self.session, self)
        self.features = Features(self.session, self)
        TagViews(self.session, self.features, self)
        self.folder_watch = FolderWatch(self.session, self.scanner, self)
        self.inventory_work = InventoryWork(self.session, self)
        self.evaluation_work = EvaluationWork(self.session, self)
        self.thumbnails = Thumbnails(self)
        self.opener = Opener(self.session, preferences, self, self._may_stop_jobs)
        self.menus = Menus(self.menuBar(), self.session.undo)
        self.navigation = Navigation()
        self.start = StartPage()
        self.images = ImagesPage(self.session, self.scanner, self.thumbnails)
        self.inventory = InventoryPage(self.session, self.inventory_work, self.thumbnails)
        self.pretrain = PretrainPage(self.session, self.features)
        self.label = LabelPage(self.session, self.scanner, self.features, self.thumbnails)
        self.decide = DecidePage(self.session, self.thumbnails)
        self.evaluate = EvaluatePage(self.session, self.evaluation_work, self.thumbnails)
        self.export = ExportPage(self.session, self.features)
        self._pages: dict[PageName, QWidget] = {
            "start": self.start,
            "images": self.images,
            "inventory": self.inventory,
            "pretrain": self.pretrain,
            "label": self.label,
            "decide": self.decide,
            "evaluate": self.evaluate,
            "export": self.export,
        }
        self._stack = PageStack()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.evaluation_work.mark(
            self.images.model,
            self.label.model,
            self.label.detail.locked,
            self.decide.model,
            self.evaluate.view.images.model,
        )
        self.work = WorkMenu(
            self.menus.work,
            self.images,
            self.inventory,
            self.pretrain,
            self.label,
            self.decide,
            self.evaluate,
            self.export,
        )
        hints = Hints(self.session, self.scanner, self.pretrain, self.export, preferences, self)
        cache = CacheKeeper(self.session, self.thumbnails, preferences, self)
        self.shell = Shell(self, self.session, self.menus, self.work, hints, cache, self._pages, preferences)
        centre = QWidget()
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        self.safekeeping = Safekeeping(self)
        row.addWidget(self.safekeeping.above(self.shell.around(PageScroll(self._stack))), 1)
        self.setCentralWidget(centre)
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 360)
        self.setWindowIcon(QIcon(str(theme.icons_folder() / "micm-desktop.svg")))
        self._facts = FactFinder(
            self.session, self.scanner, self.inventory_work, self.evaluation_work, self.pretrain, self.export, self
        )
        self.menus.image.addActions(self.label.detail.large.tools.actions())
        self._connect()
        self._restore()
        self.start.set_recent(preferences.recent())
        self.menus.set_choices(preferences.language(), preferences.theme())
        self.menus.set_project_open(False)
        self.show_page("start")
        self.retranslate()

    def _connect(self) -> None:
        self.navigation.chosen.connect(self.show_page)
        self._facts.changed.connect(self._show_facts)
        self._facts.changed.connect(self.shell.hints.refresh)
        self.shell.hints.page_wanted.connect(self.show_page)
        self.shell.hints.folder_wanted.connect(self.opener.ask_for_images)
        self.shell.hints.good_class_wanted.connect(lambda: self.label.editing.ask_good(self.shell.hints.bar.next))
        self.shell.language_chosen.connect(self._choose_language)
        self.shell.theme_chosen.connect(self._choose_theme)
        self.work.page_wanted.connect(self.show_page)
        self._theme.changed.connect(self.pretrain.restyle)
        self._theme.changed.connect(self.inventory.restyle)
        self._theme.changed.connect(self.evaluate.restyle)
        opener, start, menus = self.opener, self.start, self.menus
        start.sample_wanted.connect(opener.open_sample)
        start.folder_wanted.connect(opener.ask_for_images)
        start.recent_wanted.connect(opener.open_project)
        start.cancel_wanted.connect(opener.cancel)
        opener.busy_changed.connect(self._on_busy)
        opener.sample_started.connect(self._on_sample_started)
        opener.sample_ended.connect(self._on_sample_ended)
        self.images.add_wanted.connect(opener.ask_to_add)
        self.images.relocate_wanted.connect(opener.ask_where)
        self.images.grid.activated_row.connect(self._show_in_label)
        self.inventory.image_wanted.connect(self._show_in_label)
        self.decide.image_wanted.connect(self._show_in_label)
        self.evaluate.image_wanted.connect(self._show_in_label)
        self.evaluate.filter_wanted.connect(self._show_filtered)
        self.evaluate.page_wanted.connect(self.show_page)
        self.label.page_wanted.connect(self.show_page)
        self.pretrain.page_wanted.connect(self.show_page)
        self.export.page_wanted.connect(self.show_page)
        self.session.tag_failed.connect(self._stay)
        self.session.opened.connect(self._on_opened)
        self.session.closing.connect(lambda: self.shell.remember(self.page))
        self.session.closed.connect(lambda: self.menus.set_project_open(False))
        self.session.open_failed.connect(self._on_open_failed)
        menus.open_folder.connect(opener.ask_for_images)
        menus.add_folder.connect(opener.ask_to_add)
        menus.open_project.connect(opener.ask_for_project)
        menus.open_sample.connect(opener.open_sample)
        menus.rescan.connect(self.scanner.start)
        menus.add_class.connect(self._add_class)
        menus.quit.connect(self.close)
        menus.page.connect(self.show_page)
        menus.language.connect(self._choose_language)
        menus.theme.connect(self._choose_theme)
        menus.show_log.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent))))

    # --- pages

    @property
    def page(self) -> PageName:
        """The page that is shown."""
        return next(name for name, page in self._pages.items() if page is self._stack.currentWidget())

    @Slot(str)
    def show_page(self, name: str) -> None:
        page = cast(PageName, name)
        self.navigation.set_page(page)
        self._stack.setCurrentWidget(self._pages[page])
        self.shell.hints.show_for(page)

    @Slot(int)
    def _show_in_label(self, row: int) -> None:
        self.show_page("label")
        self.label.show_image(row)

    @Slot(object)
    def _show_filtered(self, wanted: Filter) -> None:
        self.show_page("label")
        self.label.queue.turn_off()
        self.label.gallery.bar.choose(wanted)

    @Slot()
    def _add_class(self) -> None:
        self.show_page("label")
        self.label.add_class()

    @Slot()
    def _show_facts(self) -> None:
        for page, (state, note) in self._facts.notes().items():
            self.navigation.buttons[page].set_state(state, note)

    # --- opening

    @Slot()
    def _on_opened(self) -> None:
        if self.session.folder is None:
            return
        self.start.banner.hide()
        self.start.set_recent(self._preferences.recent())
        self.menus.set_project_open(True)
        self.show_page(self.shell.last_page() or ("label" if self.session.tag_classes().any() else "images"))
        self.retranslate()

    @Slot(object)
    def _on_open_failed(self, failure: Failure) -> None:
        self.start.banner.show_failure(failure)
        self.show_page("start")

    @Slot(bool)
    def _on_busy(self, busy: bool) -> None:
        self.start.set_busy(busy)
        if busy:
            self.start.banner.hide()
            self.start.progress.begin(lambda: self.tr("Opening the project"))
        else:
            self.start.progress.end()

    @Slot()
    def _on_sample_started(self) -> None:
        self.show_page("start")
        self.start.progress.begin(lambda: self.tr("Making the sample set"))

    @Slot(object)
    def _on_sample_ended(self, outcome: Outcome) -> None:
        self.start.progress.end()
        if outcome.failure is not None:
            self.start.banner.show_failure(outcome.failure)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.show_page("images" if self.session.labeling is not None else "start")
            self.opener.add_images(paths)

    # --- look and language

    @Slot(str)
    def _choose_language(self, choice: str) -> None:
        self._preferences.set_language(cast(i18n.Choice, choice))
        self.menus.set_choices(self._preferences.language(), self._preferences.theme())
        self.translator.choose(cast(i18n.Choice, choice))

    @Slot(str)
    def _choose_theme(self, choice: str) -> None:
        self._preferences.set_theme(cast(theme.Choice, choice))
        self.menus.set_choices(self._preferences.language(), self._preferences.theme())
        self._theme.choose(cast(theme.Choice, choice))

    def retranslate(self) -> None:
        folders = self.session.folders if self.session.labeling is not None else ()
        self.setWindowTitle(folders[0].path.name if folders else self.tr("Visual inspection"))
        self._show_facts()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.menus.retranslate()
            self.shell.retranslate()
            self.retranslate()
        super().changeEvent(event)

    # --- showing and closing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The plot library takes half a second to load; by the time its page is opened it is there.
        if not self._plots.ident:
            QTimer.singleShot(200, self, self._load_plots)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.navigation.fit(self.width())

    def _load_plots(self) -> None:
        if not self._closing and not self._plots.ident:
            self._plots.start()

    def _restore(self) -> None:
        geometry = self._preferences.geometry("window")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(QSize(1280, 800).boundedTo(self.screen().availableSize()))

    def _may_stop_jobs(self) -> bool:
        """Ask before pretraining would be stopped; other jobs simply go on at the next start."""
        return not self.pretrain.running or ask_to_stop_pretraining(self)

    @Slot()
    def _stay(self) -> None:
        """Tags could not be saved: a window that is waiting to close stays, so that this is read."""
        if self._closing:
            self._closing = False
            self.session.jobs.idle.disconnect(self.close)
            self.setEnabled(True)
            self.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.jobs.running:
            event.ignore()
            if not self._closing and self._may_stop_jobs():
                self._closing = True
                self.setEnabled(False)
                self.setWindowTitle(self.tr("Stopping…"))
                self.session.jobs.idle.connect(self.close)
                self.session.jobs.cancel_all()
                if not self.session.jobs.running:
                    self.close()
            return
        if self.session.slow_to_close:
            # A drive may take its time, or not answer.
            event.ignore()
            self.session.close(then=self.close)
            return
        self._preferences.set_geometry("window", self.saveGeometry())
        self.shell.remember(self.page)
        # Hidden first: a worker that is still loading a library may take a second to come to its end.
        self.hide()
        self.label.stop()
        self.session.close()
        self.session.stop()
        self.thumbnails.stop()
        self.shell.stop()
        self.safekeeping.stop()
        self._closing = True
        if self._plots.ident:
            # A thread that still loads native libraries while Python ends would abort the process.
            self._plots.join()
        event.accept()
