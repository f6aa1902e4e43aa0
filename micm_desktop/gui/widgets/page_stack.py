"""The pages, of which one is shown; on a small screen, or one of large scale, they scroll."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """Takes the room that the page in view needs, and not that of the largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        # The least and not the best height: what is in a page scrolls by itself before the page does.
        return _least_height(self.currentWidget(), width)


class OneOf(QStackedLayout):
    """Shows one of its widgets, and asks for the least height that this one can do with: Qt's takes the best for it."""

    def minimumHeightForWidth(self, width: int) -> int:
        return _least_height(self.currentWidget(), width)


class PageScroll(QScrollArea):
    """Shows ``stack`` whole where there is room for the page in view."""

    def __init__(self, stack: PageStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(stack)
        self.viewport().setAutoFillBackground(False)
        stack.setAutoFillBackground(False)
        stack.currentChanged.connect(self._to_the_top)

    @Slot()
    def _to_the_top(self) -> None:
        for bar in (self.verticalScrollBar(), self.horizontalScrollBar()):
            bar.setValue(0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


def _least_height(shown: QWidget | None, width: int) -> int:
    """What the layout of the widget in view can do with at this width; -1 where that does not depend on it."""
    layout = shown.layout() if shown is not None else None
    return layout.minimumHeightForWidth(width) if layout is not None and layout.hasHeightForWidth() else -1
