"""How large an image may be, before anything of it is decoded."""

import os
from typing import Final

VARIABLE: Final = "MICM_MAX_MEGAPIXELS"
DEFAULT_MEGAPIXELS: Final = 250
SMALLEST, LARGEST = 1, 1000
"""Megapixels that the limit may be set to. OpenCV itself refuses more than 1,073."""
BYTES_PER_PIXEL: Final = 6
"""What a decoded pixel may take, on average over the largest image: three samples of 16 bits. Samples of 64 bits are
allowed a quarter of the pixels."""

_chosen: int | None = None


def megapixels() -> int:
    """The limit: what :func:`set_megapixels` was told, else the environment's, else the default."""
    if _chosen is not None:
        return _chosen
    try:
        return _within(int(os.environ[VARIABLE]))
    except (KeyError, ValueError):
        return DEFAULT_MEGAPIXELS


def set_megapixels(limit: int | None) -> None:
    """Set the limit for this process, in millions of pixels; None leaves it to the environment."""
    global _chosen
    _chosen = None if limit is None else _within(limit)


def _within(limit: int) -> int:
    return min(max(limit, SMALLEST), LARGEST)
