"""Costs, the line between good and defect, rules, and the misjudged among the tagged."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from gui_bench import KINDS, TIMEOUT
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from micm_desktop.fewshot.decision import Outcome
from micm_desktop.fewshot.expected import expected_outcomes
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.cost_model import COST, GOOD
from micm_desktop.gui.pages.decide import DecidePage
from micm_desktop.gui.verdict_words import risk_in_words
from micm_desktop.gui.widgets.threshold_box import SETTLED
from micm_desktop.labeling.deciding import read_settings
from micm_desktop.progress import UserError
from micm_desktop.project.store import Project

Settled = Callable[[], None]


def enter_cost(page: DecidePage, class_id: int, cost: float) -> None:
    page.costs.model.setData(page.costs.model.cell(class_id, COST), cost)


def enter_good(page: DecidePage, class_id: int, is_good: bool) -> None:
    state = Qt.CheckState.Checked if is_good else Qt.CheckState.Unchecked
    page.costs.model.setData(page.costs.model.cell(class_id, GOOD), state, Qt.ItemDataRole.CheckStateRole)


def is_good(page: DecidePage, class_id: int) -> bool:
    found = page.costs.model.cell(class_id, GOOD).data(Qt.ItemDataRole.CheckStateRole)
    return bool(found == Qt.CheckState.Checked)


@pytest.fixture
def settled(labelling: MainWindow, qtbot: QtBot) -> Settled:
    """Waits until what was entered has been decided by."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)

    return wait


@pytest.fixture
def page(labelling: MainWindow, settled: Settled) -> DecidePage:
    """The page with three tags of each kind."""
    session = labelling.session
    for record in session.classes:
        rows = [row for row, image in enumerate(session.images) if image.path.name.startswith(record.name)]
        session.tag(rows[:3], record.id)
    settled()
    labelling.show_page("decide")
    return labelling.decide


def outcomes(page: DecidePage) -> np.ndarray:
    predictions = page._session.predictions
    assert predictions is not None
    return predictions.outcome


def test_before_there_are_tags_it_says_what_to_do(labelling: MainWindow) -> None:
    labelling.show_page("decide")
    assert labelling.decide.hint.isVisible() and not labelling.decide.split.isVisible()
    assert "Tag images of two classes" in labelling.decide.hint.text()


def test_the_matrix_counts_each_tag_once(page: DecidePage, settled: Settled) -> None:
    model = page.confusion
    assert (model.rowCount(), model.columnCount()) == (len(KINDS), len(KINDS) + 1)
    for row in range(len(KINDS)):
        texts = [model.index(row, column).data() for column in range(len(KINDS) + 1)]
        assert sum(int(text) for text in texts if text != "·") == 3


def test_a_cell_shows_its_images(page: DecidePage) -> None:
    model, session = page.confusion, page._session
    shown = 0
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            page.matrix.setCurrentIndex(model.index(row, column))
            rows = page.model.rows
            text = model.index(row, column).data()
            assert len(rows) == (0 if text == "·" else int(text))
            assert set(session.tag_classes()[rows].tolist()) <= {session.classes[row].id}
            judged = page.model._judged
            assert judged is not None
            # The cards say what the cell says, not what the image's own tag makes of it.
            asked = np.isin(judged.outcome[rows], (Outcome.ASK, Outcome.UNKNOWN))
            assert (asked if column == len(KINDS) else judged.class_index[rows] == column).all()
            shown += len(rows)
    assert shown == 3 * len(KINDS)


def test_a_cost_is_on_disk_and_decides(page: DecidePage, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None
    page.costs.ask.setValue(5000)
    settled()
    defects = [record for record in session.classes if not record.is_good]
    for record in defects:
        enter_cost(page, record.id, 20000)
    settled()
    assert read_settings(session.labeling.project).costs == {record.id: 20000 for record in defects}
    dear = int((outcomes(page) == Outcome.GOOD).sum())
    for record in defects:
        enter_cost(page, record.id, 0.01)
    settled()
    cheap = int((outcomes(page) == Outcome.GOOD).sum())
    assert dear < cheap


def test_the_slider_tells_at_once_and_counts_when_it_rests(page: DecidePage, qtbot: QtBot, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None and session.predictions is not None
    before = page.line.value.text()
    page.line.slider.setValue(page.line.slider.maximum())
    assert page.line.value.text() != before
    assert session.labeling.decision.threshold is None, "not before it rests"
    qtbot.waitUntil(lambda: session.labeling.decision.threshold is not None, timeout=TIMEOUT)
    settled()
    policy = session.predictions.policy
    assert policy.threshold == pytest.approx(0.95, abs=1e-3)
    held_out = session.predictions.held_out
    found = expected_outcomes(held_out.probabilities, held_out.labels, held_out.unknown, policy)
    assert found is not None
    assert (
        f"{found.missed.total} tagged defects and {found.false_alarms.total} tagged good" in page.line.certainty.text()
    )

    qtbot.mouseClick(page.line.reset, Qt.MouseButton.LeftButton)
    settled()
    assert session.labeling.decision.threshold is None
    assert page.line.value.text() == before and not page.line.reset.isEnabled()


def test_the_share_of_defects_can_be_given(page: DecidePage, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None and session.predictions is not None
    page.share_known.setChecked(True)
    page.share.setValue(20)
    settled()
    pairs = zip(session.predictions.policy.shares, session.predictions.policy.good, strict=True)
    assert sum(share for share, good in pairs if not good) == pytest.approx(0.02)
    assert "about 20 are defective" in page.line.expected.text()
    page.share_known.setChecked(False)
    settled()
    assert session.labeling.decision.defect_share is None


def test_rules_are_kept(page: DecidePage, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None
    page.rules.area[0].setValue(10)
    page.rules.darkest.setValue(25)
    page.rules.least.setValue(60)
    settled()
    rules = read_settings(session.labeling.project).rules
    assert rules.area == (0.1, 0, 1, 1) and rules.darkest == 0.25
    assert rules.least_probability == {record.name: 0.6 for record in session.classes}
    page.rules.area[2].setValue(5)
    assert page.rules.area[0].value() == 4 and session.labeling.decision.rules.area == (0.04, 0, 0.05, 1)


def test_without_a_good_class_there_is_no_line(page: DecidePage, settled: Settled) -> None:
    good = next(record for record in page._session.classes if record.is_good)
    enter_good(page, good.id, False)
    settled()
    assert not page.line.isVisible() and not page.share.isVisible() and page.costs.isVisible()
    assert set(outcomes(page).tolist()) <= {Outcome.CLASS, Outcome.ASK, Outcome.UNKNOWN}
    enter_good(page, good.id, True)
    settled()
    assert page.line.isVisible()


def test_a_project_that_cannot_be_written_says_so(
    page: DecidePage, monkeypatch: pytest.MonkeyPatch, settled: Settled
) -> None:
    from micm_desktop.labeling import Labeling
    from micm_desktop.progress import UserError

    def refuse(*_: object) -> None:
        raise UserError("The project folder cannot be written. Free some space.")

    monkeypatch.setattr(Labeling, "set_decision", refuse)
    value = page.costs.ask.value()
    page.costs.ask.setValue(value + 3)
    assert page.banner.isVisible()
    assert page.costs.ask.value() == value


def test_what_was_decided_marks_the_step_as_done(labelling: MainWindow, page: DecidePage, settled: Settled) -> None:
    assert labelling.navigation.buttons["decide"].state == "open"
    page._session.change_decision(lambda now: replace(now, ask_cost=3.0))
    settled()
    assert labelling.navigation.buttons["decide"].state == "done"


def test_the_large_view_says_which_rule_changed_the_verdict(
    labelling: MainWindow, page: DecidePage, settled: Settled, qtbot: QtBot
) -> None:
    detail = labelling.label.detail
    labelling.show_page("label")
    labelling.label.show_image(0)
    risk = "risk"
    qtbot.waitUntil(lambda: risk in detail.why.text() or "Unlike anything" in detail.why.text(), timeout=TIMEOUT)
    page.rules.darkest.setValue(100)
    settled()
    qtbot.waitUntil(lambda: "too dark" in detail.why.text(), timeout=TIMEOUT)
    assert "<b>A person should look</b>" in detail.why.text()


def test_a_line_that_is_still_being_moved_and_a_number_being_typed_stay_with_their_project(
    labelling: MainWindow, page: DecidePage, qtbot: QtBot
) -> None:
    session = labelling.session
    folder = session.folder
    assert folder is not None
    page.line.slider.setValue(page.line.slider.maximum())
    page.rules.darkest.selectAll()
    qtbot.keyClicks(page.rules.darkest.lineEdit(), "17")
    session.close()
    project = Project.open(folder)
    found = read_settings(project)
    project.close()
    assert found.threshold == pytest.approx(0.95, abs=1e-3) and found.rules.darkest == 0.17


def test_a_move_before_a_cost_does_not_come_back_after_it(page: DecidePage, qtbot: QtBot, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None
    page.line.slider.setValue(page.line.slider.maximum())
    enter_cost(page, next(record.id for record in session.classes if not record.is_good), 7)
    qtbot.wait(2 * SETTLED)
    settled()
    assert session.labeling.decision.threshold is None


def test_a_class_that_becomes_good_loses_what_a_miss_costs(page: DecidePage, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None
    record = next(record for record in session.classes if not record.is_good)
    enter_cost(page, record.id, 200)
    page.costs.table.setFocus()
    page.costs.table.setCurrentIndex(page.costs.model.cell(record.id, GOOD))
    enter_good(page, record.id, not record.is_good)
    settled()
    assert session.labeling.decision.costs == {} and page.costs.model.cell(record.id, COST).data() == "1.00"
    assert page.costs.table.hasFocus(), "the keyboard stays where it was"
    assert page.costs.table.currentIndex() == page.costs.model.cell(record.id, GOOD)


def test_a_class_that_cannot_be_changed_is_shown_as_it_was(page: DecidePage, monkeypatch: pytest.MonkeyPatch) -> None:
    record = page._session.classes[0]

    def refuse(*_: object, **__: object) -> None:
        raise UserError("The project folder cannot be written. Free some space.")

    monkeypatch.setattr(Project, "change_class", refuse)
    enter_good(page, record.id, not record.is_good)
    assert page.banner.isVisible() and is_good(page, record.id) == record.is_good


def test_scrolling_the_form_changes_nothing(page: DecidePage) -> None:
    page.matrix.setFocus()
    for box in (page.line.slider, page.costs.ask, page.rules.darkest, page.share):
        before = box.value()
        turn_wheel(box)
        assert box.value() == before
    page.rules.darkest.setFocus()
    turn_wheel(page.rules.darkest)
    assert page.rules.darkest.value() == 1


def turn_wheel(box: QWidget) -> None:
    middle = QPointF(box.rect().center())
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        middle, box.mapToGlobal(middle), QPoint(), QPoint(0, 120), none, Qt.KeyboardModifier.NoModifier, phase, False
    )
    QApplication.sendEvent(box, event)


def test_the_tab_key_goes_down_the_form(page: DecidePage) -> None:
    order, widget = [], page.line.reset
    while widget is not page.share_known and len(order) < 200:
        widget = widget.nextInFocusChain()
        order.append(widget)
    fields = [page.costs.table, page.costs.ask, page.share_known]
    assert [one for one in order if one in fields] == fields


def test_enter_shows_an_image_as_a_double_click_does(page: DecidePage, qtbot: QtBot) -> None:
    good = next(at for at, record in enumerate(page._session.classes))
    column = next(c for c in range(len(KINDS) + 1) if page.confusion.index(good, c).data() != "·")
    page.matrix.setCurrentIndex(page.confusion.index(good, column))
    page.grid.setCurrentIndex(page.model.index(0))
    with qtbot.waitSignal(page.image_wanted) as caught:
        qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert caught.args == [page.model.row_of(page.model.index(0))]


def test_a_tiny_risk_is_not_shown_as_none() -> None:
    assert [risk_in_words(risk) for risk in (0.00004, 0.0012, 0.034, 0.5)] == ["0.004%", "0.1%", "3.4%", "50%"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_words_of_the_form_are_cut_off(
    labelling: MainWindow, page: DecidePage, qtbot: QtBot, settled: Settled, language: Literal["en", "ja"]
) -> None:
    labelling.resize(1366, 768)
    labelling.translator.choose(language)
    page.costs.ask.setValue(0.05)
    page.split.setSizes([440, 660])
    labels = page.rules.findChildren(QLabel) + page.line.findChildren(QLabel)

    def cut_off() -> list[str]:
        shown = [label for label in labels if label.isVisible() and label.wordWrap() and label.text()]
        return [label.text() for label in shown if label.height() < label.heightForWidth(label.width())]

    settled()
    labelling.grab()
    qtbot.waitUntil(lambda: not cut_off(), timeout=3000)


def test_a_cost_is_typed_and_nothing_is_refused_in_words(page: DecidePage, qtbot: QtBot, settled: Settled) -> None:
    session, table = page._session, page.costs.table
    assert session.labeling is not None
    record = next(record for record in session.classes if not record.is_good)
    table.setFocus()
    table.setCurrentIndex(page.costs.model.cell(record.id, COST))
    for typed, told in (("7", False), ("0", True)):
        table.edit(table.currentIndex())
        [box] = table.viewport().findChildren(QDoubleSpinBox)
        box.selectAll()
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not table.viewport().findChildren(QDoubleSpinBox))
        settled()
        assert session.labeling.decision.costs[record.id] == 7 and page.banner.isVisible() is told
    page.costs.ask.setValue(0)
    assert page.banner.isVisible() and page.costs.ask.value() == session.labeling.decision.ask_cost > 0


def test_how_readily_images_are_unknown_can_be_given(page: DecidePage, settled: Settled) -> None:
    session = page._session
    assert session.labeling is not None and page.unknown.share.value() == 5
    page.unknown.share.setValue(20)
    settled()
    assert session.labeling.decision.false_rejection == 0.2
    page.share_known.setChecked(True)
    page.share.setValue(1000)
    settled()
    assert session.labeling.decision.defect_share == pytest.approx(0.9999)
