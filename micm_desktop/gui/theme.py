"""Colours and styles of the window, light and dark."""

from dataclasses import dataclass
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


LIGHT = Colors(
    window="#f3f4f6",
    surface="#ffffff",
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
)
DARK = Colors(
    window="#1e2126",
    surface="#272b31",
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
)


def is_dark() -> bool:
    """Whether the window is drawn dark at the moment."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def colors() -> Colors:
    """The colours in use."""
    return DARK if is_dark() else LIGHT


class Theme(QObject):
    """Applies the chosen theme to the application and follows the system where asked to."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, choice: Choice) -> None:
        """Switch to ``light``, ``dark`` or what the ``system`` says."""
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(choice, Qt.ColorScheme.Unknown)
        QGuiApplication.styleHints().setColorScheme(scheme)
        self._apply()

    @Slot()
    def _apply(self) -> None:
        used = colors()
        self._app.setPalette(_palette(used))
        self._app.setStyleSheet(_style_sheet(used))
        self.changed.emit()


def _palette(used: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, used.window),
        (role.WindowText, used.text),
        (role.Base, used.surface),
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
    QPushButton:disabled {{ color: {used.muted}; background: {used.window}; }}
    QPushButton[role="primary"] {{ background: {used.accent}; color: {used.on_accent}; border-color: {used.accent}; }}
    QPushButton[role="primary"]:focus {{ border: 2px solid {used.text}; }}
    QPushButton[role="primary"]:disabled {{
        background: {used.raised}; color: {used.muted}; border-color: {used.border};
    }}
    QListView {{ background: {used.canvas}; border: 1px solid {used.border}; border-radius: 6px; }}
    QListView:focus {{ border: 1px solid {used.accent}; }}
    QGraphicsView {{ background: {used.canvas}; border: 1px solid {used.border}; border-radius: 6px; }}
    QProgressBar {{
        border: 1px solid {used.border}; border-radius: 4px; background: {used.surface};
        height: 14px; text-align: center; color: {used.text};
    }}
    QProgressBar::chunk {{ background: {used.accent_soft}; border-radius: 3px; border-right: 3px solid {used.accent}; }}
    QSplitter::handle {{ background: transparent; width: 8px; height: 8px; }}
    """
