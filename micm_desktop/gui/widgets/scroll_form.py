"""A form that scrolls up and down, without a frame of its own."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class _Form(QScrollArea):
    """Never narrower than what it holds, which could not be seen whole otherwise."""

    def minimumSizeHint(self) -> QSize:
        least, form = super().minimumSizeHint(), self.widget()
        if form is None:
            return least
        return QSize(form.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width(), least.height())


def scroll_form(form: QWidget) -> QScrollArea:
    """``form`` in a scroll area of the page's own colour."""
    scroll = _Form()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(form)
    scroll.viewport().setAutoFillBackground(False)
    form.setAutoFillBackground(False)
    return scroll
