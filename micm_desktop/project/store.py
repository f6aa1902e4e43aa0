"""A project folder: what the rest of the program talks to."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from micm_desktop.progress import JobControl, Progress
from micm_desktop.project import (
    catalog,
    classes,
    journal,
    label_exchange,
    opening,
    scanning,
    set_aside,
    stored_settings,
    undoing,
)
from micm_desktop.project.database import LABEL_TIMEOUT_MS, Database
from micm_desktop.project.holding import Hold
from micm_desktop.project.network import WorkingCopy
from micm_desktop.project.records import (
    ClassRecord,
    Exchange,
    FolderRecord,
    HistoryEntry,
    Holder,
    ImageRecord,
    LabelLine,
    RegionRecord,
    Step,
    TagChange,
    TakenBack,
)
from micm_desktop.project.registry import Registry
from micm_desktop.project.set_aside import SetAside
from micm_desktop.project.stored_settings import SettingsFor


class Project(Registry):
    """One open project. All methods may be called from any thread, also while a scan runs in another.

    Every method that changes something returns after the change is on disk, and raises :class:`UserError` where the
    project folder cannot be written (read-only, disk full, locked by another program): then nothing was changed.
    """

    holder: Holder | None
    """Who may change the project, where that is not this program: all writing methods then raise UserError."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        held: Hold | Holder | None = None,
        copy: WorkingCopy | TemporaryDirectory[str] | None = None,
    ) -> None:
        self.folder = folder
        self._copy = copy
        self.working_copy = copy if isinstance(copy, WorkingCopy) else None
        """What is worked on instead of the file on a network drive."""
        self.holder = held if isinstance(held, Holder) else None
        self._hold = held if isinstance(held, Hold) else None
        self._database = database
        self._user = journal.user_name()
        self._scanning = threading.Lock()
        self._images_version = 0

    @classmethod
    def open(cls, folder: Path) -> "Project":
        """Open the project in ``folder``, making the folder and an empty project where there is none.

        Image folders that moved together with the project folder are found again.

        Raises :class:`UserError` where the folder cannot be written, holds something else under the project's file
        name, or comes from a newer version of the program.
        """
        return opening.open_project(cls, folder)

    @classmethod
    def open_exclusively(cls, folder: Path, *, take_over: bool = False) -> "Project":
        """As :meth:`open`, and nobody else may change the project until it is closed; where somebody else has it,
        :attr:`holder` says who, and it can only be looked at. ``take_over``: see :func:`.holding.take`.
        """
        return opening.open_exclusively(cls, folder, take_over)

    @classmethod
    def look_into(cls, folder: Path) -> "Project":
        """As :meth:`open`, to look at only, whoever else has it open, and where the folder cannot be written. Brings an
        older project up to date where nobody has it open."""
        return opening.look_into(cls, folder)

    def close(self) -> None:
        """Let go of the file. Nothing needs saving: everything is already on disk."""
        self._database.close()
        if isinstance(self._copy, WorkingCopy):
            self._copy.close()
            return
        if self._copy is not None:
            self._copy.cleanup()
        if self._hold is not None:
            self._hold.release()

    def closing(self, control: JobControl) -> Iterator[Progress]:
        """As :meth:`close`, telling how much of a project on a network drive is written back.

        Raises as :meth:`.WorkingCopy.finish`; it may then be tried again, or ended by :meth:`give_up`.
        """
        self._database.close()
        if self.working_copy is not None:
            yield from self.working_copy.finish(control)
        self.close()

    def give_up(self) -> None:
        """As :meth:`close`, without waiting for a network drive: the next opening writes back what is here."""
        if self.working_copy is not None:
            self.working_copy.give_up()
        self.close()

    # --- folders and images

    def add_folder(self, path: Path) -> FolderRecord:
        """Take a folder of images into the project; the same folder again returns its record.

        Raises :class:`UserError` where it does not exist or is no folder.
        """
        with self._database.write() as connection:
            return catalog.add_folder(connection, self.folder, path)

    def folders(self) -> list[FolderRecord]:
        """The opened folders, in the order they were opened."""
        with self._database.read() as connection:
            return catalog.all_folders(connection)

    def relocate_folder(self, folder_id: int, new_path: Path) -> FolderRecord:
        """Say where a folder has moved; the next scan finds its images there.

        Raises :class:`UserError` where ``new_path`` is no folder, or is already open in this project.
        """
        with self._database.write() as connection:
            moved = catalog.relocate_folder(connection, self.folder, folder_id, new_path)
        self._count_change()
        return moved

    def scan(self, control: JobControl) -> Iterator[Progress]:
        """Read and hash the images below all folders, and store what was found, a few at a time.

        Files whose size and time are unchanged are not read again. Unreadable files are stored with a reason. Files
        that are gone, or whose whole folder is, become ``missing``; a missing image whose content turns up in another
        place takes its row along. ``Progress.text`` is the relative path of the last image read. One scan runs at a
        time; a second waits. Raises :class:`Cancelled` at the next image after a cancel; what was read is kept.
        """
        while not self._scanning.acquire(timeout=0.1):
            control.safe_point()
        try:
            yield from scanning.scan(self._database, control, self._count_change)
        finally:
            self._scanning.release()

    def has_news(self, control: JobControl) -> bool:
        """Whether files came, went or changed since the last scan, by their names, sizes and times; False while one
        runs. Raises Cancelled."""
        if not self._scanning.acquire(blocking=False):
            return False
        try:
            return scanning.has_news(self._database, control)
        finally:
            self._scanning.release()

    def images_version(self) -> int | None:
        """Another number after every change of the images, so that a million need not be read to see that there was
        none; None where another program may have changed them."""
        return self._images_version if self._hold is not None else None

    def _count_change(self) -> None:
        self._images_version += 1

    def images(self) -> list[ImageRecord]:
        """Every known image of any status, in path order, folder by folder."""
        with self._database.read() as connection:
            return catalog.all_images(connection)

    # --- classes

    def classes(self) -> list[ClassRecord]:
        """The classes in creation order, without the removed ones."""
        with self._database.read() as connection:
            return classes.all_classes(connection)

    def add_class(
        self,
        name: str,
        *,
        is_good: bool = False,
        color: str = "",
        key: str = "",
        settings: SettingsFor | None = None,
    ) -> ClassRecord:
        """Add a class. Without ``key`` it gets the next free of ``1``..``9``, then ``a``..``z`` without ``u`` (none
        where all are taken); without ``color`` (``#rrggbb``) one that colour-blind people can tell apart.
        ``settings`` are stored in the same action.

        Raises :class:`UserError` for an empty or duplicate name, a key that is taken or not allowed, or a bad colour.
        """
        with self._action() as connection:
            added = classes.add_class(connection, self._user, name, is_good, color, key)
            self._store(connection, settings, added)
        return added

    def change_class(
        self,
        class_id: int,
        *,
        name: str | None = None,
        color: str | None = None,
        key: str | None = None,
        is_good: bool | None = None,
        settings: SettingsFor | None = None,
    ) -> ClassRecord:
        """Change what is given; an empty ``key`` takes the key away. Raises :class:`UserError` as ``add_class``."""
        with self._action() as connection:
            changed = classes.change_class(connection, self._user, class_id, name, color, key, is_good)
            self._store(connection, settings, changed)
        return changed

    def remove_class(self, class_id: int) -> None:
        """Take away a class and its tags at once; the journal keeps everything, regions stay without a class."""
        with self._action() as connection:
            classes.remove_class(connection, self._user, class_id)

    def merge_class(self, class_id: int, into: int, *, settings: SettingsFor | None = None) -> ClassRecord:
        """Take away a class and give its tags and regions to another, which is returned. ``settings`` are stored with
        it. Raises :class:`UserError` where either was removed.
        """
        with self._action() as connection:
            classes.merge_class(connection, self._user, class_id, into)
            other = next(record for record in classes.all_classes(connection) if record.id == into)
            self._store(connection, settings, other)
        return other

    def _store(self, connection: Connection, settings: SettingsFor | None, record: ClassRecord) -> None:
        if settings is not None:
            stored_settings.change(connection, self._user, settings(record), record.name)

    @contextmanager
    def _action(self) -> Iterator[Connection]:
        """A transaction for somebody who waits, all of it one action of the journal."""
        with self._database.write(LABEL_TIMEOUT_MS) as connection, journal.one_action(connection):
            yield connection

    # --- tags and regions

    def tag(self, sha256s: Sequence[str], class_id: int | None) -> TagChange:
        """Tag image contents with a class, or take their tags away (None); on disk when this returns.

        Raises :class:`UserError` where the class was removed, or a hash is empty (an image that cannot be opened).
        """
        return self.restore_tags(dict.fromkeys(sha256s, class_id))

    def restore_tags(self, tags: Mapping[str, int | None]) -> TagChange:
        """Give each content hash its own class, as undo and redo need it; also a record in the journal.

        Raises :class:`UserError` as :meth:`tag`.
        """
        with self._action() as connection:
            return journal.set_tags(connection, self._user, tags)

    def unsure(self) -> frozenset[str]:
        """The contents that a person looked at and could not tell: tagged with ``UNSURE``."""
        with self._database.read() as connection:
            return journal.all_unsure(connection)

    def tags(self) -> dict[str, int]:
        """Content hash -> class id of every tag, also of images that are missing now."""
        with self._database.read() as connection:
            return journal.all_tags(connection)

    def support_tags(self) -> dict[str, int]:
        """As :meth:`tags`, without the test set: what may be learned from, or chosen by."""
        with self._database.read() as connection:
            return set_aside.support_tags(connection)

    def history(self) -> list[HistoryEntry]:
        """The label journal, oldest entry first."""
        with self._database.read() as connection:
            return journal.entries(connection)

    def steps(self, after: int = 0) -> list[Step]:
        """The journal's actions after number ``after``, or as many of the last as are needed: see
        :func:`undoing.steps`. :func:`undoing.replay` tells which of them can be undone and redone.
        """
        with self._database.read() as connection:
            return undoing.steps(connection, after)

    def take_back(self, action_id: int) -> TakenBack:
        """Undo an action or, where it was an undo, redo what that had undone; on disk and in the journal when this
        returns. Raises :class:`UserError` where that is not possible: then nothing was changed.
        """
        with self._database.write(LABEL_TIMEOUT_MS) as connection:
            return undoing.take_back(connection, self._user, action_id)

    def add_region(
        self, sha256: str, class_id: int | None, xmin: float, ymin: float, xmax: float, ymax: float
    ) -> RegionRecord:
        """Mark a box on an image, in pixels of the upright original.

        Raises :class:`UserError` for an empty box or a removed class.
        """
        with self._action() as connection:
            return journal.add_region(connection, self._user, sha256, class_id, (xmin, ymin, xmax, ymax))

    def change_region(
        self, region_id: int, class_id: int | None, xmin: float, ymin: float, xmax: float, ymax: float
    ) -> RegionRecord:
        """Give a marked box another place or class.

        Raises :class:`UserError` for an empty box, a removed class, or a box that is gone.
        """
        with self._action() as connection:
            return journal.change_region(connection, self._user, region_id, class_id, (xmin, ymin, xmax, ymax))

    def remove_region(self, region_id: int) -> None:
        """Take a box away; the journal keeps it. Raises :class:`UserError` where it is already gone."""
        with self._action() as connection:
            journal.remove_region(connection, self._user, region_id)

    def regions(self, sha256: str | None = None) -> list[RegionRecord]:
        """The boxes on one image, or on all, in the order they were drawn."""
        with self._database.read() as connection:
            return journal.all_regions(connection, sha256)

    # --- the test set

    def locked(self) -> frozenset[str]:
        """The content hashes of the test set, which nothing that learns or chooses may see."""
        with self._database.read() as connection:
            return set_aside.all_locked(connection)

    def test_set(self) -> SetAside:
        """The test set, and when images were locked and unlocked."""
        with self._database.read() as connection:
            return set_aside.read(connection)

    def lock(self, sha256s: Sequence[str], how: str) -> int:
        """Set contents aside for the test, ``how`` in words; returns how many are new. In the journal, not undoable.

        Raises :class:`UserError` where one has or had a tag.
        """
        with self._action() as connection:
            return set_aside.lock(connection, self._user, sha256s, how)

    def unlock(self, how: str = "unlocked") -> int:
        """Give up the test set; its tags are learned from at once. Returns how many there were. Never undone."""
        with self._action() as connection:
            return set_aside.unlock(connection, self._user, how)

    def ever_learned_from(self) -> frozenset[str]:
        """The contents that have or had a tag outside the test set: they cannot be locked."""
        with self._database.read() as connection:
            return set_aside.ever_learned_from(connection)

    # --- labels as a file

    def label_lines(self) -> list[LabelLine]:
        """Every tag and region as a line of :mod:`.label_file`."""
        with self._database.read() as connection:
            return label_exchange.export_lines(connection)

    def take_up_labels(self, lines: Sequence[LabelLine], *, merge: bool = False, dry_run: bool = False) -> Exchange:
        """Add labels from a file; see :func:`.label_exchange.import_lines`. One step for undo."""
        with self._database.read() if dry_run else self._database.write() as connection:
            return label_exchange.import_lines(connection, self._user, lines, merge=merge, dry_run=dry_run)
