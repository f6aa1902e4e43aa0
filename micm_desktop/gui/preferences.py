"""What the window remembers between two starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import QByteArray, QSettings

from micm_desktop.gui.heat_colors import ColorMap

RECENT_LIMIT = 8


@dataclass(frozen=True)
class RecentProject:
    """A project that was open before. ``images`` is the image folder it was made for."""

    folder: Path
    images: Path


class Preferences:
    """Language, theme, colours of the heatmap, window geometry and recent projects, in the user's settings file."""

    def __init__(self) -> None:
        self._settings = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "MICM Desktop", "micm-desktop"
        )

    def language(self) -> Literal["system", "en", "ja"]:
        value = str(self._settings.value("language", "system"))
        return cast(Literal["system", "en", "ja"], value if value in ("en", "ja") else "system")

    def set_language(self, choice: Literal["system", "en", "ja"]) -> None:
        self._settings.setValue("language", choice)

    def theme(self) -> Literal["system", "light", "dark"]:
        value = str(self._settings.value("theme", "system"))
        return cast(Literal["system", "light", "dark"], value if value in ("light", "dark") else "system")

    def set_theme(self, choice: Literal["system", "light", "dark"]) -> None:
        self._settings.setValue("theme", choice)

    def heat_colors(self) -> ColorMap:
        value = str(self._settings.value("heat_colors", ""))
        return ColorMap(value) if value in {one.value for one in ColorMap} else ColorMap.INFERNO

    def set_heat_colors(self, choice: ColorMap) -> None:
        self._settings.setValue("heat_colors", choice.value)

    def geometry(self, name: str) -> QByteArray | None:
        value = self._settings.value(f"geometry/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_geometry(self, name: str, value: QByteArray) -> None:
        self._settings.setValue(f"geometry/{name}", value)

    def gallery(self) -> tuple[str, bool, int]:
        """Key of the order, whether it descends, and the edge of the pictures in pixels."""
        edge = str(self._settings.value("gallery/edge", "120"))
        by = str(self._settings.value("gallery/by", "name"))
        return by, self._settings.value("gallery/descending", "false") == "true", int(edge) if edge.isdecimal() else 120

    def set_gallery(self, by: str, descending: bool, edge: int) -> None:
        for name, value in (("by", by), ("descending", "true" if descending else "false"), ("edge", str(edge))):
            self._settings.setValue(f"gallery/{name}", value)

    def recent(self) -> list[RecentProject]:
        """The newest first; none is looked for on disk here."""
        found = []
        count = self._settings.beginReadArray("recent")
        for index in range(count):
            self._settings.setArrayIndex(index)
            folder = str(self._settings.value("folder", ""))
            if folder:
                found.append(RecentProject(Path(folder), Path(str(self._settings.value("images", folder)))))
        self._settings.endArray()
        return found

    def remember(self, project: RecentProject) -> None:
        """Put a project on top of the recent ones."""
        self._write([project, *(known for known in self.recent() if known.folder != project.folder)][:RECENT_LIMIT])

    def forget(self, folder: Path) -> None:
        """Take a project off the recent ones; its files stay."""
        self._write([known for known in self.recent() if known.folder != folder])

    def _write(self, projects: list[RecentProject]) -> None:
        self._settings.remove("recent")
        self._settings.beginWriteArray("recent", len(projects))
        for index, project in enumerate(projects):
            self._settings.setArrayIndex(index)
            self._settings.setValue("folder", str(project.folder))
            self._settings.setValue("images", str(project.images))
        self._settings.endArray()
