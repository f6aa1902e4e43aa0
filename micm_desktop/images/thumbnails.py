"""Small pictures for the gallery, cached on disk under the hash of the image they show."""

import logging
import os
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images.decode import UnreadableImage, content_hash, decode_bytes, decode_image, read_image_bytes

_log = logging.getLogger(__name__)

_JPEG_QUALITY = 90


def thumbnail(path: Path, sha256: str, cache: Path, edge: int = 256) -> NDArray[np.uint8]:
    """A picture of the image at ``path``, (h, w, 3) uint8 RGB, longest edge at most ``edge`` pixels, never enlarged.

    ``sha256`` is the recorded hash of the file; a cached picture is taken from, or written to,
    ``cache/<first 2 digits>/<sha256>_<edge>.jpg``. Nothing is cached where the file's content has changed since, or
    the hash is empty. A cache that cannot be written costs time, not the picture.

    Raises :class:`UnreadableImage` where there is no cached picture and the file cannot be decoded.
    """
    cached = cache / sha256[:2] / f"{sha256}_{edge}.jpg"
    if sha256 and cached.exists():
        try:
            return decode_image(cached)
        except UnreadableImage as error:
            _log.warning("Thumbnail is drawn anew: %s", error)
    data = read_image_bytes(path)
    picture = _shrink(decode_bytes(data, path), edge)
    if sha256 and content_hash(data) == sha256:
        try:
            _write(cached, picture)
        except OSError as error:
            _log.warning("Thumbnail not cached: %s", error)
    return picture


def _shrink(image: NDArray[np.uint8], edge: int) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    scale = edge / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _write(file: Path, picture: NDArray[np.uint8]) -> None:
    """Write a JPEG so that other threads, and a start after a crash, see all of it or nothing."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(encoded.tobytes())
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
