"""The large view, and the colours of the heatmap."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from pytestqt.qtbot import QtBot

from micm_desktop.gui.heat_colors import OVERLAY_EDGE, colored
from micm_desktop.gui.models.thumbnails import to_qimage
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


@pytest.mark.parametrize("size", [(1, 1), (20_000, 300), (640, 480)])
def test_the_overlay_covers_the_picture_whatever_its_size(view: ImageView, size: tuple[int, int]) -> None:
    view.show_image(picture(*size))
    view.show_overlay(to_qimage(colored(np.random.default_rng(0).random((8, 8), np.float32), *size)))
    assert view.has_overlay
    covered = view._overlay.sceneBoundingRect()
    assert covered.width() == pytest.approx(size[0]) and covered.height() == pytest.approx(size[1])
    view.show_image(picture(*size))
    assert not view.has_overlay


def test_more_evidence_is_brighter_and_less_transparent() -> None:
    ramp = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))
    overlay = colored(ramp, 500, 500).astype(np.float64)
    assert overlay.shape == (OVERLAY_EDGE, OVERLAY_EDGE, 4)
    row = overlay[160]
    brightness = row[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(brightness) > -2.5) and brightness[-1] > 200 and brightness[0] < 5
    assert np.all(np.diff(row[:, 3]) >= 0) and row[0, 3] == 0 and row[-1, 3] == 255
