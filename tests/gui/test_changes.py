"""What a tag changed: counted, listed with the class before and now, and dismissed."""

from collections.abc import Callable

import numpy as np
from gui_bench import TIMEOUT
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.gui.actions import commands
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.command_model import CommandFilter, CommandModel
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.models.image_model import CardRole
from micm_desktop.gui.snapshot import take_snapshot

Select = Callable[[str], int]


def shown(window: MainWindow) -> dict[str, int]:
    """The class that the gallery shows of each image, 0 for unknown."""
    judged = window.label.gallery.judged
    assert judged is not None and (judged.outcome >= 0).all()
    return {image.sha256: int(judged.class_ids[row]) for row, image in enumerate(window.session.images)}


def tag(window: MainWindow, select: Select, qtbot: QtBot, name: str, key: str) -> dict[str, int]:
    """Tag an image; the classes shown afterwards."""
    select(name)
    QTest.keyClick(window.label.grid, key)
    qtbot.waitUntil(lambda: not window.session.predicting, timeout=TIMEOUT)
    return shown(window) if window.session.predictions is not None else {}


def test_exactly_the_images_that_changed_are_listed(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page, session = labelling.label, labelling.session
    note, bar, model, ids = page.changes.note, page.changes.bar, page.model, [one.id for one in session.classes]
    for name, key in (("good_0.png", "1"), ("scratch_0.png", "2")):
        before = tag(labelling, select, qtbot, name, key)
    assert note.text() == "", "the first predictions have nothing to be compared with"
    after = tag(labelling, select, qtbot, "pit_0.png", "3")
    changed = {key for key in after if before[key] != after[key]}
    assert changed and note.text() == f"{len(changed)} image{'s' * (len(changed) > 1)} changed class"

    page.gallery.bar.choose(Filter(text="good"))
    note.button.click()
    assert {session.images[row].sha256 for row in model.rows.tolist()} == changed
    assert bar.isVisible() and page.grid.hasFocus()
    assert bar.words.text() == f"{note.text().removesuffix(' changed class')} that changed class"
    classes = {0: "unknown", **{one.id: one.name for one in session.classes}}
    for place, row in enumerate(model.rows.tolist()):
        key = session.images[row].sha256
        words = f"{classes[before[key]]} → {classes[after[key]]}"
        assert model.card(place).change == words
        assert words in model.index(place).data(Qt.ItemDataRole.ToolTipRole)
        assert words in model.index(place).data(Qt.ItemDataRole.AccessibleTextRole)

    # It stays the same list while it is worked through, and after the folders were read again.
    page.grid.select_row(int(model.rows[0]))
    QTest.keyClick(page.grid, "1")
    qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)
    assert {session.images[row].sha256 for row in model.rows.tolist()} == changed
    assert session.labeling is not None and ids[0] in session.tag_classes()
    session.show_images(take_snapshot(session.labeling, session.tags.version))
    qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)
    assert {session.images[row].sha256 for row in model.rows.tolist()} == changed
    assert model.index(0).data(CardRole).change

    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert not bar.isVisible() and page.gallery.filter == Filter(text="good") and not model.card(0).change
    assert all("good" in session.images[row].relative_path for row in model.rows.tolist())


def test_listing_is_found_by_name_and_ends_with_the_queue(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page, actions = labelling.label, labelling.work.actions
    assert not actions["changed"].isEnabled() and "No image changed" in actions["changed"].property("reason")
    for name, key in (("good_0.png", "1"), ("scratch_0.png", "2"), ("pit_0.png", "3")):
        tag(labelling, select, qtbot, name, key)
    found = CommandFilter(CommandModel(commands(labelling.menuBar())))
    found.search("changed class")
    assert found.index(0, 0).data().startswith("List the images that changed class")
    labelling.show_page("decide")
    assert actions["changed"].isEnabled() and not actions["not_only_changed"].isEnabled()
    actions["changed"].trigger()
    assert labelling.page == "label" and 0 < page.model.rowCount() == len(page.gallery.only or ())
    page.queue.bar.on.click()
    qtbot.waitUntil(lambda: not page.queue.source.busy, timeout=TIMEOUT)
    assert not page.changes.bar.isVisible() and not page.changes.listed
    actions["changed"].trigger()
    assert not page.queue.active and page.changes.listed
    actions["not_only_changed"].trigger()
    assert page.model.rowCount() == len(labelling.session.images)


def test_nothing_is_listed_where_nothing_changed(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page, session = labelling.label, labelling.session
    for name, key in (("good_0.png", "1"), ("scratch_0.png", "2")):
        tag(labelling, select, qtbot, name, key)
    judged = page.gallery.judged
    assert judged is not None
    session.update_predictions()
    qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)
    assert page.changes.note.text() == "No prediction changed" and page.changes.note.button.isHidden()
    assert page.gallery.judged is not judged and np.array_equal(page.gallery.judged.class_ids, judged.class_ids)  # type: ignore[union-attr]
    page.changes.show_list()
    assert not page.changes.listed
