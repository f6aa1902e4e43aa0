"""Which files of a folder are new and whole. Asks for the folder's list again and again, which every drive answers.

A file is known by its name, size and time of the last change, so one that is written anew under its old name is new.
It counts as whole once these have not changed for a moment. That alone would take a pause of the writer for its end;
so whoever reads a file and finds its end missing says so (:meth:`Arrivals.later`), and it is waited for.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from micm_desktop.images.scan import image_entries, readable

SETTLED = 0.04
PATIENCE = 5.0
"""Seconds after which a file that does not change any more and cannot be read will not become readable."""
TRIED_EVERY = 0.5
OLD = 60.0
"""A file that was last changed so many seconds ago is not being written."""
CHECKED_AGAIN = 300
"""Known files whose stamp is looked at with every list; in a folder of more, the next ones the next time."""
SPARE = 10_000
"""Files are remembered a while after they are gone, since a drive may lose and find them again."""


@dataclass(frozen=True)
class Arrival:
    """A file that seems whole; ``name`` below the folder, as the system spells it."""

    path: Path
    name: str
    size: int
    modified_ns: int

    @property
    def shown(self) -> str:
        """The name as it stands in the table; see :func:`relative_name`."""
        return readable(self.name.replace(os.sep, "/"))

    @property
    def modified(self) -> str:
        """Time of the last change, ISO 8601 in UTC to the nanosecond, as it stands in the table."""
        return as_text(self.modified_ns)

    def unchanged(self) -> bool:
        """Whether the file is still as it was when it seemed whole."""
        return _stamp(str(self.path)) == (self.size, self.modified_ns)


@dataclass
class _Waiting:
    size: int
    modified_ns: int
    since: float
    not_before: float


def as_text(nanoseconds: int) -> str:
    """ISO 8601 in UTC: a spreadsheet that saves the table again leaves it as it is, which it does not for an integer
    of this length."""
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


class Arrivals:
    """The files of ``root``, without those below ``left_out``, that nobody has judged. Memory grows with the files
    that are there, not with those that ever were."""

    def __init__(
        self,
        root: Path,
        left_out: Sequence[Path] = (),
        *,
        settled: float = SETTLED,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gone = False
        """Whether the folder could not be listed the last time."""
        self._root = root
        # Of a drive as a whole, the path ends in a separator already.
        self._below = len(os.path.join(root, ""))  # noqa: PTH118
        self._left_out = tuple(left_out)
        self._settled = settled
        self._patience = patience
        self._clock = clock
        self._known: dict[str, int] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._next_check = 0

    @property
    def waiting(self) -> bool:
        """Whether there are files that are not whole yet, or given out and not yet :meth:`judged`."""
        return bool(self._waiting)

    def present(self) -> Iterator[Arrival]:
        """All files that are there now."""
        for entry in image_entries(self._root, self._left_out):
            if (stamp := _stamp(entry.path)) is not None:
                yield Arrival(Path(entry.path), entry.path[self._below :], *stamp)

    def poll(self) -> list[Arrival]:
        """Those that seem whole and are not judged, the oldest first."""
        try:
            os.scandir(self._root).close()
        except OSError:
            self.gone = True
            return []
        self.gone = False
        now, listed, known = self._clock(), 0, 0
        still: dict[str, _Waiting] = {}
        for entry in image_entries(self._root, self._left_out):
            listed += 1
            name = entry.path[self._below :]
            if (earlier := self._known.get(name)) is not None:
                known += 1
                if not self._next_check < known <= self._next_check + CHECKED_AGAIN:
                    continue
            stamp = _stamp(entry.path)
            if stamp is None or hash(stamp) == earlier:
                continue
            seen = self._waiting.get(name)
            if seen is None or (seen.size, seen.modified_ns) != stamp:
                seen = _Waiting(*stamp, now, now + self._settled)
            still[name] = seen
        self._waiting = still
        self._next_check = self._next_check + CHECKED_AGAIN if self._next_check + CHECKED_AGAIN < known else 0
        self._forget(listed)
        ready = [
            Arrival(self._root / name, name, seen.size, seen.modified_ns)
            for name, seen in still.items()
            if now >= seen.not_before
        ]
        return sorted(ready, key=lambda arrival: (arrival.modified_ns, arrival.name))

    def judged(self, arrival: Arrival) -> None:
        """The file will not be given out again, unless it changes."""
        self._known[arrival.name] = hash((arrival.size, arrival.modified_ns))
        self._waiting.pop(arrival.name, None)

    def later(self, arrival: Arrival) -> bool:
        """The file could not be read. Whether it will be given out again, because it may still be being written."""
        seen = self._waiting.get(arrival.name)
        if seen is None or not arrival.unchanged():
            return True
        now = self._clock()
        if now - seen.since >= self._patience or time.time() - arrival.modified_ns / 1e9 > OLD:
            return False
        seen.not_before = now + min(TRIED_EVERY, self._patience)
        return True

    def _forget(self, listed: int) -> None:
        # A folder that is suddenly empty may be the place of a drive that is not connected just now.
        if listed and len(self._known) > 2 * listed + SPARE:
            names = {entry.path[self._below :] for entry in image_entries(self._root, self._left_out)}
            self._known = {name: stamp for name, stamp in self._known.items() if name in names}


def _stamp(path: str) -> tuple[int, int] | None:
    # Not the size and time in the folder's list, which Windows brings up to date after the file is closed only.
    try:
        status = os.stat(path)  # noqa: PTH116  many files, many times a second
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
