"""Any image file to one form: 8-bit RGB, upright. Needs only NumPy and OpenCV: the line PC uses it too."""

import errno
import hashlib
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from micm_desktop.images import limits
from micm_desktop.images.header import DAMAGED, DAMAGED_HEADER, BadHeader, Header, ImageFormat, read_header
from micm_desktop.images.names import reachable

IMAGE_SUFFIXES: Final = frozenset(
    {".bmp", ".dib", ".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".pnm"}
)
"""Lower-case endings of the files that count as images."""

MAX_FILE_BYTES: Final = 2**31 - 1
TOO_LARGE: Final = "the image is too large"
"""How the reason of an image begins that another limit would let in."""

OVERWRITTEN: Final = "the file was overwritten since it was listed"
LINK_TO_NOTHING: Final = "this is a link that leads to no file"

_BIT_DEPTHS = (8, 10, 12, 14, 16)

# OpenCV writes its own warnings about a broken file to standard error; here the reason goes to the caller instead.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


@dataclass(frozen=True)
class Decoded:
    """An image in the form of :func:`decode_bytes`, and how its file keeps it: ``bits`` of each sample, 1 or 3
    ``channels`` (alpha does not count)."""

    pixels: NDArray[np.uint8]
    format: ImageFormat
    bits: int
    channels: int


@dataclass(frozen=True)
class Examined:
    """A file that was read once: its hash, and its size in pixels as decoded; 0 where ``reason`` says why it cannot be
    used."""

    sha256: str
    width: int
    height: int
    reason: str = ""


class Decoder(Protocol):
    """Who decodes for this process; see :func:`decode_by`."""

    def decode(self, data: bytes, path: Path) -> Decoded:
        """As :func:`decode_here`."""

    def examine(self, paths: Sequence[Path]) -> "list[Examined | UnreadableImage]":
        """As :func:`examine_here`."""


class UnreadableImage(Exception):
    """An image file that cannot be used. ``reason`` is a short English sentence without a full stop."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


_decoder: Decoder | None = None


def decode_by(decoder: Decoder | None) -> None:
    """Let ``decoder`` decode whatever this process wants decoded from now on; None: the process itself."""
    global _decoder
    _decoder = decoder


def decodes_elsewhere() -> bool:
    """Whether a thread that decodes waits for somebody else to do it; see :func:`decode_by`."""
    return _decoder is not None


def content_hash(data: bytes) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def decode_image(path: Path) -> NDArray[np.uint8]:
    """Read and decode one image file; see :func:`decode_bytes`.

    Raises :class:`UnreadableImage`, and nothing else, whatever is at ``path``.
    """
    return decode_bytes(read_image_bytes(path), path)


def try_decode(path: Path, sha256: str = "") -> NDArray[np.uint8] | UnreadableImage:
    """As :func:`decode_image`, the problem being returned instead of raised: for many images in worker threads. Where
    ``sha256`` is given, a file with other content is a problem, too."""
    try:
        data = read_image_bytes(path)
        if sha256 and content_hash(data) != sha256:
            raise UnreadableImage(path, OVERWRITTEN)
        return decode_bytes(data, path)
    except UnreadableImage as problem:
        return problem


def read_image_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises :class:`UnreadableImage` where it is gone, locked, too large or not a plain file."""
    try:
        path = reachable(path)
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableImage(path, "this is a folder, not an image file")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableImage(path, "this is not a plain file")
        if status.st_size > MAX_FILE_BYTES:
            raise UnreadableImage(path, f"the file is too large ({status.st_size / 2**30:.1f} GiB; 2 GiB at most)")
        return path.read_bytes()
    except FileNotFoundError as error:
        reason = LINK_TO_NOTHING if path.is_symlink() else "the file is no longer there"
        raise UnreadableImage(path, reason) from error
    except PermissionError as error:
        raise UnreadableImage(path, "no permission to read this file, or another program has locked it") from error
    except MemoryError as error:
        raise UnreadableImage(path, "not enough memory to read this file") from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            raise UnreadableImage(path, LINK_TO_NOTHING) from error
        reason = getattr(error, "strerror", None) or "not a valid file name"
        raise UnreadableImage(path, f"the file could not be read ({reason})") from error


def decode_bytes(data: bytes, path: Path) -> NDArray[np.uint8]:
    """Decode the content of an image file; ``path`` is only named in errors.

    Returns (H, W, 3) uint8 RGB, C-contiguous. EXIF and TIFF orientation is applied, grey becomes three equal
    channels, alpha is dropped, CMYK becomes RGB, and of several pages the first is taken.

    Deeper samples are scaled by the smallest full scale of 8, 10, 12, 14 or 16 bits that holds the image's maximum,
    since cameras store 10- or 12-bit data in 16-bit files, which would else come out black. Floating-point samples
    are taken as [0, 1] where none is larger, and as integers otherwise. Negative and undefined samples become 0.

    Raises :class:`UnreadableImage` for anything that is not a whole image within :mod:`micm_desktop.images.limits`.
    """
    return decode_details(data, path).pixels


def decode_details(data: bytes, path: Path) -> Decoded:
    """As :func:`decode_bytes`, with what the file says of itself."""
    return decode_here(data, path) if _decoder is None else _decoder.decode(data, path)


def examine(paths: Sequence[Path]) -> list[Examined | UnreadableImage]:
    """Read, hash and decode files, to know whether they can be used; a problem where not even the bytes can be had."""
    return examine_here(paths) if _decoder is None else _decoder.examine(paths)


def examine_here(paths: Sequence[Path]) -> list[Examined | UnreadableImage]:
    """As :func:`examine`, in this process."""
    return [_examined(path) for path in paths]


def _examined(path: Path) -> Examined | UnreadableImage:
    try:
        data = read_image_bytes(path)
    except UnreadableImage as problem:
        return problem
    sha256 = content_hash(data)
    try:
        height, width, _ = decode_here(data, path).pixels.shape
    except UnreadableImage as problem:
        return Examined(sha256, 0, 0, problem.reason)
    return Examined(sha256, width, height)


def decode_here(data: bytes, path: Path) -> Decoded:
    """As :func:`decode_details`, in this process."""
    if not data:
        raise UnreadableImage(path, "the file is empty (0 bytes)")
    try:
        header = read_header(data)
    except BadHeader as error:
        raise UnreadableImage(path, str(error)) from error
    _check_size(header, path)
    try:
        # Not IMREAD_COLOR: that would cut 16-bit samples to their high byte.
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
        if decoded is None:
            raise UnreadableImage(path, _undecodable(header))
        samples = cast("NDArray[np.generic]", decoded)
        # A file that is of two formats at once would get around the check of its header.
        if sorted(samples.shape[:2]) != sorted((header.height, header.width)):
            raise UnreadableImage(path, DAMAGED_HEADER)
        eight_bit = _to_eight_bit(samples)
        # OpenCV inverts 8-bit TIFFs of this kind itself, but not deeper ones.
        if header.white_is_zero and samples.dtype != np.uint8:
            eight_bit = 255 - eight_bit
        code = cv2.COLOR_GRAY2RGB if eight_bit.ndim == 2 else cv2.COLOR_BGR2RGB
        pixels = np.ascontiguousarray(cv2.cvtColor(eight_bit, code), dtype=np.uint8)
        return Decoded(pixels, header.format, 8 * samples.dtype.itemsize, 1 if samples.ndim == 2 else 3)
    except cv2.error as error:
        raise UnreadableImage(path, _undecodable(header)) from error
    except MemoryError as error:
        raise UnreadableImage(path, "not enough memory to decode this image") from error


def _check_size(header: Header, path: Path) -> None:
    if header.width < 1 or header.height < 1:
        raise UnreadableImage(path, f"the image has no pixels ({header.width} x {header.height})")
    limit = limits.megapixels()
    pixels = limit * 1_000_000
    if header.width * header.height > pixels or header.decoded_bytes > pixels * limits.BYTES_PER_PIXEL:
        raise UnreadableImage(
            path, f"the image is too large: {header.width} x {header.height} pixels, {limit} megapixels at most"
        )


def _undecodable(header: Header) -> str:
    if header.format == "tiff":
        return "the TIFF file is damaged, cut off, or of a kind that cannot be read; save it uncompressed or as PNG"
    return DAMAGED


def _to_eight_bit(samples: NDArray[np.generic]) -> NDArray[np.uint8]:
    if samples.dtype == np.uint8:
        return cast("NDArray[np.uint8]", samples)
    values = samples.astype(np.float64 if samples.dtype.itemsize > 2 else np.float32)
    finite = np.isfinite(values)
    maximum = float(values.max(where=finite, initial=0))
    full_scale = _full_scale(maximum, np.issubdtype(samples.dtype, np.floating))
    values = np.nan_to_num(values, nan=0.0, posinf=full_scale, neginf=0.0)
    return cast("NDArray[np.uint8]", np.clip(np.rint(values * (255 / full_scale)), 0, 255).astype(np.uint8))


def _full_scale(maximum: float, floating: bool) -> float:
    if floating and maximum <= 1:
        return 1.0
    for bits in _BIT_DEPTHS:
        if maximum <= 2**bits - 1:
            return float(2**bits - 1)
    return maximum
