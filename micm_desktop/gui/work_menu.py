"""The menu of what the pages do: each entry shows its page and presses the button there."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMenu

from micm_desktop.gui.actions import REASON, ActionNames
from micm_desktop.gui.pages.decide import DecidePage
from micm_desktop.gui.pages.evaluate import EvaluatePage
from micm_desktop.gui.pages.export import ExportPage
from micm_desktop.gui.pages.images import PROBLEMS, ImagesPage
from micm_desktop.gui.pages.inventory import InventoryPage
from micm_desktop.gui.pages.label import LabelPage
from micm_desktop.gui.pages.pretrain import PretrainPage

_EVENTS = (QEvent.Type.EnabledChange, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class WorkMenu(ActionNames):
    """Fills ``menu``. An entry follows its button where that is kept up to date while its page is out of sight."""

    page_wanted = Signal(str)

    def __init__(
        self,
        menu: QMenu,
        images: ImagesPage,
        inventory: InventoryPage,
        pretrain: PretrainPage,
        label: LabelPage,
        decide: DecidePage,
        evaluate: EvaluatePage,
        export: ExportPage,
    ) -> None:
        super().__init__(menu)
        self._menu = menu
        self.actions: dict[str, QAction] = {}
        self._followed: dict[QObject, list[QAction]] = {}
        self._following: dict[str, tuple[QAbstractButton, ...]] = {}
        self._is_open = False
        panel, detail = pretrain.panel, label.detail
        self._add("unusable", "images", lambda: images.show_only.setCurrentIndex(PROBLEMS), "Ctrl+Shift+U")
        self._press("inventory", "inventory", "Ctrl+I", inventory.take)
        menu.addSeparator()
        self._press("pretrain", "pretrain", "Ctrl+R", panel.start)
        self._press("pause", "pretrain", "Ctrl+Shift+R", panel.pause, panel.resume)
        self._press("stop", "pretrain", "Ctrl+.", panel.stop)
        menu.addSeparator()
        self._add("what_next", "label", label.queue.bar.on.click, "Ctrl+T")
        self._press("update_list", "label", "Ctrl+U", label.update_list)
        self._press("changed", "label", "Ctrl+D", label.changes.note.button)
        self._press("not_only_changed", "label", "Ctrl+Shift+D", label.changes.bar.button)
        self._add("heatmap", "label", detail.tools.shown.toggle, "Ctrl+H")
        menu.addSeparator()
        self._add("computed_line", "decide", decide.line.reset.click, "Ctrl+Shift+L")
        menu.addSeparator()
        self._press("evaluate", "evaluate", "Ctrl+J", evaluate.renew)
        self._press("set_aside", "evaluate", "Ctrl+Shift+T", evaluate.set_aside)
        menu.addSeparator()
        self._add("write_model", "export", export.export.click, "Ctrl+M")
        self._add("choose_file", "export", export.browse.click, "Ctrl+Shift+S")
        self._add("copy_command", "export", export.copy.click, "Ctrl+Shift+C")
        self._add("show_file", "export", export.show_file.click, "Ctrl+Shift+E")
        self.retranslate()

    def _add(self, name: str, page: str, act: Callable[[], object], shortcut: str) -> QAction:
        action = self._menu.addAction("")
        action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda: self.page_wanted.emit(page))
        action.triggered.connect(lambda: act())
        self.actions[name] = action
        return action

    def _press(self, name: str, page: str, shortcut: str, *buttons: QAbstractButton) -> None:
        """An entry for whichever of ``buttons`` is there; off while none is."""

        def act() -> None:
            for button in buttons:
                if button.isVisible() and button.isEnabled():
                    button.click()
                    return

        action = self._add(name, page, act, shortcut)
        self._following[name] = buttons
        for button in buttons:
            self._followed.setdefault(button, []).append(action)
            button.installEventFilter(self)

    def set_project_open(self, is_open: bool) -> None:
        """Nothing can be done without a project."""
        self._is_open = is_open
        self._enable()

    def _enable(self) -> None:
        for name, action in self.actions.items():
            buttons = self._following.get(name)
            possible = buttons is None or any(button.isEnabled() and not button.isHidden() for button in buttons)
            action.setEnabled(self._is_open and possible)
            action.setProperty(REASON, self._reasons.get(name, "") if self._is_open else self._no_project)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _EVENTS and watched in self._followed:
            self._enable()
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        self._no_project = self.tr("Open a folder of images first.")
        nothing_runs = self.tr("No pretraining is running.")
        self._reasons = {
            "inventory": self.tr("Something is being looked at or saved, or there are no images yet."),
            "pretrain": self.tr("Pretraining is running, or there are no images yet."),
            "pause": self.tr("No pretraining is running, and none was stopped."),
            "stop": nothing_runs,
            "update_list": self.tr("The list is up to date."),
            "changed": self.tr("No image changed class by the last tag."),
            "evaluate": self.tr("There is nothing to evaluate yet, or it is being done."),
            "set_aside": self.tr("There are no images yet, or the tagged images are being judged."),
            "not_only_changed": self.tr("The list is not narrowed to images that changed class."),
        }
        names = {
            "unusable": self.tr("Show &files that cannot be used"),
            "inventory": self.tr("Take the &inventory"),
            "pretrain": self.tr("Start &pretraining"),
            "pause": self.tr("Pa&use pretraining, or go on"),
            "stop": self.tr("S&top pretraining"),
            "what_next": self.tr("What to tag &next"),
            "update_list": self.tr("Update the &list"),
            "changed": self.tr("List the images that changed &class"),
            "not_only_changed": self.tr("List &all images again"),
            "heatmap": self.tr("Show or hide the &heatmap"),
            "computed_line": self.tr("&Back to the computed line"),
            "evaluate": self.tr("&Evaluate anew"),
            "set_aside": self.tr("Set images &aside for the test…"),
            "write_model": self.tr("Write the &model file"),
            "choose_file": self.tr("C&hoose the model file…"),
            "copy_command": self.tr("&Copy the command for the line PC"),
            "show_file": self.tr("Show the model file in its f&older"),
        }
        for name, text in names.items():
            self.name(self.actions[name], text)
        self._enable()
