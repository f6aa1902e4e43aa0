"""Colours and styles of the window, light and dark."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Choice = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Colors:
    """The window's colours, ``#rrggbb``. Text on its ground keeps a contrast of at least 4.5 to 1."""

    window: str
    surface: str
    field: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    warning: str
    warning_soft: str
    error: str
    error_soft: str
    canvas: str
    curves: tuple[str, str, str, str]
    icons: str
    """Ending of the icon files in these colours."""


LIGHT = Colors(
    window="#f3f4f6",
    surface="#ffffff",
    field="#ffffff",
    raised="#e9ebef",
    border="#d0d5dd",
    text="#1b2430",
    muted="#566070",
    accent="#1f5fbf",
    on_accent="#ffffff",
    accent_soft="#dce8fa",
    good="#1a7f4b",
    warning="#8a5a00",
    warning_soft="#fff3d6",
    error="#b3261e",
    error_soft="#fde7e5",
    canvas="#e4e7ec",
    curves=("#1b2430", "#0072b2", "#c05500", "#007a5a"),
    icons="light",
)
DARK = Colors(
    window="#1e2126",
    surface="#272b31",
    field="#1a1d21",
    raised="#343941",
    border="#454c56",
    text="#e8eaed",
    muted="#aab2bd",
    accent="#6aa8ff",
    on_accent="#0c1a2e",
    accent_soft="#2b3f5c",
    good="#5fd39a",
    warning="#f3c566",
    warning_soft="#473a1c",
    error="#ff9a92",
    error_soft="#4d2a28",
    canvas="#17191d",
    curves=("#f2f2f2", "#56b4e9", "#f0a04b", "#3ccf9f"),
    icons="dark",
)


class _Look:
    used: Colors = LIGHT


def icons_folder() -> Path:
    """Where the packaged icons lie."""
    return Path(str(files("micm_desktop"))) / "resources" / "icons"


def colors() -> Colors:
    """The colours in use."""
    return _Look.used


class Theme(QObject):
    """Applies the chosen theme to the application and follows the system where asked to."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = "system"
        self._applied: Colors | None = None
        app.setStyle("Fusion")
        # Some desktops put a picture before every entry, others none; the program's own show colours and stay.
        app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)

    def choose(self, choice: Choice) -> None:
        """Switch to ``light``, ``dark`` or what the ``system`` says."""
        self._choice = choice
        # The platform's own parts follow where they can: a bare X server cannot, so the colours do not depend on it.
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(choice, Qt.ColorScheme.Unknown)
        QGuiApplication.styleHints().setColorScheme(scheme)
        self._apply()

    @contextmanager
    def styled_at_the_end(self) -> Iterator[None]:
        """Widgets made inside are styled once, not again with each widget that they are put into: a window is made in
        a quarter of the time."""
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._app.setStyleSheet(_style_sheet(_Look.used))

    @Slot()
    def _apply(self) -> None:
        system_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._choice == "dark" or (self._choice == "system" and system_dark)
        _Look.used = DARK if dark else LIGHT
        if self._applied is _Look.used:
            # The platform tells of the change that was made here, too; every widget would be styled twice.
            return
        self._applied = _Look.used
        # Over another sheet Qt styles each widget once for each that it lies in; from none, once: 40 ms, not 160.
        self._app.setStyleSheet("")
        self._app.setPalette(_palette(_Look.used))
        self._app.setStyleSheet(_style_sheet(_Look.used))
        self.changed.emit()


def _palette(used: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, used.window),
        (role.WindowText, used.text),
        (role.Base, used.field),
        (role.AlternateBase, used.window),
        (role.Text, used.text),
        (role.PlaceholderText, used.muted),
        (role.Button, used.raised),
        (role.ButtonText, used.text),
        (role.ToolTipBase, used.surface),
        (role.ToolTipText, used.text),
        (role.BrightText, used.error),
        (role.Link, used.accent),
        (role.Highlight, used.accent),
        (role.HighlightedText, used.on_accent),
        (role.Mid, used.border),
        (role.Accent, used.accent),
    ):
        palette.setColor(which, QColor(color))
    off = QColor(used.muted)
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, off)
    return palette


def _style_sheet(used: Colors) -> str:
    # Forward slashes on Windows too: the style sheet takes a backslash for an escape.
    check = (icons_folder() / f"check-{used.icons}.svg").as_posix()
    return f"""
    QToolTip {{ color: {used.text}; background: {used.surface}; border: 1px solid {used.border}; padding: 4px; }}
    QLabel[role="title"] {{ font-size: 20px; font-weight: 600; }}
    QLabel[role="heading"] {{ font-size: 14px; font-weight: 600; }}
    QLabel[role="muted"] {{ color: {used.muted}; }}
    QLabel[role="empty"] {{ color: {used.muted}; font-size: 15px; }}
    QLabel[role="saved"] {{ color: {used.good}; font-weight: 600; }}
    QLabel[role="code"] {{ background: {used.raised}; padding: 8px; border-radius: 4px; font-family: monospace; }}
    QFrame[role="panel"] {{ background: {used.surface}; border: 1px solid {used.border}; border-radius: 6px; }}
    QFrame[role="navigation"] {{ background: {used.raised}; border: none; border-right: 1px solid {used.border}; }}
    QFrame[banner="hint"] {{ background: {used.accent_soft}; border-bottom: 1px solid {used.border}; }}
    QFrame[banner="info"] {{ background: {used.accent_soft}; border-radius: 6px; }}
    QFrame[banner="warning"] {{ background: {used.warning_soft}; border-radius: 6px; }}
    QFrame[banner="error"] {{ background: {used.error_soft}; border-radius: 6px; }}
    QPushButton {{
        padding: 6px 14px; border: 1px solid {used.border}; border-radius: 5px;
        background: {used.surface}; color: {used.text};
    }}
    QPushButton:hover {{ background: {used.raised}; }}
    QPushButton:pressed {{ background: {used.border}; }}
    QPushButton:focus {{ border: 2px solid {used.accent}; padding: 5px 13px; }}
    QToolButton:focus {{ border: 2px solid {used.accent}; border-radius: 4px; }}
    QPushButton:disabled {{ color: {used.muted}; background: {used.window}; }}
    QPushButton[role="primary"] {{ background: {used.accent}; color: {used.on_accent}; border-color: {used.accent}; }}
    QPushButton[role="primary"]:focus {{ border: 2px solid {used.text}; }}
    QPushButton[role="primary"]:disabled {{
        background: {used.raised}; color: {used.muted}; border-color: {used.border};
    }}
    QPushButton[role="link"] {{
        padding: 2px 4px; border: 1px solid transparent; background: transparent; color: {used.accent};
        text-decoration: underline;
    }}
    QPushButton[role="link"]:hover {{ background: {used.raised}; }}
    QPushButton[role="link"]:focus {{ border: 2px solid {used.accent}; padding: 1px 3px; }}
    QToolButton[role="tool"] {{
        padding: 4px 3px; border: 1px solid {used.border}; border-radius: 5px;
        background: {used.surface}; color: {used.text};
    }}
    QToolButton[role="tool"]:hover {{ background: {used.raised}; }}
    QToolButton[role="tool"]:checked {{
        background: {used.accent}; color: {used.on_accent}; border-color: {used.accent};
    }}
    QToolButton[role="tool"]:focus {{ border: 2px solid {used.accent}; padding: 3px 2px; }}
    QToolButton[role="tool"]:checked:focus {{ border-color: {used.text}; }}
    QToolButton[role="tool"]:disabled {{ color: {used.muted}; background: {used.window}; }}
    QLabel[role="warning"] {{
        color: {used.text}; background: {used.warning_soft}; border-radius: 4px; padding: 5px 7px;
    }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QLineEdit {{
        padding: 5px 6px; border: 1px solid {used.muted}; border-radius: 4px;
        background: {used.field}; color: {used.text};
    }}
    QLineEdit:disabled {{ color: {used.muted}; background: {used.window}; border-color: {used.border}; }}
    QLineEdit:focus {{ border: 2px solid {used.accent}; padding: 4px 5px; }}
    QRadioButton::indicator {{
        width: 14px; height: 14px; border: 1px solid {used.muted}; border-radius: 8px; background: {used.field};
    }}
    QRadioButton::indicator:checked {{
        width: 6px; height: 6px; border: 5px solid {used.accent}; background: {used.on_accent};
    }}
    QRadioButton::indicator:focus {{ border-color: {used.text}; }}
    QCheckBox::indicator, QTableView::indicator {{
        width: 15px; height: 15px; border: 1px solid {used.muted}; border-radius: 3px; background: {used.field};
    }}
    QCheckBox::indicator:checked, QTableView::indicator:checked {{
        border-color: {used.accent}; background: {used.accent}; image: url("{check}");
    }}
    QListView {{ background: {used.canvas}; border: 1px solid {used.border}; border-radius: 6px; }}
    QListWidget {{ background: {used.surface}; border: none; }}
    QListWidget::item {{ padding: 8px 6px; border-radius: 5px; color: {used.text}; }}
    QListWidget::item:hover {{ background: {used.raised}; }}
    QListWidget::item:selected {{ background: {used.accent_soft}; color: {used.text}; }}
    QGraphicsView {{ background: {used.canvas}; border: 1px solid {used.border}; border-radius: 6px; }}
    QTableView {{ border: 1px solid {used.border}; }}
    QListView:focus, QGraphicsView:focus, QTableView:focus {{ border: 1px solid {used.accent}; }}
    QProgressBar {{
        border: 1px solid {used.border}; border-radius: 4px; background: {used.surface};
        height: 14px; text-align: center; color: {used.text};
    }}
    QProgressBar::chunk {{ background: {used.accent_soft}; border-radius: 3px; border-right: 3px solid {used.accent}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {used.border}; }}
    QTabBar::tab {{
        padding: 6px 14px; color: {used.muted}; border: none; border-bottom: 3px solid transparent;
    }}
    QTabBar::tab:hover {{ color: {used.text}; }}
    QTabBar::tab:selected {{ color: {used.text}; border-bottom: 3px solid {used.accent}; font-weight: 600; }}
    QTabBar::tab:focus {{ background: {used.accent_soft}; }}
    QSplitter::handle {{ background: transparent; width: 8px; height: 8px; }}
    """
