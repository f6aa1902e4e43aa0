"""An engineer asks why: heatmaps of several kinds, examples side by side, and an unknown image without a heatmap."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from gui_bench import TIMEOUT, Bench
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.explain.examples import Example, PatchPair
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.thumbnails import to_qimage
from micm_desktop.gui.widgets.detail import DetailView
from micm_desktop.gui.widgets.examples_view import ExamplesView
from micm_desktop.gui.widgets.heat_tools import HeatMode
from micm_desktop.gui.widgets.marked_picture import MarkedPicture

Select = Callable[[str], int]


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """With a picture that is like none of the others."""
    picture = np.random.default_rng(0).integers(0, 2, (48, 48, 3)).astype(np.uint8) * 255
    (bench.images / "good" / "odd.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return bench


@pytest.fixture
def tagged(labelling: MainWindow, select: Select, qtbot: QtBot) -> MainWindow:
    """Three tags for each of the three classes."""
    for number, kind in enumerate(("good", "scratch", "pit"), start=1):
        for index in range(3):
            select(f"{kind}_{index}.png")
            QTest.keyClick(labelling.label.grid, str(number))
    qtbot.waitUntil(lambda: not labelling.session.predicting, timeout=TIMEOUT)
    return labelling


def known_row(window: MainWindow) -> str:
    """An untagged image that is not unknown."""
    predictions, images = window.session.predictions, window.session.images
    assert predictions is not None
    tags = window.session.tag_classes()
    return next(image.path.name for row, image in enumerate(images) if not predictions.unknown[row] and tags[row] == 0)


def overlay_of(detail: DetailView) -> QImage:
    return detail.view._overlay.pixmap().toImage()


def test_the_heatmap_arrives_and_is_dropped_with_its_image(tagged: MainWindow, select: Select, qtbot: QtBot) -> None:
    detail = tagged.label.detail
    select(known_row(tagged))
    qtbot.waitUntil(lambda: detail.view.has_overlay, timeout=TIMEOUT)
    assert "Why <b>" in detail.why.text()
    detail.tools.strength.setValue(30)
    assert detail.view.overlay_opacity == 0.3
    QTest.keyClick(tagged.label.grid, "h")
    assert not detail.tools.shown.isChecked() and not detail.tools.modes.isEnabled()
    select("pit_5.png")
    assert not detail.view.has_overlay
    qtbot.wait(400)
    assert not detail.view.has_overlay, "nothing is computed while the heatmap is off"
    QTest.keyClick(tagged.label.grid, "h")
    qtbot.waitUntil(lambda: detail._explanation is not None, timeout=TIMEOUT)


def test_each_mode_draws_its_own_map_and_says_what_it_shows(tagged: MainWindow, select: Select, qtbot: QtBot) -> None:
    detail = tagged.label.detail
    select(known_row(tagged))
    qtbot.waitUntil(lambda: detail.view.has_overlay, timeout=TIMEOUT)
    seen = {HeatMode.EVIDENCE: overlay_of(detail)}
    said = {HeatMode.EVIDENCE: detail.why.text()}
    for mode in (HeatMode.ATTENTION, HeatMode.ROLLOUT, HeatMode.HEAD):
        detail.tools.choose(mode)
        qtbot.waitUntil(lambda: not detail._explain.busy, timeout=TIMEOUT)
        seen[mode], said[mode] = overlay_of(detail), detail.why.text()
        assert detail.tools.head.isVisible() == (mode is HeatMode.HEAD)
    assert seen[HeatMode.EVIDENCE] != seen[HeatMode.ATTENTION] != seen[HeatMode.HEAD]
    assert "whatever the class" in said[HeatMode.ATTENTION] and said[HeatMode.EVIDENCE] != said[HeatMode.ATTENTION]
    assert detail.tools.head.maximum() == 2
    detail.tools.head.setValue(2)
    qtbot.waitUntil(lambda: not detail._explain.busy, timeout=TIMEOUT)
    assert overlay_of(detail) != seen[HeatMode.HEAD]
    detail.tools.choose(HeatMode.EVIDENCE)
    qtbot.waitUntil(lambda: not detail._explain.busy, timeout=TIMEOUT)
    assert overlay_of(detail) == seen[HeatMode.EVIDENCE]


def test_examples_are_the_tagged_images_of_the_class_and_of_the_runner_up(
    tagged: MainWindow, select: Select, qtbot: QtBot
) -> None:
    detail = tagged.label.detail
    select(known_row(tagged))
    detail.tools.modes.setFocus()
    QTest.keyClick(detail.tools.modes, Qt.Key.Key_Down)
    assert detail.tools.mode is HeatMode.EXAMPLES, "reached by the keyboard"
    qtbot.waitUntil(lambda: detail.examples.shown is not None, timeout=TIMEOUT)
    assert (
        detail.examples.isVisible()
        and not detail.view.has_overlay
        and not detail.large.tools.buttons["fit"].isEnabled()
    )
    assert "equal numbers mark what matches" in detail.why.text()
    explanation, names = detail._explanation, []
    assert explanation is not None
    for _ in explanation.examples:
        shown = detail.examples.shown
        assert shown is not None and shown.class_name in detail.examples.caption.text()
        names.append(shown.class_name)
        assert len(detail.examples.here.places) == len(detail.examples.there.places) == len(shown.pairs)
        QTest.keyClick(detail.examples.after, Qt.Key.Key_Space)
    assert names == 3 * [explanation.class_name] + [explanation.runner_up]
    tags = tagged.session.tag_classes()
    of_tagged = {image.sha256 for row, image in enumerate(tagged.session.images) if tags[row]}
    assert {example.sha256 for example in explanation.examples} <= of_tagged
    QTest.keyClick(tagged.label.grid, "h")
    assert not detail.examples.isVisible() and not detail.view.has_overlay


def test_an_unknown_image_gets_examples_and_a_reason_but_no_heatmap(
    tagged: MainWindow, select: Select, qtbot: QtBot
) -> None:
    detail = tagged.label.detail
    row = select("odd.png")
    predictions = tagged.session.predictions
    assert predictions is not None and predictions.unknown[row]
    for mode in HeatMode:
        detail.tools.choose(mode)
        qtbot.waitUntil(lambda: detail._explanation is not None and not detail._explain.busy, timeout=TIMEOUT)
        assert not detail.view.has_overlay, mode
        assert detail.examples.isVisible() and detail.examples.shown is not None
        assert not detail.tools.strength.isEnabled()
        assert "no heatmap" in detail.why.text() and "nearest" in detail.why.text()
    detail.tools.choose(HeatMode.EVIDENCE)
    select(known_row(tagged))
    qtbot.waitUntil(lambda: detail.view.has_overlay, timeout=TIMEOUT)
    assert not detail.examples.isVisible()


def test_the_nearest_tagged_image_beside_at_the_same_zoom(tagged: MainWindow, select: Select, qtbot: QtBot) -> None:
    detail, session = tagged.label.detail, tagged.session
    large, pane = detail.large, detail.large.compare
    select("pit_0.png")
    QTest.keyClick(detail.view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: pane.shown is not None and pane.view.image_rect.width() > 0, timeout=TIMEOUT)
    assert pane.isVisible() and pane.view.isVisible() and detail.image is not None and pane.shown is not None
    tags = session.tag_classes()
    of_tagged = {image.sha256 for row, image in enumerate(session.images) if tags[row]}
    assert len(pane._examples) == 5 and pane.shown.sha256 in of_tagged - {detail.image.sha256}
    cosines = [example.similarity for example in pane._examples]
    assert cosines == sorted(cosines, reverse=True)
    first = pane.shown
    assert first.class_name in pane.caption.text() and "(1 of 5)" in pane.caption.text()
    pane.after.click()
    qtbot.waitUntil(lambda: "(2 of 5)" in pane.caption.text(), timeout=TIMEOUT)
    assert pane.shown != first
    detail.view.look(12.0, QPointF(0.3, 0.4))
    assert pane.view.zoom == 12 and (pane.view.center.x(), pane.view.center.y()) == pytest.approx((0.3, 0.4))
    pane.view.look(9.0, QPointF(0.5, 0.6))
    assert detail.view.zoom == 9 and detail.view.center.y() == pytest.approx(0.6), "either leads"
    select("good_5.png")
    qtbot.waitUntil(lambda: "(1 of 5)" in pane.caption.text() and not detail._decode.busy, timeout=TIMEOUT)
    assert detail.view.zoom == 9
    large.tools.buttons["compare"].click()
    assert not pane.isVisible() and not pane.view.isVisible()

    qtbot.waitUntil(lambda: detail.view.width() > 300, timeout=TIMEOUT)  # the place of the other is taken
    detail.tools.shown.setChecked(False)  # a heatmap that comes meanwhile would change the picture, too
    before = detail.view.grab().toImage().pixelColor(100, 100).lightness()
    large.tools.buttons["light"].click()
    large.light.brightness.setValue(100)
    qtbot.waitUntil(
        lambda: detail.view.grab().toImage().pixelColor(100, 100).lightness() > before + 20, timeout=TIMEOUT
    )
    large.tools.buttons["light"].click()
    assert large.light.values == (0, 0), "nothing stays changed unseen"
    qtbot.waitUntil(lambda: detail.view.grab().toImage().pixelColor(100, 100).lightness() == before, timeout=TIMEOUT)


def test_markers_stand_where_the_places_are_whatever_the_proportions(qtbot: QtBot) -> None:
    view = MarkedPicture()
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.show_picture(to_qimage(np.full((50, 100, 3), 128, np.uint8)), [(0.25, 0.5), (1.0, 1.0)])
    assert [(center.x(), center.y()) for center in view.marker_centers()] == [(50, 50), (200, 100)]
    view.resize(300, 100)
    assert [(center.x(), center.y()) for center in view.marker_centers()] == [(100, 50), (250, 100)]
    view.resize(200, 200)
    drawn = view.grab().toImage()
    assert drawn.pixelColor(50, 42).lightness() < 60, "the marker's ground"
    assert drawn.pixelColor(120, 20).lightness() == 128, "the picture elsewhere"


def test_examples_are_gone_through_in_a_circle(qtbot: QtBot) -> None:
    view = ExamplesView()
    qtbot.addWidget(view)
    view.show()
    picture = to_qimage(np.zeros((20, 30, 3), np.uint8))
    pair = PatchPair((0.1, 0.2), (0.7, 0.8), 0.9)
    examples = [(Example(str(n), f"class {n}", 0.5, (pair,) * n), picture) for n in range(3)]
    view.show_examples(picture, examples)
    assert not view.there.places and view.after.isVisible()
    view.after.click()
    assert view.there.places == ((0.7, 0.8),) and view.here.places == ((0.1, 0.2),)
    assert "class 1" in view.caption.text() and "1: 90%" in view.there.toolTip()
    view.show_examples(picture, examples)
    assert "class 1" in view.caption.text(), "the same examples again leave the one in view"
    view.after.click()
    view.after.click()
    assert "class 0" in view.caption.text()
    view.before.click()
    assert "class 2" in view.caption.text()
    view.show_examples(picture, [])
    assert view.shown is None and not view.after.isVisible() and view._none.isVisible()


def test_everything_has_a_name_for_screen_readers(tagged: MainWindow) -> None:
    detail = tagged.label.detail
    for widget in (
        detail.tools.modes,
        detail.tools.head,
        detail.tools.strength,
        detail.examples.here,
        detail.examples.there,
        detail.examples.before,
        detail.examples.after,
    ):
        assert widget.accessibleName()
