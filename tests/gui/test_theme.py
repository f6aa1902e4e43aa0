"""Light and dark: switched at run time, kept, and readable."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QProxyStyle, QStyle, QWidget
from pytestqt.qtbot import QtBot

from micm_desktop.gui import theme
from micm_desktop.gui.main_window import MainWindow
from micm_desktop.gui.widgets.marks import readable_on
from micm_desktop.project.palette import PALETTE


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in QColor(color).getRgbF()[:3]
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("used", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(used: theme.Colors) -> None:
    for ground in (used.window, used.surface, used.raised, used.accent_soft, used.canvas):
        assert contrast(used.text, ground) >= 7
    for ground in (used.window, used.surface, used.field, used.raised, used.canvas):
        assert contrast(used.muted, ground) >= 4.5, ground
    assert contrast(used.on_accent, used.accent) >= 4.5
    assert contrast(used.text, used.warning_soft) >= 4.5 and contrast(used.text, used.error_soft) >= 4.5
    for ink in (used.error, used.warning, used.good):
        assert contrast(ink, used.surface) >= 4.5
    for curve in used.curves:
        assert contrast(curve, used.surface) >= 3


@pytest.mark.parametrize("color", PALETTE)
def test_class_names_can_be_read_on_their_colour(color: str) -> None:
    assert contrast(readable_on(QColor(color)).name(), color) >= 4.5


class Styled(QObject):
    """Counts how often the widgets of a window are told of another style."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.count += isinstance(watched, QWidget) and watched.window() is self._window
        return False


@pytest.mark.may_stall  # thousands of events that this test and the finder of stalls look at in Python
def test_another_theme_does_not_style_widgets_once_for_each_that_they_lie_in(
    window: MainWindow, qapp: QApplication
) -> None:
    window.menus._themes.actions["light"].trigger()
    styled = Styled(window)
    qapp.installEventFilter(styled)
    window.menus._themes.actions["dark"].trigger()
    qapp.removeEventFilter(styled)
    widgets = len(window.findChildren(QWidget))
    assert widgets <= styled.count < 4 * widgets


class Desktop(QProxyStyle):
    """Puts pictures on buttons, as some desktops do."""

    def styleHint(self, hint: QStyle.StyleHint, *rest: object) -> int:  # type: ignore[override]
        return int(hint is QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons) or super().styleHint(hint, *rest)  # type: ignore[arg-type]


def test_buttons_look_alike_on_all_desktops(window: MainWindow) -> None:
    box = QDialogButtonBox(window)
    style = Desktop("Fusion")
    # Gone after the box, which draws with it.
    style.setParent(window)
    box.setStyle(style)
    assert box.addButton(QDialogButtonBox.StandardButton.Ok).icon().isNull()


@pytest.mark.may_stall  # Qt styles every widget of the window anew, in one go
def test_the_theme_is_switched_and_kept(window: MainWindow, qapp: QApplication, qtbot: QtBot) -> None:
    for choice, used in (("dark", theme.DARK), ("light", theme.LIGHT)):
        window.menus._themes.actions[choice].trigger()
        assert theme.colors() == used
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == used.window
        assert window._preferences.theme() == choice
    window.show_page("pretrain")
    window.menus._themes.actions["dark"].trigger()
    assert window.pretrain.curves is not None
    ground = window.pretrain.curves._plot.backgroundBrush().color().name()
    assert ground == theme.DARK.surface
    window.menus._themes.actions["system"].trigger()
