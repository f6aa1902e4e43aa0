"""The guide names buttons as the window does, in both languages."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import micm_desktop
from micm_desktop.gui.steps import PAGES

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
TRANSLATION = Path(micm_desktop.__file__).parent / "resources" / "translations" / "micm_desktop_ja.ts"
NOT_NAMES = {
    *("Missed defect", "False alarm", "No predictions", "A folder was moved or a drive is not connected"),
    *("Wrong verdicts that look alike", "Error message"),
    *("予測が表示されない", "フォルダーを移した、ドライブがつながっていない", "同じような誤りが続く"),
    "エラーが表示された",
    *("⋯", "↑", "◀ ▶", "Ctrl+Shift+P", "Ctrl+,"),
}
"""What is set in bold without being a text of the window."""


def texts(language: str) -> str:
    """All texts of the window, without the marks of access keys."""
    found: list[str] = []
    for message in ElementTree.parse(TRANSLATION).iter("message"):
        translation = message.find("translation")
        assert translation is not None
        told = list(translation.iter("numerusform")) or [translation]
        found += [message.findtext("source", "")] if language == "en" else [each.text or "" for each in told]
    return re.sub(r"\(&\w\)|&|</?b>", "", "\n".join(found))


@pytest.mark.skipif(not GUIDE.is_dir(), reason="the guide is not part of an installation")
@pytest.mark.parametrize(("page", "language"), [("README.md", "en"), ("README.ja.md", "ja")])
def test_names_in_the_guide_are_those_of_the_window(page: str, language: str) -> None:
    guide, window = (GUIDE / page).read_text("utf-8"), texts(language)
    names = [name.strip() for name in re.findall(r"\*\*(.+?)\*\*", guide)]
    assert len(names) > 60
    assert [name for name in names if name not in window and name not in NOT_NAMES] == []
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", guide)
    assert len(pictures) > 15 and all((GUIDE / picture).is_file() for picture in pictures)
    steps = re.findall(r"^## (\d+)\. ([^:：]+)", guide, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, len(PAGES) + 1))
    assert [name for _, name in steps if name.strip() not in window.splitlines()] == []
