"""What is said around the map: its legend, how far it is, what is missing and what to do about it."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from micm_desktop.gui.features import Features
from micm_desktop.gui.i18n import number
from micm_desktop.gui.jobs import Failure
from micm_desktop.gui.map_looks import (
    CROSS_GLYPH,
    DOT_GLYPH,
    GLYPHS,
    ODDITY_DARK,
    ODDITY_LIGHT,
    PLUS_GLYPH,
    ColorBy,
    looks,
)
from micm_desktop.gui.models.filters import count_by_class
from micm_desktop.gui.models.outcomes import Judged
from micm_desktop.gui.session import Session
from micm_desktop.gui.theme import LIGHT, colors
from micm_desktop.gui.words import words
from micm_desktop.progress import Progress
from micm_desktop.project.records import UNSURE

if TYPE_CHECKING:
    from micm_desktop.gui.widgets.map_panel import MapPanel


JOINER = "\u2060"
"""Between two characters, no line ends."""


class MapWords(QObject):
    """Fills the panel from the session."""

    def __init__(self, session: Session, features: Features, panel: "MapPanel", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._features = features
        self.panel = panel
        self.failure: Failure | None = None
        """Why the last map could not be made."""
        self.missing = 0
        """How many images have no features yet."""
        self.selected = 0
        """How many images of the list are selected."""
        self._by: ColorBy = "tag"

    def say(self, points: NDArray[np.float32] | None, running: bool) -> None:
        """points (N, 2) of the map, NaN without a place; None while there is none. ``running``: it is being made."""
        panel, labeling = self.panel, self._session.labeling
        if running and not panel.progress.isVisibleTo(panel):
            panel.progress.begin(lambda: self.tr("Arranging the map"))
        elif not running:
            panel.progress.end()
        missing = self.missing
        if self.failure is not None and not running:
            panel.banner.show_failure(self.failure, self.tr("Try again"))
        elif missing and points is not None and not self._features.running:
            text = self.tr("%n image(s) have no features yet and are not on the map.", "", missing)
            panel.banner.show_message("info", text, self.tr("Prepare images"))
        elif missing and not self._features.running and not self._features.loading:
            panel.banner.show_message(
                "info",
                self.tr("The map shows which images look alike. For that they must be prepared once."),
                self.tr("Prepare images"),
            )
        elif points is None and labeling is not None and labeling.has_features() and not running:
            panel.banner.show_message("info", self.tr("The map was not made."), self.tr("Make the map"))
        else:
            panel.banner.hide()
        if points is None:
            panel.show_text(self._why_none(running))
            return
        panel.show_map()
        panel.view.setAccessibleName(self.tr("Map of the images"))
        panel.view.setAccessibleDescription(
            self.tr("Arrow keys move the map, plus and minus zoom, Home shows all, a class key tags what is selected")
        )
        shown = int(np.count_nonzero(np.isfinite(points[:, 0])))
        notes = [words.images(shown)]
        if self.selected:
            notes.append(self.tr("%n selected", "", self.selected))
        panel.notes.setText("   ·   ".join(notes))

    def _why_none(self, running: bool) -> str:
        labeling = self._session.labeling
        if labeling is None or not any(image.status == "ok" for image in self._session.images):
            return self.tr("There are no images yet. Add some on the Images page.")
        if running:
            return self.tr("The map is being arranged…")
        if self._features.running or self._features.loading:
            return self.tr("The images are being prepared. The map appears as soon as they are.")
        return self.tr("There is no map yet.")

    def show_progress(self, progress: Progress) -> None:
        self.panel.progress.update_progress(progress)

    def show_looks(self, by: ColorBy, judged: Judged | None) -> None:
        """Colour the points by what the gallery shows, and say what the colours and shapes mean."""
        self._by = by
        session, used = self._session, colors()
        odd = ODDITY_LIGHT if used is LIGHT else ODDITY_DARK
        tags, classes = session.tag_states(), session.classes
        self.panel.view.set_looks(looks(by, classes, tags, judged, neutral=_between(used.muted, used.canvas), odd=odd))
        tagged = count_by_class(tags)
        if by == "oddity" and judged is not None:
            scale = " ".join(f'<span style="color:{color}">●</span>' for color in odd)
            meaning = self.tr("from like the tagged images to unlike all of them")
            parts = [f"{scale} {escape(meaning)}"]
        elif by != "tag" and judged is None:
            parts = [escape(self.tr("This needs predictions: tag an image of at least two classes."))]
        elif by == "prediction" and judged is not None:
            parts = self._of_classes(count_by_class(judged.class_ids))
            unknown = int(np.count_nonzero(judged.has("unknown")))
            if unknown:
                parts.append(_entry(CROSS_GLYPH, used.muted, self.tr("unknown"), number(unknown)))
        else:
            parts = self._of_classes(tagged)
            neutral, readable = _between(used.muted, used.canvas), session.columns.readable
            unsure = int(np.count_nonzero((tags == UNSURE) & readable))
            if unsure:
                parts.append(_entry(PLUS_GLYPH, neutral, self.tr("unsure"), number(unsure)))
            without = int(np.count_nonzero((tags == 0) & readable))
            parts.append(_entry(DOT_GLYPH, neutral, self.tr("no tag"), number(without)))
        if by != "tag" and tagged:
            parts.append(escape(self.tr("dark rim: tagged") if used is LIGHT else self.tr("light rim: tagged")))
        self.panel.legend.setText("&nbsp;&nbsp; ".join(parts))

    def _of_classes(self, counts: dict[int, int]) -> list[str]:
        return [
            _entry(GLYPHS[place % len(GLYPHS)], record.color or colors().muted, record.name, number(counts[record.id]))
            for place, record in enumerate(self._session.classes)
            if record.id in counts
        ]


def _entry(glyph: str, color: str, name: str, count: str) -> str:
    # What belongs together stays on one line, also where a script has no spaces and may break anywhere.
    words = JOINER.join(f"{name} {count}".replace(" ", "\u00a0").replace("-", "\u2011"))
    return f'<span style="color:{color}">{glyph}</span>&nbsp;{escape(words)}'


def _between(one: str, other: str) -> str:
    """The colour in the middle of two: untagged images are not to outshine the tagged ones."""
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in pairs)
