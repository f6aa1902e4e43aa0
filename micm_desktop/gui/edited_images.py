"""Images that were overwritten on the disk since they were labelled: shown after a scan, for a person to decide."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from micm_desktop.gui.jobs import Failure, Latest, Outcome
from micm_desktop.gui.scanner import Scanner
from micm_desktop.gui.session import Session
from micm_desktop.gui.snapshot import Snapshot, take_snapshot
from micm_desktop.progress import JobControl
from micm_desktop.project.records import UNSURE, ClassRecord, Edited

LISTED = 1000
"""Images that the dialog lists; the buttons mean all."""


class EditedDialog(QDialog):
    """Lists the images with the labels they had."""

    carry_over = Signal()
    leave = Signal()

    def __init__(self, edited: Sequence[Edited], classes: Sequence[ClassRecord], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Images that were changed"))
        self.setMinimumSize(620, 380)
        about = QLabel(
            self.tr(
                "These files show something else than when they were labelled, so their labels are not used for them. "
                "Where they were only cropped or brightened, the labels may still be right."
            )
        )
        about.setWordWrap(True)
        names = {record.id: record.name for record in classes} | {UNSURE: self.tr("unsure")}
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.windowTitle())
        self.list.setRootIsDecorated(False)
        self.list.setHeaderLabels([self.tr("Image"), self.tr("Was tagged"), self.tr("Regions")])
        for one in edited[:LISTED]:
            regions = str(one.regions) if one.regions else ""
            item = QTreeWidgetItem([one.image.relative_path, names.get(one.tag or 0, ""), regions])
            item.setToolTip(0, str(one.image.path))
            self.list.addTopLevelItem(item)
        for column in range(3):
            self.list.resizeColumnToContents(column)
        buttons = QDialogButtonBox()
        for text, done in (
            (self.tr("Label them as before"), self.carry_over),
            (self.tr("Leave them without a label"), self.leave),
        ):
            button = buttons.addButton(text, QDialogButtonBox.ButtonRole.AcceptRole)
            button.clicked.connect(done)
        buttons.addButton(self.tr("Decide later"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)


class EditedImages(QObject):
    """Looks after each scan, in a worker."""

    found = Signal(str)
    """A sentence that says how many there are."""
    failed = Signal(object)
    """A :class:`Failure`."""

    def __init__(self, session: Session, scanner: Scanner, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._edited: Sequence[Edited] = ()
        self.dialog: EditedDialog | None = None
        self._latest = Latest(self)
        self._latest.ready.connect(self._on_found)
        scanner.ended.connect(self._look)
        session.closing.connect(self.stop)

    @Slot()
    def _look(self) -> None:
        labeling = self._session.labeling
        if labeling is not None and labeling.project.holder is None:
            self._latest.request(labeling, labeling.project.edited)

    @Slot(object, object)
    def _on_found(self, labeling: object, edited: Sequence[Edited]) -> None:
        self._edited = edited
        if edited and labeling is self._session.labeling:
            text = self.tr("%n labelled image(s) show something else now: the file was changed.", "", len(edited))
            self.found.emit(text)

    @Slot()
    def ask(self) -> None:
        """List them, and ask what is to become of their labels."""
        labeling, edited = self._session.labeling, self._edited
        if labeling is None or not edited:
            return
        project = labeling.project
        dialog = self.dialog = EditedDialog(edited, self._session.classes, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def carry_over(control: JobControl) -> Iterator[object]:
            version = self._session.tags.version
            project.carry_labels_over(edited)
            yield take_snapshot(labeling, version)

        def leave(control: JobControl) -> Iterator[object]:
            project.leave_edited(edited)
            yield None

        def show(event: object) -> None:
            if isinstance(event, Snapshot) and self._session.labeling is labeling:
                self._session.show_taken_up(event)

        jobs = self._session.jobs
        dialog.carry_over.connect(lambda: jobs.start(carry_over, on_event=show, on_end=self._on_end))
        dialog.leave.connect(lambda: jobs.start(leave, on_end=self._on_end))
        dialog.open()

    @Slot(object)
    def _on_end(self, outcome: Outcome) -> None:
        if isinstance(outcome.failure, Failure):
            self.failed.emit(outcome.failure)

    @Slot()
    def stop(self) -> None:
        """For closing the project."""
        self._edited = ()
        self._latest.stop()
