"""The report says the same in both languages."""

import re

from micm_desktop.report.words.en import ENGLISH
from micm_desktop.report.words.ja import JAPANESE


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    assert ENGLISH.keys() == JAPANESE.keys()
    for key, text in ENGLISH.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", JAPANESE[key])), key
        assert re.search(r"[ぁ-ん一-龥ァ-ヶ/]", JAPANESE[key]), key
