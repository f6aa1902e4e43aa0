"""What an image file says about itself in its first bytes: format, size, and whether the file is all there.

Reading this before decoding refuses image bombs cheaply, and finds truncated files that a forgiving decoder would
return half grey.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Literal

ImageFormat = Literal["bmp", "png", "jpeg", "tiff", "webp", "pnm"]


class BadHeader(Exception):
    """The file is not a complete image of a known format; the text says why, as a short sentence."""


@dataclass(frozen=True)
class Header:
    """``width`` and ``height`` in pixels as stored, before EXIF orientation."""

    format: ImageFormat
    width: int
    height: int
    white_is_zero: bool = False
    """TIFF only: the smallest sample value means white."""
    pixel_bytes: int = 3
    """What a pixel takes once it is decoded."""
    tile_pixels: int = 0
    """TIFF only: pixels of a tile, which the decoder makes room for however small the image is."""

    @property
    def decoded_bytes(self) -> int:
        return max(self.width * self.height, self.tile_pixels) * self.pixel_bytes


NOT_AN_IMAGE = "the content is not a BMP, PNG, JPEG, TIFF, WebP or PNM image"
CUT_OFF = "the file is cut off: its end is missing"
DAMAGED_HEADER = "the file is damaged at its beginning"
DAMAGED = "the file is damaged"

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TIFF_TYPE_CODE = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_PAGES = 1000
_KIND_OF_PAGE, _REDUCED_OR_MASK = 254, 0b101
_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT = 256, 257, 258, 262, 277, 322, 323


def read_header(data: bytes) -> Header:
    """Format and size of the image in ``data`` (the whole file).

    Raises :class:`BadHeader` where it is no image of a known format, or visibly not complete.
    """
    try:
        if data.startswith(_PNG_SIGNATURE):
            return _png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"BM"):
            return _bmp(data)
        if data.startswith(_TIFF_SIGNATURES):
            return _tiff(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:1] == b"P" and data[1:2] in b"123456" and data[2:3].isspace():
            return _pnm(data)
    # OverflowError: an offset of 64 bits that no place in memory has.
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise BadHeader(CUT_OFF) from error
    raise BadHeader(NOT_AN_IMAGE)


def _png(data: bytes) -> Header:
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    view = memoryview(data)
    position = len(_PNG_SIGNATURE)
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 8 + length
        (checksum,) = struct.unpack_from(">I", data, end)
        if zlib.crc32(view[position + 4 : end]) != checksum:
            raise BadHeader(DAMAGED)
        if kind == b"IEND":
            return Header("png", width, height, pixel_bytes=6 if bits == 16 else 3)
        position = end + 4


def _jpeg(data: bytes) -> Header:
    position, size = 2, None
    while True:
        # Some cameras pad between the blocks; decoders skip to the next marker, and so does this.
        position = data.index(b"\xff", position)
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            size = (width, height)
        position += 2 + length
        if marker == 0xDA:
            break
    if size is None:
        raise BadHeader(DAMAGED_HEADER)
    # Looked for after the start of scan only: a thumbnail in the EXIF block has an end marker of its own.
    if data.find(b"\xff\xd9", position) < 0:
        raise BadHeader(CUT_OFF)
    return Header("jpeg", *size)


def _bmp(data: bytes) -> Header:
    pixels_at, header_size = struct.unpack_from("<II", data, 10)
    compression = 0
    if header_size == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    elif 40 <= header_size <= 256:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    else:
        raise BadHeader(NOT_AN_IMAGE)
    height = abs(height)  # negative where the rows are stored from the top
    if compression == 0 and len(data) < pixels_at + (width * bits + 31) // 32 * 4 * height:
        raise BadHeader(CUT_OFF)
    return Header("bmp", width, height)


def page_count(data: bytes) -> int:
    """How many pictures a TIFF file holds, of which the first is decoded; smaller copies and masks of one do not count.
    1 for other files, 1000 at most. Raises nothing."""
    if not data.startswith(_TIFF_SIGNATURES):
        return 1
    order, big = _tiff_layout(data)
    offset_code, count_code, entry_bytes = ("Q", "Q", 20) if big else ("I", "H", 12)
    pages, seen = 0, set[int]()
    try:
        (directory,) = struct.unpack_from(order + offset_code, data, 8 if big else 4)
        while directory and directory not in seen and len(seen) < _MOST_PAGES:
            seen.add(directory)
            (entries,) = struct.unpack_from(order + count_code, data, directory)
            first = directory + struct.calcsize(order + count_code)
            # Entries are in the order of their tags, and none is before this one.
            tag, kind = struct.unpack_from(order + "HH", data, first)
            value = 0
            if tag == _KIND_OF_PAGE and kind in (3, 4):
                (value,) = struct.unpack_from(order + _TIFF_TYPE_CODE[kind], data, first + (12 if big else 8))
            pages += not value & _REDUCED_OR_MASK
            (directory,) = struct.unpack_from(order + offset_code, data, first + entries * entry_bytes)
    # OverflowError: see read_header. What is cut off behind the first page is no picture.
    except (struct.error, IndexError, OverflowError):
        pass
    return max(1, pages)


def _tiff_layout(data: bytes) -> tuple[str, bool]:
    """Byte order, and whether offsets have 64 bits."""
    order = "<" if data.startswith(b"II") else ">"
    return order, data[2 if order == "<" else 3] == 43


def _tiff(data: bytes) -> Header:
    order, big = _tiff_layout(data)
    offset_code, count_code, entry_bytes = ("Q", "Q", 20) if big else ("I", "H", 12)
    (directory,) = struct.unpack_from(order + offset_code, data, 8 if big else 4)
    (entries,) = struct.unpack_from(order + count_code, data, directory)
    first = directory + struct.calcsize(order + count_code)
    tags: dict[int, int] = {}
    for index in range(min(entries, 4096)):
        entry = first + index * entry_bytes
        tag, kind, count = struct.unpack_from(order + "HH" + offset_code, data, entry)
        if kind in _TIFF_TYPE_CODE:
            code = order + _TIFF_TYPE_CODE[kind]
            place, room = entry + (12 if big else 8), 8 if big else 4
            if tag in (_BITS, _SAMPLES) and count * struct.calcsize(code) > room:
                (place,) = struct.unpack_from(order + offset_code, data, place)
            (tags[tag],) = struct.unpack_from(code, data, place)
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise BadHeader(DAMAGED_HEADER)
    return Header(
        "tiff",
        tags[_WIDTH],
        tags[_HEIGHT],
        white_is_zero=tags.get(_PHOTOMETRIC) == 0,
        pixel_bytes=-(-tags.get(_BITS, 1) // 8) * (1 if tags.get(_SAMPLES, 1) == 1 else 3),
        tile_pixels=tags.get(_TILE_WIDTH, 0) * tags.get(_TILE_HEIGHT, 0),
    )


def _webp(data: bytes) -> Header:
    (riff_size,) = struct.unpack_from("<I", data, 4)
    if len(data) < riff_size + 8:
        raise BadHeader(CUT_OFF)
    kind = data[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        return Header("webp", width, 1 + int.from_bytes(data[27:30], "little"))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Header("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Header("webp", width & 0x3FFF, height & 0x3FFF)
    raise BadHeader(DAMAGED_HEADER)


def _pnm(data: bytes) -> Header:
    lines = data[2:4096].split(b"\n")
    words = b" ".join(line.split(b"#")[0] for line in lines).split()
    if len(words) < 2 or not (words[0].isdigit() and words[1].isdigit()):
        raise BadHeader(DAMAGED_HEADER)
    return Header("pnm", int(words[0]), int(words[1]))
