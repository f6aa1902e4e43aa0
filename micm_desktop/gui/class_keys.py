"""Which key tags which class."""

import string
import unicodedata
from collections.abc import Iterable

from micm_desktop.project.palette import PALETTE
from micm_desktop.project.records import ClassRecord

HEATMAP_KEY = "h"
UNTAG_KEY = "0"
UNSURE_KEY = "u"
MARK_KEY = "b"
RESERVED = frozenset({HEATMAP_KEY, UNTAG_KEY, UNSURE_KEY, MARK_KEY})
KEYS = tuple(key for key in "123456789" + string.ascii_lowercase if key not in RESERVED)


def typed_key(text: str) -> str:
    """What was typed as a class key: a Japanese keyboard's full-width digits count as plain ones."""
    return unicodedata.normalize("NFKC", text).lower()


def free_keys(classes: Iterable[ClassRecord]) -> list[str]:
    """The keys that no class has, in order."""
    taken = {record.key for record in classes}
    return [key for key in KEYS if key not in taken]


def next_color(classes: Iterable[ClassRecord]) -> str:
    """The first colour of the palette among those that the fewest classes have."""
    used = [record.color.lower() for record in classes]
    return min(PALETTE, key=used.count)
