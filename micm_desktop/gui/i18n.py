"""The window's language: the system's or the chosen one, switched while the window is open."""

import importlib.resources
from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

Choice = Literal["system", "en", "ja"]


def translations_folder() -> Path:
    """Where the compiled translations lie."""
    return Path(str(importlib.resources.files("micm_desktop"))) / "resources" / "translations"


def language_of(choice: Choice, system: QLocale | None = None) -> Literal["en", "ja"]:
    """The language that ``choice`` means on this computer."""
    if choice != "system":
        return choice
    used = system or QLocale.system()
    return "ja" if used.language() == QLocale.Language.Japanese else "en"


def language() -> Literal["en", "ja"]:
    """The language in use."""
    return language_of("system", QLocale())


class Translator:
    """Keeps the application's translators; installing them makes Qt tell every widget that the language changed."""

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._installed: list[QTranslator] = []
        self.language: Literal["en", "ja"] = "en"

    def choose(self, choice: Choice) -> None:
        """Switch to ``en``, ``ja`` or the ``system``'s language at once."""
        self.language = language_of(choice)
        self.remove()
        territory = {"en": "en_US", "ja": "ja_JP"}[self.language]
        QLocale.setDefault(QLocale(territory))
        self._install(f"qtbase_{self.language}", Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)))
        self._install(f"micm_desktop_{self.language}", translations_folder())

    def remove(self) -> None:
        """Fall back to the texts in the source."""
        for translator in self._installed:
            self._app.removeTranslator(translator)
        self._installed = []

    def _install(self, name: str, folder: Path) -> None:
        translator = QTranslator(self._app)
        if translator.load(name, str(folder)):
            self._app.installTranslator(translator)
            self._installed.append(translator)


@cache
def _japanese() -> QTranslator:
    translator = QTranslator()
    translator.load("micm_desktop_ja", str(translations_folder()))
    return translator


def japanese(context: str, text: str) -> str:
    """``text`` of the source in Japanese, whatever the language in use; as it is where there is no translation."""
    return _japanese().translate(context, text) or text


def number(value: int) -> str:
    """A whole number as the language in use writes it, e.g. ``1,800``."""
    return QLocale().toString(value)


def decimal(value: float) -> str:
    """A speed or the like: one digit after the point below 10, none above."""
    return QLocale().toString(value, "f", 1 if value < 10 else 0)


def percent(fraction: float) -> str:
    """A fraction in [0, 1] as a whole percentage, e.g. ``82 %``."""
    return f"{QLocale().toString(round(fraction * 100))}%"
