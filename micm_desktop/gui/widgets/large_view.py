"""One image large, with its regions, what is nearest to it, and how bright it is shown."""

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from micm_desktop.gui.jobs import Latest
from micm_desktop.gui.light import adjusted
from micm_desktop.gui.session import Session
from micm_desktop.gui.widgets.compare_pane import ComparePane
from micm_desktop.gui.widgets.light_tools import LightTools
from micm_desktop.gui.widgets.regions.marking import Marking
from micm_desktop.gui.widgets.regions.region_bar import RegionBar
from micm_desktop.gui.widgets.regions.region_view import RegionView
from micm_desktop.gui.widgets.view_tools import ViewTools
from micm_desktop.project.records import ImageRecord


class LargeView(QWidget):
    """The picture and what belongs to it. :attr:`tools` are to be placed above by whoever uses this."""

    marking_changed = Signal(bool)
    step_wanted = Signal(int)
    """By how many images to go on."""

    def __init__(self, session: Session, name: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: ImageRecord | None = None
        self._row = -1
        self._picture = QImage()
        self.view = RegionView()
        self.tools = ViewTools(self.view, name)
        self.light = LightTools()
        self.light.hide()
        self.light.changed.connect(self._adjust)
        self.compare = ComparePane(session, self.view)
        self.bar = RegionBar()
        self.marking = Marking(session, self.view, self.bar, self)
        pair = QSplitter()
        pair.setChildrenCollapsible(False)
        for widget in (self.view, self.compare.view):
            pair.addWidget(widget)
        pair.setSizes([1000, 1000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.light)
        layout.addWidget(pair, 1)
        layout.addWidget(self.compare)
        layout.addWidget(self.bar)
        self._light = Latest(self)
        self._light.ready.connect(self._on_adjusted)
        actions = self.tools.actions_by_name
        actions["mark"].toggled.connect(self._on_mark)
        actions["light"].toggled.connect(self._on_light)
        actions["compare"].toggled.connect(self.compare.set_active)
        self.view.marking_changed.connect(self._on_marking)
        self.view.step_wanted.connect(self.step_wanted)
        self.tools.step_wanted.connect(self.step_wanted)
        self.show_record(None, -1)

    def show_record(self, image: ImageRecord | None, row: int) -> None:
        """Another image is coming: nothing can be marked until its picture is there."""
        same = image is not None and self._image is not None and image.sha256 == self._image.sha256
        self._image, self._row = image, row
        if not same:
            self._picture = QImage()
            self._light.forget()
        self.marking.show_image(image if same and not self._picture.isNull() else None, row)
        self.compare.show_image(image)
        if image is None:
            self.clear()

    def show_image(self, picture: QImage) -> None:
        """The picture of the image that was announced."""
        self._picture = picture
        self.view.show_image(picture)
        self.marking.show_image(self._image, self._row)
        self._adjust()

    def clear(self) -> None:
        """Show no picture, as for a file that cannot be read."""
        self._picture = QImage()
        self.view.clear()
        self.marking.show_image(None, -1)

    def stop(self) -> None:
        """Drop what is under way; for closing the window."""
        self._light.stop()
        self.compare.stop()

    @Slot(bool)
    def _on_mark(self, marking: bool) -> None:
        self.view.set_marking(marking)

    @Slot(bool)
    def _on_marking(self, marking: bool) -> None:
        self.tools.actions_by_name["mark" if marking else "move"].setChecked(True)
        self.marking_changed.emit(marking)
        if marking:
            self.view.setFocus()

    @Slot(bool)
    def _on_light(self, shown: bool) -> None:
        self.light.setVisible(shown)
        if not shown:
            self.light.set_back()

    @Slot()
    def _adjust(self) -> None:
        picture, values = self._picture, self.light.values
        if picture.isNull():
            return
        if values == (0, 0):
            self._light.forget()
            self.view.show_pixels(picture)
        else:
            self._light.request(picture.cacheKey(), lambda: adjusted(picture, *values))

    @Slot(object, object)
    def _on_adjusted(self, key: object, picture: object) -> None:
        if key == self._picture.cacheKey() and isinstance(picture, QImage):
            self.view.show_pixels(picture)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.marking.retranslate()
        super().changeEvent(event)
