"""The file ``labels.csv``: its lines, and reading them with all that may be wrong said by line number.

The columns of the contract come first; ``unsure``, ``own_class`` and ``good`` follow, without which tags, regions and
classes would not come back exactly:

- a line without a box is the tag of an image, or with ``unsure`` 1 that nobody could tell;
- a line with a box is a region. With ``own_class`` 1 its class is its own; with 0 it has the image's, and ``class`` is
  the image's tag, so that a reader who knows none of this sees the right class for every box;
- ``good`` is 1 where the class means good parts.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from micm_desktop.progress import UserError
from micm_desktop.project.records import LabelLine

CONTRACT: Final = ("path", "sha256", "class", "xmin", "ymin", "xmax", "ymax", "source", "at", "by")
COLUMNS: Final = (*CONTRACT, "unsure", "own_class", "good")
BOX: Final = ("xmin", "ymin", "xmax", "ymax")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES: Final = 500_000_000


def to_text(lines: Sequence[LabelLine]) -> str:
    """The file's content, without the byte order mark."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for line in lines:
        box = ("", "", "", "") if line.box is None else tuple(map(_number_text, line.box))
        own = "" if line.box is None else str(int(line.own_class))
        good = str(int(line.good)) if line.name else ""
        values = (line.path, line.sha256, line.name, *box, line.source, line.at, line.by)
        writer.writerow((*values, str(int(line.unsure)), own, good))
    return stream.getvalue()


def read_lines(file: Path) -> list[LabelLine]:
    """The lines of a labels file. Raises UserError, with the number of the line, for whatever cannot be meant."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UserError(f"The labels file {file} is too large ({_MOST_BYTES // 1_000_000} MB at most).")
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"The labels file {file} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise UserError(
            f"{file.name}, line {line}: the text is not UTF-8. In Excel, save it as “CSV UTF-8 (comma delimited)”."
        ) from error
    return list(_parsed(file.name, text))


@dataclass(frozen=True)
class _Row:
    """One line of the file with its number, for messages."""

    file: str
    number: int
    cells: dict[str, str]

    def bad(self, why: str) -> UserError:
        return UserError(f"{self.file}, line {self.number}: {why}")

    def flag(self, column: str) -> bool:
        text = self.cells.get(column, "").strip()
        if text not in ("", "0", "1"):
            raise self.bad(f"the column {column} must be 0 or 1, not {_short(text)}.")
        return text == "1"


def _parsed(name: str, text: str) -> Iterator[LabelLine]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for separator, shown in ((";", "“;”"), ("\t", "“Tab”")):
            cells = [cell.strip() for cell in header[0].split(separator)] if len(header) == 1 else []
            if len(cells) > 1 and "class" in cells:
                raise UserError(
                    f"{name}, line 1: {shown} separates the cells, where a comma should. Save the file with commas; "
                    "Excel takes the list separator of the system's regional settings."
                )
        if "class" not in header or not {"path", "sha256"} & set(header):
            raise UserError(
                f"{name}, line 1: the columns path or sha256, and class are needed. The first line names the columns."
            )
        twice = next((column for column in header if header.count(column) > 1), None)
        if twice is not None:
            raise UserError(f"{name}, line 1: the column {_short(twice)} is there twice.")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = _Row(name, reader.line_num, dict(zip(header, cells, strict=False)))
            if len(cells) != len(header):
                raise row.bad(f"there are {len(cells)} cells, and {len(header)} columns in the first line.")
            yield _line(row)
    except csv.Error as error:
        raise UserError(f"{name}, line {reader.line_num}: this is not CSV ({error}).") from error


def _line(row: _Row) -> LabelLine:
    cells = row.cells
    path, sha256 = cells.get("path", ""), cells.get("sha256", "").strip().lower()
    if sha256 and not _HASH.fullmatch(sha256):
        raise row.bad(f"{_short(sha256)} is not a content hash of 64 hexadecimal digits.")
    if not path and not sha256:
        raise row.bad("neither path nor sha256 says which image is meant.")
    name, box, unsure = cells["class"].strip(), _box(row), row.flag("unsure")
    if box is None and not name and not unsure:
        raise row.bad("there is neither a class nor a box.")
    if unsure and name and box is None:
        raise row.bad("an image cannot be unsure and have a class.")
    own = row.flag("own_class") and bool(name)
    at = cells.get("at", "").strip()
    if at:
        try:
            datetime.fromisoformat(at)
        except ValueError:
            raise row.bad(f"{_short(at)} is not a time as in 2026-01-31T09:30:00+00:00.") from None
    source = cells.get("source", "").strip() or "import"
    if source not in ("human", "import"):
        raise row.bad(f"the column source must be human or import, not {_short(source)}.")
    good, exact = row.flag("good"), "own_class" in cells
    return LabelLine(path, sha256, name, box, source, at, cells.get("by", ""), unsure, own, good, row.number, exact)


def _box(row: _Row) -> tuple[float, float, float, float] | None:
    texts = [row.cells.get(edge, "").strip() for edge in BOX]
    if not any(texts):
        return None
    if not all(texts):
        raise row.bad("a box needs all of xmin, ymin, xmax and ymax.")
    try:
        xmin, ymin, xmax, ymax = (float(text) for text in texts)
    except ValueError:
        raise row.bad(f"{_short(', '.join(texts))} are not four numbers.") from None
    if not all(map(math.isfinite, (xmin, ymin, xmax, ymax))) or not (0 <= xmin < xmax and 0 <= ymin < ymax):
        raise row.bad(f"the box {_short(', '.join(texts))} is empty or lies outside of the image.")
    return xmin, ymin, xmax, ymax


def _number_text(value: float) -> str:
    """The shortest text that reads back as the same number, whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
