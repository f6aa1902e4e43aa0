"""Whether what is left after each round of work grows (soak.py)."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

MEMORY_MIB, MEMORY_SHARE = 0.1, 0.05
"""Growth a round, and of the median of the last third over that of the first, from which memory is not flat."""
FEW_ROUNDS = 30
FEW = {"memory_mib": 32.0, "threads": 4.0, "files": 8.0, "qt_objects": 20.0, "python_objects": 40_000.0}
"""In fewer rounds pools that fill, networks that are loaded and what the allocator keeps are more than a leak adds up
to: then so much may come to it. In more, no thread, no file and no object of Qt's may."""
OBJECTS_SHARE = 0.01
"""Of Python's objects."""


class Left(NamedTuple):
    """What there is at the end of a round, and what nothing refers to any more has been collected."""

    minutes: float
    memory_mib: float
    threads: int
    files: int
    qt_objects: int
    python_objects: int


class Trend(NamedTuple):
    """Slope a round with its interval of 95 %, and the medians of the first and of the last third."""

    slope: float
    low: float
    high: float
    before: float
    after: float


def trend(values: Sequence[float]) -> Trend:
    from scipy.stats import theilslopes

    # Of each of the two projects at least one round.
    third = max(2, len(values) // 3)
    slope, _, low, high = (float(one) for one in theilslopes(values))
    return Trend(slope, low, high, median(values[:third]), median(values[-third:]))


def verdict(rounds: Sequence[Left]) -> list[str]:
    """What grows in ``rounds``, of which there are two at least."""
    grown = []
    few = len(rounds) < FEW_ROUNDS
    for name in Left._fields[1:]:
        found = trend([float(getattr(one, name)) for one in rounds])
        more, rises = found.after - found.before, found.low > 0
        if few:
            grows = rises and more > FEW[name]
        elif name == "python_objects":
            grows = rises and more > OBJECTS_SHARE * found.before
        elif name == "memory_mib":
            grows = (rises and found.slope >= MEMORY_MIB) or more > MEMORY_SHARE * found.before
        else:
            grows = rises and more >= 1
        if grows:
            grown.append(
                f"{name} grew from {found.before:.0f} to {found.after:.0f},"
                f" {found.slope:.2f} a round ({found.low:.2f} to {found.high:.2f})"
            )
    return grown


def slopes(rounds: Sequence[Left]) -> str:
    """The table of trends."""
    lines = ["| | median, first third | last third | slope a round | 95 % |", "|---" * 5 + "|"]
    for name in Left._fields[1:]:
        found = trend([float(getattr(one, name)) for one in rounds])
        lines.append(
            f"| {name} | {found.before:,.0f} | {found.after:,.0f} | {found.slope:.3f} | {found.low:.3f} to"
            f" {found.high:.3f} |"
        )
    return "\n".join(lines)
