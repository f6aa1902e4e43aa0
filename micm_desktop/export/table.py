"""Lines of ``results.csv``, as they stand in the file. Imports neither torch nor Qt."""

import csv
import io
from collections.abc import Iterable, Sequence

from micm_desktop.export.runtime import Verdict

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
END = b"\r\n"
_FIRST = ("path", "status", "class", "confidence", "unknown", "message")
_LAST = ("verdict", "risk", "rule")


def columns(classes: Sequence[str]) -> list[str]:
    """The columns of the contract: ``p_<class>`` for each class, then what follows from the probabilities."""
    return [*_FIRST, *(f"p_{name}" for name in classes), *_LAST]


def verdict_fields(name: str, verdict: Verdict) -> list[str]:
    """Fields of an image that was judged."""
    probabilities = [f"{p:.6f}" for p in verdict.probabilities]
    judged = [verdict.outcome.name.lower(), f"{verdict.risk:.6f}", verdict.rule]
    first = [name, "ok", verdict.class_name, f"{verdict.confidence:.6f}", str(int(verdict.unknown)), ""]
    return [*first, *probabilities, *judged]


def error_fields(name: str, reason: str, classes: Sequence[str]) -> list[str]:
    """Fields of an image that could not be judged."""
    return [name, "error", "", "", "", reason, *[""] * (len(classes) + len(_LAST))]


def first_field(lines: bytes) -> list[str]:
    """The first field of each of some lines, as :func:`line` made them."""
    return [row[0] for row in csv.reader(io.StringIO(lines.decode(), newline="")) if row]


def line(fields: Iterable[str]) -> bytes:
    """One line, with its end, in UTF-8."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(fields)
    return stream.getvalue().encode()
