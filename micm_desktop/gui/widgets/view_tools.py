"""The tools of the large view: move or mark, zoom, brightness, comparison; each an action with its key."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from micm_desktop.gui.actions import name_in_both
from micm_desktop.gui.class_keys import MARK_KEY
from micm_desktop.gui.i18n import japanese, percent
from micm_desktop.gui.widgets.image_view import ZOOM_STEP, ImageView

PRESSED = {MARK_KEY: "mark", "+": "zoom_in", "=": "zoom_in", "-": "zoom_out", "*": "fit", "/": "actual"}
"""Keys that work while nothing is typed in a field, as those of the classes do; ``=`` is ``+`` without Shift."""
ESCAPE = "\x1b"
"""What Esc types."""
SHORTCUTS = {"mark": "Ctrl+B", "light": "Ctrl+L", "compare": "Ctrl+E"}


class ViewTools(QWidget):
    """Two rows of buttons; ``name`` stands at the beginning of the first."""

    step_wanted = Signal(int)

    def __init__(self, view: ImageView, name: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._sources: dict[str, str] = {}
        """The English source of each text, by the text in the language in use."""
        self.actions_by_name: dict[str, QAction] = {}
        modes = QActionGroup(self)
        for mode in ("move", "mark"):
            modes.addAction(self._add(mode, None, checkable=True))
        self.actions_by_name["move"].setChecked(True)
        self._add("zoom_out", lambda: view.zoom_to(view.zoom / ZOOM_STEP))
        self._add("zoom_in", lambda: view.zoom_to(view.zoom * ZOOM_STEP))
        self._add("fit", view.fit)
        self._add("actual", lambda: view.zoom_to(1.0))
        self._add("light", None, checkable=True)
        self._add("compare", None, checkable=True)
        self._add("back", lambda: self.step_wanted.emit(-1))
        self._add("next", lambda: self.step_wanted.emit(1))
        self.buttons = {name: self._button(action) for name, action in self.actions_by_name.items()}
        self.zoom = QLabel()
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance("400%"))
        name.setMinimumWidth(40)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(name, 1)
        for each in ("light", "compare", "back", "next"):
            first.addWidget(self.buttons[each])
        for each in ("move", "mark"):
            second.addWidget(self.buttons[each])
        second.addStretch(1)
        second.addWidget(self.buttons["zoom_out"])
        second.addWidget(self.zoom)
        for each in ("zoom_in", "fit", "actual"):
            second.addWidget(self.buttons[each])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for row in (first, second):
            row.setSpacing(3)
            layout.addLayout(row)
        view.looked.connect(self._show_zoom)
        self.retranslate()

    def press(self, key: str) -> bool:
        """Do what a typed ``key`` stands for; False where it stands for nothing."""
        mark = self.actions_by_name["mark"]
        if key == ESCAPE and mark.isChecked():
            self.actions_by_name["move"].trigger()
            return True
        action = self.actions_by_name.get(PRESSED.get(key, ""))
        if action is None:
            return False
        # The key that begins to mark ends it, too.
        if action is mark and mark.isChecked():
            action = self.actions_by_name["move"]
        action.trigger()
        return True

    def set_picture(self, shown: bool) -> None:
        """Whether the picture is in view, which is what most of this is about."""
        for each in ("zoom_out", "zoom_in", "fit", "actual", "light", "compare"):
            self.actions_by_name[each].setEnabled(shown)
        self._show_zoom()

    def _add(self, name: str, work: Callable[[], object] | None, *, checkable: bool = False) -> QAction:
        action = QAction(self)
        action.setCheckable(checkable)
        if name in SHORTCUTS:
            action.setShortcut(QKeySequence(SHORTCUTS[name]))
        if work is not None:
            action.triggered.connect(lambda: work())
        self.addAction(action)
        self.actions_by_name[name] = action
        return action

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setProperty("role", "tool")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _show_zoom(self) -> None:
        self.zoom.setText("" if self._view.image_rect.isEmpty() else percent(self._view.zoom))

    def tr(self, text: str) -> str:  # type: ignore[override]
        told = super().tr(text)
        self._sources[told] = text
        return told

    def retranslate(self) -> None:
        words = {
            "move": (self.tr("Move"), self.tr("Drag the image to move it (B or Esc)"), ""),
            "mark": (self.tr("Mark"), self.tr("Drag boxes around defects (B or Ctrl+B)"), ""),
            "zoom_out": ("−", self.tr("Smaller (-, or the wheel)"), self.tr("Smaller")),
            "zoom_in": ("+", self.tr("Larger (+, or the wheel). Single pixels show above 200%."), self.tr("Larger")),
            "fit": (self.tr("Fit"), self.tr("Show the whole image (*, or double click)"), ""),
            "actual": ("1:1", self.tr("One screen pixel for each pixel of the image (/)"), self.tr("Actual size")),
            "light": (self.tr("Brightness"), self.tr("Brightness and contrast on the screen (Ctrl+L)"), ""),
            "compare": (self.tr("Compare"), self.tr("The nearest tagged image beside this one (Ctrl+E)"), ""),
            "back": ("◀", self.tr("Previous image at the same zoom (Page Up in the image)"), self.tr("Previous image")),
            "next": ("▶", self.tr("Next image at the same zoom (Page Down in the image)"), self.tr("Next image")),
        }
        for name, (text, tip, spoken) in words.items():
            # The menu has room for the sentence; the button's word comes first, so that it is found by that.
            self.actions_by_name[name].setText(tip if spoken else f"{text} – {tip}")
            self.actions_by_name[name].setIconText(text)
            self.actions_by_name[name].setToolTip(tip)
            self.buttons[name].setAccessibleName(spoken or text)
            told = (tip,) if spoken else (text, tip)
            sources = [self._sources[part] for part in told]
            in_japanese = [japanese("ViewTools", part) for part in sources]
            name_in_both(self.actions_by_name[name], " – ".join(sources), " – ".join(in_japanese))
        self.zoom.setAccessibleName(self.tr("Zoom"))
        self.zoom.setToolTip(self.tr("Zoom: pixels of the screen for one pixel of the image"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._show_zoom()
        super().changeEvent(event)
