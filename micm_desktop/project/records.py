"""Plain values that the project store hands out. All are immutable snapshots."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

ImageStatus = Literal["ok", "unreadable", "missing"]


class ImageRecord(NamedTuple):
    """One image file that the project knows. ``message`` says why, where ``status`` is not ``ok``.

    A tuple of plain values: 100,000 of them are read in a third of a second, and twice that would go into paths alone.
    """

    id: int
    root: str
    """Path of its folder."""
    name_on_disk: str
    """Path below ``root`` exactly as the file system spells it."""
    folder_id: int
    relative_path: str
    """Path below its folder with forward slashes, normalised to NFC."""
    sha256: str
    """Hash of the file's bytes (hexadecimal); the key of tags and features. Empty where the file cannot be opened."""
    width: int
    height: int
    """Pixels as stored in the file, after EXIF orientation; 0 where unreadable."""
    size_bytes: int
    modified: float
    """Seconds since the epoch."""
    status: ImageStatus
    message: str

    @property
    def path(self) -> Path:
        """Absolute path where the file was last seen."""
        return Path(self.root, self.name_on_disk)


@dataclass(frozen=True)
class ClassRecord:
    """One class of the user's. ``key`` is the digit or letter that tags it, or an empty string."""

    id: int
    name: str
    color: str
    """``#rrggbb``."""
    key: str
    is_good: bool


@dataclass(frozen=True)
class FolderRecord:
    """A folder of images that was opened in the project."""

    id: int
    path: Path
    exists: bool


@dataclass(frozen=True)
class RegionRecord:
    """A box on an image, in pixels of the upright original. ``class_id`` is None where no class was given."""

    id: int
    sha256: str
    class_id: int | None
    xmin: float
    ymin: float
    xmax: float
    ymax: float


@dataclass(frozen=True)
class TagChange:
    """What one tagging action did: the class of each content hash before and after (None: no tag)."""

    action_id: int
    """Number of the action in the journal; 0 where every tag already was what was asked for."""
    before: dict[str, int | None]
    after: dict[str, int | None]


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the append-only label journal."""

    id: int
    at: datetime
    by: str
    action: str
    """``tag``, ``untag``, ``class_added``, ``class_changed``, ``class_removed``, ``region_added``,
    ``region_removed``."""
    sha256: str
    detail: str
    """JSON object with the values before and after."""


@dataclass(frozen=True)
class EncoderRecord:
    """A finished pretraining run's encoder file, or an imported one."""

    id: int
    path: Path
    name: str
    created: datetime
    summary: str
    """JSON object: the training summary from the file's metadata."""
    active: bool
