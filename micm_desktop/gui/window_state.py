"""How the window was left: sizes of its parts and the page."""

from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QSplitter, QWidget

from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.steps import PageName


def save_splitters(pages: Mapping[PageName, QWidget], preferences: Preferences) -> None:
    """Remember the sizes on all pages."""
    for name, splitter in _splitters(pages):
        preferences.set_geometry(name, splitter.saveState())


def restore_splitters(pages: Mapping[PageName, QWidget], preferences: Preferences) -> None:
    """Give the parts of all pages the sizes that they had."""
    for name, splitter in _splitters(pages):
        state = preferences.geometry(name)
        if state is not None:
            splitter.restoreState(state)
            # What is stored says whether parts can be hidden away, too; that is the page's to say.
            splitter.setChildrenCollapsible(False)


def _splitters(pages: Mapping[PageName, QWidget]) -> Iterator[tuple[str, QSplitter]]:
    """With the number of parts in the name: another layout of the page is another splitter."""
    for page, widget in pages.items():
        for place, splitter in enumerate(widget.findChildren(QSplitter)):
            yield f"{page}-{place}-{splitter.count()}", splitter
