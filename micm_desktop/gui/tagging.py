"""Tags and classes of the open project, and what can be undone of them: the part of the session that writes labels."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from micm_desktop.gui.bulk_tags import BulkTags
from micm_desktop.gui.jobs import Failure, Jobs, failure_of
from micm_desktop.gui.tag_column import TagColumn
from micm_desktop.gui.undo import UndoStack
from micm_desktop.progress import UserError
from micm_desktop.project.records import ClassRecord, ClassValues, ImageRecord, Step, TagChange, TakenBack

if TYPE_CHECKING:
    from micm_desktop.labeling import Labeling


class Tagging(QObject):
    """Everything here runs on the GUI thread; tags of many images at once are saved by a worker."""

    classes_changed = Signal()
    tags_changed = Signal(object)
    """A :class:`TagChange` that is on disk."""
    tag_failed = Signal(object)
    """A :class:`Failure`; nothing was changed, and :attr:`try_again` tries it anew."""
    taken_back = Signal(object)
    """A :class:`TakenBack` that is on disk: something was undone or redone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = Jobs(self)
        self.labeling: Labeling | None = None
        self.images: tuple[ImageRecord, ...] = ()
        self.classes: tuple[ClassRecord, ...] = ()
        self.locked: frozenset[str] = frozenset()
        """Content hashes of the test set."""
        self.try_again: Callable[[], object] = lambda: None
        self.tags = TagColumn()
        self.bulk = BulkTags(self.jobs, self)
        self._failed: list[Callable[[], object]] = []
        self.bulk.started.connect(lambda: self._failed.clear())
        self.undo = UndoStack(
            self.take_back, lambda action: self.bulk.put_off(lambda: action(not self.bulk.failed)), self
        )

    def update_predictions(self) -> None:
        """Score all images anew; the session says how."""
        raise NotImplementedError

    def tag_classes(self) -> NDArray[np.int64]:
        """(N,) class id of each image's tag, 0 for none."""
        return self.tags.classes

    def tag_states(self) -> NDArray[np.int64]:
        """(N,) class id of each image's tag, 0 for none, UNSURE where a person could not tell."""
        return self.tags.states

    def tag(self, rows: Sequence[int], class_id: int | None) -> TagChange | None:
        """Tag images, take their tag away with None, or say with UNSURE that nobody can tell. On disk when this returns
        the change; None where nothing is open, or where a worker saves that many and ``tags_changed`` follows.
        """
        return self._tag(self.images, rows, class_id)

    def _tag(self, images: Sequence[ImageRecord], rows: Sequence[int], class_id: int | None) -> TagChange | None:
        labeling = self.labeling
        if labeling is None or not rows:
            return None
        # With the images as they are now: by the time of another try, the rows may mean others.
        again = partial(self._tag, images, rows, class_id)
        if self.bulk.takes(len(rows)):
            work = self.tags.prepared(
                lambda: labeling.tag_images((images[row] for row in rows), class_id), lambda change: change.after
            )
            self.bulk.save(
                len(rows),
                lambda: (work(), self.undo.unseen(labeling.project)),
                lambda saved: self._tagged(*saved),
                partial(self.fail, again=again),
            )
            return None
        try:
            change = labeling.tag_images((images[row] for row in rows), class_id)
        except UserError as error:
            self.fail(failure_of(error), again)
            return None
        self._tagged(change, self.undo.unseen(labeling.project))
        return change

    def _tagged(self, change: TagChange, steps: Sequence[Step]) -> None:
        assert self.labeling is not None
        self.undo.take_up(steps, self.labeling.project)
        self._show_tags(change)
        self.update_predictions()

    def _show_tags(self, change: TagChange) -> None:
        self.tags.apply(change.after)
        self.tags_changed.emit(change)

    def follow_journal(self) -> None:
        """Let what was just journalled be undone; after everything that changes tags, classes or regions."""
        if self.labeling is not None:
            self.undo.follow(self.labeling.project)

    def take_back(self, step: Step, action_id: int, done: Callable[[int], None]) -> None:
        """Undo or redo, for the stack; ``done`` is told the action that does so, 0 where it failed."""
        labeling = self.labeling
        assert labeling is not None

        def end(taken: TakenBack) -> None:
            self._show_taken_back(taken)
            done(taken.action_id)
            self.follow_journal()

        def fail(failure: Failure) -> None:
            done(0)
            self.follow_journal()
            self.fail(failure, self.undo.again)

        if self.bulk.takes(step.count):
            work = self.tags.prepared(lambda: labeling.take_back(action_id), lambda taken: taken.tags.after)
            self.bulk.save(step.count, work, end, fail)
            return
        try:
            taken = labeling.take_back(action_id)
        except UserError as error:
            fail(failure_of(error))
            return
        end(taken)

    def _show_taken_back(self, taken: TakenBack) -> None:
        if taken.classes:
            self._read_classes()
        if taken.tags.after:
            self._show_tags(taken.tags)
        self.taken_back.emit(taken)
        self.update_predictions()

    def fail(self, failure: Failure, again: Callable[[], object]) -> None:
        """Say that something came to nothing, and keep ``again``, which tries it anew."""
        if not self.bulk.busy:
            self._failed.clear()
        self._failed.append(again)
        every = tuple(self._failed)
        self.try_again = lambda: [one() for one in every]
        self.tag_failed.emit(failure)

    @property
    def failures(self) -> int:
        """How many changes :attr:`try_again` tries anew: all those of one line that came to nothing."""
        return len(self._failed)

    def put_off(self, action: Callable[[], object]) -> bool:
        """Whether ``action`` waits until the tags before it are on disk; where it then raises UserError, that is said
        as of tags."""

        def in_turn() -> None:
            try:
                action()
            except UserError as error:
                self.fail(failure_of(error), in_turn)

        return self.bulk.put_off(in_turn)

    # --- classes

    def add_class(self, name: str, *, key: str, color: str, is_good: bool, cost: float | None = None) -> ClassRecord:
        """Add a class. Raises UserError where the name or key is empty or taken, or many tags are being saved."""
        assert self.labeling is not None
        if self.bulk.busy:
            raise UserError(self.tr("Tags of many images are being saved. Try again when they are."))
        record = self.labeling.add_class(ClassValues(name, key, color, is_good, cost))
        self._classes_changed()
        return record

    def change_class(
        self, class_id: int, *, name: str, key: str, color: str, is_good: bool, cost: float | None = None
    ) -> None:
        """Change a class. Raises UserError where the name or key is empty or taken.

        While many tags are being saved, this and what removes a class wait for them.
        """
        assert self.labeling is not None
        again = partial(self.change_class, class_id, name=name, key=key, color=color, is_good=is_good, cost=cost)
        if self.put_off(again):
            return
        self.labeling.change_class(class_id, ClassValues(name, key, color, is_good, cost))
        self._classes_changed()

    def remove_class(self, class_id: int) -> None:
        """Remove a class and its tags. Raises UserError."""
        assert self.labeling is not None
        if self.put_off(lambda: self.remove_class(class_id)):
            return
        self.labeling.project.remove_class(class_id)
        self.tags.move_class(class_id, 0)
        self._classes_changed()

    def merge_class(self, class_id: int, into: int) -> None:
        """Make a class part of another. Raises UserError."""
        assert self.labeling is not None
        if self.put_off(lambda: self.merge_class(class_id, into)):
            return
        self.labeling.merge_class(class_id, into)
        self.tags.move_class(class_id, into)
        self._classes_changed()

    def _classes_changed(self) -> None:
        self.follow_journal()
        self._read_classes()
        self.update_predictions()

    def _read_classes(self) -> None:
        assert self.labeling is not None
        self.classes = tuple(self.labeling.project.classes())
        self.classes_changed.emit()
