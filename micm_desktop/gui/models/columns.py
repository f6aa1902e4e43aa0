"""The images of a project as arrays, so that 100,000 of them are counted, filtered and sorted within a frame."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from micm_desktop.project.records import ImageRecord

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Columns:
    """One value for each of N images.

    ``readable`` (N,); ``modified`` (N,) seconds since the epoch; ``by_name`` (N,) images in the order of their paths,
    numbers in them by value; ``content`` (N,) number of the content hash, M different ones, -1 where there is none;
    ``contents`` gives that number. ``folder`` (N,) indexes ``folders``, each a path as the user sees it. ``searched``
    (N) paths as the search compares them.
    """

    readable: NDArray[np.bool_]
    modified: NDArray[np.float64]
    by_name: NDArray[np.int64]
    content: NDArray[np.int64]
    contents: Mapping[str, int]
    folder: NDArray[np.int64]
    folders: tuple[str, ...]
    searched: tuple[str, ...] = field(repr=False)
    extra_copies: int = 0
    """How many images could be left out without losing any content."""

    def __len__(self) -> int:
        return len(self.readable)

    @property
    def usable(self) -> int:
        """How many images can be read."""
        return int(np.count_nonzero(self.readable))

    def duplicates(self) -> NDArray[np.int64]:
        """Readable images whose content others have, too; those of one content side by side."""
        rows = np.flatnonzero(self.readable)
        content = self.content[rows]
        shared = np.bincount(content, minlength=1)[content] > 1
        return rows[shared][np.argsort(content[shared], kind="stable")].astype(np.int64)

    def rows_of(self, sha256s: Iterable[str]) -> NDArray[np.int64]:
        """All images (n,) with these content hashes."""
        numbers = [self.contents[key] for key in sha256s if key in self.contents]
        if not numbers:
            return np.zeros(0, np.int64)
        return np.flatnonzero(np.isin(self.content, numbers)).astype(np.int64, copy=False)

    def place_among(self, rows: NDArray[np.int64], image: ImageRecord | None) -> int:
        """The place among ``rows`` (n,) of the first image with the same content; 0 where none has it."""
        number = self.contents.get(image.sha256, -1) if image is not None else -1
        if number < 0:
            return 0
        found = np.flatnonzero(self.content[rows] == number)
        return int(found[0]) if len(found) else 0


def columns_of(images: Sequence[ImageRecord]) -> Columns:
    """Takes half a second at 100,000 images: for a worker thread."""
    numbers: dict[str, int] = {"": -1}
    content = np.fromiter((numbers.setdefault(one.sha256, len(numbers) - 1) for one in images), np.int64, len(images))
    del numbers[""]
    folders, folder = _folders(images)
    names = [by_value(image.relative_path) for image in images]
    order = np.array(sorted(range(len(images)), key=names.__getitem__), np.int64)
    del names
    folder_ids = np.fromiter((image.folder_id for image in images), np.int64, len(images))
    order = order[np.argsort(folder_ids[order], kind="stable")]
    readable = np.fromiter((image.status == "ok" for image in images), np.bool_, len(images))
    return Columns(
        readable,
        np.fromiter((image.modified for image in images), np.float64, len(images)),
        order,
        content,
        numbers,
        folder,
        folders,
        tuple(folded(image.relative_path) for image in images),
        int(np.count_nonzero(readable)) - len(np.unique(content[readable])),
    )


def folded(text: str) -> str:
    """``text`` as the search compares it: without case, and full-width forms like half-width ones."""
    if text.islower() and text.isascii():
        return text  # Not a copy: of a million paths that is 80 MB.
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def by_value(path: str) -> str:
    """A path that sorts numbers by their value: part 2 before part 10."""
    # Not by Qt's collator, whose keys take twice as long to compare from Python at 100,000 names.
    return _DIGITS.sub(lambda found: found[0].zfill(12), path.casefold())


def _folders(images: Sequence[ImageRecord]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    roots = {image.folder_id: image.root for image in images}
    shown = {number: "" if len(roots) == 1 else Path(root).name or root for number, root in roots.items()}
    numbers: dict[tuple[int, str], int] = {}
    folder = np.fromiter(
        (numbers.setdefault((one.folder_id, one.relative_path.rpartition("/")[0]), len(numbers)) for one in images),
        np.int64,
        len(images),
    )
    names = tuple("/".join(part for part in (shown[root], below) if part) for root, below in numbers)
    return names, folder


NOTHING = columns_of(())
