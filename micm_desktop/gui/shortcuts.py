"""The keys of the menus' actions, as they came or as the user chose them."""

import re
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut

from micm_desktop.gui.preferences import Preferences

_PORTABLE = QKeySequence.SequenceFormat.PortableText


class Shortcuts(QObject):
    """Gives each action its key, and remembers changes. ``actions``: by a name that never changes."""

    changed = Signal()

    def __init__(self, actions: Mapping[str, QAction], preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self.actions = dict(actions)
        self._preferences = preferences
        self._window = parent
        self._came_with = {name: action.shortcuts() for name, action in self.actions.items()}
        for name in self.actions:
            chosen = preferences.key(name)
            if chosen is not None:
                self._give(name, QKeySequence.fromString(chosen, _PORTABLE))

    def choose(self, name: str, sequence: QKeySequence) -> None:
        """Give an action another key, or none; whichever action had it loses it."""
        other = self.taken_by(name, sequence)
        if other is not None:
            self._set(other, QKeySequence())
        self._set(name, sequence)
        self.changed.emit()

    def reset(self) -> None:
        """Give all actions the keys that they came with."""
        for name, sequence in self._came_with.items():
            self._preferences.set_key(name, None)
            self.actions[name].setShortcuts(sequence)
        self.changed.emit()

    def taken_by(self, name: str, sequence: QKeySequence) -> str | None:
        """The other action whose key this is, or begins or goes on with; None where it is free."""
        if sequence.isEmpty():
            return None
        return next(
            (other for other, action in self.actions.items() if other != name and _clash(action.shortcut(), sequence)),
            None,
        )

    def is_fixed(self, sequence: QKeySequence) -> bool:
        """Whether something else in the window has this key for good: Qt would call neither of the two."""
        own = set(self.actions.values())
        fixed = [key for keys in self._came_with.values() for key in keys[1:]]
        for action in self._window.findChildren(QAction):
            fixed += action.shortcuts() if action not in own else []
        for shortcut in self._window.findChildren(QShortcut):
            fixed += shortcut.keys()
        return any(_clash(key, sequence) for key in fixed)

    def _set(self, name: str, sequence: QKeySequence) -> None:
        self._give(name, sequence)
        kept = None if [sequence] == self._came_with[name][:1] else sequence.toString(_PORTABLE)
        self._preferences.set_key(name, kept)

    def _give(self, name: str, sequence: QKeySequence) -> None:
        """An action's further keys stay."""
        self.actions[name].setShortcuts([key for key in (sequence, *self._came_with[name][1:]) if not key.isEmpty()])


def _clash(key: QKeySequence, other: QKeySequence) -> bool:
    """Whether two keys are the same, or one begins the other."""
    none = QKeySequence.SequenceMatch.NoMatch
    both = not key.isEmpty() and not other.isEmpty()
    return both and (key.matches(other), other.matches(key)) != (none, none)


def is_typed(sequence: QKeySequence) -> bool:
    """Whether a key types a character or moves in lists: it would tag images, or be lost to text fields."""
    text = sequence.toString(_PORTABLE)
    return bool(text) and re.search(r"(Ctrl|Alt|Meta)\+|(^|\+)F\d+$", text) is None
