"""Plain values that the project store hands out. All are immutable snapshots."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

ImageStatus = Literal["ok", "unreadable", "missing"]

UNSURE: Final = -1
"""Stands where a class id does, for an image that a person looked at and could not tell: it has no tag."""


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
class ClassValues:
    """What a person enters for a class. ``key`` may be empty."""

    name: str
    key: str
    color: str
    is_good: bool
    cost: float | None = None
    """Of a part of this class on the wrong side, in false alarms; None leaves it as it is."""


@dataclass(frozen=True)
class FolderRecord:
    """A folder of images that was opened in the project."""

    id: int
    path: Path
    exists: bool


@dataclass(frozen=True)
class RegionRecord:
    """A box on an image, in pixels of the upright original.

    ``class_id`` is None where no class was given: the box then shows what the image's tag says.
    """

    id: int
    sha256: str
    class_id: int | None
    xmin: float
    ymin: float
    xmax: float
    ymax: float


@dataclass(frozen=True)
class TagChange:
    """What one tagging action did: the class of each content hash before and after (None: no tag; or UNSURE)."""

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
    """``tag``, ``untag``, ``unsure``, ``class_added``, ``class_changed``, ``class_removed``, ``class_merged``,
    ``region_added``, ``region_changed``, ``region_removed``, ``setting_changed``, ``test_locked``,
    ``test_unlocked``."""
    sha256: str
    detail: str
    """JSON object with the values before and after."""


@dataclass(frozen=True)
class Step:
    """One action of the journal in numbers: what undo and redo need to know of it."""

    action_id: int
    undoes: int
    """The action that this one takes back; 0 for none."""
    kind: str
    """As :attr:`HistoryEntry.action`; of an action with several kinds of entries the one that names it."""
    count: int
    """Images whose tag changed or, where there are none, entries."""
    name: str = ""
    """The class that was given, or was changed."""
    other: str = ""
    """What the class is called afterwards, or the class that it was merged into."""
    reversible: bool = True
    """Whether its entries say enough to take it back."""


@dataclass(frozen=True)
class TakenBack:
    """What taking an action back has changed."""

    action_id: int
    """The new action, which takes the other one back; to be taken back itself for a redo."""
    tags: TagChange
    classes: bool
    """Whether any class is another than before."""
    regions: dict[int, RegionRecord | None]
    """By number, what each region that came, went or changed is now: None where it is not there."""


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


@dataclass(frozen=True)
class Holder:
    """Who may change a project now. ``quiet``: on another computer, and not heard of for some time."""

    user: str
    machine: str
    since: datetime
    token: str = ""
    quiet: bool = False

    def in_words(self) -> str:
        """Why nothing can be changed here."""
        if not self.machine:
            return "The project was opened only to look at it."
        since = f"{self.since.astimezone():%Y-%m-%d %H:%M}"
        return (
            f"{self.user} on {self.machine} has had this project open since {since}: here it can only be looked at. "
            "Close it there to change it here."
        )


@dataclass(frozen=True)
class Backup:
    """One copy. ``why``: ``auto``, ``before-restore``, ``before-format-N`` or ``damaged``; ``by`` and ``last``: who
    changed labels last, and when; None where nobody had. ``problem``: why it cannot be restored, else empty.
    """

    file: Path
    made: datetime
    why: str
    bytes: int
    tags: int = 0
    by: str = ""
    last: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class LabelLine:
    """One line of ``labels.csv``: the tag of an image (no ``box``), or a region. See :mod:`.label_file`."""

    path: str
    sha256: str
    name: str
    """Of the class; empty for none."""
    box: tuple[float, float, float, float] | None = None
    """xmin, ymin, xmax, ymax, in pixels of the upright original."""
    source: str = "human"
    """``human`` or ``import``."""
    at: str = ""
    by: str = ""
    unsure: bool = False
    own_class: bool = False
    """Of a region: whether the class is its own, and not the image's."""
    good: bool = False
    number: int = 0
    """Of the line in the file."""
    exact: bool = True
    """Whether the file says which regions have a class of their own; one from elsewhere may not."""


@dataclass(frozen=True)
class Conflict:
    """A line that was left out. ``why``: ``tag``, the project says ``here`` (empty: unsure); ``content``, the file of
    that name shows something else than what was labelled; ``path``, several images have that path.
    """

    line: LabelLine
    why: Literal["tag", "content", "path"]
    here: str


@dataclass(frozen=True)
class Exchange:
    """What came of taking up a labels file, in lines; ``missing``: of images that the project does not have."""

    added: int
    unchanged: int
    conflicts: tuple[Conflict, ...]
    missing: tuple[LabelLine, ...]


@dataclass(frozen=True)
class Edited:
    """An image whose file was overwritten since it was labelled."""

    image: ImageRecord
    before: str
    """Hash of the content that was labelled."""
    tag: int | None
    """What that was tagged as: a class id, UNSURE, or None where it only has regions."""
    regions: int
