"""Undo and redo, as far back as the label journal tells."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from micm_desktop.project.records import Step

if TYPE_CHECKING:
    from micm_desktop.project.store import Project
    from micm_desktop.project.undoing import Undoable


KEPT = 300
"""Steps of either kind that are there again after a restart."""

TakeBack = Callable[[Step, int, Callable[[int], None]], None]
"""Takes back an action of a step, and then calls the function with the number of the action that does so; with 0 where
that failed. Between the two, which may be later, nothing is undone or redone. Whoever takes back then calls
:meth:`UndoStack.follow`, for what was journalled meanwhile.
"""

PutOff = Callable[[Callable[[bool], object]], bool]
"""Whether a call must wait for tags that are not on disk yet: what comes next to undo is known after them. It is told
then whether the last of them are on disk.
"""


class StepCommand(QUndoCommand):
    """One action of the journal. It is taken back before the stack moves: a disk that is full leaves both in place."""

    def __init__(self, step: Step, latest: int, text: str) -> None:
        super().__init__(text)
        self.step = step
        self.latest = latest
        """The action to take back for the next undo or redo."""


class UndoStack(QUndoStack):
    """Holds what the journal holds; every action that is journalled becomes a step of it by :meth:`follow`."""

    done = Signal(object)
    """A :class:`Step` that is on disk."""
    undone = Signal(object)
    redone = Signal(object)

    def __init__(self, take_back: TakeBack, put_off: PutOff, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take_back = take_back
        self._put_off = put_off
        self._seen = 0
        self._reversing = False
        self.again: Callable[[], None] = self.undo
        """Tries again what was asked for last."""

    def fill(self, told: "Sequence[Step]") -> None:
        """Make the stack what the journal's ``told`` actions leave to undo and to redo."""
        from micm_desktop.project.undoing import replay

        done, undone = (entries[-KEPT:] for entries in replay(told))
        # The menu would be named anew for every step.
        self.blockSignals(True)
        self.clear()
        for entry in (*done, *reversed(undone)):
            self._push(entry)
        self.setIndex(len(done))
        self.blockSignals(False)
        self.canUndoChanged.emit(self.canUndo())
        self.canRedoChanged.emit(self.canRedo())
        self._seen = told[-1].action_id if told else 0

    def follow(self, project: "Project") -> None:
        """Take up what was journalled since."""
        self.take_up(self.unseen(project), project)

    def unseen(self, project: "Project") -> list[Step]:
        """What was journalled since. A worker may ask, as long as nothing else is journalled: a step of 100,000 tags
        takes the journal a tenth of a second to tell."""
        return project.steps(self._seen) if self._seen else project.steps()

    def take_up(self, new: Sequence[Step], project: "Project") -> None:
        """Take up the ``new`` steps, as :meth:`unseen` told them."""
        if all(step.reversible and not step.undoes for step in new):
            from micm_desktop.project.undoing import Undoable

            for step in new:
                self._push(Undoable(step, step.action_id))
                self._seen = step.action_id
                self.done.emit(step)
        else:
            self.fill(project.steps())

    def _push(self, entry: "Undoable") -> None:
        self.push(StepCommand(entry.step, entry.latest, self.in_words(entry.step)))

    @Slot()
    def undo(self) -> None:
        """Undo the last step; it stays where that fails."""
        if self._must_wait(self.undo):
            return
        command = self.command(self.index() - 1)
        if isinstance(command, StepCommand):
            self.again = self.undo
            self._reverse(command, super().undo, self.undone)
        elif command is not None:
            super().undo()

    @Slot()
    def redo(self) -> None:
        """Redo the last step that was undone; it stays undone where that fails."""
        if self._must_wait(self.redo):
            return
        command = self.command(self.index())
        if isinstance(command, StepCommand):
            self.again = self.redo
            self._reverse(command, super().redo, self.redone)
        elif command is not None:
            super().redo()

    def _must_wait(self, action: Callable[[], None]) -> bool:
        if self._reversing:
            return True

        def in_turn(saved: bool) -> None:
            self._reversing = False
            # Of tags that failed there is nothing to undo, and what was done before them is not meant.
            if saved:
                action()

        # One at a time: a key that is held down must not undo more than anybody sees.
        self._reversing = self._put_off(in_turn)
        return self._reversing

    def _reverse(self, command: StepCommand, move: Callable[[], None], said: SignalInstance) -> None:
        self._reversing = True
        seen = self._seen

        def end(action_id: int) -> None:
            self._reversing = False
            if not action_id:
                return
            # Otherwise something else was journalled meanwhile, and the stack is no longer the one to move in.
            if self._seen == seen == action_id - 1:
                command.latest = self._seen = action_id
                move()
            said.emit(step)

        step = command.step
        try:
            self._take_back(step, command.latest, end)
        except BaseException:
            self._reversing = False
            raise

    def in_words(self, step: Step) -> str:
        """What the step does, as it follows "Undo:" in the menu."""
        count = step.count
        match step.kind:
            case "tag" if step.name:
                text = self.tr('tag %n image(s) as "{name}"', "", count)
            case "tag":
                text = self.tr("tag %n image(s)", "", count)
            case "untag":
                text = self.tr("remove the tag of %n image(s)", "", count)
            case "unsure":
                text = self.tr("mark %n image(s) as unsure", "", count)
            case "class_added":
                text = self.tr('add the class "{name}"')
            case "class_changed" if step.name != step.other:
                text = self.tr('rename the class "{name}" to "{other}"')
            case "class_changed":
                text = self.tr('change the class "{name}"')
            case "class_removed":
                text = self.tr('remove the class "{name}"')
            case "class_merged":
                text = self.tr('merge the class "{name}" into "{other}"')
            case "setting_changed":
                text = self.tr('change the cost of "{name}"')
            case "region_added":
                text = self.tr("mark %n region(s)", "", count)
            case "region_removed":
                text = self.tr("remove %n region(s)", "", count)
            case "region_changed":
                text = self.tr("change %n region(s)", "", count)
            case _:
                text = step.kind
        return text.format(name=step.name, other=step.other)

    def retranslate(self) -> None:
        """Say every step again."""
        for place in range(self.count()):
            command = self.command(place)
            if isinstance(command, StepCommand):
                command.setText(self.in_words(command.step))
