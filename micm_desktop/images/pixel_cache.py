"""Decoded images at working resolution, in one memory-mapped file, so that each is decoded once a run."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from micm_desktop.images.decode import UnreadableImage, try_decode
from micm_desktop.progress import JobControl, Progress

DECODE_THREADS = 2
CHUNK = 32
LARGEST_FILE = 8 * 2**30
"""Bytes that a cache takes at most: of 120 px, 200,000 images. Images beyond are decoded whenever they are needed."""


@dataclass
class PixelCache:
    """Readable images, squeezed whole to a square as the model file does, in the order of ``paths``.

    Fill it by running :meth:`fill` to its end, then take images by :meth:`rows`. ``pixels`` (N, size, size, 3) uint8
    RGB are those in the file, which grows to ``limit`` bytes at most.
    """

    file: Path
    size: int
    limit: int = LARGEST_FILE
    paths: list[Path] = field(default_factory=list)
    failed: list[UnreadableImage] = field(default_factory=list)
    pixels: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 0, 0, 3), np.uint8))
    _hashes: list[bytes] = field(default_factory=list)

    def fill(self, paths: Sequence[Path], control: JobControl) -> Iterator[Progress]:
        """Decode ``paths``; unreadable ones go to ``failed``. Raises Cancelled, and OSError on a full disk."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        # Plain writes, not a writable memory map: where the disk is full a write raises, a map kills the process.
        room = self.limit // (self.size * self.size * 3)
        with self.file.open("wb") as stream, ThreadPoolExecutor(DECODE_THREADS) as pool:
            for start in range(0, len(paths), CHUNK):
                control.safe_point()
                chunk = paths[start : start + CHUNK]
                for path, result in zip(chunk, pool.map(self._decode, chunk), strict=True):
                    if isinstance(result, UnreadableImage):
                        self.failed.append(result)
                    else:
                        content = result.tobytes()
                        if len(self.paths) < room:
                            stream.write(content)
                        self.paths.append(path)
                        self._hashes.append(sha256(content).digest())
                yield Progress(min(start + CHUNK, len(paths)), len(paths))
        shape = (min(len(self.paths), room), self.size, self.size, 3)
        self.pixels = np.memmap(self.file, np.uint8, "r", shape=shape) if shape[0] else np.empty(shape, np.uint8)

    def rows(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Images by their place in ``paths``, (B, size, size, 3) uint8.

        Raises UnreadableImage where an image that did not fit into the file has gone since.
        """
        found = np.empty((len(indices), self.size, self.size, 3), np.uint8)
        kept = indices < len(self.pixels)
        found[kept] = self.pixels[indices[kept]]
        for place in np.flatnonzero(~kept):
            image = self._decode(self.paths[indices[place]])
            if isinstance(image, UnreadableImage):
                raise image
            found[place] = image
        return found

    @property
    def digests(self) -> Sequence[bytes]:
        """sha256 of each image as it is kept, in the order of ``paths``."""
        return self._hashes

    def _decode(self, path: Path) -> npt.NDArray[np.uint8] | UnreadableImage:
        image = try_decode(path)
        if isinstance(image, UnreadableImage):
            return image
        return np.asarray(cv2.resize(image, (self.size, self.size), interpolation=cv2.INTER_AREA), np.uint8)

    def delete(self) -> None:
        """Forget the pixels and delete the file."""
        self.pixels = np.empty((0, 0, 0, 3), np.uint8)
        self.file.unlink(missing_ok=True)
