"""Where the network looks in a few images, from the start of a run until now."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from micm_desktop.gui.heat_colors import colored
from micm_desktop.gui.i18n import number
from micm_desktop.gui.models.thumbnails import to_qimage
from micm_desktop.gui.theme import colors
from micm_desktop.gui.widgets.styled import styled_label

if TYPE_CHECKING:
    from micm_desktop.micm.events import Preview

MOMENTS = 6
"""Moments of a run that are shown at most."""
EDGE, GAP = 84, 8
"""Of a picture, and between two, in pixels of the screen."""
STRENGTH = 0.7


def spread(count: int) -> list[int]:
    """At most ``MOMENTS`` of ``count`` moments, evenly spread, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, MOMENTS)).tolist()})


class Strip(QWidget):
    """One row for each image, one column for each moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moments: list[tuple[int, list[QImage]]] = []
        """The step of each moment and the images then."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _heading(self) -> int:
        return self.fontMetrics().height() + 4

    def sizeHint(self) -> QSize:
        rows = len(self.moments[0][1]) if self.moments else 1
        return QSize(EDGE, self._heading() + rows * (EDGE + GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(colors().text))
        shown = [self.moments[place] for place in spread(len(self.moments))] if self.moments else []
        # The newest one stays in view where there is no room for all.
        room = max((self.width() + GAP) // (EDGE + GAP), 1)
        shown = shown[:1] + shown[1:][-(room - 1) :] if room > 1 else shown[-1:]
        for column, (step, images) in enumerate(shown):
            left = column * (EDGE + GAP)
            title = self.tr("Step {step}").format(step=number(step))
            painter.drawText(QRectF(left, 0, EDGE + GAP - 2, self._heading()), title)
            for row, image in enumerate(images):
                painter.drawImage(QRectF(left, self._heading() + row * (EDGE + GAP), EDGE, EDGE), image)


class AttentionStory(QWidget):
    """The strip with its title; hidden until there is something to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = styled_label("heading")
        self._hint = styled_label("muted", wrap=True)
        self.strip = Strip()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._title, self._hint, self.strip):
            layout.addWidget(widget)
        self.hide()
        self.retranslate()

    def show_preview(self, preview: "Preview") -> None:
        """Add where the network looks now."""
        if preview.attention is None:
            return
        images = []
        for original, attention in zip(preview.originals, preview.attention, strict=True):
            height, width, _ = original.shape
            image = to_qimage(original).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
            heat = attention / max(float(attention.max()), 1e-9)
            painter = QPainter(image)
            painter.setOpacity(STRENGTH)
            painter.drawImage(QRectF(0, 0, width, height), to_qimage(colored(heat, width, height)))
            painter.end()
            images.append(image)
        moments = self.strip.moments
        if len(moments) >= 2 * MOMENTS:
            # A long run has thousands of previews: every other one is forgotten, again and again, but not the first.
            moments = moments[::2]
        self.strip.moments = [*moments, (preview.step, images)]
        self.strip.updateGeometry()
        self.strip.update()
        self.show()

    def clear(self) -> None:
        self.strip.moments = []
        self.hide()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Where it looks"))
        self._hint.setText(
            self.tr("Bright is what the network attends to, in the same images from the start of the run until now.")
        )
        self.strip.setAccessibleName(self._title.text())
        self.strip.setAccessibleDescription(self._hint.text())
        self.strip.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
