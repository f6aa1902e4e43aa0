"""Which key tags which class."""

import string
import unicodedata
from collections.abc import Iterable

from micm_desktop.project.records import ClassRecord

HEATMAP_KEY = "h"
UNTAG_KEY = "0"
UNSURE_KEY = "u"
MARK_KEY = "b"
RESERVED = frozenset({HEATMAP_KEY, UNTAG_KEY, UNSURE_KEY, MARK_KEY})
KEYS = tuple(key for key in "123456789" + string.ascii_lowercase if key not in RESERVED)

COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f", "#8c564b", "#332288")
"""Okabe and Ito's colours and two more, which people with colour blindness can tell apart."""


def typed_key(text: str) -> str:
    """What was typed as a class key: a Japanese keyboard's full-width digits count as plain ones."""
    return unicodedata.normalize("NFKC", text).lower()


def free_keys(classes: Iterable[ClassRecord], own: str = "") -> list[str]:
    """The keys that no class has, in order; ``own`` counts as free."""
    taken = {record.key for record in classes} - {own}
    return [key for key in KEYS if key not in taken]


def next_color(classes: Iterable[ClassRecord]) -> str:
    """The first colour that no class has; the first of all once they are used up."""
    taken = {record.color.lower() for record in classes}
    return next((color for color in COLORS if color not in taken), COLORS[0])
