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


@dataclass
class PixelCache:
    """``pixels`` (N, size, size, 3) uint8 RGB of the readable images, in the order of ``paths``.

    Fill it by running :meth:`fill` to its end. The whole image is squeezed to a square, as the model file does.
    """

    file: Path
    size: int
    paths: list[Path] = field(default_factory=list)
    failed: list[UnreadableImage] = field(default_factory=list)
    pixels: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 0, 0, 3), np.uint8))

    def fill(self, paths: Sequence[Path], control: JobControl) -> Iterator[Progress]:
        """Decode ``paths``; unreadable ones go to ``failed``. Raises Cancelled, and OSError on a full disk."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        # Plain writes, not a writable memory map: where the disk is full a write raises, a map kills the process.
        with self.file.open("wb") as stream, ThreadPoolExecutor(DECODE_THREADS) as pool:
            for start in range(0, len(paths), CHUNK):
                control.safe_point()
                chunk = paths[start : start + CHUNK]
                for path, result in zip(chunk, pool.map(self._decode, chunk), strict=True):
                    if isinstance(result, UnreadableImage):
                        self.failed.append(result)
                    else:
                        stream.write(result.tobytes())
                        self.paths.append(path)
                yield Progress(min(start + CHUNK, len(paths)), len(paths))
        shape = (len(self.paths), self.size, self.size, 3)
        self.pixels = np.memmap(self.file, np.uint8, "r", shape=shape) if self.paths else np.empty(shape, np.uint8)

    def digest(self) -> str:
        """sha256 (hexadecimal) of all images together, whatever their order and names."""
        return sha256(b"".join(sorted(sha256(image).digest() for image in self.pixels))).hexdigest()

    def _decode(self, path: Path) -> npt.NDArray[np.uint8] | UnreadableImage:
        image = try_decode(path)
        if isinstance(image, UnreadableImage):
            return image
        return np.asarray(cv2.resize(image, (self.size, self.size), interpolation=cv2.INTER_AREA), np.uint8)

    def delete(self) -> None:
        """Forget the pixels and delete the file."""
        self.pixels = np.empty((0, 0, 0, 3), np.uint8)
        self.file.unlink(missing_ok=True)
