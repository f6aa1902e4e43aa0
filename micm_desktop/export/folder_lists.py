"""Lists of the names in folders, asked for only where something may have come. Imports neither torch nor Qt.

A list of 10,000 names takes milliseconds, the time of a folder's last change microseconds, and most drives change that
time with every file that comes. FAT does not, and what a network drive's client remembers of it may be old. So it is
believed only once it has announced some files that lists then showed, never again once a list showed one that it had
not announced, and never for longer than a second.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

PROOFS = 3
LISTED_EVERY = 1.0
GRAIN = 0.05
"""Files that come so soon after one another may leave a folder with the same time; clocks tick every 16 ms at worst."""


@dataclass(slots=True)
class _Seen:
    """``changed``: the folder's time, ``noticed`` then first; ``listed``: when the last list began; ``announced``:
    whether its time had asked for that list, None for the first one; ``count``: names in it."""

    changed: int
    noticed: float
    listed: float
    announced: bool | None
    count: int = 0


class FolderLists:
    """What is in folders, by their paths."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, _Seen] = {}
        self._proofs = 0
        self._wrong = False

    @property
    def believed(self) -> bool:
        """Whether a folder whose time has not changed need not be listed."""
        return self._proofs >= PROOFS and not self._wrong

    def names(self, path: str) -> list[str] | None:
        """What is in a folder; None where nothing has come since the last list. Raises OSError where it is gone."""
        try:
            changed = os.stat(path).st_mtime_ns  # noqa: PTH116  many times a second
            if not self._due(path, changed):
                return None
            names = os.listdir(path)  # noqa: PTH208
        except OSError:
            self.forget(path)
            raise
        self._seen[path].count = len(names)
        return names

    def count(self, path: str) -> int:
        """How many names the last list of a folder held."""
        return self._seen[path].count

    def forget(self, path: str) -> None:
        """List a folder the next time, whatever its time is: nothing is known of it any more."""
        self._seen.pop(path, None)

    def showed_new(self, path: str) -> None:
        """The list that :meth:`names` gave last for ``path`` held a name that no list before it did."""
        seen = self._seen[path]
        if seen.announced:
            self._proofs += 1
        elif seen.announced is False:
            with suppress(OSError):
                # It may have come between the look at the time and the list.
                self._wrong |= os.stat(path).st_mtime_ns == seen.changed  # noqa: PTH116

    def _due(self, path: str, changed: int) -> bool:
        # Of after the look at the folder: what comes later than a grain from now changes its time again.
        now = self._clock()
        seen = self._seen.get(path)
        if seen is None:
            self._seen[path] = _Seen(changed, now, now, None)
            return True
        if changed != seen.changed:
            seen.changed, seen.noticed, announced = changed, now, True
        else:
            announced = seen.listed <= seen.noticed + GRAIN
            if self.believed and now <= (seen.noticed + GRAIN if announced else seen.listed + LISTED_EVERY):
                return False
        seen.listed, seen.announced = now, announced
        return True
