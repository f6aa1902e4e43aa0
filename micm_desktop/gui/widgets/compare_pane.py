"""Beside the large view: the tagged images nearest to the one in view, at the same zoom and place."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from micm_desktop.gui.i18n import percent
from micm_desktop.gui.jobs import Failure, Latest
from micm_desktop.gui.light import for_screen
from micm_desktop.gui.messages import in_words
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.fitting_label import WholeText
from micm_desktop.gui.widgets.image_view import ImageView
from micm_desktop.project.records import ImageRecord

if TYPE_CHECKING:
    from micm_desktop.explain.examples import Example
    from micm_desktop.labeling import Labeling


@dataclass(frozen=True)
class _Found:
    examples: "tuple[Example, ...]"
    picture: QImage


class ComparePane(QWidget):
    """What the picture in :attr:`view` is, and which of several. That view is placed beside another, which it follows
    and is followed by; pictures are read in a worker, and only while this is shown."""

    def __init__(self, session: Session, view: ImageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._beside = view
        self._image: ImageRecord | None = None
        self._examples: tuple[Example, ...] = ()
        self._at = 0
        self._following = False
        self._problem = ""
        self.view = ImageView()
        self.view.hide()
        self.caption = WholeText()
        self.before, self.after = QPushButton("◀"), QPushButton("▶")
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.caption, 1)
        row.addWidget(self.before)
        row.addWidget(self.after)
        self._read = Latest(self)
        self._read.ready.connect(self._on_found)
        self._read.failed.connect(self._on_failed)
        view.looked.connect(lambda: self._follow(self.view, view))
        self.view.looked.connect(lambda: self._follow(view, self.view))
        session.tags_changed.connect(self._ask)
        session.predictions_changed.connect(self._ask)
        session.closing.connect(self.stop)
        self.hide()
        self.retranslate()

    @property
    def shown(self) -> "Example | None":
        """The example in view."""
        return self._examples[self._at] if self._at < len(self._examples) else None

    def show_image(self, image: ImageRecord | None) -> None:
        """Find what is nearest to this image."""
        same = image is not None and self._image is not None and image.sha256 == self._image.sha256
        self._image = image
        if not same:
            self._examples, self._at = (), 0
            self._ask()

    def set_active(self, active: bool) -> None:
        self.setVisible(active)
        self.view.setVisible(active)
        if active:
            self._ask()

    def stop(self) -> None:
        """Drop what is under way; for closing the project."""
        self._read.stop()

    @Slot()
    def _ask(self) -> None:
        labeling, image, at = self._session.labeling, self._image, self._at
        # Not isVisible: that depends on the page, which may be shown later.
        if self.isHidden() or labeling is None or image is None:
            return
        self._read.request(image.sha256, lambda: _find(labeling, image, at))

    def _go(self, by: int) -> None:
        self._at = (self._at + by) % max(len(self._examples), 1)
        self._ask()

    @Slot(object, object)
    def _on_found(self, sha256: object, found: object) -> None:
        if self._image is None or sha256 != self._image.sha256 or not isinstance(found, _Found):
            return
        self._examples, self._problem = found.examples, ""
        self._at = min(self._at, max(len(self._examples) - 1, 0))
        if found.picture.isNull():
            self.view.clear()
        else:
            self.view.show_image(found.picture)
            self._follow(self.view, self._beside)
        self._refresh()

    @Slot(object, object)
    def _on_failed(self, _sha256: object, failure: Failure) -> None:
        self.view.clear()
        self._problem = in_words(failure)
        self._refresh()

    def _follow(self, one: ImageView, other: ImageView) -> None:
        """Let ``one`` look where ``other`` does."""
        if self._following or self.isHidden() or one.image_rect.isEmpty() or other.image_rect.isEmpty():
            return
        self._following = True
        if other.fitted:
            one.fit()
        else:
            one.look(other.zoom, other.center)
        self._following = False

    def _refresh(self) -> None:
        example = self.shown
        for button in (self.before, self.after):
            button.setVisible(len(self._examples) > 1)
        if self._problem:
            self.caption.setText(self._problem)
        elif example is None:
            self.caption.setText(self.tr("Nothing to compare with: tag other images, and let features be computed."))
        else:
            text = self.tr("Tagged {name}, similarity {share} ({number} of {count})")
            share = percent(max(0.0, example.similarity))
            counted = {"number": self._at + 1, "count": len(self._examples)}
            self.caption.setText(text.format(name=example.class_name, share=share, **counted))

    def retranslate(self) -> None:
        self.view.setAccessibleName(self.tr("The nearest tagged image"))
        self.before.setToolTip(self.tr("A nearer tagged image"))
        self.after.setToolTip(self.tr("The next nearest tagged image"))
        for button in (self.before, self.after):
            button.setAccessibleName(button.toolTip())
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _find(labeling: "Labeling", image: ImageRecord, at: int) -> _Found:
    """Raises UnreadableImage."""
    from micm_desktop.images.decode import decode_image

    examples = tuple(labeling.nearest_tagged(image))
    if not examples:
        return _Found((), QImage())
    wanted = examples[min(at, len(examples) - 1)].sha256
    path = next(one.path for one in labeling.images if one.sha256 == wanted and one.status == "ok")
    return _Found(examples, for_screen(decode_image(path)))
