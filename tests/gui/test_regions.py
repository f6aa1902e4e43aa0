"""An engineer marks defects on the large view, by mouse and by keys."""

from collections.abc import Callable

import numpy as np
import pytest
from gui_bench import TIMEOUT, Bench, write_picture
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.models.thumbnails import to_qimage
from micm_desktop.gui.widgets.detail import DetailView
from micm_desktop.gui.widgets.regions.geometry import HANDLES, handle_at, moved, place_of, resized, spanned
from micm_desktop.gui.widgets.regions.region_view import RegionView, ShownRegion
from micm_desktop.project.records import RegionRecord
from micm_desktop.project.store import Project

Select = Callable[[str], int]
LEFT = Qt.MouseButton.LeftButton


def drag(view: RegionView, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
    """A drag with the left button, between two places in pixels of the image."""
    at, to = (view.mapFromScene(QPointF(*place)) for place in (start, end))
    QTest.mousePress(view.viewport(), LEFT, pos=at)
    way = to - at
    for step in (0.3, 0.6, 1.0):
        QTest.mouseMove(view.viewport(), at + way * step)
    if drop:
        QTest.mouseRelease(view.viewport(), LEFT, pos=to)


def boxes(regions: list[RegionRecord]) -> list[tuple[float, float, float, float]]:
    return [(region.xmin, region.ymin, region.xmax, region.ymax) for region in regions]


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """With a picture of another size."""
    write_picture(bench.images / "pit" / "large.png", "pit", 7, size=400)
    return bench


@pytest.fixture
def detail(labelling: MainWindow, select: Select, qtbot: QtBot) -> DetailView:
    """On the large picture, which is not tagged."""
    select("large.png")
    shown = labelling.label.detail
    qtbot.waitUntil(lambda: shown.view.image_rect.width() == 400 and not shown._decode.busy, timeout=TIMEOUT)
    return shown


def test_boxes_by_mouse_are_on_disk_at_once_and_can_be_undone(
    labelling: MainWindow, bench: Bench, detail: DetailView, select: Select, qtbot: QtBot
) -> None:
    view, bar, session = detail.view, detail.large.bar, labelling.session
    assert session.folder is not None and detail.image is not None
    disk, image = Project.open(session.folder), detail.image
    drag(view, (50, 50), (90, 90))
    assert disk.regions() == [], "while the image is moved nothing is marked"
    QTest.keyClick(labelling.label.grid, "b")
    assert view.marking and detail.large.tools.buttons["mark"].isChecked()
    assert view.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    assert "Drag a box" in bar.hint.text()

    drag(view, (100, 100), (200, 160))
    (first,) = disk.regions(image.sha256)
    assert boxes([first])[0] == pytest.approx((100, 100, 200, 160), abs=2)
    assert view.chosen == first.id and bar.saved.text() == "✓ Saved"
    assert all(edge == int(edge) for edge in boxes([first])[0]), "whole pixels"
    drag(view, (150, 130), (180, 150))
    (second,) = disk.regions()
    assert (second.xmin - first.xmin, second.ymin - first.ymin) == pytest.approx((30, 20), abs=2)
    assert (second.xmax - second.xmin, second.ymax - second.ymin) == (first.xmax - first.xmin, first.ymax - first.ymin)
    drag(view, (second.xmax, second.ymax), (second.xmax + 50, second.ymax + 40))
    (third,) = disk.regions()
    assert boxes([third])[0] == pytest.approx((130, 120, 280, 220), abs=3)
    drag(view, (third.xmin + 50, third.ymin + 30), (900, 900))
    assert boxes(disk.regions()) == [(400 - third.xmax + third.xmin, 400 - third.ymax + third.ymin, 400, 400)]
    drag(view, (10, 10), (-500, 60))
    assert boxes(disk.regions())[1] == pytest.approx((0, 10, 10, 60), abs=2), "clamped to the image"
    assert bar.list.count() == 3 and bar.list.itemText(0) == "2 regions marked"

    bar.remove.click()
    assert len(disk.regions()) == 1 and len(view._items) == 1
    undo, redo = labelling.menus.actions["undo"], labelling.menus.actions["redo"]
    states = [boxes(disk.regions())]
    while disk.regions():
        undo.trigger()
        states.append(boxes(disk.regions()))
        assert [item.rect().getCoords() for item in view._items.values()] == states[-1]
    assert [len(state) for state in states] == [1, 2, 1, 1, 1, 1, 0] and states[5] == boxes([first])
    for state in reversed(states[:-1]):
        redo.trigger()
        assert boxes(disk.regions()) == state
    undo.trigger()
    kept = disk.regions()
    disk.close()

    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.marking and not view.chosen
    labelling.opener.open_project(bench.project)
    qtbot.waitUntil(lambda: session.labeling is None, timeout=TIMEOUT)
    assert not view._items
    qtbot.waitUntil(lambda: len(session.regions.of(image.sha256)) == 2, timeout=TIMEOUT)
    assert session.regions.of(image.sha256) == kept
    qtbot.waitUntil(lambda: not labelling.features.loading and not session.jobs.running, timeout=TIMEOUT)
    labelling.show_page("label")
    select("large.png")
    qtbot.waitUntil(lambda: len(view._items) == 2, timeout=TIMEOUT)
    assert [item.rect().getCoords() for item in view._items.values()] == boxes(kept)


def test_boxes_by_keys(labelling: MainWindow, detail: DetailView, select: Select, qtbot: QtBot) -> None:
    view, bar, session = detail.view, detail.large.bar, labelling.session
    assert detail.image is not None and session.labeling is not None
    sha256, project = detail.image.sha256, session.labeling.project
    QTest.keyClick(labelling.label.grid, "b")
    assert labelling.focusWidget() is view
    QTest.keyClick(view, Qt.Key.Key_Return)
    (made,) = project.regions()
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert boxes(project.regions()) == [(made.xmin - 1, made.ymin + 10, made.xmax, made.ymax + 10)]
    QTest.keyClick(view, Qt.Key.Key_Return)
    one, two = (region.id for region in project.regions())
    assert view.chosen == two
    QTest.keyClick(view, Qt.Key.Key_Backtab)
    assert view.chosen == one
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.chosen == two
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.chosen == 0 and labelling.focusWidget() is not view, "and on to the next control"

    good, scratch, _ = session.classes
    assert view._items[one].name == ""
    select("large.png")
    QTest.keyClick(labelling.label.grid, "2")
    select("large.png")
    qtbot.waitUntil(lambda: set(view._items) == {one, two}, timeout=TIMEOUT)
    assert view._items[one].name == "scratch", "a box without a class of its own is what the image is tagged as"
    view.choose(one)
    bar.class_box.setCurrentIndex(1)
    bar.class_box.activated.emit(1)
    assert [region.class_id for region in project.regions()] == [good.id, None] and view._items[one].name == "good"
    session.remove_class(good.id)
    assert view._items[one].name == "scratch"
    qtbot.waitUntil(lambda: session.regions.of(sha256) == project.regions(), timeout=TIMEOUT)
    assert project.regions()[0].class_id is None
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert [region.id for region in project.regions()] == [two]
    assert int(session.tag_classes()[detail.row]) == scratch.id, "the image keeps its tag"
    assert view.marking
    QTest.keyClick(labelling.label.grid, Qt.Key.Key_Escape)
    assert not view.marking, "Esc ends it from the gallery, too"
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert detail.row != -1 and detail.image is not None and detail.image.sha256 != sha256
    assert not view._items, "the boxes of one image are not shown on another"


def test_too_small_defects_are_said(labelling: MainWindow, detail: DetailView, select: Select, qtbot: QtBot) -> None:
    bar = detail.large.bar
    QTest.keyClick(labelling.label.grid, "b")
    drag(detail.view, (10, 10), (390, 390))
    qtbot.waitUntil(lambda: labelling.session.regions.resolution is not None, timeout=TIMEOUT)
    assert not bar.problem.isVisible()
    detail.view.choose(0)
    drag(detail.view, (100, 100), (200, 180))
    QTest.keyClick(detail.view, "b")
    assert not detail.view.marking
    qtbot.waitUntil(bar.problem.isVisible, timeout=TIMEOUT)
    assert "below 2 it is easily missed" in bar.problem.text()
    select("good_0.png")
    qtbot.waitUntil(lambda: not detail._decode.busy and not bar.problem.isVisible(), timeout=TIMEOUT)
    select("large.png")
    qtbot.waitUntil(lambda: not detail._decode.busy and bar.problem.isVisible(), timeout=TIMEOUT)
    assert bar.tiles.isVisible() and "tiles" in bar.problem.text()
    bar.tiles.click()
    assert labelling.page == "export"
    labelling.show_page("label")
    detail.view.choose(max(detail.view._items))
    bar.remove.click()
    qtbot.waitUntil(lambda: not bar.problem.isVisible(), timeout=TIMEOUT)


def test_every_tool_has_a_name_and_a_key(detail: DetailView) -> None:
    large = detail.large
    for button in large.tools.buttons.values():
        assert button.accessibleName() and button.toolTip() and button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert "(" in button.toolTip(), "the key is in the tip"
    named: tuple[QWidget, ...] = (
        large.bar.list,
        large.bar.class_box,
        large.light.brightness,
        large.light.contrast,
        large.compare.view,
        large.compare.before,
        large.compare.after,
        detail.tools.colors,
    )
    for widget in named:
        assert widget.accessibleName()


@pytest.fixture
def view(qtbot: QtBot) -> RegionView:
    view = RegionView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    qtbot.waitExposed(view)
    view.show_image(to_qimage(np.zeros((300, 400, 3), np.uint8)))
    return view


def test_a_click_chooses_the_smallest_box_and_only_the_chosen_one_is_dragged(view: RegionView, qtbot: QtBot) -> None:
    large, small = (ShownRegion(QRectF(*box), "pit", "#cc79a7") for box in ((20, 20, 300, 200), (60, 60, 60, 50)))
    view.show_regions({1: large, 2: small})
    click = lambda x, y: QTest.mouseClick(view.viewport(), LEFT, pos=view.mapFromScene(x, y))  # noqa: E731
    click(80, 80)
    assert view.chosen == 2
    click(200, 150)
    assert view.chosen == 1
    view.set_marking(True)
    view.choose(0)
    with qtbot.waitSignal(view.drawn) as drawn:
        drag(view, (150, 100), (190, 140))
    assert drawn.args is not None and drawn.args[0].getCoords() == pytest.approx((150, 100, 190, 140), abs=2)
    view.choose(1)
    with qtbot.assertNotEmitted(view.changed), qtbot.assertNotEmitted(view.drawn):
        click(210, 150)
        drag(view, (200, 150), (230, 180), drop=False)
        assert view._items[1].rect().left() > 45
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view.viewport(), LEFT, pos=QPoint(230, 180))
    assert view._items[1].rect() == large.box, "Esc gives up a drag"
    with qtbot.waitSignal(view.changed) as changed:
        drag(view, (20, 120), (50, 120))
    assert changed.args is not None and changed.args[1].getCoords() == pytest.approx((50, 20, 320, 220), abs=2)


edges = st.floats(0, 100)
points = st.builds(QPointF, st.floats(-50, 150), st.floats(-50, 150))
areas = st.just(QRectF(0, 0, 100, 80))


@given(
    x=edges, y=st.floats(0, 70), width=st.floats(1, 100), height=st.floats(1, 80), by=points, area=areas,
    handle=st.sampled_from(HANDLES),
)  # fmt: skip
def test_a_box_never_leaves_the_image(
    x: float, y: float, width: float, height: float, by: QPointF, area: QRectF, handle: tuple[int, int]
) -> None:
    box = QRectF(min(x, 100 - width), min(y, 80 - height), width, height)
    loose = area.adjusted(-1e-9, -1e-9, 1e-9, 1e-9)
    elsewhere, other = moved(box, by, area), resized(box, handle, by, area)
    assert loose.contains(elsewhere) and loose.contains(other)
    assert elsewhere.size() == box.size() and min(other.width(), other.height()) > 1 - 1e-9
    opposite = -handle[0], -handle[1]
    fixed, stays = place_of(box, opposite), place_of(other, opposite)
    assert not handle[0] or stays.x() == pytest.approx(fixed.x())
    assert not handle[1] or stays.y() == pytest.approx(fixed.y())
    assert handle_at(box, place_of(box, handle), 3) == handle
    assert handle_at(box, box.center(), 3) == (0, 0)
    assert area.contains(spanned(box.topLeft(), by, area)) or spanned(box.topLeft(), by, area).isEmpty()
