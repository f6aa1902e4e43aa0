"""One picture, written as every kind of image file."""

import io
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

ANY = Path("picture")


def picture() -> NDArray[np.uint8]:
    """Four flat quarters, no two alike, so that a turned, mirrored or BGR result shows."""
    image = np.zeros((48, 64, 3), np.uint8)
    image[:24, :32] = (250, 20, 30)
    image[:24, 32:] = (40, 230, 60)
    image[24:, :32] = (70, 80, 240)
    image[24:, 32:] = (220, 210, 15)
    return image


def as_pillow(mode: str = "RGB") -> Image.Image:
    return Image.fromarray(picture()).convert(mode)


def pillow_bytes(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def tiff_bytes(samples: NDArray[np.generic], **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, samples, **options)
    return buffer.getvalue()


def grey_png16(samples: NDArray[np.uint16]) -> bytes:
    return pillow_bytes(Image.fromarray(samples), "PNG")


def noise(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
