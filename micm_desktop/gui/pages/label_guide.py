"""Says on the Label page what is missing for predictions, and starts what can be started."""

import numpy as np
from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from micm_desktop.gui.features import Features
from micm_desktop.gui.jobs import Failure, Outcome
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.banner import Banner
from micm_desktop.gui.widgets.progress_row import ProgressRow


class LabelGuide(QWidget):
    """One banner and one progress row; both hidden while predictions are there."""

    page_wanted = Signal(str)
    add_class_wanted = Signal()

    def __init__(self, session: Session, scanner: Scanner, features: Features, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scanner = scanner
        self._features = features
        self._next = ""
        self._stopped = False
        self.banner = Banner()
        self.banner.action.connect(self._do_next)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(features.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # The button must not move away under the mouse when the work is done.
        layout.addWidget(self.banner)
        layout.addWidget(self.progress)
        features.started.connect(self._on_started)
        features.progress.connect(self.progress.update_progress)
        features.ended.connect(self._on_ended)
        features.loaded.connect(self._on_images)
        scanner.ended.connect(self._on_images)
        session.opened.connect(self._on_images)
        session.closed.connect(self._say)
        for signal in (
            session.images_changed,
            session.classes_changed,
            session.tags_changed,
            session.predictions_changed,
        ):
            signal.connect(self._say)
        self._say()

    @Slot()
    def prepare(self) -> None:
        """Compute missing features where the page is in view and nothing speaks against it."""
        busy = self._stopped or self._scanner.running or self._features.loading or self._features.running
        if self.isVisible() and not busy and self._missing_features():
            self._features.start()
        self._say()

    @Slot(object)
    def show_failure(self, failure: Failure) -> None:
        self._next = ""
        self.banner.show_failure(failure)

    def _missing_features(self) -> bool:
        labeling = self._session.labeling
        return labeling is not None and labeling.missing_features() > 0

    @Slot()
    def _on_images(self) -> None:
        self._stopped = False
        self.prepare()

    @Slot()
    def _on_started(self) -> None:
        self.progress.begin(lambda: self.tr("Preparing the images for predictions"))
        self._say()

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        self.progress.end()
        self._stopped = outcome.status != "done"
        if outcome.failure is not None:
            self._next = "features"
            self.banner.show_failure(outcome.failure, self.tr("Try again"))
        else:
            self._say()

    @Slot()
    def _say(self) -> None:
        labeling = self._session.labeling
        if labeling is None:
            self._show("start", self.tr("Open a folder of images first."), self.tr("Go to Start"))
            return
        if self._session.predicting:
            return
        if self._session.predictions is not None:
            self.banner.hide()
            return
        from micm_desktop.labeling import Reason

        reason, classes = self._session.reason, self._session.classes
        preparing = self._features.running or self._features.loading
        tags = self._session.support_classes()
        tagged = len(np.unique(tags[tags > 0]))
        if reason is Reason.NO_IMAGES:
            self._show("images", self.tr("There are no images to label yet."), self.tr("Go to Images"))
        elif not self._session.columns.usable:
            self.banner.hide()
        elif not classes:
            self._show(
                "class",
                self.tr("First add the classes you want to tell apart: one for good parts, one for each defect."),
                self.tr("Add a class…"),
            )
        elif len(classes) == 1:
            self._show("class", self.tr("Now add the class of a defect."), self.tr("Add a class…"))
        elif not tagged:
            self._show(
                "", self.tr("Select an image and press its class's key. One tag each for two classes is enough.")
            )
        elif tagged == 1:
            self._show("", self.tr("Now tag at least one image of another class, and predictions appear."))
        elif reason is Reason.NO_FEATURES and not preparing and not self._scanner.running:
            self._show(
                "features",
                self.tr(
                    "You can tag already. For predictions the images must be prepared once; this runs in the "
                    "background."
                ),
                self.tr("Prepare images"),
            )
        else:
            self.banner.hide()

    def _show(self, following: str, text: str, button: str = "") -> None:
        self._next = following
        self.banner.show_message("info", text, button)

    @Slot()
    def _do_next(self) -> None:
        if self._next == "features":
            self._stopped = False
            self._features.start()
        elif self._next == "class":
            self.add_class_wanted.emit()
        elif self._next:
            self.page_wanted.emit(self._next)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._say()
        super().changeEvent(event)
