"""After every tag: how many images changed class, and on request exactly those in the gallery."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from micm_desktop.gui.gallery import Gallery
from micm_desktop.gui.models.changed import Changed, changed_since
from micm_desktop.gui.models.outcomes import Judged
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.changes_note import ChangedBar, ChangesNote
from micm_desktop.project.records import ImageRecord


class Changes(QObject):
    """``note`` says how many; pressed, it has the gallery show them, until ``bar`` is dismissed."""

    list_wanted = Signal()
    """The gallery is to show those that changed; :meth:`show_list` does."""

    def __init__(self, session: Session, gallery: Gallery, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gallery = gallery
        self._of: Sequence[ImageRecord] = ()
        self._judged: Judged | None = None
        self._before: Judged | None = None
        self._revision = 0
        self._changed: Changed | None = None
        self.note, self.bar = ChangesNote(), ChangedBar()
        self.note.button.clicked.connect(self.list_wanted)
        self.bar.button.clicked.connect(self.dismiss)
        gallery.changed.connect(self.show_bar)
        session.images_changed.connect(self.show_bar)
        session.closed.connect(self.show_bar)

    @property
    def listed(self) -> bool:
        """Whether the gallery shows nothing but images that changed."""
        return self._gallery.only is not None

    def show_predictions(self) -> None:
        """Compare the gallery's verdicts with those before the last tag; after the gallery has taken them."""
        judged, images, revision = self._gallery.judged, self._session.images, self._session.revision
        if judged is None:
            self._judged = self._before = self._changed = None
            self.note.clear()
            return
        if self._judged is not None and judged.predictions is self._judged.predictions:
            return
        # What views of the tagged images add counts as the tag's doing.
        before = self._before if revision == self._revision else self._judged
        self._before, self._revision = before, revision
        self._changed = changed_since(before, judged, images) if before is not None and images is self._of else None
        # As they are before an image is looked at: a rule that then speaks is no change by a tag.
        self._judged, self._of = judged, images
        self._say()

    def show_list(self) -> None:
        """Show exactly the images that the note counts."""
        if self._changed is not None and len(self._changed):
            self._gallery.show_only(self._changed)

    @Slot()
    def dismiss(self) -> None:
        """Show what was chosen before."""
        self._gallery.show_only(None)

    def forget_list(self) -> None:
        """As :meth:`dismiss`, where the gallery shows something else at once."""
        self._gallery.blockSignals(True)
        self.dismiss()
        self._gallery.blockSignals(False)
        self.show_bar()

    @Slot()
    def show_bar(self) -> None:
        only = self._gallery.only
        self.bar.show_count(None if only is None else len(only))

    def _say(self) -> None:
        if self._changed is None:
            self.note.clear()
        else:
            self.note.show_count(len(self._changed))

    def retranslate(self) -> None:
        self.note.retranslate()
        self.show_bar()
