"""The large view: one image, zoomed with the wheel and moved with the mouse, with a heatmap on top."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

ZOOM_STEP = 1.25
ZOOM_LIMITS = (0.02, 40.0)


class ImageView(QGraphicsView):
    """Shows at most one image. It fits the view until the user zooms; a double click fits it again."""

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
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def has_overlay(self) -> bool:
        return not self._overlay.pixmap().isNull()

    @property
    def overlay_opacity(self) -> float:
        return self._overlay.opacity()

    def show_image(self, image: QImage) -> None:
        """Replace the image and drop the overlay. The zoom stays where the new image has the same size."""
        same_size = image.size() == self._picture.pixmap().size()
        self._picture.setPixmap(QPixmap.fromImage(image))
        self._overlay.setPixmap(QPixmap())
        self._scene.setSceneRect(self._picture.boundingRect())
        if not same_size or self._fitted:
            self.fit()

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
        self._picture.setPixmap(QPixmap())
        self.clear_overlay()

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

    def zoom_to(self, scale: float) -> None:
        """Show ``scale`` screen pixels for one image pixel."""
        scale = min(max(scale, ZOOM_LIMITS[0]), ZOOM_LIMITS[1])
        factor = scale / self.transform().m11()
        self._fitted = False
        self.scale(factor, factor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns and not self._picture.pixmap().isNull():
            self.zoom_to(self.transform().m11() * ZOOM_STEP**turns)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._fitted:
            under: QPointF = self.mapToScene(event.position().toPoint())
            self.zoom_to(1.0 if self.transform().m11() < 1 else 2 * self.transform().m11())
            self.centerOn(under)
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
