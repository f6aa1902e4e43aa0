"""Thumbnails for the grid: made by worker threads for what is on screen, the newest request first."""

import logging
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from micm_desktop.project.records import ImageRecord

log = logging.getLogger(__name__)

EDGE = 256
"""Longest edge of a thumbnail, pixels."""
WAITING_LIMIT = 500
"""Requests that may wait; older ones are dropped and asked for again when they are painted again."""
MEMORY_LIMIT = 160 * 1024 * 1024
"""Bytes of pixmaps that are kept."""


def to_qimage(picture: NDArray[np.uint8]) -> QImage:
    """A picture (h, w, 3) RGB or (h, w, 4) RGBA, uint8, as an image that owns its memory."""
    rows = np.ascontiguousarray(picture)
    height, width, channels = rows.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    return QImage(rows.data, width, height, channels * width, kind).copy()


class Thumbnails(QObject):
    """A cache of pixmaps by content hash, filled in the background."""

    arrived = Signal(str)
    """The content hash whose pixmap is there now (or which turned out to be unreadable)."""
    _made = Signal(int, str, QImage)

    def __init__(self, parent: QObject | None = None, *, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._threads = threads
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, Path] = OrderedDict()
        self._making: set[str] = set()
        self._working = 0
        self._project = 0
        self._cache = Path()
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._bytes = 0
        self._failed: set[str] = set()
        self._made.connect(self._on_made)

    def set_cache(self, folder: Path) -> None:
        """Start anew with the thumbnails folder of another project."""
        with self._lock:
            self._waiting.clear()
            self._project += 1
            self._cache = folder
        self._pixmaps.clear()
        self._bytes = 0
        self._failed.clear()

    def pixmap(self, image: ImageRecord) -> QPixmap | None:
        """The thumbnail where it is there; otherwise None, and it is made as the next one."""
        found = self._pixmaps.get(image.sha256)
        if found is not None:
            self._pixmaps.move_to_end(image.sha256)
            return found
        if image.status != "ok" or image.sha256 in self._failed:
            return None
        with self._lock:
            if image.sha256 in self._making:
                return None
            self._waiting[image.sha256] = image.path
            self._waiting.move_to_end(image.sha256)
            if len(self._waiting) > WAITING_LIMIT:
                self._waiting.popitem(last=False)
            start = self._working < self._threads
            if start:
                self._working += 1
        if start:
            self._pool.start(self._work)
        return None

    def stop(self) -> None:
        """Drop all requests and wait for the workers."""
        with self._lock:
            self._waiting.clear()
        self._pool.waitForDone()

    def _work(self) -> None:
        # Here, not above: OpenCV takes time to load and the window is shown first.
        from micm_desktop.images.decode import UnreadableImage
        from micm_desktop.images.thumbnails import thumbnail

        while True:
            with self._lock:
                if not self._waiting:
                    self._working -= 1
                    return
                sha256, path = self._waiting.popitem(last=True)
                self._making.add(sha256)
                project, cache = self._project, self._cache
            try:
                made = to_qimage(thumbnail(path, sha256, cache, EDGE))
            except (UnreadableImage, OSError):
                made = QImage()
            except Exception:
                log.exception("No thumbnail of %s", path)
                made = QImage()
            self._made.emit(project, sha256, made)

    @Slot(int, str, QImage)
    def _on_made(self, project: int, sha256: str, made: QImage) -> None:
        with self._lock:
            self._making.discard(sha256)
        if project != self._project:
            return
        if made.isNull():
            self._failed.add(sha256)
        else:
            self._bytes -= _bytes_of(self._pixmaps.pop(sha256, None))
            self._pixmaps[sha256] = QPixmap.fromImage(made)
            self._bytes += _bytes_of(self._pixmaps[sha256])
            while self._bytes > MEMORY_LIMIT:
                self._bytes -= _bytes_of(self._pixmaps.popitem(last=False)[1])
        self.arrived.emit(sha256)


def _bytes_of(pixmap: QPixmap | None) -> int:
    return pixmap.width() * pixmap.height() * 4 if pixmap is not None else 0
