"""The keys of the menus' actions, as they came or as the user chose them."""

import re
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from micm_desktop.gui.preferences import Preferences

_PORTABLE = QKeySequence.SequenceFormat.PortableText


class Shortcuts(QObject):
    """Gives each action its key, and remembers changes. ``actions``: by a name that never changes."""

    changed = Signal()

    def __init__(self, actions: Mapping[str, QAction], preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self.actions = dict(actions)
        self._preferences = preferences
        self._came_with = {name: action.shortcut() for name, action in self.actions.items()}
        for name, action in self.actions.items():
            chosen = preferences.key(name)
            if chosen is not None:
                action.setShortcut(QKeySequence.fromString(chosen, _PORTABLE))

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
            self.actions[name].setShortcut(sequence)
        self.changed.emit()

    def taken_by(self, name: str, sequence: QKeySequence) -> str | None:
        """The other action whose key this is, or begins or goes on with; None where it is free."""
        if sequence.isEmpty():
            return None
        clash = QKeySequence.SequenceMatch.NoMatch
        for other, action in self.actions.items():
            own = action.shortcut()
            if other != name and not own.isEmpty() and (own.matches(sequence), sequence.matches(own)) != (clash, clash):
                return other
        return None

    def _set(self, name: str, sequence: QKeySequence) -> None:
        self.actions[name].setShortcut(sequence)
        kept = None if sequence == self._came_with[name] else sequence.toString(_PORTABLE)
        self._preferences.set_key(name, kept)


def is_typed(sequence: QKeySequence) -> bool:
    """Whether a key types a character or moves in lists: it would tag images, or be lost to text fields."""
    text = sequence.toString(_PORTABLE)
    return bool(text) and re.search(r"(Ctrl|Alt|Meta)\+|(^|\+)F\d+$", text) is None
