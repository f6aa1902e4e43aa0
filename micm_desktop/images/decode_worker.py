"""The process that decodes images for another one, so that a file on which the decoder crashes takes only it along.

It imports NumPy and OpenCV, neither torch nor Qt. Over standard input come requests, over standard output go answers,
each with its length before it, until the input ends. No answer is a pickle: whoever asks trusts nothing that comes.

A request is :data:`REQUEST` (kind, limit in megapixels, bytes that follow) and its bytes: for ``DECODE`` those of a
file, for ``EXAMINE`` the paths of some. An answer is the length of a JSON text and that text, a list with an object for
each file: either ``reason``, or what was found; for ``DECODE`` the pixels follow.
"""

import json
import os
import struct
import sys
from pathlib import Path
from typing import Final

import cv2

from micm_desktop.images import limits
from micm_desktop.images.decode import Examined, UnreadableImage, decode_here, examine_here

REQUEST: Final = struct.Struct("<BIQ")
LENGTH: Final = struct.Struct("<I")
DECODE, EXAMINE = 1, 2
BETWEEN: Final = b"\0"
READY: Final = b"ready"
FLAG: Final = "--decode-images"
"""What a program that is one file is started with to become such a process."""


def main() -> None:
    """Answer until the input ends. Whatever is no :class:`UnreadableImage` ends the process, as a crash does."""
    requests, answers = os.dup(0), os.dup(1)
    # A library that prints must not speak in between.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    _prepare(requests, answers)
    cv2.setNumThreads(1)
    write(answers, READY)
    while header := _read(requests, REQUEST.size):
        kind, megapixels, length = REQUEST.unpack(header)
        limits.set_megapixels(megapixels)
        _answer(answers, kind, _read(requests, length))


def write(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of ``data``. Raises OSError where the other end is gone."""
    rest = memoryview(data)
    while rest:
        # Windows takes no more than so much at once.
        rest = rest[os.write(descriptor, rest[: 1 << 24]) :]


def _answer(answers: int, kind: int, data: bytes) -> None:
    pixels = None
    if kind == EXAMINE:
        paths = [Path(os.fsdecode(path)) for path in data.split(BETWEEN)]
        found = [_values(one) for one in examine_here(paths)]
    else:
        try:
            decoded = decode_here(data, Path("image"))
            pixels = decoded.pixels
            found = [
                {
                    "size": pixels.shape[:2],
                    "format": decoded.format,
                    "bits": decoded.bits,
                    "channels": decoded.channels,
                }
            ]
        except UnreadableImage as problem:
            found = [{"reason": problem.reason}]
    text = json.dumps(found).encode()
    write(answers, LENGTH.pack(len(text)) + text)
    if pixels is not None:
        write(answers, pixels.reshape(-1).data)


def _values(found: Examined | UnreadableImage) -> dict[str, object]:
    if isinstance(found, UnreadableImage):
        return {"reason": found.reason}
    return {"sha256": found.sha256, "size": [found.height, found.width], "why": found.reason}


def _read(descriptor: int, length: int) -> bytes:
    """``length`` bytes; none where the input has ended."""
    data = bytearray(length)
    rest = memoryview(data)
    while rest:
        if not (count := os.readv(descriptor, [rest]) if hasattr(os, "readv") else _into(descriptor, rest)):
            return b""
        rest = rest[count:]
    return bytes(data)


def _into(descriptor: int, rest: memoryview) -> int:
    data = os.read(descriptor, min(len(rest), 1 << 24))
    rest[: len(data)] = data
    return len(data)


def _prepare(*streams: int) -> None:
    """It never writes a file, and leaves no image of its memory behind when it crashes."""
    if sys.platform != "win32":
        import resource

        for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            resource.setrlimit(limit, (0, 0))
    else:
        import msvcrt

        # A crash must not wait for somebody to close a message about it.
        msvcrt.SetErrorMode(msvcrt.SEM_FAILCRITICALERRORS | msvcrt.SEM_NOGPFAULTERRORBOX)
        for stream in streams:
            msvcrt.setmode(stream, os.O_BINARY)
