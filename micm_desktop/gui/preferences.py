"""What the window remembers between two starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import QByteArray, QSettings

from micm_desktop.gui.heat_colors import ColorMap

RECENT_LIMIT = 8
CACHE_LIMIT = 2048
"""Megabytes of thumbnails that are kept, where nothing else is asked for: those of some 150,000 images."""

Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class RecentProject:
    """A project that was open before. ``images`` is the image folder it was made for."""

    folder: Path
    images: Path


class Preferences:
    """What was chosen in the settings, the window's state and recent projects, in the user's settings file."""

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

    def device(self) -> Device:
        """What computes; ``auto`` takes CUDA where there is a card."""
        value = str(self._settings.value("device", "auto"))
        return cast(Device, value if value in ("cpu", "cuda") else "auto")

    def set_device(self, choice: Device) -> None:
        self._settings.setValue("device", choice)

    def threads(self) -> int:
        """CPU threads that compute; 0 leaves it to the program."""
        return self._number("threads", 0)

    def set_threads(self, count: int) -> None:
        self._settings.setValue("threads", count)

    def largest_image(self) -> int | None:
        """Megapixels that an image may have; None: as the environment says."""
        return self._number("images/megapixels", 0) or None

    def set_largest_image(self, megapixels: int) -> None:
        self._settings.setValue("images/megapixels", megapixels)

    def cache_place(self) -> Path | None:
        """Where thumbnails are kept; None: each project's in the project's folder."""
        value = str(self._settings.value("thumbnails/place", ""))
        return Path(value) if value else None

    def set_cache_place(self, place: Path | None) -> None:
        self._settings.setValue("thumbnails/place", "" if place is None else str(place))

    def cache_limit(self) -> int:
        """Megabytes that thumbnails may take."""
        return self._number("thumbnails/megabytes", CACHE_LIMIT)

    def set_cache_limit(self, megabytes: int) -> None:
        self._settings.setValue("thumbnails/megabytes", megabytes)

    def key(self, action: str) -> str | None:
        """The shortcut chosen for an action, in Qt's portable words, empty for none; None: the one it came with."""
        value = self._settings.value(f"keys/{action}")
        return None if value is None else str(value)

    def set_key(self, action: str, sequence: str | None) -> None:
        if sequence is None:
            self._settings.remove(f"keys/{action}")
        else:
            self._settings.setValue(f"keys/{action}", sequence)

    def seen_hints(self) -> frozenset[str]:
        """Hints that were dismissed for good."""
        return frozenset(filter(None, str(self._settings.value("hints/seen", "")).split(" ")))

    def set_seen_hints(self, names: frozenset[str]) -> None:
        self._settings.setValue("hints/seen", " ".join(sorted(names)))

    def last_page(self, folder: Path) -> str:
        """The page on which the project in ``folder`` was left, if it was the last one; else empty."""
        same = str(self._settings.value("last/folder", "")) == str(folder)
        return str(self._settings.value("last/page", "")) if same else ""

    def set_last_page(self, folder: Path, page: str) -> None:
        self._settings.setValue("last/folder", str(folder))
        self._settings.setValue("last/page", page)

    def _number(self, name: str, default: int) -> int:
        try:
            return max(0, int(str(self._settings.value(name, default))))
        except ValueError:
            return default

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
