"""The large view: zoom and place, brightness, and the colours of the heatmap."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from pytestqt.qtbot import QtBot

from micm_desktop.gui.heat_colors import OVERLAY_EDGE, ColorMap, colored, ramp
from micm_desktop.gui.light import adjusted, curve, for_screen
from micm_desktop.gui.models.thumbnails import to_qimage
from micm_desktop.gui.preferences import Preferences
from micm_desktop.gui.widgets.color_map_button import STOPS, ColorMapButton
from micm_desktop.gui.widgets.image_view import ImageView


def picture(width: int, height: int) -> QImage:
    return to_qimage(np.zeros((height, width, 3), np.uint8))


@pytest.fixture
def view(qtbot: QtBot) -> ImageView:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    qtbot.waitExposed(view)
    return view


def wheel(view: ImageView, turns: int) -> None:
    middle = QPointF(view.viewport().rect().center())
    view.wheelEvent(
        QWheelEvent(
            middle,
            QPointF(view.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 120 * turns),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )


def test_it_fits_until_the_user_zooms(view: ImageView) -> None:
    view.show_image(picture(1000, 500))
    fitted = view.transform().m11()
    assert 0.35 < fitted < 0.41
    view.resize(800, 600)
    assert view.transform().m11() > 1.8 * fitted
    wheel(view, 3)
    zoomed = view.transform().m11()
    assert zoomed == pytest.approx(fitted * 1.25**3 * 2, rel=0.05)
    view.show_image(picture(1000, 500))
    assert view.transform().m11() == zoomed, "the next image of the same size keeps the zoom"
    view.zoom_to(1.0)
    assert view.transform().m11() == pytest.approx(1.0)
    wheel(view, 500)
    assert view.transform().m11() <= 40


def test_the_next_image_keeps_scale_and_place_whatever_its_size(view: ImageView) -> None:
    view.show_image(picture(1000, 500))
    view.look(2.0, QPointF(0.3, 0.6))
    for _ in range(5):
        for size in ((2000, 800), (60, 40), (1000, 500)):
            view.show_image(picture(*size))
            assert view.zoom == pytest.approx(2.0)
            place = view.mapToScene(view.viewport().rect().center())
            if size[0] > 100:
                assert place.x() / size[0] == pytest.approx(0.3, abs=2 / size[0])
                assert place.y() / size[1] == pytest.approx(0.6, abs=2 / size[1])
    assert (view.center.x(), view.center.y()) == pytest.approx((0.3, 0.6))
    view.horizontalScrollBar().setValue(view.horizontalScrollBar().value() + 200)
    assert view.center.x() == pytest.approx(0.4, abs=0.002), "100 of 1000 pixels further"
    view.clear()
    view.show_image(picture(500, 1000))
    assert view.center.x() == pytest.approx(0.4, abs=0.002) and view.zoom == pytest.approx(2.0)
    view.zoom_to(4.0)
    assert view.center.x() == pytest.approx(0.4, abs=0.002), "the keys zoom about the middle"


def test_single_pixels_show_above_200_percent(view: ImageView) -> None:
    checks = np.indices((100, 100)).sum(axis=0) % 2 * 255
    view.show_image(to_qimage(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8)))
    for zoom, sharp in ((1.9, False), (8.0, True)):
        view.look(zoom, QPointF(0.5, 0.5))
        drawn = view.viewport().grab().toImage()
        shades = {drawn.pixelColor(x, 150).lightness() for x in range(180, 220)}
        assert (shades == {0, 255}) == sharp, zoom


@pytest.mark.parametrize("size", [(1, 1), (20_000, 300), (640, 480)])
def test_the_overlay_covers_the_picture_whatever_its_size(view: ImageView, size: tuple[int, int]) -> None:
    view.show_image(picture(*size))
    view.show_overlay(to_qimage(colored(np.random.default_rng(0).random((8, 8), np.float32), *size)))
    assert view.has_overlay
    covered = view._overlay.sceneBoundingRect()
    assert covered.width() == pytest.approx(size[0]) and covered.height() == pytest.approx(size[1])
    view.show_image(picture(*size))
    assert not view.has_overlay


def brightness_of(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.asarray(colors[..., :3].astype(np.float64) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colors", list(ColorMap))
def test_brightness_alone_tells_more_from_less_but_in_a_rainbow(colors: ColorMap) -> None:
    levels = np.arange(256, dtype=np.uint8)[None]
    steps = np.diff(brightness_of(ramp(colors, levels))[0])
    assert np.all(steps > -1.5) == (colors is not ColorMap.TURBO)
    swatch = [tuple(ramp(colors, levels)[0, level]) for level in range(0, 256, 51)]
    assert ["#{:02x}{:02x}{:02x}".format(*color) for color in swatch] == list(STOPS[colors])


def test_the_colours_are_remembered(qtbot: QtBot) -> None:
    button = ColorMapButton()
    qtbot.addWidget(button)
    assert button.chosen is ColorMap.INFERNO
    with qtbot.waitSignal(button.changed):
        button.choices[ColorMap.CIVIDIS].trigger()
    assert Preferences().heat_colors() is ColorMap.CIVIDIS
    again = ColorMapButton()
    qtbot.addWidget(again)
    assert again.chosen is ColorMap.CIVIDIS and again.choices[ColorMap.CIVIDIS].isChecked()


def test_brightness_opens_up_dark_places_and_loses_no_bright_ones() -> None:
    assert np.array_equal(curve(0, 0), np.arange(256))
    for brightness in (-100, -30, 40, 100):
        shades = curve(brightness, 0).astype(int)
        assert shades[0] == 0 and shades[255] == 255 and np.all(np.diff(shades) >= 0)
        assert (shades[128] > 128) == (brightness > 0)
    dark = np.random.default_rng(0).integers(0, 12, (37, 53, 3), np.uint8)
    assert for_screen(dark) == to_qimage(dark).convertToFormat(QImage.Format.Format_RGB32)
    shown = adjusted(for_screen(dark), 100, 0)
    pixels = [[shown.pixelColor(x, y).getRgb()[:3] for x in range(53)] for y in range(37)]
    assert np.array_equal(pixels, curve(100, 0)[dark]) and np.mean(pixels) > 5 * dark.mean()
    flat = curve(0, -100)
    assert flat[255] - flat[0] < 40 and np.all(np.diff(curve(0, 100).astype(int)) >= 0)


def test_more_evidence_is_brighter_and_less_transparent() -> None:
    evidence = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))
    overlay = colored(evidence, 500, 500).astype(np.float64)
    assert overlay.shape == (OVERLAY_EDGE, OVERLAY_EDGE, 4)
    row = overlay[160]
    brightness = row[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(brightness) > -2.5) and brightness[-1] > 200 and brightness[0] < 5
    assert np.all(np.diff(row[:, 3]) >= 0) and row[0, 3] == 0 and row[-1, 3] == 255
