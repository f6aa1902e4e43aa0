"""How good the result is: figures and the images behind them, what is outdated, comparisons, and the test set."""

from dataclasses import replace

import numpy as np
import pytest
from gui_bench import KINDS, TIMEOUT
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from micm_desktop.gui.evaluation_notes import WAYS, Step
from micm_desktop.gui.evaluation_words import evaluation_words
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.image_model import ImageModel
from micm_desktop.gui.models.interval_model import IntervalRole
from micm_desktop.gui.pages.evaluate import EvaluatePage
from micm_desktop.gui.widgets.evaluation_view import (
    CLASSES,
    COMPARISON,
    CONFUSION,
    CURVES,
    LEARNING,
    METHODS,
    NOTES,
    RELIABILITY,
)
from micm_desktop.labeling.evaluating import METHODS_TO_COMPARE, evaluate
from micm_desktop.labeling.evaluation_values import Evaluation
from micm_desktop.progress import JobControl


def tag_each(window: MainWindow, qtbot: QtBot, each: slice) -> None:
    session = window.session
    for record in session.classes:
        rows = [row for row, image in enumerate(session.images) if image.path.name.startswith(record.name)]
        session.tag(rows[each], record.id)
    qtbot.waitUntil(lambda: not session.predicting, timeout=TIMEOUT)


def idle(window: MainWindow, qtbot: QtBot) -> None:
    work = window.evaluation_work
    qtbot.waitUntil(lambda: not work.running and not window.session.predicting and not work.outdated, timeout=TIMEOUT)


@pytest.fixture
def page(labelling: MainWindow, qtbot: QtBot) -> EvaluatePage:
    """The page in view, with four tags of each kind and judged by them."""
    tag_each(labelling, qtbot, slice(0, 4))
    labelling.show_page("evaluate")
    qtbot.waitUntil(lambda: labelling.evaluation_work.evaluated is not None, timeout=TIMEOUT)
    idle(labelling, qtbot)
    return labelling.evaluate


def shown(model: ImageModel) -> list[str]:
    return [model.card(position).image.sha256 for position in range(model.rowCount())]


def test_before_there_are_tags_it_says_what_to_do(labelling: MainWindow, qtbot: QtBot) -> None:
    labelling.show_page("evaluate")
    page = labelling.evaluate
    assert "Tag images of two classes" in page.empty.words.text() and not page.renew.isEnabled()
    assert page.set_aside.isEnabled()
    page.empty.button.click()
    assert labelling.page == "label"
    # A single tag of each class judges nothing, and no figure is made up.
    tag_each(labelling, qtbot, slice(0, 1))
    labelling.show_page("evaluate")
    idle(labelling, qtbot)
    evaluated = labelling.evaluation_work.evaluated
    assert evaluated is not None and evaluated.evaluation.source == "none"
    assert not any(button.isVisible() for button in (page.right, page.missed, page.alarms, page.asked))
    assert [page.view.tabs.isTabVisible(tab) for tab in (NOTES, CONFUSION, LEARNING)] == [True, False, False]
    page.view.notes.buttons[0].click()
    assert labelling.page == "label"


def test_the_figures_are_those_of_the_core_and_each_shows_its_images(page: EvaluatePage, labelling: MainWindow) -> None:
    labeling, view = labelling.session.labeling, page.view
    assert labeling is not None
    wanted = [event for event in evaluate(labeling, JobControl()) if isinstance(event, Evaluation)][-1]
    judged, right, confusion, expected = wanted.judged, wanted.right, wanted.confusion, wanted.expected
    assert judged is not None and right is not None and confusion is not None and expected is not None
    assert len(judged) == 4 * len(KINDS) and wanted.source == "leave-one-out"
    assert page.right.lines[1] == f"{right.count} of {right.total}"
    assert f"{100 * right.low:.1f}%" in page.right.lines[2] and f"{100 * right.high:.1f}%" in page.right.lines[2]
    assert page.missed.lines[1] == f"{expected.missed.count} of {expected.missed.total}"
    page.right.click()
    right_keys = {judged.keys[row] for row in np.flatnonzero(judged.column == judged.labels)}
    assert set(shown(view.images.model)) == right_keys

    view.tabs.setCurrentIndex(CONFUSION)
    seen: list[str] = []
    for row, column in np.ndindex(*confusion.counts.shape):
        view.matrix.setCurrentIndex(view.confusion.index(row, column))
        keys = shown(view.images.model)
        assert set(keys) == {judged.keys[one] for one in judged.cell(row, column)}
        assert len(keys) == confusion.counts[row, column]
        seen += keys
    assert sorted(seen) == sorted(judged.keys)

    view.tabs.setCurrentIndex(CLASSES)
    for row, score in enumerate(wanted.by_class):
        for column, rate in enumerate((score.recall, score.precision)):
            view.score_table.setCurrentIndex(view.scores.index(row, column))
            cell = view.scores.index(row, column).data(IntervalRole)
            if rate.total:
                assert (cell.value, cell.low, cell.high) == (rate.share, rate.low, rate.high)
            assert len(shown(view.images.model)) == rate.total - rate.count


def test_the_curves_mark_the_line_and_the_notes_lead_on(page: EvaluatePage, labelling: MainWindow) -> None:
    view, evaluated = page.view, labelling.evaluation_work.evaluated
    assert evaluated is not None
    found = evaluated.evaluation
    view.tabs.setCurrentIndex(CURVES)
    assert view.cost is not None and view.precision_recall is not None and found.cost is not None
    assert view.cost.mark.yData[0] == pytest.approx(float(found.cost.cost[found.cost.chosen]))
    curve, place = view.precision_recall._shown or (None, 0)
    assert curve is not None and found.policy is not None
    line = found.policy.least_cost_threshold()
    assert place == len(curve.threshold) - 1 or curve.threshold[place] >= line
    assert place == 0 or curve.threshold[place - 1] < line
    view.tabs.setCurrentIndex(RELIABILITY)
    assert view.reliability is not None and found.reliability is not None
    assert len(view.reliability.line.xData) == len(found.reliability.bins)
    view.tabs.setCurrentIndex(LEARNING)
    assert view.learning.figure is not None and found.learning is not None
    assert list(view.learning.figure.line.yData) == [point.accuracy for point in found.learning.points]
    assert view.learning.table.model().rowCount() == len(KINDS)

    view.tabs.setCurrentIndex(NOTES)
    kinds = [note.kind for note in found.notes]
    assert "few" in kinds and len(view.notes.texts) >= len(kinds)
    button = view.notes.buttons[[note.kind in WAYS for note in found.notes].index(True)]
    button.click()
    assert labelling.page == "label" or page.dialog.isVisible()
    pit = next(record for record in labelling.session.classes if record.name == "pit")
    page.go(Step("tag_class", "pit"))
    assert labelling.page == "label" and labelling.label.gallery.filter.predicted == pit.id
    assert labelling.label.gallery.filter.tag == "untagged"


def test_a_tag_outdates_it_and_it_is_renewed(page: EvaluatePage, labelling: MainWindow, qtbot: QtBot) -> None:
    work = labelling.evaluation_work
    assert labelling.navigation.buttons["evaluate"].state == "done"
    labelling.show_page("label")
    tag_each(labelling, qtbot, slice(4, 5))
    assert work.outdated and not work.running and labelling.navigation.buttons["evaluate"].state == "open"
    labelling.show_page("evaluate")
    idle(labelling, qtbot)
    assert work.evaluated is not None and len(work.evaluated.images) == 5 * len(KINDS)
    # Where it takes long, it says so and waits to be asked.
    work.evaluated = replace(work.evaluated, seconds=1000)
    tag_each(labelling, qtbot, slice(5, 6))
    assert work.outdated and not work.running and "before 3 changes" in page.banner.text
    page.banner.button.click()
    idle(labelling, qtbot)
    assert len(work.evaluated.images) == 6 * len(KINDS) and page.banner.isHidden()
    # What was cancelled does not begin again by itself.
    page.renew.click()
    work.cancel()
    qtbot.waitUntil(lambda: not work.running, timeout=TIMEOUT)
    tag_each(labelling, qtbot, slice(6, 7))
    assert not work.running and work.outdated


def test_two_ways_are_compared_on_the_same_images(page: EvaluatePage, labelling: MainWindow, qtbot: QtBot) -> None:
    assert METHODS == METHODS_TO_COMPARE
    box, work = page.view.comparison, labelling.evaluation_work
    page.view.tabs.setCurrentIndex(COMPARISON)
    box.second.setCurrentIndex(0)
    assert not box.compare.isEnabled()
    box.second.setCurrentIndex(METHODS.index("prototype"))
    box.compare.click()
    qtbot.waitUntil(lambda: work.compared is not None and not work.running, timeout=TIMEOUT)
    assert work.compared is not None and work.compared.comparison.paired is not None
    paired = work.compared.comparison.paired
    assert f"{paired.first.count} of {paired.first.total}" in box.details.text() and box.verdict.text()
    total = 0
    for part, button in box.parts.items():
        button.click()
        assert len(shown(page.view.images.model)) == getattr(paired, part)
        total += getattr(paired, part)
    assert total == 4 * len(KINDS)
    more = replace(paired, only_first=2, only_second=9, p_value=0.0654)
    told = evaluation_words.compared(replace(work.compared.comparison, paired=more), "first", "second")
    assert told == "B is right on 7 more images than A; that could be chance (p = 0.065). B is second."
    box.kind.setCurrentIndex(1)
    assert box.first.itemData(0) is None
    box.compare.click()
    qtbot.waitUntil(lambda: work.compared.comparison.kind == "encoder" and not work.running, timeout=TIMEOUT)
    # The bench's project has features of its own encoder alone.
    assert "Starter" not in box.verdict.text() and "features" in box.notes.text()


def test_images_are_set_aside_shown_and_given_up(labelling: MainWindow, qtbot: QtBot) -> None:
    page, work, session = labelling.evaluate, labelling.evaluation_work, labelling.session
    labelling.show_page("evaluate")
    labelling.menus.actions["page_evaluate"].trigger()
    page.ask_set_aside()
    page.dialog.share.setValue(25)  # type: ignore[attr-defined]
    assert page.dialog.late.isHidden()  # type: ignore[attr-defined]
    page.dialog.accept()
    qtbot.waitUntil(lambda: bool(session.locked) and not work.running, timeout=TIMEOUT)
    assert len(session.locked) == 6 and "6 images set aside" in page.banner.text
    assert "6 images are set aside" in page._test_set.text() and page.unlock.isVisible()

    model = labelling.label.model
    cards = [model.card(position) for position in range(model.rowCount())]
    assert {card.image.sha256 for card in cards if card.locked} == session.locked
    locked = next(position for position, card in enumerate(cards) if card.locked)
    for position, card in enumerate(cards):
        labelling.label.show_image(int(model.rows[position]))
        assert labelling.label.detail.locked.isHidden() != card.locked
    assert "only used for the test" in model.index(locked).data(3)
    page.go(Step("tag_test"))
    assert set(shown(model)) == session.locked and labelling.page == "label"
    labelling.label.gallery.clear()

    tag_each(labelling, qtbot, slice(0, 8))
    labelling.show_page("evaluate")
    qtbot.waitUntil(lambda: work.evaluated is not None, timeout=TIMEOUT)
    idle(labelling, qtbot)
    assert work.evaluated is not None
    found = work.evaluated.evaluation
    assert found.source == "locked" and found.judged is not None and set(found.judged.keys) == session.locked
    assert "locked test set" in page._judged_by.text() and sum(found.support) == 18

    # What was learned from cannot test.
    page.ask_set_aside()
    page.dialog.share.setValue(50)  # type: ignore[attr-defined]
    assert page.dialog.late.isVisible()  # type: ignore[attr-defined]
    page.dialog.accept()
    qtbot.waitUntil(lambda: not work.running and page.banner.isVisible(), timeout=TIMEOUT)
    assert "All images have or had a tag" in page.banner.text

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox) and "on record" in box.informativeText()
        next(button for button in box.buttons() if button.text() == "Give it up").click()

    QTimer.singleShot(100, press)
    page.unlock.click()
    qtbot.waitUntil(lambda: not session.locked and not work.running, timeout=TIMEOUT)
    idle(labelling, qtbot)
    assert work.evaluated.evaluation.source == "leave-one-out"
    assert "unlocked" in [note.kind for note in work.evaluated.evaluation.notes]
    assert not any(model.card(position).locked for position in range(model.rowCount())) and page.unlock.isHidden()
