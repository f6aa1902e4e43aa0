"""Actions that are found by their English name, too, and that say why they are off."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from micm_desktop.gui import i18n

ENGLISH, JAPANESE, REASON, HELD = "english", "japanese", "reason", "held"
"""Properties of actions: their English and Japanese names, why they are off, and why that is so whatever else is."""


class ActionNames(QObject):
    """Base of what names actions: remembers the English source of every text it translates."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources: dict[str, str] = {}

    def tr(self, text: str, disambiguation: str = "", n: int = -1, /) -> str:  # type: ignore[override]
        told = super().tr(text, disambiguation, n) if disambiguation or n >= 0 else super().tr(text)
        self._sources[told] = text
        return told

    def name(self, action: QAction, text: str) -> None:
        """Name an action by a text that this object translated."""
        action.setText(text)
        source = self._sources.get(text, text)
        name_in_both(action, plain(source), plain(i18n.japanese(type(self).__name__, source)))


def name_in_both(action: QAction, english: str, japanese: str) -> None:
    """Have an action found by these names, whatever the language in use."""
    action.setProperty(ENGLISH, english)
    action.setProperty(JAPANESE, japanese)


def plain(text: str) -> str:
    """A menu's text without the marks of its access key; Japanese menus put it in brackets at the end."""
    start, mark, rest = text.rpartition("(&")
    if mark and len(rest) >= 2 and rest[1] == ")":
        text = start + rest[2:]
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").strip()


@dataclass(frozen=True)
class Command:
    """One action of the menus: where it is, in the language in use, in English and in Japanese."""

    action: QAction
    path: tuple[str, ...]
    english: tuple[str, ...]
    japanese: tuple[str, ...]

    @property
    def text(self) -> str:
        return " › ".join((*self.path[1:], plain(self.action.text())))

    @property
    def reason(self) -> str:
        """Why it is off, where that is known."""
        return "" if self.action.isEnabled() else str(self.action.property(HELD) or self.action.property(REASON) or "")


def commands(bar: QMenuBar) -> list[Command]:
    """All actions of the menus and their sub-menus, in their order."""
    return [found for top in bar.actions() if isinstance(top.menu(), QMenu) for found in _below(top, (), (), ())]


def _below(
    action: QAction, path: tuple[str, ...], english: tuple[str, ...], japanese: tuple[str, ...]
) -> Iterator[Command]:
    english, japanese = (
        (*names, str(action.property(language) or plain(action.text())))
        for names, language in ((english, ENGLISH), (japanese, JAPANESE))
    )
    menu = action.menu()
    if isinstance(menu, QMenu):
        for inner in menu.actions():
            if not inner.isSeparator() and inner.isVisible():
                yield from _below(inner, (*path, plain(menu.title())), english, japanese)
    else:
        yield Command(action, path, english, japanese)
