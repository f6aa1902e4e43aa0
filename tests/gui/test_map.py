"""The map of all images in the place of the gallery, with real features: making it, pointing, surrounding, tagging."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from gui_bench import TIMEOUT, Bench
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPolygonF, QTextDocumentFragment
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from micm_desktop.export.rules import RuledVerdict
from micm_desktop.fewshot.decision import Outcome
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.map_words import JOINER
from micm_desktop.gui.widgets.embedding_map import EmbeddingMap
from micm_desktop.labeling import Explanation

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def mapped(labelling: MainWindow, qtbot: QtBot) -> MainWindow:
    """The Label page with the map in the place of the gallery."""
    labelling.label.map.bar.map.click()
    settle(labelling, qtbot)
    return labelling


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the map is there, and painted."""
    qtbot.waitUntil(lambda: not window.label.map.busy and not window.session.predicting, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: bool(np.isfinite(view_of(window).cloud.pixels).any()), timeout=TIMEOUT)


def view_of(window: MainWindow) -> EmbeddingMap:
    return window.label.map.words.panel.view


def point_of(window: MainWindow, row: int) -> QPoint:
    return view_of(window).position(row).toPoint()


def legend_of(window: MainWindow) -> str:
    """The words of the legend as they are read."""
    words = QTextDocumentFragment.fromHtml(window.label.map.words.panel.legend.text()).toPlainText()
    return words.replace(JOINER, "").replace("\u00a0", " ")


def drag(view: EmbeddingMap, corners: list[QPointF], modifiers: Qt.KeyboardModifier = NONE) -> None:
    at = [corner.toPoint() for corner in corners]
    QTest.mousePress(view.viewport(), LEFT, modifiers, at[0])
    for corner in at[1:]:
        QTest.mouseMove(view.viewport(), corner)
    QTest.mouseRelease(view.viewport(), LEFT, modifiers, at[-1])


def around(view: EmbeddingMap, rows: list[int]) -> list[QPointF]:
    """A rectangle around images, as the corners that a hand would pass."""
    low, high = view.cloud.pixels[rows].min(axis=0) - 4, view.cloud.pixels[rows].max(axis=0) + 4
    return [QPointF(x, y) for x, y in ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))]


def test_a_lasso_selects_in_the_gallery_and_a_key_tags(mapped: MainWindow, qtbot: QtBot) -> None:
    view, page = view_of(mapped), mapped.label
    assert np.isfinite(view.cloud.points).all(), "every image has a place"
    corners = around(view, [0, 1, 2])
    expected = set(view.rows_within(QPolygonF(corners)).tolist())
    assert {0, 1, 2} <= expected < set(range(len(mapped.session.images)))
    drag(view, [*corners, corners[0]])
    assert set(page.grid.selected_rows()) == expected
    qtbot.waitUntil(lambda: set(np.flatnonzero(view.cloud.selected).tolist()) == expected)
    before = view.cloud.looks.colors.copy()
    record = mapped.session.classes[1]
    QTest.keyClick(view, record.key)
    assert set(np.flatnonzero(mapped.session.tag_classes() == record.id).tolist()) == expected
    qtbot.waitUntil(lambda: bool((view.cloud.looks.colors != before).any()))
    changed = np.flatnonzero(view.cloud.looks.colors != before)
    assert set(changed.tolist()) == expected
    assert set(view.cloud.looks.colors[changed].tolist()) == {0xFF000000 | int(record.color[1:], 16)}
    assert record.name in legend_of(mapped)


def test_a_click_selects_and_shift_adds(mapped: MainWindow, qtbot: QtBot) -> None:
    view, page = view_of(mapped), mapped.label
    rows = [row for row in range(3, 12) if view.row_at(view.position(row)) == row][:2]
    QTest.mouseClick(view.viewport(), LEFT, NONE, point_of(mapped, rows[0]))
    qtbot.waitUntil(lambda: page.grid.selected_rows() == rows[:1])
    assert page.detail.row == rows[0]
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, point_of(mapped, rows[1]))
    assert page.grid.selected_rows() == rows
    view.set_tool("rectangle")
    corners = around(view, [0])
    within = set(view.rows_within(QPolygonF(corners)).tolist())
    drag(view, [corners[0], corners[2]], Qt.KeyboardModifier.ShiftModifier)
    assert set(page.grid.selected_rows()) == {*rows, *within}
    page.map.bar.gallery.click()
    assert set(page.grid.selected_rows()) == {*rows, *within} and page.grid.isVisible()


def test_pointing_shows_the_picture(mapped: MainWindow, qtbot: QtBot) -> None:
    view, popup = view_of(mapped), mapped.label.map.words.panel.popup
    place = view.position(5)
    row = view.row_at(place)
    QTest.mouseMove(view.viewport(), place.toPoint())
    qtbot.waitUntil(lambda: popup.isVisible() and not popup.picture.pixmap().isNull(), timeout=TIMEOUT)
    assert popup.text.text() == f"{mapped.session.images[row].path.name}\nno tag"
    QTest.mouseMove(view.viewport(), QPoint(1, 1))
    qtbot.waitUntil(lambda: not popup.isVisible())


def test_what_the_list_leaves_out_cannot_be_selected(
    mapped: MainWindow, select: Callable[[str], int], qtbot: QtBot
) -> None:
    view, page = view_of(mapped), mapped.label
    kept = np.array([2, 4, 6])
    page.model.set_images(mapped.session.images, kept, mapped.session.tag_classes())
    qtbot.waitUntil(lambda: np.flatnonzero(view.cloud.listed).tolist() == kept.tolist())
    everything = view.viewport().rect().adjusted(1, 1, -1, -1)
    drag(view, [QPointF(p) for p in (everything.topLeft(), everything.topRight(), everything.bottomRight())])
    assert set(page.grid.selected_rows()) <= set(kept.tolist())
    assert view.row_at(view.position(3)) != 3


def test_colours_say_tag_prediction_and_oddity(mapped: MainWindow, select: Callable[[str], int], qtbot: QtBot) -> None:
    view, page = view_of(mapped), mapped.label
    page.map.bar.color_chosen.emit("oddity")
    assert "needs predictions" in legend_of(mapped)
    for name, key in (("good_0.png", "1"), ("pit_0.png", "3")):
        select(name)
        QTest.keyClick(page.grid, key)
    settle(mapped, qtbot)
    qtbot.waitUntil(lambda: "unlike" in legend_of(mapped))
    predictions = mapped.session.predictions
    assert predictions is not None
    # Cividis: the odder, the darker on a light ground.
    brightness = sum(view.cloud.looks.colors.astype(np.int64) >> shift & 255 for shift in (16, 8, 0))
    order = np.argsort(predictions.oddity, kind="stable")
    assert np.all(np.diff(brightness[order]) <= 3) and brightness[order[0]] > brightness[order[-1]] + 100
    page.map.bar.color_chosen.emit("prediction")
    assert "good" in legend_of(mapped) and "scratch" not in legend_of(mapped)
    assert np.count_nonzero(view.cloud.looks.tagged) == 2
    select("pit_1.png")
    QTest.keyClick(page.grid, "u")
    page.map.bar.color_chosen.emit("tag")
    assert "+ unsure 1" in legend_of(mapped) and f"no tag {len(mapped.session.images) - 3}" in legend_of(mapped)


def test_it_speaks_the_language_in_use_and_keys_move_it(mapped: MainWindow, qtbot: QtBot) -> None:
    view, panel = view_of(mapped), mapped.label.map.words.panel
    mapped.translator.choose("ja")
    qtbot.waitUntil(lambda: "タグなし" in legend_of(mapped))
    assert panel.legend.heightForWidth(40) < 2 * panel.legend.fontMetrics().lineSpacing(), "no word is cut in two"
    assert panel.notes.text().startswith(f"{len(mapped.session.images)} 枚")
    mapped.translator.choose("en")
    before = view.ground.viewRect()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.ground.viewRect().left() > before.left()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.ground.viewRect().width() < before.width()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.ground.viewRect().contains(before.center())
    assert not mapped.session.tag_classes().any(), "none of these is a class key"


def test_a_new_image_is_added_and_the_others_stay(mapped: MainWindow, qtbot: QtBot) -> None:
    from gui_bench import write_picture

    view = view_of(mapped)
    before = {image.sha256: tuple(view.cloud.points[row].tolist()) for row, image in enumerate(mapped.session.images)}
    folder = mapped.session.folders[0].path
    write_picture(folder / "aaa" / "new.png", "pit", 999)
    mapped.scanner.start()
    qtbot.waitUntil(lambda: len(mapped.session.images) == len(before) + 1, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not mapped.session.jobs.running and not mapped.features.running, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: len(view.cloud.points) == len(before) + 1, timeout=TIMEOUT)
    settle(mapped, qtbot)
    qtbot.waitUntil(lambda: bool(np.isfinite(view.cloud.points).all()), timeout=TIMEOUT)
    for row, image in enumerate(mapped.session.images):
        if image.sha256 in before:
            assert tuple(view.cloud.points[row].tolist()) == before[image.sha256]


def test_without_features_it_says_what_to_do(opened: MainWindow, qtbot: QtBot) -> None:
    assert opened.session.labeling is not None
    opened.session.labeling.project.activate_encoder(None)
    opened.session.labeling.load_features()
    panel_map = opened.label.map
    panel_map.bar.map.click()
    panel = panel_map.words.panel
    assert not panel.shows_map and panel.banner.button.text() == "Prepare images"
    assert not panel_map.bar.tools["lasso"].isEnabled()


def test_files_that_cannot_be_read_are_not_counted(mapped: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    (bench.images / "broken.png").write_bytes(b"no image")
    mapped.scanner.start()
    count = len(mapped.session.images)
    qtbot.waitUntil(lambda: len(mapped.session.images) == count + 1 and not mapped.scanner.running, timeout=TIMEOUT)
    settle(mapped, qtbot)
    panel = mapped.label.map.words.panel
    assert panel.notes.text().startswith(f"{count} images")
    assert legend_of(mapped).endswith(f"no tag {count}")


def test_the_map_takes_images_for_what_the_gallery_does(
    mapped: MainWindow, select: Callable[[str], int], qtbot: QtBot
) -> None:
    view, page = view_of(mapped), mapped.label
    for name, key in (("good_0.png", "1"), ("pit_0.png", "3")):
        select(name)
        QTest.keyClick(page.grid, key)
    settle(mapped, qtbot)
    page.map.bar.color_chosen.emit("prediction")
    judged = page.model.judged
    assert judged is not None
    row = int(np.flatnonzero((judged.class_index == 0) & ~view.cloud.looks.tagged)[0])
    # A rule that a heatmap decides is known once the image was looked at.
    ruled = RuledVerdict(Outcome.DEFECT, 1, "area")
    explained = Explanation("", *(np.zeros((1, 1), np.float32),) * 2, "", "", *(np.zeros((1, 1, 1), np.float32),) * 2)
    page.gallery.show_ruled(row, replace(explained, ruled=ruled))
    assert page.model.judged is not judged
    counts = {
        record.name: np.count_nonzero(page.model.judged.class_ids == record.id) for record in judged.predictions.classes
    }
    qtbot.waitUntil(lambda: all(f"{name} {count}" in legend_of(mapped) for name, count in counts.items() if count))
    assert view.cloud.looks.shapes[row] == 2, "the third class of the project"


def test_with_the_queue_on_every_image_can_be_selected(
    mapped: MainWindow, select: Callable[[str], int], qtbot: QtBot
) -> None:
    view, page = view_of(mapped), mapped.label
    for name, key in (("good_0.png", "1"), ("pit_0.png", "3")):
        select(name)
        QTest.keyClick(page.grid, key)
    settle(mapped, qtbot)
    tagged = np.flatnonzero(mapped.session.tag_classes()).tolist()
    page.queue.bar.on.click()
    qtbot.waitUntil(lambda: not page.queue.source.busy and page.model.rowCount() > 0, timeout=TIMEOUT)
    assert not np.isin(tagged, page.model.rows).any()
    qtbot.waitUntil(lambda: bool(view.cloud.listed.all()))
    row = next(row for row in tagged if view.row_at(view.position(row)) == row)
    QTest.mouseClick(view.viewport(), LEFT, NONE, point_of(mapped, row))
    assert not page.queue.active and page.grid.selected_rows() == [row]
    page.queue.bar.on.click()
    qtbot.waitUntil(lambda: not page.queue.source.busy and not np.isin(tagged, page.model.rows).any(), timeout=TIMEOUT)
    corners = around(view, tagged)
    drag(view, [*corners, corners[0]])
    assert set(tagged) <= set(page.grid.selected_rows()) and not page.queue.active


def test_the_bar_leaves_a_narrow_list_narrow(mapped: MainWindow, qtbot: QtBot) -> None:
    for language in ("en", "ja"):
        mapped.translator.choose(language)  # type: ignore[arg-type]
        assert mapped.label.map.bar.minimumSizeHint().width() <= 300
