"""The large view: one image, zoomed with the wheel and moved with the mouse, with a heatmap on top."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

ZOOM_STEP = 1.25
ZOOM_LIMITS = (0.02, 40.0)
PIXELS_FROM = 2.0
"""Zoom above which single pixels are shown as squares: whoever looks that closely wants to see them."""


class ImageView(QGraphicsView):
    """Shows at most one image. It fits the view until the user zooms; a double click fits it again.

    Zoom and place stay from one image to the next, whatever their sizes: the same screen pixels for an image pixel,
    and the same place relative to the image in the middle.
    """

    looked = Signal()
    """Another zoom, or another part of the image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._picture = QGraphicsPixmapItem()
        self._overlay = QGraphicsPixmapItem()
        for item in (self._picture, self._overlay):
            item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
            self._scene.addItem(item)
        self._fitted = True
        self._wanted = QPointF(0.5, 0.5)
        self._reached = QPointF()
        self._settling = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._tell)

    @property
    def has_overlay(self) -> bool:
        return not self._overlay.pixmap().isNull()

    @property
    def overlay_opacity(self) -> float:
        return self._overlay.opacity()

    @property
    def fitted(self) -> bool:
        """Whether the whole image is shown, as large as it goes."""
        return self._fitted

    @property
    def zoom(self) -> float:
        """Pixels of the screen for one pixel of the image."""
        return self.transform().m11() * self.devicePixelRatioF()

    @property
    def image_rect(self) -> QRectF:
        """The image in scene coordinates, which are its pixels; empty where there is none."""
        return QRectF(self._picture.pixmap().rect())

    @property
    def center(self) -> QPointF:
        """What is in the middle of the view, in [0, 1] of the image. At its edges, what was asked for."""
        at, area = self._middle(), self.image_rect
        if area.isEmpty() or (at - self._reached).manhattanLength() < 1e-6:
            return self._wanted
        return QPointF(at.x() / area.width(), at.y() / area.height())

    def show_image(self, image: QImage) -> None:
        """Replace the image and drop the overlay."""
        center = self.center
        self._picture.setPixmap(QPixmap.fromImage(image))
        self._overlay.setPixmap(QPixmap())
        self._scene.setSceneRect(self.image_rect)
        if self._fitted:
            self.fit()
        else:
            self._center_on(center)

    def show_pixels(self, image: QImage) -> None:
        """Other pixels for the same image."""
        self._picture.setPixmap(QPixmap.fromImage(image))

    def show_overlay(self, overlay: QImage) -> None:
        """Lay an image with transparency over the whole picture, whatever its size."""
        self._overlay.setPixmap(QPixmap.fromImage(overlay))
        size = self._picture.pixmap().size()
        if overlay.width() and overlay.height():
            transform = self._overlay.transform()
            transform.reset()
            transform.scale(size.width() / overlay.width(), size.height() / overlay.height())
            self._overlay.setTransform(transform)

    def clear_overlay(self) -> None:
        self._overlay.setPixmap(QPixmap())

    def clear(self) -> None:
        self._wanted = self.center
        self._reached = self._middle()
        self._picture.setPixmap(QPixmap())
        self.clear_overlay()
        self._tell()

    def set_overlay_visible(self, visible: bool) -> None:
        self._overlay.setVisible(visible)

    def set_overlay_opacity(self, opacity: float) -> None:
        """``opacity`` in [0, 1]."""
        self._overlay.setOpacity(opacity)

    def fit(self) -> None:
        """Show the whole image as large as it goes."""
        self._fitted = True
        if not self._picture.pixmap().isNull():
            self.fitInView(self._picture, Qt.AspectRatioMode.KeepAspectRatio)
            self._wanted, self._reached = QPointF(0.5, 0.5), self._middle()
            self._zoomed()

    def zoom_to(self, zoom: float) -> None:
        """Show ``zoom`` pixels of the screen for one of the image; what is in the middle stays there."""
        self.look(zoom, self.center)

    def look(self, zoom: float, center: QPointF) -> None:
        """Zoom, with ``center``, in [0, 1] of the image, in the middle."""
        if not self.image_rect.isEmpty():
            self._settling = True
            self._scale_to(zoom)
            self._center_on(center)

    def _scale_to(self, zoom: float) -> None:
        zoom = min(max(zoom, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        self._fitted = False
        factor = zoom / self.zoom
        self.scale(factor, factor)
        self._zoomed()

    def _center_on(self, center: QPointF) -> None:
        area = self.image_rect
        self._settling = True
        self.centerOn(center.x() * area.width(), center.y() * area.height())
        self._wanted, self._reached = center, self._middle()
        self._settling = False
        self._tell()

    def _tell(self) -> None:
        # While a place is being settled on, its two scroll bars are in turn where nobody wanted to look.
        if not self._settling:
            self.looked.emit()

    def _middle(self) -> QPointF:
        # Not mapToScene of a point of the viewport: its whole pixels would drift from image to image.
        half = QPointF(self.viewport().width() / 2, self.viewport().height() / 2)
        inverted, _ = self.viewportTransform().inverted()
        return inverted.map(half)

    def _zoomed(self) -> None:
        pixels = self.zoom > PIXELS_FROM
        mode = Qt.TransformationMode.FastTransformation if pixels else Qt.TransformationMode.SmoothTransformation
        self._picture.setTransformationMode(mode)
        self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns and not self._picture.pixmap().isNull():
            self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
            self._scale_to(self.zoom * ZOOM_STEP**turns)
            self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._fitted:
            under = self.mapToScene(event.position().toPoint())
            self._scale_to(1.0 if self.zoom < 1 else 2 * self.zoom)
            self.centerOn(under)
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
