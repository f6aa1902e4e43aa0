"""Leads a newcomer through the whole job: one hint for each step, each dismissed for good."""

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.pages.export import ExportPage
from micm_desktop.gui.pages.pretrain import PretrainPage
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.steps import PageName
from micm_desktop.gui.widgets.hint_bar import HintBar

OPEN_FOLDER = "folder"
GOOD_CLASS = "good"
ENOUGH = 5
"""Tags of each class from which an evaluation says something."""


class _Hint(NamedTuple):
    name: str
    text: str
    button: str
    following: str
    """The page that the button shows, :data:`OPEN_FOLDER` or :data:`GOOD_CLASS`."""


class Hints(QObject):
    """Chooses the hint for the page in view."""

    page_wanted = Signal(str)
    folder_wanted = Signal()
    good_class_wanted = Signal()
    """Somebody wants to say which class means good parts."""

    def __init__(
        self,
        session: Session,
        scanner: Scanner,
        pretrain: PretrainPage,
        export: ExportPage,
        preferences: Preferences,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._scanner = session, scanner
        self._pretrain, self._export = pretrain, export
        self._preferences = preferences
        self._page: PageName = "start"
        self._shown: _Hint | None = None
        self.bar = HintBar()
        self.bar.next_wanted.connect(self._go_on)
        self.bar.dismissed.connect(self._dismiss)

    def show_for(self, page: PageName) -> None:
        """Another page is in view."""
        self._page = page
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Something has happened that may be another step of the work."""
        seen = self._preferences.seen_hints()
        hint = next((one for one in self._hints() if one.name not in seen), None)
        if hint == self._shown and hint is not None:
            return
        self._shown = hint
        if hint is None:
            self.bar.clear()
        else:
            self.bar.show_hint(hint.text, hint.button)

    @Slot()
    def show_again(self) -> None:
        """Forget which hints were dismissed."""
        self._preferences.set_seen_hints(frozenset())
        self.refresh()

    @Slot()
    def _dismiss(self) -> None:
        if self._shown is not None:
            self._preferences.set_seen_hints(self._preferences.seen_hints() | {self._shown.name})
        self.refresh()

    @Slot()
    def _go_on(self) -> None:
        if self._shown is not None and self._shown.following == OPEN_FOLDER:
            self.folder_wanted.emit()
        elif self._shown is not None and self._shown.following == GOOD_CLASS:
            self.good_class_wanted.emit()
        elif self._shown is not None:
            self.page_wanted.emit(self._shown.following)

    def _hints(self) -> Iterator[_Hint]:
        """What there is to say about the page in view, the most important first."""
        if self._session.labeling is None or self._scanner.running or not self._session.images:
            return
        judged = self._session.predictions is not None
        match self._page:
            case "images":
                text = self.tr(
                    "These are the images that were found. Next, you can see which of them are faulty or there twice."
                )
                yield _Hint("images", text, self.tr("Next: Inventory"), "inventory")
            case "inventory":
                text = self.tr("You may skip this step. It looks at all images once and says what is wrong with them.")
                yield _Hint("inventory", text, self.tr("Next: Pretrain"), "pretrain")
            case "pretrain" if not self._pretrain.running and not self._pretrain.trained:
                text = self.tr(
                    "You may skip this step for a first look: an encoder comes with the program. To see what it does, "
                    "set 1 minute and start; you can tag meanwhile."
                )
                yield _Hint("pretrain", text, self.tr("Next: Label"), "label")
            case "pretrain" if self._pretrain.running:
                text = self.tr("This runs in the background. You can tag meanwhile.")
                yield _Hint("pretraining", text, self.tr("Next: Label"), "label")
            case "pretrain":
                text = self.tr("The program has got to know your images. Next, tag a few of each kind.")
                yield _Hint("pretrained", text, self.tr("Next: Label"), "label")
            case "label" if judged:
                yield from self._label_hints()
            case "decide" if judged:
                text = self.tr(
                    "Say how much worse a missed defect is than a false alarm; the line between good and defect "
                    "follows. What stands here already will do for a first try."
                )
                yield _Hint("decide", text, self.tr("Next: Evaluation"), "evaluate")
            case "evaluate" if judged:
                text = self.tr("How often it is right, with the images behind each figure. More tags make it surer.")
                yield _Hint("evaluate", text, self.tr("Next: Export"), "export")
            case "export" if self._export.exported:
                text = self.tr("That was the whole job. Now try it with images of your own.")
                yield _Hint("done", text, self.tr("Open a folder…"), OPEN_FOLDER)
            case "export" if judged:
                text = self.tr("Choose where the file goes, then press “Write model file”.")
                yield _Hint("export", text, "", "")

    def _label_hints(self) -> Iterator[_Hint]:
        classes = self._session.classes
        if not any(record.is_good for record in classes):
            text = self.tr(
                "No class means good parts. Without one, images get a class, but no verdict “good” or “defect”."
            )
            # Of this project alone: another one may well have good parts.
            name = f"no_good_{crc32(str(self._session.folder).encode()):08x}"
            yield _Hint(name, text, self.tr("Choose the good class…"), GOOD_CLASS)
        of_class = np.bincount(self._session.support_classes(), minlength=1)
        if all(record.id < len(of_class) and of_class[record.id] >= ENOUGH for record in classes):
            text = self.tr("Every class has five tags or more: see how often it is right, and where it is not.")
            yield _Hint("enough", text, self.tr("Next: Evaluation"), "evaluate")
        else:
            text = self.tr(
                "The small label below each image says what it is taken for; every tag changes that at once. "
                "Correct what is wrong, or turn on “What to tag next”. Five tags for each class are a good start."
            )
            yield _Hint("label", text, self.tr("Next: Decide"), "decide")
