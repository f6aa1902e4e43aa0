"""An engineer lets the program choose what to tag next."""

import threading
from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from gui_bench import KINDS, TIMEOUT
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.fewshot.suggest import Why
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.filters import Filter
from micm_desktop.gui.snapshot import take_snapshot
from micm_desktop.labeling import Suggestion
from micm_desktop.project.records import ClassRecord

Select = Callable[[str], int]


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Until the queue has followed the tags."""
    source = window.label.queue.source
    qtbot.waitUntil(lambda: not window.session.predicting and not source.busy, timeout=TIMEOUT)


def press_shortcut(window: MainWindow, qtbot: QtBot) -> None:
    active = window.label.queue.active
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=TIMEOUT)
    QTest.keyClick(window.label.grid, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.label.queue.active != active, timeout=TIMEOUT)


def turn_on(window: MainWindow, qtbot: QtBot) -> None:
    press_shortcut(window, qtbot)
    settle(window, qtbot)


def tag_as_it_is(window: MainWindow) -> int:
    """Tag the selected image as its folder says, by key; its row."""
    row = window.label.detail.row
    kind = window.session.images[row].path.parent.name
    QTest.keyClick(window.label.grid, str(KINDS.index(kind) + 1))
    return row


def test_tagging_by_key_follows_the_queue(labelling: MainWindow, qtbot: QtBot) -> None:
    page = labelling.label
    turn_on(labelling, qtbot)
    suggested = [suggestion.row for suggestion in page.queue.source.suggestions]
    assert page.model.rows.tolist() == suggested and page.detail.row == suggested[0]
    assert "Typical of these images" in page.queue.why.text() and page.queue.why.isVisible()
    bar = page.gallery.bar
    assert not bar.search.isEnabled() and bar.edge.isEnabled() and not page.update_list.isVisible()
    done = []
    for count in range(1, 11):
        done.append(tag_as_it_is(labelling))
        assert page.detail.row not in done, "the next image is there before the queue is renewed"
        looked_at = page.detail.row
        settle(labelling, qtbot)
        assert page.detail.row == looked_at, "what is looked at stays"
        assert page.model.rows[:count].tolist() == done, "what was tagged stays before it"
        rest = page.model.rows[count + 1 :].tolist()
        wanted = [found.row for found in page.queue.source.suggestions]
        assert rest == [row for row in wanted if row not in (*done, looked_at)]
        assert len(set(page.model.rows.tolist())) == page.model.rowCount()
    assert {labelling.session.images[row].path.parent.name for row in done} == set(KINDS)
    assert page.queue.why.text()
    page.grid.select_row(done[0])
    assert page.queue.why.text() == "", "why a tag was wanted says nothing once it is there"


def test_several_suggestions_are_tagged_at_once(labelling: MainWindow, qtbot: QtBot) -> None:
    page = labelling.label
    page.queue.source.count = 6
    turn_on(labelling, qtbot)
    at_first = page.model.rows.tolist()
    assert len(at_first) == 6
    page.grid.selectAll()
    QTest.keyClick(page.grid, "1")
    settle(labelling, qtbot)
    assert page.model.rows[:6].tolist() == at_first and page.model.rowCount() > 6
    assert page.detail.row == page.model.rows[6], "the first of the new ones is selected"


def test_all_images_can_be_tagged_to_the_end(labelling: MainWindow, qtbot: QtBot) -> None:
    turn_on(labelling, qtbot)
    for _ in range(len(labelling.session.images)):
        tag_as_it_is(labelling)
        settle(labelling, qtbot)
    tags = labelling.session.tag_classes()
    assert (tags > 0).sum() >= len(tags) - 4, "near-identical images apart, every image comes up"


def test_each_queue_can_be_chosen_by_keyboard(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page = labelling.label
    for kind, key in zip(KINDS, "123", strict=True):
        for number in (0, 1, 2):
            select(f"{kind}_{number}.png")
            QTest.keyClick(page.grid, key)
    select("pit_1.png")
    QTest.keyClick(page.grid, "1")
    settle(labelling, qtbot)
    box = page.queue.bar.queues
    seen = []
    for place in range(1, box.count()):
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert page.queue.bar.queue == box.itemData(place), "taking a queue turns suggestions on"
        settle(labelling, qtbot)
        tags = labelling.session.tag_classes()[page.model.rows]
        assert np.all(tags > 0) if box.itemData(place) == "mistakes" else not tags.any()
        if page.model.rowCount():
            assert page.detail.row == page.model.rows[0]
            seen.append(page.queue.why.text())
        assert box.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert box.accessibleName() and len(seen) >= 4 and all(seen) and len(set(seen)) == len(seen)


def test_a_mistake_is_put_right(labelling: MainWindow, select: Select, qtbot: QtBot) -> None:
    page = labelling.label
    for kind, key in zip(KINDS, "123", strict=True):
        for number in range(6):
            select(f"{kind}_{number}.png")
            QTest.keyClick(page.grid, key)
    settle(labelling, qtbot)
    page.queue.bar.queues.setCurrentIndex(page.queue.bar.queues.findData("mistakes"))
    page.queue.bar.on.setChecked(True)
    settle(labelling, qtbot)
    assert page.model.rowCount(), "a tiny encoder doubts some of the tags"
    row = page.detail.row
    doubt = page.queue.source.reason(row)
    assert doubt is not None and doubt.first is not None
    assert doubt.first.name in page.queue.why.text() and "Is the tag right?" in page.queue.why.text()
    QTest.keyClick(page.grid, doubt.first.key)
    settle(labelling, qtbot)
    assert labelling.session.tag_classes()[row] == doubt.first.id and page.model.rows[0] == row


def test_turning_off_brings_the_list_back(labelling: MainWindow, qtbot: QtBot) -> None:
    page = labelling.label
    page.gallery.bar.choose(Filter(tag="untagged"))
    turn_on(labelling, qtbot)
    tag_as_it_is(labelling)
    settle(labelling, qtbot)
    looked_at = page.detail.row
    press_shortcut(labelling, qtbot)
    assert page.gallery.bar.search.isEnabled() and not page.queue.why.isVisible()
    assert page.model.rowCount() == 23 and page.detail.row == looked_at


def test_an_image_from_elsewhere_is_shown_whatever_the_queue(labelling: MainWindow, qtbot: QtBot) -> None:
    page = labelling.label
    turn_on(labelling, qtbot)
    tag_as_it_is(labelling)
    settle(labelling, qtbot)
    page.show_image(int(page.model.rows[-1]))
    assert page.queue.active, "it is in the queue"
    page.model.replace_after(1, page.model.rows[1:2])
    missing = next(row for row in range(24) if row not in page.model.rows)
    page.show_image(missing)
    assert not page.queue.active and page.detail.row == missing


def test_new_images_renew_the_queue(labelling: MainWindow, qtbot: QtBot) -> None:
    page = labelling.label
    turn_on(labelling, qtbot)
    tag_as_it_is(labelling)
    settle(labelling, qtbot)
    labelling.session.show_images(take_snapshot(labelling.session.labeling, labelling.session.tags.version))
    assert page.model.rowCount() == 0, "places in the old list mean nothing in the new one"
    settle(labelling, qtbot)
    assert page.model.rowCount() and page.detail.row == page.model.rows[0]
    labelling.session.close()
    assert page.model.rowCount() == 0 and page.queue.why.text() == ""


def test_a_list_that_is_being_renewed_says_so(
    labelling: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, labeling = labelling.label, labelling.session.labeling
    assert labeling is not None
    renewing, may_end = page.queue.bar.renewing, threading.Event()
    suggest = labeling.suggest

    def wait(*asked: object) -> object:
        may_end.wait(TIMEOUT / 1000)
        return suggest(*asked)  # type: ignore[arg-type]

    turn_on(labelling, qtbot)
    assert not renewing.isVisible()
    monkeypatch.setattr(labeling, "suggest", wait)
    tag_as_it_is(labelling)
    qtbot.waitUntil(renewing.isVisible, timeout=TIMEOUT)
    may_end.set()
    settle(labelling, qtbot)
    assert not renewing.isVisible()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_reason_names_what_it_is_about(window: MainWindow, language: str) -> None:
    window._choose_language(language)
    first, second = (
        ClassRecord(id=number, name=name, color="", key="", is_good=False)
        for number, name in enumerate(("<傷>", "良品"), start=1)
    )
    lines = {why: window.label.queue.bar.why(Suggestion(0, why, first, second, 0.51, 0.47)) for why in get_args(Why)}
    assert len(set(lines.values())) == 8 and all(lines.values())
    assert all(line.isascii() is False for line in lines.values()) or language == "en"
    for part in ("<b>&lt;傷&gt;</b>", "<b>良品</b>", "51%", "47%"):
        assert part in lines["uncertain"]
    assert "&lt;傷&gt;" in lines["rare"] and "51%" in lines["rare"] and "51%" in lines["typical"]
    assert "&lt;傷&gt;" in lines["mistake"] and "良品" in lines["mistake"]
