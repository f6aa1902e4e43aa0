"""A picture for the large view, with what the rules measure on it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from micm_desktop.gui.i18n import number, percent
from micm_desktop.gui.light import for_screen


@dataclass(frozen=True)
class Measured:
    """``brightness`` in [0, 1] and ``sharpness`` as the rules of the model file take them."""

    picture: QImage
    brightness: float
    sharpness: float

    def fill(self, text: str) -> str:
        """``text`` with the numbers as the Decide page asks for them."""
        return text.format(brightness=percent(self.brightness), sharpness=number(round(self.sharpness)))


def measure(path: Path) -> Measured:
    """Read and measure an image; for a worker thread. Raises UnreadableImage."""
    from micm_desktop.export.rules import brightness, sharpness
    from micm_desktop.images.decode import decode_image

    image = decode_image(path)
    return Measured(for_screen(image), brightness(image), sharpness(image))
