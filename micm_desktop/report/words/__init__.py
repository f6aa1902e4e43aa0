"""The report's texts by key, in English and Japanese: the same keys, and the same names in braces."""

from collections.abc import Mapping
from typing import Final

from micm_desktop.inventory.words import Language
from micm_desktop.report.words.en import ENGLISH
from micm_desktop.report.words.ja import JAPANESE

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {"en": ENGLISH, "ja": JAPANESE}
