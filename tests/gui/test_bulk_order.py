"""Tags that a worker saves, and what is asked for before they are on disk."""

import sqlite3
import time
from collections.abc import Iterator

import numpy as np
import pytest
from gui_bench import TIMEOUT, Bench
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui import bulk_tags
from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.snapshot import take_snapshot
from micm_desktop.gui.undo import StepCommand
from micm_desktop.gui.widgets.class_dialog import ClassDialog
from micm_desktop.labeling.deciding import read_settings
from micm_desktop.progress import UserError
from micm_desktop.project.undoing import replay


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_tags, "MOST_AT_ONCE", 2)


def saved(window: MainWindow, qtbot: QtBot) -> None:
    """Waits until the line is empty; then window, stack and journal must say the same."""
    session = window.session
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    assert session.labeling is not None
    assert np.array_equal(session.tag_classes(), session.labeling.tag_classes())
    done, undone = replay(session.labeling.project.steps())
    stack = session.undo
    commands = [stack.command(place) for place in range(stack.count())]
    latest = [command.latest for command in commands if isinstance(command, StepCommand)]
    assert latest[: stack.index()] == [entry.latest for entry in done]
    assert latest[stack.index() :] == [entry.latest for entry in reversed(undone)]


def test_undo_asked_for_while_tags_are_saved_undoes_those(labelling: MainWindow, qtbot: QtBot) -> None:
    session = labelling.session
    good, scratch, _ = session.classes
    session.tag([0], good.id)
    session.tag([1, 2, 3], scratch.id)
    session.undo.undo()
    session.tag([4], good.id)
    saved(labelling, qtbot)
    assert session.tag_classes()[:5].tolist() == [good.id, 0, 0, 0, good.id]
    session.tag([1, 2, 3], scratch.id)
    session.undo.undo()
    session.undo.undo()
    saved(labelling, qtbot)
    assert session.tag_classes()[:5].tolist() == [good.id, 0, 0, 0, good.id]


def test_what_else_is_changed_waits_for_the_tags_and_not_the_window(
    labelling: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    """The project has one writer at a time; as long as another program writes, tags cannot be saved."""
    session, decide = labelling.session, labelling.decide
    assert session.labeling is not None
    good, scratch, _ = session.classes
    session.tag([0, 1, 2], good.id)
    saved(labelling, qtbot)
    other = sqlite3.connect(bench.project / "project.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    session.undo.undo()
    assert session.bulk.busy
    began = time.monotonic()
    assert session.regions.add(session.images[5], None, (1, 1, 9, 9)) is None
    decide._on_cost(good.id, 7.0)
    decide._on_cost(scratch.id, 9.0)
    decide._on_ask_cost(0.25)
    labelling.label.editing.add()
    assert time.monotonic() - began < 1, "a lock is waited for twice as long"
    assert not session.labeling.decided and QApplication.activeModalWidget() is None
    other.execute("ROLLBACK")
    other.close()
    saved(labelling, qtbot)
    decision = session.labeling.decision
    assert (dict(decision.costs), decision.ask_cost) == ({good.id: 7.0, scratch.id: 9.0}, 0.25)
    assert [region.sha256 for region in session.labeling.project.regions()] == [session.images[5].sha256]
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ClassDialog)
    dialog.reject()


def test_a_stopped_job_loses_no_tags(labelling: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    session = labelling.session
    good = session.classes[0]
    session.tag([0, 1, 2], good.id)
    session.undo.undo()
    session.jobs.cancel_all()
    saved(labelling, qtbot)
    session.undo.redo()
    session.jobs.cancel_all()
    saved(labelling, qtbot)
    assert np.count_nonzero(session.tag_classes()) == 3


def test_another_try_after_a_rescan_is_for_the_same_images(
    labelling: MainWindow, bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = labelling.session
    assert session.labeling is not None
    monkeypatch.setattr("micm_desktop.project.store.LABEL_TIMEOUT_MS", 20)
    other = sqlite3.connect(bench.project / "project.sqlite", isolation_level=None)
    wanted = {session.images[row].sha256 for row in (1, 2, 3)}
    gone = session.images[0]
    other.execute("DELETE FROM images WHERE relative_path = ?", (gone.relative_path,))
    other.execute("BEGIN IMMEDIATE")
    session.tag([1, 2, 3], session.classes[0].id)
    # As where other programs may write, too: nothing else forgets an image.
    monkeypatch.setattr(session.labeling.project, "images_version", lambda: None)
    read = session.labeling.read_images()
    assert read is not None
    session.show_images(take_snapshot(session.labeling, session.tags.version, read))
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    other.execute("ROLLBACK")
    other.close()
    assert labelling.label.saved.banner.isVisible()
    labelling.label.saved.banner.button.click()
    saved(labelling, qtbot)
    assert session.labeling.project.tags().keys() == wanted


def test_the_line_goes_on_after_an_error_in_the_window(labelling: MainWindow, qtbot: QtBot) -> None:
    session = labelling.session

    def broken(_result: object) -> None:
        raise ValueError("of the window's own")

    with qtbot.captureExceptions():
        session.bulk.save(3, lambda: 1, broken, broken)
        session.tag([0], session.classes[0].id)
        saved(labelling, qtbot)
    assert np.count_nonzero(session.tag_classes()) == 1


def test_a_failure_is_said_although_what_came_after_it_is_saved(
    labelling: MainWindow, bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, mark = labelling.session, labelling.label.saved
    monkeypatch.setattr("micm_desktop.project.store.LABEL_TIMEOUT_MS", 20)
    other = sqlite3.connect(bench.project / "project.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    session.tag_failed.connect(lambda: other.execute("ROLLBACK") if other.in_transaction else None)
    session.tag([1, 2, 3], session.classes[0].id)
    session.tag([4], session.classes[0].id)
    saved(labelling, qtbot)
    other.close()
    assert np.flatnonzero(session.tag_classes()).tolist() == [4]
    assert mark.banner.isVisible() and mark.text() == "✓ Saved: 1 image"
    mark.banner.button.click()
    saved(labelling, qtbot)
    assert np.flatnonzero(session.tag_classes()).tolist() == [1, 2, 3, 4] and not mark.banner.isVisible()
    mark.show_failure(Failure("Earlier.", expected=True))
    session.tag([1, 2, 3], None)
    assert not mark.banner.isVisible()
    saved(labelling, qtbot)


@pytest.fixture
def locked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another program's connection, which writes: nothing can be saved until it rolls back."""
    monkeypatch.setattr("micm_desktop.project.store.LABEL_TIMEOUT_MS", 20)
    other = sqlite3.connect(bench.project / "project.sqlite", isolation_level=None)
    yield other
    other.close()


def test_all_that_failed_in_one_line_is_tried_again(
    labelling: MainWindow, locked: sqlite3.Connection, qtbot: QtBot
) -> None:
    session, mark = labelling.session, labelling.label.saved
    good, scratch, _ = session.classes
    session.tag([9], good.id)
    locked.execute("BEGIN IMMEDIATE")
    session.tag([0, 1, 2], good.id)
    session.tag([3, 4, 5], scratch.id)
    # Meant for what is being tagged, and not for what was before.
    session.undo.undo()
    qtbot.waitUntil(lambda: not session.bulk.busy, timeout=TIMEOUT)
    locked.execute("ROLLBACK")
    assert "2 changes could not be saved" in mark.banner.text
    assert np.flatnonzero(session.tag_classes()).tolist() == [9]
    mark.banner.button.click()
    saved(labelling, qtbot)
    assert session.tag_classes()[:6].tolist() == 3 * [good.id] + 3 * [scratch.id]
    assert not mark.banner.isVisible()


@pytest.mark.parametrize("leave", ["window", "project"])
def test_what_could_not_be_saved_keeps_the_window_and_the_project_open(
    labelling: MainWindow, locked: sqlite3.Connection, qtbot: QtBot, leave: str
) -> None:
    session = labelling.session
    labelling.show_page("decide")
    locked.execute("BEGIN IMMEDIATE")
    session.tag([0, 1, 2], session.classes[0].id)
    if leave == "window":
        labelling.close()
    else:
        labelling.opener.open_project(labelling.session.folder)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=TIMEOUT)
    locked.execute("ROLLBACK")
    assert labelling.isVisible() and labelling.isEnabled() and session.labeling is not None
    box = labelling.findChild(QMessageBox)
    assert box is not None and box.isVisible() and "Nothing was changed" in box.text()
    next(button for button in box.buttons() if button.text() == "Try again").click()
    saved(labelling, qtbot)
    assert np.count_nonzero(session.tag_classes()) == 3
    labelling.close()
    assert not labelling.isVisible()


def test_classes_wait_for_the_tags_that_are_being_saved(labelling: MainWindow, qtbot: QtBot) -> None:
    session, add = labelling.session, labelling.menus.actions["add_class"]
    good, scratch, pit = session.classes
    session.tag([0, 1, 2], scratch.id)
    assert not add.isEnabled() and "being saved" in add.property("reason")
    labelling.label.add_class()
    assert labelling.findChild(ClassDialog) is None
    with pytest.raises(UserError, match="being saved"):
        session.add_class("dent", key="4", color="#000000", is_good=False)
    session.remove_class(scratch.id)
    session.tag([3], scratch.id)
    saved(labelling, qtbot)
    assert session.classes == (good, pit) and not session.tag_classes().any(), "its tags have gone with it"
    assert "removed" in labelling.label.saved.banner.text, "the last tag is of a class that is gone by then"
    assert add.isEnabled()
    dialog = labelling.findChild(ClassDialog)
    assert dialog is not None and dialog.isVisible(), "asked for meanwhile"
    dialog.reject()


def test_a_decision_made_during_an_undo_keeps_what_that_brings_back(labelling: MainWindow, qtbot: QtBot) -> None:
    session = labelling.session
    good, scratch, pit = session.classes
    labeling = session.labeling
    assert labeling is not None
    labelling.decide._on_cost(scratch.id, 80)
    session.tag([0, 1, 2], scratch.id)
    saved(labelling, qtbot)
    session.merge_class(scratch.id, good.id)
    assert labeling.decision.costs == {}
    session.undo.undo()
    assert session.bulk.busy
    labelling.decide._on_cost(pit.id, 30)
    saved(labelling, qtbot)
    assert labeling.decision.costs == {scratch.id: 80, pit.id: 30}
    assert labeling.decision == read_settings(labeling.project)
