"""Which files of a folder are new and whole. Looks at the folder again and again, which every drive answers.

A file is known by its name, size and time of the last change, so one that is written anew under its old name is new.
It counts as whole once these have not changed for a moment. That alone would take a pause of the writer for its end;
so whoever reads a file and finds its end missing says so (:meth:`Arrivals.later`), and it is waited for.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from micm_desktop.export.folder_lists import FolderLists
from micm_desktop.images.decode import IMAGE_SUFFIXES
from micm_desktop.images.scan import SYSTEM_FOLDERS, readable

SETTLED = 0.04
PATIENCE = 5.0
"""Seconds after which a file that does not change any more and cannot be read will not become readable."""
TRIED_EVERY = 0.5
OLD = 60.0
"""A file that was last changed so many seconds ago is not being written."""
CHECKED_AGAIN = 100
"""Judged files whose stamp is looked at with every list; of more, the next ones the next time."""
LISTED_EVERY = 0.02
"""Where a folder's time is not believed (see :class:`FolderLists`), it is listed no more often than so many seconds."""
FEW = 50
"""So many files that are being written are looked at every time, and not only when they may be whole."""
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


@dataclass(slots=True)
class _Waiting:
    stamp: tuple[int, int]
    since: float
    not_before: float


@dataclass(slots=True)
class _Folder:
    """What is known of the names in a folder: ``judged`` images with the hash of their stamps, sub-``folders``, and
    names to be ``passed`` over."""

    judged: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)


def as_text(nanoseconds: int) -> str:
    """ISO 8601 in UTC: a spreadsheet that saves the table again leaves it as it is, which it does not for an integer
    of this length."""
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


class Arrivals:
    """The images below ``root``, without those below ``left_out``, that nobody has judged. Hidden files are none.

    Memory grows with the files that are there, not with those that ever were. What is known of a folder is kept by
    names alone, so that a list of 100,000 is compared in some hundredths of a second.
    """

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
        self._root = str(root)
        # Of a drive as a whole, the path ends in a separator already.
        self._below = len(os.path.join(root, ""))  # noqa: PTH118
        self._left_out = {os.path.realpath(folder) for folder in left_out}
        self._settled = settled
        self._patience = patience
        self._clock = clock
        self._lists = FolderLists(clock)
        self._folders: dict[str, _Folder] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._check = self._all_judged()
        self._next_list = -1.0

    @property
    def waiting(self) -> bool:
        """Whether there are files that are not whole yet, or given out and not yet :meth:`judged`."""
        return bool(self._waiting)

    def found(self) -> Iterator[Arrival]:
        """All that are not judged, whole or not, after a look at the folder."""
        self._list(self._clock())
        for path, seen in list(self._waiting.items()):
            yield self._arrival(path, seen.stamp)

    def poll(self) -> list[Arrival]:
        """Those that seem whole and are not judged, the oldest first."""
        now = self._clock()
        ready = self._whole(now)
        # What is ready should not wait for the list of a folder with many files.
        if not ready and now >= self._next_list:
            self._list(now)
            # Nor should listing take more than half of the time.
            took = self._clock() - now
            self._next_list = now + max(2 * took, 0.0 if self._lists.believed else LISTED_EVERY)
        return sorted(ready, key=lambda arrival: (arrival.modified_ns, arrival.name))

    def pause(self, longest: float) -> float:
        """Seconds until the next :meth:`poll` may find something whole, ``longest`` at most."""
        if not 0 < len(self._waiting) <= FEW:
            return longest
        soonest = min(seen.not_before for seen in self._waiting.values())
        return min(longest, max(0.0, soonest - self._clock()))

    def judged(self, arrival: Arrival) -> None:
        """The file will not be given out again, unless it changes."""
        folder, name = os.path.split(arrival.path)
        stamp = (arrival.size, arrival.modified_ns)
        self._folders.setdefault(folder, _Folder()).judged[name] = hash(stamp)
        self._waiting.pop(str(arrival.path), None)

    def later(self, arrival: Arrival) -> bool:
        """The file could not be read. Whether it will be given out again, because it may still be being written."""
        seen = self._waiting.get(str(arrival.path))
        if seen is None or not arrival.unchanged():
            return True
        now = self._clock()
        if now - seen.since >= self._patience or time.time() - arrival.modified_ns / 1e9 > OLD:
            return False
        seen.not_before = now + min(TRIED_EVERY, self._patience)
        return True

    def _arrival(self, path: str, stamp: tuple[int, int]) -> Arrival:
        return Arrival(Path(path), path[self._below :], *stamp)

    def _whole(self, now: float) -> list[Arrival]:
        ready = []
        few = len(self._waiting) <= FEW
        for path, seen in list(self._waiting.items()):
            if not few and now < seen.not_before:
                continue
            stamp = _stamp(path)
            if stamp is None:
                del self._waiting[path]
            elif stamp != seen.stamp:
                self._waiting[path] = _Waiting(stamp, now, now + self._settled)
            elif now >= seen.not_before:
                ready.append(self._arrival(path, stamp))
        return ready

    def _list(self, now: float) -> None:
        visited = {os.path.realpath(self._root), *self._left_out}
        pending, listed = [self._root], 0
        unknown = dict.fromkeys(self._folders)
        while pending:
            path = pending.pop()
            try:
                names = self._lists.names(path)
            except OSError:
                if path == self._root:
                    self.gone = True
                    return
                continue
            listed += self._lists.count(path)
            unknown.pop(path, None)
            for name in self._folders[path].folders if names is None else self._compare(path, names, now):
                below = os.path.join(path, name)  # noqa: PTH118
                if (real := os.path.realpath(below)) not in visited:
                    visited.add(real)
                    pending.append(below)
        self.gone = False
        # A folder that is suddenly empty may be the place of a drive that is not connected just now.
        if listed and sum(len(self._folders[path].judged) for path in unknown) > SPARE:
            for path in unknown:
                del self._folders[path]
                self._lists.forget(path)
        checked = list(islice(self._check, CHECKED_AGAIN))
        if len(checked) < CHECKED_AGAIN:
            self._check = self._all_judged()
        for path, name in checked:
            below = os.path.join(path, name)  # noqa: PTH118
            stamp = _stamp(below)
            known = self._folders.get(path, _Folder()).judged.get(name)
            if stamp is not None and known is not None and hash(stamp) != known and below not in self._waiting:
                self._waiting[below] = _Waiting(stamp, now, now + self._settled)

    def _compare(self, path: str, names: list[str], now: float) -> set[str]:
        """Find what is new in a folder; returns its sub-folders."""
        folder = self._folders.setdefault(path, _Folder())
        folder.passed.intersection_update(names)
        folder.folders.intersection_update(names)
        if names and len(folder.judged) > 2 * len(names) + SPARE:
            there = set(names)
            folder.judged = {name: stamp for name, stamp in folder.judged.items() if name in there}
        new = False
        for name in set(names).difference(folder.judged, folder.passed, folder.folders):
            below = os.path.join(path, name)  # noqa: PTH118
            if below in self._waiting:
                continue
            try:
                status = os.stat(below)  # noqa: PTH116
            except OSError:
                continue
            new = True
            hidden = getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN
            if hidden or name.startswith(".") or name in SYSTEM_FOLDERS:
                folder.passed.add(name)
            elif stat.S_ISDIR(status.st_mode):
                folder.folders.add(name)
            elif os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES:  # noqa: PTH122
                stamp = (status.st_size, status.st_mtime_ns)
                self._waiting[below] = _Waiting(stamp, now, now + self._settled)
            else:
                folder.passed.add(name)
        if new:
            self._lists.showed_new(path)
        return folder.folders

    def _all_judged(self) -> Iterator[tuple[str, str]]:
        """Folder and name of each, as of when the folder's turn comes."""
        for path, folder in list(self._folders.items()):
            for name in list(folder.judged):
                yield path, name


def _stamp(path: str) -> tuple[int, int] | None:
    # Not the size and time in the folder's list, which Windows brings up to date after the file is closed only.
    try:
        status = os.stat(path)  # noqa: PTH116  many files, many times a second
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
